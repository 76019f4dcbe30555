"""The whole tree, put together from the categories as they are listed by parent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from access_patterns import categories
from model import ROOT, Category, CategoryId
from singletable import Repository

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
