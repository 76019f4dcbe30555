"""What clients are told of posts, and an example of each."""

from __future__ import annotations

from datetime import UTC, datetime

from app.http.conditional import etag
from app.http.pagination import PageOut
from app.http.wire import Out
from model import CategoryId, Post, PostId, PostStatus, Slug, UserId
from singletable import Page


class PostSummary(Out):
    """A post in a list: everything but its body."""

    post_id: PostId
    slug: Slug
    title: str
    summary: str
    tags: list[str]
    category_id: CategoryId
    author_id: UserId
    status: PostStatus
    status_since: datetime
    published_at: datetime | None
    created_at: datetime
    updated_at: datetime | None
    version: int


class PostOut(PostSummary):
    """A post. Former slugs keep leading to it."""

    body: str
    former_slugs: list[Slug]


class RevisionSummary(Out):
    """A former text in a list; `number` is the version that the post had with it."""

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

    views: int


def post_out(post: Post) -> PostOut:
    return PostOut.model_validate(post)


def page_of_posts(page: Page[Post]) -> PageOut[PostSummary]:
    return PageOut(
        items=[PostSummary.model_validate(post) for post in page], next_cursor=page.cursor
    )


def tag_of(post: Post) -> str:
    """The entity tag of a post as it is stored."""
    return etag("post", post.post_id, post.version)


_THEN = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
DRAFT = PostOut(
    post_id=PostId("01JD9GZ2J0V5X7Q3M8K4T6B1RA"),
    slug=Slug("hello-dynamodb"),
    title="Hello, DynamoDB",
    summary="One table is enough.",
    tags=["dynamodb", "python"],
    category_id=CategoryId("news"),
    author_id=UserId("ada"),
    status=PostStatus.DRAFT,
    status_since=_THEN,
    published_at=None,
    created_at=_THEN,
    updated_at=_THEN,
    version=1,
    body="First words.",
    former_slugs=[],
)
POST = DRAFT.model_copy(
    update={"status": PostStatus.PUBLISHED, "published_at": _THEN, "version": 3}
)
POSTS = PageOut[PostSummary](
    items=[PostSummary.model_validate(POST)], next_cursor="tSx0ZkVbW3siR1NJMVBLIjoiUE9TVFMj"
)
REVISION = RevisionOut(
    number=1,
    title="Hello",
    replaced_by=UserId("ada"),
    replaced_at=_THEN,
    summary="",
    body="First words.",
    tags=[],
)
REVISIONS = PageOut[RevisionSummary](
    items=[RevisionSummary.model_validate(REVISION)], next_cursor=None
)
