"""The category tree: categories are added, moved and deleted; counters stay exact."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ulid import ULID

from access_patterns import categories
from model import ROOT, Category, CategoryId, Slug
from model.category import MAX_FORMER_CATEGORY_SLUGS
from singletable import Label, Repository, inspect
from singletable.errors import ConditionFailed, ItemMissing
from singletable.inspect import Write

MOST_LEVELS = 20
"""Checked against what is read: writers at the same moment may exceed it, which breaks nothing."""


BELOW_ITSELF = Label("below-itself", "a category cannot be below itself or what is below it")


TOO_MANY_SLUGS = Label(
    "too-many-slugs", f"it has {MAX_FORMER_CATEGORY_SLUGS} former slugs, and may not have more"
)


TOO_DEEP = Label("too-deep", f"the tree may have {MOST_LEVELS} levels, not more")


_FURTHEST_WALK = 2 * MOST_LEVELS


def line_above(
    repository: Repository, category: Category, parent_id: CategoryId
) -> tuple[Category, ...]:
    """The parent and its ancestors up to the top; refused if the category is one of them."""
    return tuple(_upwards(repository, category, parent_id))


def check_levels(category: Category, levels: int) -> None:
    """Refuses a tree of more levels than `MOST_LEVELS`."""
    if levels > MOST_LEVELS:
        raise _refusal(category, TOO_DEEP)


def _upwards(
    repository: Repository, category: Category, parent_id: CategoryId
) -> Iterator[Category]:
    for _ in range(_FURTHEST_WALK):
        if parent_id == ROOT:
            return
        if parent_id == category.category_id:
            raise _refusal(category, BELOW_ITSELF)
        ancestor = repository.fetch(categories.by_id(parent_id).consistent())
        if ancestor is None:
            raise _absent(parent_id)
        yield ancestor
        parent_id = ancestor.parent_id
    check_levels(category, _FURTHEST_WALK)


def _refusal(category: Category, label: Label) -> ConditionFailed:
    key = _key_text(category.category_id)
    return ConditionFailed(entity=Category.__name__, key=key, labels=(label,))


def _absent(category_id: CategoryId) -> ItemMissing:
    key = _key_text(category_id)
    return ItemMissing(entity=Category.__name__, key=key, labels=(categories.NO_PARENT,))


def _key_text(category_id: CategoryId) -> str:
    return inspect.key_text(Category, category_id=category_id)


Siblings = Mapping[CategoryId, Sequence[Category]]


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


def height(repository: Repository, category_id: CategoryId) -> int:
    """How many levels a category and what is below it take."""
    nodes = _below(category_id, _siblings(repository, but=category_id), 2)
    return max((node.depth for each in nodes for node in _walk(each)), default=1)


def subtree(repository: Repository, category_id: CategoryId) -> tuple[CategoryId, ...]:
    """A category and all that is below it, whether it exists or not."""
    nodes = _below(category_id, _siblings(repository, but=category_id), 2)
    return (category_id, *(node.category.category_id for each in nodes for node in _walk(each)))


def _siblings(repository: Repository, but: CategoryId | None = None) -> Siblings:
    """Children by parent, in order. Each category once, also if it moves while it is read:
    with two parents it could come to stand below itself."""
    latest = dict[CategoryId, Category]()
    for category in repository.iterate(categories.tree()):
        known = latest.get(category.category_id)
        if known is None or known.version < category.version:
            latest[category.category_id] = category
    latest.pop(but or ROOT, None)
    found = defaultdict[CategoryId, list[Category]](list)
    for category in sorted(latest.values(), key=lambda each: (each.position, each.category_id)):
        found[category.parent_id].append(category)
    return found


def _below(parent_id: CategoryId, siblings: Siblings, depth: int) -> tuple[Node, ...]:
    return tuple(
        Node(category, depth, _below(category.category_id, siblings, depth + 1))
        for category in siblings.get(parent_id, ())
    )


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _walk(child)


# `root` stands for no parent; `by-slug` is a step of a path where an identity may stand too.
RESERVED = frozenset({ROOT, CategoryId("by-slug")})


def new_id() -> CategoryId:
    """An identity nobody has to think of: a ULID, in lower case as identities of categories are."""
    return CategoryId(str(ULID()).lower())


def add(repository: Repository, category: Category) -> Category:
    """Creates a category below its parent, which counts it."""
    line = line_above(repository, category, category.parent_id)
    check_levels(category, len(line) + 1)
    return repository.write(categories.create(category).add(*_joining(category.parent_id)))


def change(repository: Repository, before: Category, after: Category) -> Category:
    """Another name, position or slug; the former slug keeps leading to the category."""
    if after.slug == before.slug:
        return repository.write(categories.change(before, after))
    former = [each for each in before.former_slugs if each != after.slug]
    former.append(before.slug)
    if len(former) > MAX_FORMER_CATEGORY_SLUGS:
        raise _refusal(before, TOO_MANY_SLUGS)
    after = after.model_copy(update={"former_slugs": former})
    return repository.write(categories.change_slug(before, after))


def by_slug(repository: Repository, slug: Slug) -> Category | None:
    """The category that a slug leads to; `category.slug` is another one if this is a former one."""
    found = repository.fetch(categories.by_slug(slug))
    return repository.fetch(categories.by_id(found.category_id)) if found else None


def move(
    repository: Repository, before: Category, parent_id: CategoryId, position: int
) -> Category:
    """Puts a category, with all that is below it, at a position below a parent."""
    after = before.model_copy(update={"parent_id": parent_id, "position": position})
    if parent_id == before.parent_id:
        return repository.write(categories.change(before, after))
    line = line_above(repository, before, parent_id)
    check_levels(before, len(line) + height(repository, before.category_id))
    counted = (*_leaving(before.parent_id), *_joining(parent_id))
    unmoved = [categories.check_parent(each.category_id, each.parent_id) for each in line]
    return repository.write(categories.move(before, after).add(*counted, *unmoved))


def check_outside(repository: Repository, target: Category, category: Category) -> None:
    """Refuses a target that is the category itself or below it."""
    if target.category_id in subtree(repository, category.category_id):
        raise _refusal(category, BELOW_ITSELF)


def replace(repository: Repository, category: Category, target: Category) -> Category:
    """Deletes a category that has neither posts nor children; its slugs lead to the target."""
    slugs = [*category.former_slugs, category.slug]
    former = [*target.former_slugs, *slugs]
    if len(former) > MAX_FORMER_CATEGORY_SLUGS:
        raise _refusal(target, TOO_MANY_SLUGS)
    after = target.model_copy(update={"former_slugs": former})
    ids = category.category_id, target.category_id
    handed = [categories.hand_over_slug(slug, *ids) for slug in slugs]
    merged = categories.merge(category, target, after)
    return repository.write(merged.add(*handed, *_leaving(category.parent_id)))


def delete(repository: Repository, category: Category) -> None:
    """Deletes a category that has neither posts nor children, and all its slugs."""
    former = [categories.release_slug(slug, category.category_id) for slug in category.former_slugs]
    gone = categories.delete(category)
    repository.write(gone.add(*former, *_leaving(category.parent_id)))


def _joining(parent_id: CategoryId) -> tuple[Write[Any], ...]:
    """The top is no category and counts nothing."""
    return () if parent_id == ROOT else (categories.increment_children(parent_id),)


def _leaving(parent_id: CategoryId) -> tuple[Write[Any], ...]:
    return () if parent_id == ROOT else (categories.decrement_children(parent_id),)
