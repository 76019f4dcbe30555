"""Tags: how many published posts have each, and these posts by tag."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

from model.ids import CategoryKey, MediaKey, PostKey, SlugKey, UserKey
from model.post import PostStatus
from model.table import blog, gsi1, primary
from singletable import UPDATED, Entity
from singletable.formats import text

TagKey = Annotated[
    str, text(max_bytes=512, fold="nfkc", delimiter=True), Field(examples=["python", "dynamodb"])
]
"""A tag whatever its letter case and width: `C#` and `c#` are one."""


class Tag(Entity, table=blog):
    """A tag of published posts: its last spelling, and how many have it."""

    tag: TagKey
    name: str = Field(examples=["Python", "DynamoDB"])
    posts: int = Field(default=0, examples=[2])

    key = primary.key("TAG#{tag}", "TAG")
    by_name = gsi1.key("TAGS", "{tag}")


class TaggedPost(Entity, table=blog):
    """A published post in the list of one of its tags, with all that lists show of it.

    Written and deleted in the transactions that change the post.
    """

    tag: TagKey
    post_id: PostKey
    author_id: UserKey
    category_id: CategoryKey
    slug: SlugKey = Field(examples=["hello-world"])
    title: str = Field(examples=["Hello, world"])
    summary: str = ""
    tags: list[str] = Field(default_factory=list[str])
    cover_media_id: MediaKey | None = None
    status: PostStatus = PostStatus.PUBLISHED
    status_since: AwareDatetime
    published_at: AwareDatetime | None = None
    publish_at: AwareDatetime | None = None
    created_at: AwareDatetime
    updated_at: Annotated[datetime | None, UPDATED] = None
    version: int = 1

    key = primary.key("TAG#{tag}", "POST#{status_since}#{post_id}")
