"""Schemas of posts. The bounds are the model's."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import AwareDatetime, ConfigDict, Field, JsonValue, computed_field

from app.api.v1.readers import AuthorOut
from app.core.wire import In, Out, TypedBody, TypedSummary, TypedTags, TypedTitle, like
from app.services.post_lists import Listed
from app.services.post_reading import Beside
from app.services.post_writing import Text
from model import (
    Category,
    CategoryId,
    CategoryKey,
    MediaId,
    Post,
    PostId,
    PostStatus,
    Revision,
    Slug,
    SlugKey,
    UserId,
)
from singletable.formats import instant

_TEXT: dict[str, JsonValue] = {
    "summary": "One table is enough.",
    "tags": ["dynamodb", "python"],
}
_EXAMPLE: dict[str, JsonValue] = {
    "title": "Hello, DynamoDB",
    "body": "First words.",
    "categoryId": "news",
    **_TEXT,
}

Facts = TypeVar("Facts", bound="PostFacts")


class PostText(In):
    """The whole text of a post: what is left out becomes empty."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    title: TypedTitle
    summary: TypedSummary = ""
    body: TypedBody = Field(
        default="", description="Markdown, kept as it is sent: who shows it cleans it."
    )
    tags: TypedTags = Field(default_factory=list[str])
    category_id: CategoryKey

    def text(self) -> Text:
        return Text(self.title, self.summary, self.body, self.tags, self.category_id)


class NewPost(PostText):
    """A post to be: without a slug, one is made from the title."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**_EXAMPLE, "slug": "hello"}]})

    slug: SlugKey | None = None


class PostPatch(In):
    """A JSON merge patch (RFC 7396): what is left out stays, null empties what may be empty."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"body": "Better words."}]})

    title: TypedTitle = Field(default_factory=str)
    summary: TypedSummary | None = None
    body: TypedBody | None = None
    tags: TypedTags | None = None
    category_id: CategoryKey = Field(default_factory=lambda: CategoryId(""))

    def applied_to(self, post: Post) -> Text:
        """The whole text that the post is to have."""
        given = self.model_fields_set
        return Text(
            title=self.title if "title" in given else post.title,
            summary=(self.summary or "") if "summary" in given else post.summary,
            body=(self.body or "") if "body" in given else post.body,
            tags=(self.tags or []) if "tags" in given else post.tags,
            category_id=self.category_id if "category_id" in given else post.category_id,
        )


class SlugIn(In):
    """The slug that a post is to have."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"slug": "hello-again"}]})

    slug: SlugKey


class ScheduleIn(In):
    """When a post is to be published."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"at": "2099-03-15T09:00:00Z"}]})

    at: Annotated[AwareDatetime, instant()] = Field(description="In the future.")


class CategoryName(Out):
    """A category as posts name it."""

    model_config = like(Category)

    category_id: CategoryId
    slug: Slug
    name: str


class PostFacts(Out):
    """What is said of a post wherever it is shown."""

    model_config = like(
        Post,
        **_TEXT,
        cover_media_id="01JD9GZ2J0V5X7Q3M8K4T6B1RB",
        cover_url="/v1/posts/01JD9GZ2J0V5X7Q3M8K4T6B1RA/media/01JD9GZ2J0V5X7Q3M8K4T6B1RB",
        views=12,
    )

    post_id: PostId
    slug: Slug
    title: str
    summary: str
    tags: list[str]
    cover_media_id: MediaId | None
    category_id: CategoryId
    author_id: UserId
    status: PostStatus
    status_since: datetime
    published_at: datetime | None = Field(description="Anew each time; null once unpublished.")
    publish_at: datetime | None = Field(description="When it is going to be published, if planned.")
    created_at: datetime
    updated_at: datetime | None = Field(description="Of the last write of any kind.")
    version: int
    author: AuthorOut | None = Field(default=None, description="If `include` asks for it.")
    category: CategoryName | None = Field(default=None, description="If `include` asks for it.")
    views: int | None = Field(default=None, description="If `include` asks for it.")

    @computed_field(description="Where everyone who may read the post gets its cover.")
    def cover_url(self) -> str | None:
        where = f"/v1/posts/{self.post_id}/media/{self.cover_media_id}"
        return where if self.cover_media_id else None


class PostSummary(PostFacts):
    """A post in a list: everything but its body."""


class PostOut(PostFacts):
    """A post. Former slugs keep leading to it."""

    body: str
    media_ids: list[MediaId] = Field(
        description="Its text's images `media:<mediaId>`: `/v1/posts/{postId}/media/{mediaId}`."
    )
    former_slugs: list[Slug]
    allowed: list[str] | None = Field(
        default=None,
        description="What the policy lets the caller do to it, if `include` asks for it.",
    )


class RevisionSummary(Out):
    """A former text in a list; `number` is the version that the post had with it."""

    model_config = like(Revision, **_TEXT)

    number: int
    title: str
    replaced_by: UserId
    replaced_at: datetime


class RevisionOut(RevisionSummary):
    """A former text."""

    summary: str
    body: str
    tags: list[str]


class ViewsOut(Out):
    """How often a post was read."""

    views: int = Field(examples=[12])


def with_beside(out: type[Facts], post: Post | Listed, known: Beside, **more: object) -> Facts:
    """A post with what was asked for beside it."""
    fields = out.model_fields
    facts: dict[str, Any] = {name: value for name, value in post if name in fields}
    views = None if known.views is None else known.views.get(post.post_id, 0)
    author, category = known.authors.get(post.author_id), known.categories.get(post.category_id)
    return out(**facts, author=author, category=category, views=views, **more)  # type: ignore[arg-type]  # read by their attributes
