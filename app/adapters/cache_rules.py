"""What may be cached: which patterns, for how long, under which names and tags, in which form.

What is not named here is never cached.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Any, TypeGuard

from pydantic import BaseModel, TypeAdapter, ValidationError

from access_patterns import blog, posts
from model import (
    Category,
    CategorySlug,
    CategoryUsage,
    ListedPost,
    Post,
    PostSlug,
    PostStatus,
    PublishedCount,
    TaggedPost,
)
from model import Tag as PostTag
from singletable import Get, Page, inspect
from singletable.inspect import Context, Operation
from singletable.inspect import IndexPlace as Tag

# Seconds that a page lives at most; jitter takes up to a fifth of it away.
BRIEF = 15.0
LIST = 60.0
DETAIL = 120.0
TREE = 300.0

LIFETIMES: Mapping[str, float] = {
    "categories.by_id": DETAIL,
    "categories.by_slug": DETAIL,
    "categories.children": TREE,
    "categories.published_count": BRIEF,
    "categories.tree": TREE,
    "categories.usage": BRIEF,
    "posts.by_id": DETAIL,
    "posts.by_slug": DETAIL,
    "posts.published": LIST,
    "posts.published_by_author": LIST,
    "posts.published_in_category": LIST,
    "posts.published_in_category_since": BRIEF,
    "posts.published_with_title": BRIEF,
    "tags.in_use": LIST,
    "tags.posts": LIST,
}

PUBLIC: frozenset[type] = frozenset(
    {
        Category,
        CategorySlug,
        CategoryUsage,
        ListedPost,
        Post,
        PostSlug,
        PostTag,
        PublishedCount,
        TaggedPost,
    }
)
"""Entities whose items are everyone's, posts once they are published; all others are nobody's."""


def is_public(item: object) -> bool:
    if isinstance(item, Post | ListedPost):
        return item.status is PostStatus.PUBLISHED
    return type(item) in PUBLIC


VISIBLE_IF: Mapping[type, Callable[[Any], Get[Any]]] = {
    PostSlug: lambda slug: posts.by_id(slug.post_id)
}
"""For items that do not say themselves whether they are public: whose answer has to be."""


def tags_of_read(operation: Operation[Any]) -> tuple[Tag, ...]:
    """Where a get or a query reads; nothing for other operations.

    A query of a secondary index also has the tag of the index as a whole: writes that cannot know
    where an item stood drop that one.
    """
    places = inspect.places_read(operation)
    whole = [Tag(each.entity, each.index, ()) for each in places[:1] if each.index != "primary"]
    return (*places, *whole)


def tags_of_write(operation: Operation[Any], context: Context) -> frozenset[Tag]:
    """Wherever items stand before and after; whole indexes where a write cannot know it."""
    places = (inspect.places_written(write, context) for write in inspect.writes(operation))
    return frozenset[Tag]().union(*places)


_CACHED_ENTITIES = frozenset(model.__name__ for model in PUBLIC)


def tags_to_drop(operation: Operation[Any], context: Context) -> frozenset[Tag]:
    """Those tags of a write that a page may have."""
    tags = tags_of_write(operation, context)
    return frozenset(tag for tag in tags if tag.entity in _CACHED_ENTITIES)


FORM = "1"
VISIBILITY = "public"


@dataclass(frozen=True)
class CacheLookup:
    """`page` is unique to pattern, arguments, visibility, table and the entity's shape."""

    operation: Operation[Any]
    pattern: str
    model: type[BaseModel]
    page: str
    tags: tuple[str, ...]
    seconds: float


class CacheNames:
    """Names pages and tags. They tell nothing of keys, which may hold the title of a draft."""

    def __init__(self, secret: bytes) -> None:
        self._secret = blake2b(secret, person=b"read-cache").digest()

    def lookup(self, operation: Operation[Any], context: Context) -> CacheLookup | None:
        """None for what is not shared: writes, unnamed patterns, reads that must be up to date."""
        pattern = inspect.pattern_name(operation) or ""
        seconds = LIFETIMES.get(pattern)
        if seconds is None or inspect.must_be_fresh(operation):
            return None
        (entity,), (model,) = inspect.entities(operation), inspect.answer_types(operation)
        shape = f"{FORM}.{fingerprint(entity)}"
        digest = self._digest(inspect.question(operation))
        page = ":".join((pattern, VISIBILITY, context.name_of(blog), shape, digest))
        tags = self.tags(tags_of_read(operation), context)
        return CacheLookup(operation, pattern, model, page, tags, seconds)

    def tags(self, tags: Iterable[Tag], context: Context) -> tuple[str, ...]:
        table = context.name_of(blog)
        return tuple(f"{table}:{self._digest([tag.entity, tag.index, tag.values])}" for tag in tags)

    def _digest(self, facts: object) -> str:
        text = json.dumps(facts, default=repr, sort_keys=True).encode()
        return blake2b(text, key=self._secret, digest_size=16).hexdigest()


@lru_cache(maxsize=256)
def fingerprint(model: type[BaseModel]) -> str:
    """Another one for every other model: its fields, their types and limits, its keys."""
    return blake2b(inspect.entity_shape(model).encode(), digest_size=6).hexdigest()


MOST_BYTES = 256 * 1024
Entry = tuple[tuple[str, ...], tuple[Any, ...], str | None]
"""The tokens of the tags when it was read, the items, the cursor to what follows."""


def pack(model: type, tokens: Sequence[str], answer: object) -> bytes | None:
    """The bytes to keep; None where there is nothing to keep, or they would not be the same."""
    cursor = answer.cursor if _is_page(answer) else None
    entry: Entry = (tuple(tokens), items_of(answer), cursor)
    if not entry[1]:
        return None
    made = _adapter(model).dump_json(entry, by_alias=False, round_trip=True)
    return made if len(made) <= MOST_BYTES and unpack(model, made) == entry else None


def unpack(model: type, value: bytes) -> Entry | None:
    """What `pack` made; None for anything else."""
    try:
        return _adapter(model).validate_json(value)
    except ValidationError:
        return None


def items_of(answer: object) -> tuple[Any, ...]:
    """The entities in an answer; nothing found is no entity."""
    if _is_page(answer):
        return answer.items
    return () if answer is None else (answer,)


def answer_of(operation: Operation[Any], entry: Entry) -> Any:
    """The answer in the form that the operation promises."""
    _, items, cursor = entry
    if inspect.answers_one(operation):
        return items[0] if items else None
    return Page(items, cursor)


def _is_page(answer: object) -> TypeGuard[Page[Any]]:
    return isinstance(answer, Page)


@lru_cache(maxsize=256)
def _adapter(model: type) -> TypeAdapter[Entry]:
    return TypeAdapter(tuple[tuple[str, ...], tuple[model, ...], str | None])  # type: ignore[valid-type]  # made for each entity
