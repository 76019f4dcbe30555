"""Questions about categories, and the writes that keep their tree."""

from __future__ import annotations

from model import Category, CategoryId, CategoryUsage, Slug
from singletable import (
    Check,
    First,
    Get,
    Patch,
    Query,
    Transaction,
    Update,
    access_pattern,
    attr,
    create,
    remove,
    transaction,
    update,
)

NO_PARENT = "the parent category does not exist"


@access_pattern
def by_id(category_id: CategoryId) -> Get[Category]:
    """A category."""
    return Category.key.get(category_id=category_id)


@access_pattern
def by_slug(slug: Slug) -> First[Category]:
    """The category with a slug."""
    return Category.by_slug.query(slug=slug).first()


@access_pattern
def tree() -> Query[Category]:
    """All categories: by parent, siblings in their order."""
    return Category.by_parent.query()


@access_pattern
def children(parent_id: CategoryId) -> Query[Category]:
    """The categories directly below one, in their order."""
    return Category.by_parent.query(parent_id=parent_id)


@access_pattern
def usage(category_id: CategoryId) -> Get[CategoryUsage]:
    """How many posts and child categories a category has."""
    return CategoryUsage.key.get(category_id=category_id)


@access_pattern
def add(category: Category) -> Transaction[Category]:
    """Creates a category, with nothing on it."""
    own = create(category)
    return transaction(own, create(CategoryUsage(category_id=category.category_id))).answering(own)


@access_pattern
def change(before: Category, after: Category) -> Update[Category]:
    """Renames a category, changes its slug, or its place among its siblings."""
    return update(before, after)


@access_pattern
def move(before: Category, after: Category) -> Transaction[Category]:
    """Puts a category below another parent."""
    own = update(before, after)
    return transaction(own).answering(own)


@access_pattern
def join_parent(parent_id: CategoryId) -> Patch[CategoryUsage]:
    """Counts one child more below a parent, which must exist."""
    usage = CategoryUsage.key.patch(category_id=parent_id).add(children=1)
    return usage.otherwise(NO_PARENT)


@access_pattern
def leave_parent(parent_id: CategoryId) -> Patch[CategoryUsage]:
    """Counts one child less below a parent."""
    return CategoryUsage.key.patch(category_id=parent_id).add(children=-1)


@access_pattern
def still_below(category_id: CategoryId, parent_id: CategoryId) -> Check:
    """A category still has the parent that was read: moves elsewhere cannot make a cycle."""
    still = Category.key.check(category_id=category_id)
    return still.when(attr("parent_id").equals(parent_id)).otherwise("the tree was changed")


@access_pattern
def delete(category: Category) -> Transaction[None]:
    """Deletes a category that has neither posts nor children."""
    empty = attr("posts").equals(0) & attr("children").equals(0)
    usage = CategoryUsage.key.remove(category_id=category.category_id)
    return transaction(
        remove(category), usage.when(empty, otherwise="the category has posts or children")
    )
