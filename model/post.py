"""Posts, the statuses of their workflow, and what lists show of them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from model.ids import (
    CategoryId,
    CategoryKey,
    MediaId,
    MediaKey,
    PostId,
    PostKey,
    Slug,
    SlugKey,
    UserId,
    UserKey,
)
from model.table import blog, gsi2, list1, list2, list3, list4, primary
from model.title import TitleText
from singletable import UPDATED, VERSION, Entity, View, attr
from singletable.volumes import volume

MAX_FORMER_SLUGS = 50
MAX_TAGS = 20
MAX_MEDIA = 40

Title = Annotated[str, Field(min_length=1, max_length=200)]
Summary = Annotated[str, Field(max_length=500)]
Body = Annotated[str, Field(max_length=100_000)]
Tags = Annotated[list[str], Field(max_length=MAX_TAGS)]
MediaKeys = Annotated[list[MediaKey], Field(max_length=MAX_MEDIA)]


class PostStatus(StrEnum):
    """Status of a post in the workflow from draft to archive."""

    DRAFT = "draft"
    IN_REVIEW = "in-review"
    PUBLISHED = "published"
    ARCHIVED = "archived"


@volume(
    items=20_000,
    size=8_000,
    keys={
        "by_status": {"values": 4, "skew": 0.8},
        "by_category": {"values": 50, "skew": 0.2},
        "by_author": {"values": 200, "skew": 0.1},
    },
)
class Post(Entity, table=blog):
    """A post: an article by one author in one category.

    `status_since` is the time of the last status change, for a published post the time of
    publication. A reviewed post with `publish_at` is published then. `former_slugs` still resolve
    to the post. Readers get the pictures that it names, by `cover_media_id` and, for its text, by
    `media_ids`. `is_listed` says that lists by tag and public counts have it: so they do of
    every published post but one that was published before there were any. `imported_at` is the
    time of its last import; `created_at` and `version` of an imported post are those of its source.
    """

    post_id: PostKey
    author_id: UserKey
    category_id: CategoryKey
    slug: SlugKey = Field(examples=["hello-world", "hello-dynamodb"])
    title: Annotated[Title, TitleText()] = Field(examples=["Hello, world", "Hello, DynamoDB"])
    summary: Summary = ""
    body: Body = Field(default="", examples=["First words.", "Better words."])
    tags: Tags = Field(default_factory=list[str])
    cover_media_id: MediaKey | None = None
    media_ids: MediaKeys = Field(default_factory=list[MediaId])
    status: PostStatus = PostStatus.DRAFT
    status_since: AwareDatetime
    published_at: AwareDatetime | None = None
    publish_at: AwareDatetime | None = None
    is_listed: bool = False
    created_at: AwareDatetime
    updated_at: Annotated[datetime | None, UPDATED] = None
    former_slugs: Annotated[list[SlugKey], Field(max_length=MAX_FORMER_SLUGS)] = Field(
        default_factory=list[Slug]
    )
    imported_at: AwareDatetime | None = None
    version: Annotated[int, VERSION] = 1

    key = primary.key("POST#{post_id}", "POST")
    by_status = list1.key("POSTS#{status}", "{status_since}#{post_id}")
    by_category = list2.key("CATEGORY#{category_id}", "{status}#{status_since}#{post_id}")
    by_author = list3.key("AUTHOR#{author_id}", "{status}#{status_since}#{post_id}")
    by_title = list4.key("TITLES", "{title}", when=attr("status").equals(PostStatus.PUBLISHED))
    scheduled = gsi2.key("SCHEDULED", "{publish_at}#{post_id}")

    @property
    def shown_media(self) -> list[MediaId]:
        """The files that it shows, each once, the cover first."""
        named = [self.cover_media_id, *self.media_ids]
        return list(dict.fromkeys(each for each in named if each))


class ListedPost(View[Post]):
    """What lists show of a post: all but its body."""

    post_id: PostId
    author_id: UserId
    category_id: CategoryId
    slug: Slug
    title: str
    summary: str
    tags: list[str]
    cover_media_id: MediaId | None
    status: PostStatus
    status_since: AwareDatetime
    published_at: AwareDatetime | None
    publish_at: AwareDatetime | None
    created_at: AwareDatetime
    updated_at: datetime | None
    version: int
