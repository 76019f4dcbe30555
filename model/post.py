"""Posts and the statuses of their workflow."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from model.ids import CategoryKey, PostKey, Slug, SlugKey, UserKey
from model.table import blog, gsi1, gsi2, gsi3, primary
from singletable import UPDATED, VERSION, Entity, shards

MAX_FORMER_SLUGS = 50
MAX_TAGS = 20

Title = Annotated[str, Field(min_length=1, max_length=200)]
Summary = Annotated[str, Field(max_length=500)]
Body = Annotated[str, Field(max_length=100_000)]
Tags = Annotated[list[str], Field(max_length=MAX_TAGS)]


class PostStatus(StrEnum):
    """Status of a post in the workflow from draft to archive."""

    DRAFT = "draft"
    IN_REVIEW = "in-review"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Post(Entity, table=blog):
    """A post: an article by one author in one category.

    `status_since` is the time of the last status change, for a published post the time of
    publication. `former_slugs` still resolve to the post. `imported_at` is the time of its last
    import; `created_at` and `version` of an imported post are those of its source.
    """

    post_id: PostKey
    author_id: UserKey
    category_id: CategoryKey
    slug: SlugKey = Field(examples=["hello-world", "hello-dynamodb"])
    title: Title = Field(examples=["Hello, world", "Hello, DynamoDB"])
    summary: Summary = ""
    body: Body = Field(default="", examples=["First words.", "Better words."])
    tags: Tags = Field(default_factory=list[str])
    status: PostStatus = PostStatus.DRAFT
    status_since: AwareDatetime
    published_at: AwareDatetime | None = None
    created_at: AwareDatetime
    updated_at: Annotated[datetime | None, UPDATED] = None
    former_slugs: Annotated[list[SlugKey], Field(max_length=MAX_FORMER_SLUGS)] = Field(
        default_factory=list[Slug]
    )
    imported_at: AwareDatetime | None = None
    version: Annotated[int, VERSION] = 1

    key = primary.key("POST#{post_id}", "POST")
    by_status = gsi1.key(
        "POSTS#{status}#{shard}", "{status_since}#{post_id}", shards=shards(4, by="post_id")
    )
    by_category = gsi2.key("CATEGORY#{category_id}", "{status}#{status_since}#{post_id}")
    by_author = gsi3.key("AUTHOR#{author_id}", "POST#{created_at}#{post_id}")
