"""What may be cached: which patterns, for how long, and which tags reads and writes have.

What is not named here is never cached.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeGuard, cast

from pydantic import TypeAdapter, ValidationError

from access_patterns import posts
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


@dataclass(frozen=True)
class Lifetime:
    """`seconds` is the most that a page lives; jitter takes up to a fifth of it away."""

    name: str
    seconds: float


BRIEF = Lifetime("brief", 15)


LIST = Lifetime("list", 60)


DETAIL = Lifetime("detail", 120)


TREE = Lifetime("tree", 300)


LIFETIMES: Mapping[str, Lifetime] = {
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


def _anything(_: Any) -> bool:
    return True


def _is_published(item: Any) -> bool:
    return isinstance(item, Post | ListedPost) and item.status is PostStatus.PUBLISHED


def _post_behind(item: Any) -> Get[Post]:
    return posts.by_id(cast(PostSlug, item).post_id)


PUBLIC: Mapping[type, Callable[[Any], bool]] = {
    Category: _anything,
    CategorySlug: _anything,
    CategoryUsage: _anything,
    PublishedCount: _anything,
    PostTag: _anything,
    TaggedPost: _anything,
    ListedPost: _is_published,
    Post: _is_published,
    PostSlug: _anything,
}
"""Whether an item of an entity is everyone's; an entity that is missing here is nobody's."""


VOUCHERS: Mapping[type, Callable[[Any], Get[Any]]] = {PostSlug: _post_behind}
"""For items that do not say themselves whether they are public: whose answer has to be."""


@dataclass(frozen=True)
class Cacheable:
    """What may be shared, as one value."""

    lifetimes: Mapping[str, Lifetime] = field(default_factory=lambda: LIFETIMES)
    public: Mapping[type, Callable[[Any], bool]] = field(default_factory=lambda: PUBLIC)
    vouchers: Mapping[type, Callable[[Any], Get[Any]]] = field(default_factory=lambda: VOUCHERS)

    def is_public(self, item: object) -> bool:
        rule = self.public.get(type(item))
        return rule is not None and rule(item)


AnyOperation = Operation[Any]


def tags_of_read(operation: AnyOperation) -> tuple[Tag, ...]:
    """Where a get or a query reads; nothing for other operations.

    A query of a secondary index also has the tag of the index as a whole: writes that cannot know
    where an item stood drop that one.
    """
    return tuple(_with_whole_index(inspect.places_read(operation)))


def _with_whole_index(places: tuple[Tag, ...]) -> Iterator[Tag]:
    yield from places
    for place in places[:1]:
        if place.index != "primary":
            yield Tag(place.entity, place.index, ())


def tags_of_write(operation: AnyOperation, context: Context) -> frozenset[Tag]:
    """Wherever items stand before and after; whole indexes where a write cannot know it."""
    places = (inspect.places_written(write, context) for write in inspect.writes(operation))
    return frozenset[Tag]().union(*places)


MOST_BYTES = 256 * 1024


Entry = tuple[tuple[str, ...], tuple[Any, ...], str | None]
"""The tokens of the tags when it was read, the items, the cursor to what follows."""


def items_of(answer: object) -> tuple[Any, ...]:
    """The entities in an answer; nothing found is no entity."""
    if _is_page(answer):
        return answer.items
    return () if answer is None else (answer,)


def packed(model: type, tokens: Sequence[str], answer: object) -> bytes | None:
    """The bytes to keep; None where there is nothing to keep, or they would not be the same."""
    items = items_of(answer)
    cursor = answer.cursor if _is_page(answer) else None
    entry: Entry = (tuple(tokens), items, cursor)
    if not items:
        return None
    made = _adapter(model).dump_json(entry, by_alias=False, round_trip=True)
    return made if len(made) <= MOST_BYTES and unpacked(model, made) == entry else None


def unpacked(model: type, value: bytes) -> Entry | None:
    """What `packed` made; None for anything else."""
    try:
        return _adapter(model).validate_json(value)
    except ValidationError:
        return None


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
