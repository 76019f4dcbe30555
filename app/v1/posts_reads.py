"""Posts for readers: lists, and one of them by identity or by slug."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Query, Response
from pydantic import AwareDatetime

from app.auth.guard import OptionalCaller
from app.http.conditional import ReadingCondition
from app.http.documented import UNCHANGED, empty, problems, shown
from app.http.envelope import Envelope, ok
from app.http.pagination import PageOut, Paging
from app.http.refusals import (
    CredentialsMissing,
    CredentialsWrong,
    Forbidden,
    InvalidCursor,
    NotFound,
)
from app.posts import finding, listing
from app.routers import read_router
from app.v1 import posts_out
from app.v1.posts_out import PostOut, PostSummary
from app.wiring import Stored
from model import CategoryKey, PostStatus, UserKey
from singletable import instant

router = read_router("/v1/posts", "posts")

MOVED = empty(308, "The slug is a former one; `Location` has the present one.", "Location")


def filters(
    category: Annotated[CategoryKey | None, Query(description="A category's identity.")] = None,
    since: Annotated[
        Annotated[AwareDatetime, instant()] | None,
        Query(description="Published then or later; only with `category`."),
    ] = None,
    author: Annotated[UserKey | None, Query(description="Drafts too, if you may see them.")] = None,
    status: Annotated[
        PostStatus | None, Query(description="For editors: the longest waiting first.")
    ] = None,
) -> listing.Filters:
    return listing.Filters(category, since, author, status)


@router.get(
    "",
    openapi_extra={"security": [{}, {"bearer": []}]},
    responses={
        **shown(posts_out.POSTS),
        **problems(InvalidCursor, CredentialsMissing, CredentialsWrong, Forbidden),
    },
)
def list_posts(
    asked: Annotated[listing.Filters, Depends(filters)],
    paging: Paging,
    caller: OptionalCaller,
    repository: Stored,
) -> Envelope[PageOut[PostSummary]]:
    """Published posts, newest first: all, of a `category` (`since` a moment), or of an `author`.

    Editors list by `status` as well. Other combinations of filters are refused.
    """
    question = listing.asked(asked, caller).page(paging.limit, paging.cursor)
    return ok(posts_out.page_of_posts(repository.fetch(question)))


@router.get(
    "/by-slug/{slug}",
    response_model=Envelope[PostOut],
    responses={**shown(posts_out.POST, "ETag"), **UNCHANGED, **MOVED, **problems(NotFound)},
)
def read_by_slug(
    slug: str, condition: ReadingCondition, caller: OptionalCaller, repository: Stored
) -> Envelope[PostOut] | Response:
    """The post with a slug; from a former slug the way leads to the present one."""
    post = finding.by_slug(repository, slug, caller)
    if post.slug != slug:
        location = f"/v1/posts/by-slug/{quote(post.slug)}"
        return Response(status_code=308, headers={"Location": location})
    condition.tagged(posts_out.tag_of(post))
    return ok(posts_out.post_out(post))


@router.get(
    "/{post_id}",
    responses={**shown(posts_out.POST, "ETag"), **UNCHANGED, **problems(NotFound)},
)
def read(
    post_id: str, condition: ReadingCondition, caller: OptionalCaller, repository: Stored
) -> Envelope[PostOut]:
    """A post. What is not published is shown to its author and to editors alone."""
    post = finding.readable(repository, post_id, caller)
    condition.tagged(posts_out.tag_of(post))
    return ok(posts_out.post_out(post))
