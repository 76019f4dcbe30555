"""Adding, moving and deleting categories: the tree stays a tree, its counters stay exact.

Each is one transaction. What was read of the ancestors is checked where it is written, so
moves elsewhere make it fail rather than make a cycle.
"""

from __future__ import annotations

from typing import Any

from access_patterns import categories
from app.categories.ancestry import check_levels, line_above
from app.categories.forest import height
from model import ROOT, Category, CategoryId
from singletable import Repository
from singletable.inspect import Write


def add(repository: Repository, category: Category) -> Category:
    """Creates a category below its parent, which counts it."""
    line = line_above(repository, category, category.parent_id)
    check_levels(category, len(line) + 1)
    return repository.write(categories.create(category).add(*_joining(category.parent_id)))


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


def delete(repository: Repository, category: Category) -> None:
    """Deletes a category that has neither posts nor children."""
    repository.write(categories.delete(category).add(*_leaving(category.parent_id)))


def _joining(parent_id: CategoryId) -> tuple[Write[Any], ...]:
    """The top is no category and counts nothing."""
    return () if parent_id == ROOT else (categories.increment_children(parent_id),)


def _leaving(parent_id: CategoryId) -> tuple[Write[Any], ...]:
    return () if parent_id == ROOT else (categories.decrement_children(parent_id),)
