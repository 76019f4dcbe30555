"""An article and the states it goes through."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from model.ids import CategoryKey, PostKey, Slug, SlugKey, UserKey
from model.table import blog, gsi1, gsi2, gsi3, primary
from singletable import UPDATED, VERSION, Entity, shards

MOST_FORMER_SLUGS = 50

Title = Annotated[str, Field(min_length=1, max_length=200)]
Summary = Annotated[str, Field(max_length=500)]
Body = Annotated[str, Field(max_length=100_000)]
Tag = Annotated[str, Field(min_length=1, max_length=50)]
Tags = Annotated[list[Tag], Field(max_length=20)]


class PostStatus(StrEnum):
    """Where a post stands between its author and its readers."""

    DRAFT = "draft"
    IN_REVIEW = "in-review"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Post(Entity, table=blog):
    """An article: written by one user, filed under one category.

    `status_since` is the moment of the last change of status, for a published post the moment
    of publication. Former slugs keep leading to the post. One that came by an import may have
    been here before: since `imported_at` it is here again.
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
    former_slugs: Annotated[list[SlugKey], Field(max_length=MOST_FORMER_SLUGS)] = Field(
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
