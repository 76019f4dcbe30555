"""Categories: a tree, their slugs, and the numbers of posts and children of each category."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

from model.ids import CategoryId, CategoryKey, Slug, SlugKey
from model.table import blog, gsi1, primary
from singletable import UPDATED, VERSION, Entity
from singletable.formats import integer
from singletable.volumes import volume

ROOT = CategoryId("root")
"""The parent id of top-level categories; there is no such category."""

MAX_FORMER_CATEGORY_SLUGS = 50


class Category(Entity, table=blog):
    """A category of posts, with its parent and its position among its siblings.

    `former_slugs` still resolve to the category.
    """

    category_id: CategoryKey
    parent_id: CategoryKey = Field(default=ROOT, examples=["root", "news"])
    position: Annotated[int, integer(0, 9999)] = Field(default=0, examples=[1, 2])
    slug: SlugKey = Field(examples=["news", "latest-news"])
    name: Annotated[str, Field(min_length=1, max_length=100)] = Field(
        examples=["News", "Latest news"]
    )
    former_slugs: Annotated[list[SlugKey], Field(max_length=MAX_FORMER_CATEGORY_SLUGS)] = Field(
        default_factory=list[Slug]
    )
    created_at: AwareDatetime
    updated_at: Annotated[datetime | None, UPDATED] = None
    version: Annotated[int, VERSION] = 1

    key = primary.key("CATEGORY#{category_id}", "CATEGORY")
    by_parent = gsi1.key("CATEGORIES", "{parent_id}#{position}#{category_id}")


class CategorySlug(Entity, table=blog):
    """A slug reserved for a category; a former slug stays reserved until it is deleted."""

    slug: SlugKey = Field(examples=["news"])
    category_id: CategoryKey

    key = primary.key("CATEGORY-SLUG#{slug}", "SLUG")


@volume(items=50, size=150)
class CategoryUsage(Entity, table=blog):
    """Counters of a category's posts and children, updated in the transactions that change them.

    A separate item, so that a new post does not change the version of its category.
    """

    category_id: CategoryKey
    posts: int = Field(default=0, examples=[2])
    children: int = 0

    key = primary.key("CATEGORY#{category_id}", "USAGE")


class PublishedCount(Entity, table=blog):
    """The number of a category's published posts: what everyone may know of its posts."""

    category_id: CategoryKey
    posts: int = Field(default=0, examples=[2])

    key = primary.key("CATEGORY#{category_id}", "PUBLISHED")
