"""Posts for readers: lists, and one of them by identity or by slug."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import Response

from app.http.conditional import ReadingCondition
from app.http.documented import UNCHANGED, empty, problems, shown
from app.http.envelope import Envelope, ok
from app.http.pagination import PageOut, Paging
from app.http.refusals import (
    CredentialsMissing,
    Forbidden,
    InvalidCursor,
    NotFound,
)
from app.routers import read_router
from app.v1 import posts_out
from app.v1.posts_guards import ListedPosts, PostOfSlug, ReadPost
from app.v1.posts_out import PostOut, PostSummary
from app.wiring import Stored

router = read_router("/v1/posts", "posts")

MOVED = empty(308, "The slug is a former one; `Location` has the present one.", "Location")


@router.get(
    "",
    responses={
        **shown(posts_out.POSTS),
        **problems(InvalidCursor, CredentialsMissing, Forbidden),
    },
)
def list_posts(
    question: ListedPosts, paging: Paging, repository: Stored
) -> Envelope[PageOut[PostSummary]]:
    """Published posts, newest first: all, of a `category` (`since` a moment), or of an `author`.

    Editors list by `status` as well. Other combinations of filters are refused.
    """
    page = repository.fetch(question.page(paging.limit, paging.cursor))
    return ok(posts_out.page_of_posts(page))


@router.get(
    "/by-slug/{slug}",
    response_model=Envelope[PostOut],
    responses={**shown(posts_out.POST, "ETag"), **UNCHANGED, **MOVED, **problems(NotFound)},
)
def read_by_slug(
    slug: str, post: PostOfSlug, condition: ReadingCondition
) -> Envelope[PostOut] | Response:
    """The post with a slug; from a former slug the way leads to the present one."""
    if post.slug != slug:
        location = f"/v1/posts/by-slug/{quote(post.slug)}"
        return Response(status_code=308, headers={"Location": location})
    condition.tagged(posts_out.tag_of(post))
    return ok(posts_out.post_out(post))


@router.get(
    "/{post_id}",
    responses={**shown(posts_out.POST, "ETag"), **UNCHANGED, **problems(NotFound)},
)
def read(post: ReadPost, condition: ReadingCondition) -> Envelope[PostOut]:
    """A post. What is not published is shown to its author and to editors alone."""
    condition.tagged(posts_out.tag_of(post))
    return ok(posts_out.post_out(post))
