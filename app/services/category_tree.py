"""The category tree: categories are added, moved, merged and deleted; counters stay exact."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import Field
from ulid import ULID

from access_patterns import categories, outbox, posts
from app.core.wire import Out
from app.services import post_reading, post_writing, tag_lists
from model import ROOT, Category, CategoryId, Slug
from model.category import MAX_FORMER_CATEGORY_SLUGS
from singletable import Label, Repository, inspect
from singletable.errors import ConditionFailed, ItemMissing, TransactionCancelled, VersionConflict
from singletable.inspect import Write

MOST_LEVELS = 20
"""Checked against what is read: writers at the same moment may exceed it, which breaks nothing."""
MOST_AT_ONCE = 100
_FURTHEST_WALK = 2 * MOST_LEVELS

BELOW_ITSELF = Label("below-itself", "a category cannot go into itself or what is below it")
TOO_MANY_SLUGS = Label(
    "too-many-slugs", f"it has {MAX_FORMER_CATEGORY_SLUGS} former slugs, and may not have more"
)
TOO_DEEP = Label("too-deep", f"the tree may have {MOST_LEVELS} levels, not more")

# `root` stands for no parent; `by-slug` is a step of a path where an identity may stand too.
RESERVED = frozenset({ROOT, CategoryId("by-slug")})

OF_EMPTYING = (
    categories.by_id,
    categories.tree,
    categories.usage,
    posts.in_category,
    posts.each,
    posts.refile,
    outbox.add,
    *tag_lists.ENTERING,
    categories.decrement_published,
)
OF_MERGING = (
    *OF_EMPTYING,
    categories.children,
    categories.move,
    categories.check_parent,
    categories.increment_children,
    categories.decrement_children,
    categories.merge,
    categories.hand_over_slug,
)


@dataclass(frozen=True)
class Node:
    """A category, its level (1 at the top), and what is below it in order."""

    category: Category
    depth: int
    children: tuple[Node, ...]


def forest(repository: Repository) -> tuple[Node, ...]:
    """The categories at the top with all below them, siblings in their order.

    Read from an index that follows writes within moments: a category whose way to the top
    cannot be seen yet is left out until it can.
    """
    return _below(ROOT, _siblings(repository), 1)


def published_posts(repository: Repository, nodes: Iterable[Node]) -> Mapping[CategoryId, int]:
    """How many published posts each of the categories has, those below not counted."""
    ids = [node.category.category_id for node in walk(nodes)]
    found = repository.fetch(categories.published_counts(ids)) if ids else ()
    return dict.fromkeys(ids, 0) | {each.category_id: each.posts for each in found if each}


def walk(nodes: Iterable[Node]) -> Iterator[Node]:
    """All nodes, parents before children."""
    for node in nodes:
        yield node
        yield from walk(node.children)


def height(repository: Repository, category_id: CategoryId) -> int:
    """How many levels a category and what is below it take."""
    return _levels(_nodes_below(repository, category_id))


def _levels(below: Iterable[Node]) -> int:
    return max((node.depth for node in below), default=1)


def subtree(repository: Repository, category_id: CategoryId) -> tuple[CategoryId, ...]:
    """A category and all that is below it, whether it exists or not."""
    nodes = _nodes_below(repository, category_id)
    return (category_id, *(node.category.category_id for node in nodes))


def _nodes_below(repository: Repository, category_id: CategoryId) -> Iterator[Node]:
    return walk(_below(category_id, _siblings(repository, but=category_id), 2))


def _siblings(
    repository: Repository, but: CategoryId = ROOT
) -> Mapping[CategoryId, Sequence[Category]]:
    """Children by parent, in order. Each category once, also if it moves while it is read:
    with two parents it could come to stand below itself."""
    latest = dict[CategoryId, Category]()
    for category in repository.iterate(categories.tree()):
        known = latest.get(category.category_id)
        if known is None or known.version < category.version:
            latest[category.category_id] = category
    latest.pop(but, None)
    found = defaultdict[CategoryId, list[Category]](list)
    for category in sorted(latest.values(), key=lambda each: (each.position, each.category_id)):
        found[category.parent_id].append(category)
    return found


def _below(
    parent_id: CategoryId, siblings: Mapping[CategoryId, Sequence[Category]], depth: int
) -> tuple[Node, ...]:
    return tuple(
        Node(category, depth, _below(category.category_id, siblings, depth + 1))
        for category in siblings.get(parent_id, ())
    )


def new_id() -> CategoryId:
    """An identity nobody has to think of: a ULID, in lower case as identities of categories are."""
    return CategoryId(str(ULID()).lower())


def by_slug(repository: Repository, slug: Slug) -> Category | None:
    """The category that a slug leads to; `category.slug` is another one if this is a former one."""
    found = repository.fetch(categories.by_slug(slug))
    return repository.fetch(categories.by_id(found.category_id)) if found else None


def add(repository: Repository, category: Category) -> Category:
    """Creates a category below its parent, which counts it."""
    check_place(repository, category)
    return repository.write(categories.create(category).add(*counted_in(category.parent_id)))


def check_place(repository: Repository, category: Category) -> None:
    """Refuses a new category whose parent is not there, or too deep."""
    _check_levels(category, len(_line_above(repository, category, category.parent_id)) + 1)


def _line_above(
    repository: Repository, category: Category, parent_id: CategoryId
) -> tuple[Category, ...]:
    """The parent and its ancestors up to the top; refused if the category is one of them."""
    line = list[Category]()
    while parent_id != ROOT:
        if parent_id == category.category_id:
            raise _refusal(category, BELOW_ITSELF)
        if len(line) == _FURTHEST_WALK:
            raise _refusal(category, TOO_DEEP)
        ancestor = repository.fetch(categories.by_id(parent_id).consistent())
        if ancestor is None:
            key = inspect.key_text(Category, category_id=parent_id)
            labels = (categories.NO_PARENT,)
            raise ItemMissing(entity=Category.__name__, key=key, labels=labels)
        line.append(ancestor)
        parent_id = ancestor.parent_id
    return tuple(line)


def _check_levels(category: Category, levels: int) -> None:
    if levels > MOST_LEVELS:
        raise _refusal(category, TOO_DEEP)


def _refusal(category: Category, label: Label) -> ConditionFailed:
    key = inspect.key_text(Category, category_id=category.category_id)
    return ConditionFailed(entity=Category.__name__, key=key, labels=(label,))


def change(repository: Repository, before: Category, after: Category) -> Category:
    """Another name, position or slug; the former slug keeps leading to the category."""
    if after.slug == before.slug:
        return repository.write(categories.change(before, after))
    former = [each for each in before.former_slugs if each != after.slug]
    after = _with_former_slugs(after, [*former, before.slug])
    return repository.write(categories.change_slug(before, after))


def _with_former_slugs(category: Category, former: list[Slug]) -> Category:
    if len(former) > MAX_FORMER_CATEGORY_SLUGS:
        raise _refusal(category, TOO_MANY_SLUGS)
    return category.model_copy(update={"former_slugs": former})


def move(
    repository: Repository, before: Category, parent_id: CategoryId, position: int
) -> Category:
    """Puts a category, with all that is below it, at a position below a parent."""
    after = before.model_copy(update={"parent_id": parent_id, "position": position})
    if parent_id == before.parent_id:
        return repository.write(categories.change(before, after))
    line = _line_above(repository, before, parent_id)
    _check_levels(before, len(line) + height(repository, before.category_id))
    return _put_below(repository, before, after, line)


def _put_below(
    repository: Repository, before: Category, after: Category, line: Sequence[Category]
) -> Category:
    """`line`: the new parent and its ancestors, which have to be where they were."""
    counted = (*_counted_out(before.parent_id), *counted_in(after.parent_id))
    unmoved = [categories.check_parent(each.category_id, each.parent_id) for each in line]
    return repository.write(categories.move(before, after).add(*counted, *unmoved))


def delete(repository: Repository, category: Category) -> None:
    """Deletes a category that has neither posts nor children, and all its slugs."""
    former = [categories.release_slug(slug, category.category_id) for slug in category.former_slugs]
    gone = categories.delete(category)
    repository.write(gone.add(*former, *_counted_out(category.parent_id)))


def counted_in(parent_id: CategoryId) -> tuple[Write[Any], ...]:
    """The writes that count one child more. The top is no category and counts nothing."""
    return () if parent_id == ROOT else (categories.increment_children(parent_id),)


def _counted_out(parent_id: CategoryId) -> tuple[Write[Any], ...]:
    return () if parent_id == ROOT else (categories.decrement_children(parent_id),)


class MovedOut(Out):
    """How far it has come."""

    posts: int = Field(examples=[12], description="Posts that were moved by this request.")
    children: int = Field(examples=[3], description="Categories that were moved by this request.")
    is_done: bool = Field(examples=[True], description="Whether nothing is left to be moved.")


REFUSED = (VersionConflict, ItemMissing, TransactionCancelled)
"""What moving one of many ends with if it was changed or deleted meanwhile."""


def empty(repository: Repository, source: Category, target: Category, now: datetime) -> MovedOut:
    """Moves posts in whatever state from one category to another, the next of them.

    Each post is moved by a transaction of its own; whatever stops it, doing it again goes on.
    """
    _check_outside(repository, target, source)
    posts_moved = _move_posts(repository, source, target, now, MOST_AT_ONCE)
    usage = repository.fetch(categories.usage(source.category_id).consistent())
    return MovedOut(posts=posts_moved, children=0, is_done=not (usage and usage.posts))


def merge(repository: Repository, source: Category, target: Category, now: datetime) -> MovedOut:
    """The same with the categories below it first; once empty, it is gone, its slugs lead on."""
    children = _move_children(repository, source, target)
    posts_moved = _move_posts(repository, source, target, now, MOST_AT_ONCE - children)
    usage = repository.fetch(categories.usage(source.category_id).consistent())
    is_done = not (usage and (usage.posts or usage.children))
    if is_done:
        _replace(repository, source, target)
    return MovedOut(posts=posts_moved, children=children, is_done=is_done)


def _check_outside(
    repository: Repository, target: Category, category: Category
) -> tuple[Node, ...]:
    """What is below a category. Refuses a target that is the category itself or one of these."""
    below = tuple(_nodes_below(repository, category.category_id))
    if target.category_id in {category.category_id, *(n.category.category_id for n in below)}:
        raise _refusal(category, BELOW_ITSELF)
    return below


def _move_children(repository: Repository, source: Category, target: Category) -> int:
    """Moves the next categories directly below one, and says how many."""
    below = _check_outside(repository, target, source)
    line = _line_above(repository, source, target.category_id)
    _check_levels(source, len(line) + _levels(below) - 1)
    moved = 0
    for child in repository.fetch(categories.children(source.category_id).page(MOST_AT_ONCE)):
        with suppress(*REFUSED):
            after = child.model_copy(update={"parent_id": target.category_id})
            _put_below(repository, child, after, line)
            moved += 1
    return moved


def _move_posts(
    repository: Repository, source: Category, target: Category, now: datetime, most: int
) -> int:
    """Moves the next posts, and says how many."""
    moved = 0
    page = repository.fetch(posts.in_category(source.category_id).page(most)) if most else ()
    for post in post_reading.whole(repository, page):
        if post.category_id != source.category_id:
            continue  # the index follows the table within moments
        with suppress(*REFUSED):
            post_writing.refile(repository, post, target.category_id, now)
            moved += 1
    return moved


def _replace(repository: Repository, category: Category, target: Category) -> None:
    """Deletes a category that has neither posts nor children; its slugs lead to the target."""
    slugs = [*category.former_slugs, category.slug]
    after = _with_former_slugs(target, [*target.former_slugs, *slugs])
    ids = category.category_id, target.category_id
    handed = [categories.hand_over_slug(slug, *ids) for slug in slugs]
    merged = categories.merge(category, target, after)
    repository.write(merged.add(*handed, *_counted_out(category.parent_id)))
