"""Access patterns of categories: reads, and the writes that keep their tree consistent."""

from __future__ import annotations

from collections.abc import Sequence

from model import Category, CategoryId, CategorySlug, CategoryUsage, PublishedCount, Slug
from singletable import (
    BatchGet,
    Create,
    Delete,
    Get,
    Label,
    Patch,
    Put,
    Query,
    Transaction,
    Update,
    Upsert,
    access_pattern,
    attr,
    put,
    transaction,
    update,
)
from singletable import create as create_item
from singletable import delete as delete_item
from singletable.inspect import Check

NOT_EMPTY = Label("not-empty", "the category has posts or children")
NO_PARENT = Label("no-parent", "the parent category does not exist")
TREE_CHANGED = Label("tree-changed", "the tree was changed")
SLUG_TAKEN = Label("slug-taken", "the slug is taken")


def _put_slug(category: Category) -> Put[CategorySlug]:
    slug = put(CategorySlug(slug=category.slug, category_id=category.category_id))
    is_own = attr("category_id").equals(category.category_id)
    return slug.when(is_own).label(SLUG_TAKEN)


@access_pattern
def by_id(category_id: CategoryId) -> Get[Category]:
    """A category by its id."""
    return Category.key.get(category_id=category_id)


@access_pattern
def each(category_ids: Sequence[CategoryId]) -> BatchGet[Category]:
    """Several categories at once, such as those of the posts of a page."""
    return Category.key.get_each(category_id=category_ids)


@access_pattern
def by_slug(slug: Slug) -> Get[CategorySlug]:
    """The category id of a slug, current or former."""
    return CategorySlug.key.get(slug=slug)


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
    """Numbers of posts, in whatever status, and of child categories in a category."""
    return CategoryUsage.key.get(category_id=category_id)


@access_pattern
def published_count(category_id: CategoryId) -> Get[PublishedCount]:
    """The number of published posts in a category."""
    return PublishedCount.key.get(category_id=category_id)


@access_pattern
def published_counts(category_ids: Sequence[CategoryId]) -> BatchGet[PublishedCount]:
    """The numbers of published posts in several categories at once, such as those of the tree."""
    return PublishedCount.key.get_each(category_id=category_ids)


@access_pattern
def create(category: Category) -> Transaction[Category]:
    """Creates a category, reserves its slug, and creates its counters, which start at zero."""
    own = create_item(category)
    usage = create_item(CategoryUsage(category_id=category.category_id))
    return transaction(own, usage, _put_slug(category)).returning(own)


@access_pattern
def reserve_slug(slug: Slug, category_id: CategoryId) -> Create[CategorySlug]:
    """Reserves a former slug of an imported category."""
    return create_item(CategorySlug(slug=slug, category_id=category_id)).label(SLUG_TAKEN)


@access_pattern
def change(before: Category, after: Category) -> Update[Category]:
    """Changes a category's name or position; parent and slug stay."""
    return update(before, after)


@access_pattern
def change_slug(before: Category, after: Category) -> Transaction[Category]:
    """Changes a category's slug, and what else; the former slug stays reserved for it."""
    own = update(before, after)
    return transaction(own, _put_slug(after)).returning(own)


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
def increment_published(category_id: CategoryId) -> Upsert[PublishedCount]:
    """Counts a published post more of a category."""
    return PublishedCount.key.upsert(category_id=category_id).add(posts=1)


@access_pattern
def decrement_published(category_id: CategoryId) -> Patch[PublishedCount]:
    """Counts a published post less of a category."""
    return PublishedCount.key.patch(category_id=category_id).add(posts=-1)


@access_pattern
def delete(category: Category) -> Transaction[None]:
    """Deletes a category that has neither posts nor children, and releases its slug."""
    empty = attr("posts").equals(0) & attr("children").equals(0)
    usage = CategoryUsage.key.delete(must_exist=True, category_id=category.category_id)
    return transaction(
        delete_item(category, must_exist=True),
        usage.when(empty, label=NOT_EMPTY),
        PublishedCount.key.delete(category_id=category.category_id),
        CategorySlug.key.delete(slug=category.slug).when(
            attr("category_id").equals(category.category_id)
        ),
    )


@access_pattern
def merge(merged: Category, before: Category, after: Category) -> Transaction[Category]:
    """Deletes an empty category whose slugs lead to another one from now on."""
    empty = attr("posts").equals(0) & attr("children").equals(0)
    usage = CategoryUsage.key.delete(must_exist=True, category_id=merged.category_id)
    own = update(before, after)
    return transaction(
        delete_item(merged, must_exist=True),
        usage.when(empty, label=NOT_EMPTY),
        PublishedCount.key.delete(category_id=merged.category_id),
        own,
    ).returning(own)


@access_pattern
def hand_over_slug(slug: Slug, former: CategoryId, present: CategoryId) -> Patch[CategorySlug]:
    """Makes a slug of a category that is merged into another one lead to that one."""
    own = CategorySlug.key.patch(slug=slug).set(category_id=present)
    return own.when(attr("category_id").equals(former))


@access_pattern
def release_slug(slug: Slug, category_id: CategoryId) -> Delete:
    """Releases a former slug of a category that is being deleted."""
    return CategorySlug.key.delete(slug=slug).when(attr("category_id").equals(category_id))
