"""Access patterns of categories: reads, and the writes that keep their tree consistent."""

from __future__ import annotations

from model import Category, CategoryId, CategoryUsage, Slug
from singletable import (
    First,
    Get,
    Label,
    Patch,
    Query,
    Transaction,
    Update,
    access_pattern,
    attr,
    transaction,
    update,
)
from singletable import create as create_item
from singletable import delete as delete_item
from singletable.inspect import Check

NOT_EMPTY = Label("not-empty", "the category has posts or children")
NO_PARENT = Label("no-parent", "the parent category does not exist")
TREE_CHANGED = Label("tree-changed", "the tree was changed")


@access_pattern
def by_id(category_id: CategoryId) -> Get[Category]:
    """A category by its id."""
    return Category.key.get(category_id=category_id)


@access_pattern
def by_slug(slug: Slug) -> First[Category]:
    """The category with a given slug."""
    return Category.by_slug.query(slug=slug).first()


@access_pattern
def tree() -> Query[Category]:
    """All categories, ordered by parent and position."""
    return Category.by_parent.query()


@access_pattern
def children(parent_id: CategoryId) -> Query[Category]:
    """Direct children of a category, ordered by position."""
    return Category.by_parent.query(parent_id=parent_id)


@access_pattern
def usage(category_id: CategoryId) -> Get[CategoryUsage]:
    """Numbers of posts and child categories in a category."""
    return CategoryUsage.key.get(category_id=category_id)


@access_pattern
def create(category: Category) -> Transaction[Category]:
    """Creates a category and its usage counters, which start at zero."""
    own = create_item(category)
    usage = create_item(CategoryUsage(category_id=category.category_id))
    return transaction(own, usage).returning(own)


@access_pattern
def change(before: Category, after: Category) -> Update[Category]:
    """Changes a category's name, slug or position; the parent stays."""
    return update(before, after)


@access_pattern
def move(before: Category, after: Category) -> Transaction[Category]:
    """Moves a category to another parent.

    The counters of both parents and the checks against cycles belong to the same transaction.
    """
    own = update(before, after)
    return transaction(own).returning(own)


@access_pattern
def increment_children(parent_id: CategoryId) -> Patch[CategoryUsage]:
    """Increments the child counter of a parent category, which must exist."""
    usage = CategoryUsage.key.patch(category_id=parent_id).add(children=1)
    return usage.label(NO_PARENT)


@access_pattern
def decrement_children(parent_id: CategoryId) -> Patch[CategoryUsage]:
    """Decrements the child counter of a parent category."""
    return CategoryUsage.key.patch(category_id=parent_id).add(children=-1)


@access_pattern
def check_parent(category_id: CategoryId, parent_id: CategoryId) -> Check:
    """Checks that a category still has the parent that was read.

    A move checks every ancestor of the new parent, so that concurrent moves cannot make a cycle.
    """
    check = Category.key.check(category_id=category_id)
    return check.when(attr("parent_id").equals(parent_id)).label(TREE_CHANGED)


@access_pattern
def delete(category: Category) -> Transaction[None]:
    """Deletes a category that has neither posts nor children."""
    empty = attr("posts").equals(0) & attr("children").equals(0)
    usage = CategoryUsage.key.delete(must_exist=True, category_id=category.category_id)
    return transaction(delete_item(category, must_exist=True), usage.when(empty, label=NOT_EMPTY))
