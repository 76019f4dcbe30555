"""What clients say of posts. The bounds are the model's."""

from __future__ import annotations

from pydantic import ConfigDict, Field, JsonValue

from app.http.typed_text import TypedBody, TypedSummary, TypedTags, TypedTitle
from app.http.wire import In
from app.posts.writing import Text
from model import CategoryId, CategoryKey, Post, SlugKey

_EXAMPLE: dict[str, JsonValue] = {
    "title": "Hello, DynamoDB",
    "summary": "One table is enough.",
    "body": "First words.",
    "tags": ["dynamodb", "python"],
    "categoryId": "news",
}


class PostText(In):
    """The whole text of a post: what is left out becomes empty."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    title: TypedTitle
    summary: TypedSummary = ""
    body: TypedBody = Field(default="", description="Markdown.")
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
