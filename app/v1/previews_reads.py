"""Previews: the post that a token shows, and which previews a post has."""

from __future__ import annotations

from fastapi import Depends, Response

from app.auth.guard import Allowed
from app.http.documented import problems
from app.http.documented import shown as example
from app.http.envelope import Envelope, ok
from app.http.pagination import PageOut, Paging
from app.http.refusals import InvalidCursor, NotFound
from app.previews import issuing, reading
from app.routers import private_read_router, read_router
from app.v1.posts_out import DRAFT, PostOut, post_out
from app.v1.previews_access import PostWithPreviews
from app.v1.previews_schemas import PreviewOut, PreviewToken, shown
from app.wiring import Stored

router = read_router("/v1/previews", "previews")
listing = private_read_router("/v1/posts/{post_id}/previews", "previews")

NEVER_KEPT = "private, no-store"


@router.get(
    "",
    summary="The post that a preview shows",
    dependencies=[Depends(Allowed("previews.read"))],
    responses={**example(DRAFT, "Cache-Control"), **problems(NotFound)},
)
def read(token: PreviewToken, repository: Stored, response: Response) -> Envelope[PostOut]:
    """The post as it is now, whatever its status. The token is all the permission it takes.

    One that expired, was revoked or never was is answered alike.
    """
    response.headers["Cache-Control"] = NEVER_KEPT
    return ok(post_out(reading.shown(repository, token)))


@listing.get("", summary="A post's previews", responses=problems(InvalidCursor, NotFound))
def of_post(
    post: PostWithPreviews, repository: Stored, paging: Paging
) -> Envelope[PageOut[PreviewOut]]:
    """Those that are good now, newest first, without their tokens."""
    page = issuing.page(repository, post, paging.limit, paging.cursor)
    return ok(PageOut(items=[shown(each) for each in page], next_cursor=page.cursor))
