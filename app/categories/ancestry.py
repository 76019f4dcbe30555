"""The way from a category to the top, as it is stored now, and what it forbids."""

from __future__ import annotations

from collections.abc import Iterator

from access_patterns import categories
from model import ROOT, Category, CategoryId
from singletable import Label, Repository, inspect
from singletable.errors import ConditionFailed, ItemMissing

MOST_LEVELS = 20
"""Checked against what is read: writers at the same moment may exceed it, which breaks nothing."""

BELOW_ITSELF = Label("below-itself", "a category cannot be below itself or what is below it")
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
