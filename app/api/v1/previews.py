"""Previews of a post: created, listed and revoked, and the post that a token shows."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Response

from access_patterns import posts
from access_patterns import previews as asked
from app.api.guards.permission import Allowed, KnownCaller
from app.api.guards.routes import private_read_router, read_router, write_router
from app.api.kit.answers import Envelope
from app.api.kit.container import NowDep, RepositoryDep, container_of
from app.api.kit.idempotency import Idempotent
from app.api.kit.openapi import carrying, empty, problems
from app.api.kit.openapi import shown as example
from app.api.kit.requests import PageOut, Paging
from app.api.v1.posts_guards import on_post
from app.api.v1.posts_schemas import DRAFT, PostOut, post_out
from app.api.v1.previews_schemas import (
    IssuedOut,
    PreviewIn,
    PreviewOut,
    PreviewToken,
    issued_out,
    shown,
)
from app.core.asks import asks
from app.core.problems import InvalidCursor, NotFound
from app.services import previews
from app.services.previews import Issued, Lifetimes
from model import Post, Preview, PreviewKey, UserId

PostToPreview = Annotated[Post, Depends(on_post("previews.create"))]


PostWithPreviews = Annotated[Post, Depends(on_post("previews.list"))]


PostToHide = Annotated[Post, Depends(on_post("previews.revoke"))]


reads = read_router("/v1/previews", "previews")


listing = private_read_router("/v1/posts/{post_id}/previews", "previews")


NEVER_KEPT = "private, no-store"


@reads.get(
    "",
    summary="The post that a preview shows",
    dependencies=[Depends(Allowed("previews.read"))],
    responses={**example(DRAFT, "Cache-Control"), **problems(NotFound)},
)
@asks(asked.by_id, posts.by_id)
def get_previewed_post(
    token: PreviewToken, repository: RepositoryDep, response: Response
) -> Envelope[PostOut]:
    """The post as it is now, whatever its status. The token is all the permission it takes.

    One that expired, was revoked or never was is answered alike.
    """
    response.headers["Cache-Control"] = NEVER_KEPT
    return Envelope(data=post_out(previews.shown(repository, token)))


@listing.get("", summary="A post's previews", responses=problems(InvalidCursor, NotFound))
@asks(asked.by_post)
def list_previews(
    post: PostWithPreviews, repository: RepositoryDep, paging: Paging
) -> Envelope[PageOut[PreviewOut]]:
    """Those that are good now, newest first, without their tokens."""
    page = previews.page(repository, post, paging.limit, paging.cursor)
    return Envelope(data=PageOut(items=[shown(each) for each in page], next_cursor=page.cursor))


writes = write_router("/v1/posts/{post_id}/previews", "previews")


def _lifetimes(request: Request) -> Lifetimes:
    settings = container_of(request).settings
    return Lifetimes(settings.preview_seconds, settings.preview_max_seconds)


@writes.post(
    "",
    status_code=201,
    summary="Make a preview",
    responses={201: carrying("Location"), **problems(NotFound)},
)
@asks(asked.issue)
def create_preview(
    post: PostToPreview,
    wanted: PreviewIn,
    caller: KnownCaller,
    once: Idempotent,
    request: Request,
    response: Response,
    now: NowDep,
) -> Envelope[IssuedOut]:
    """A token that shows this post, whatever its status, to whoever has it. It is told once."""
    by = UserId(caller.subject)
    draft = previews.drafted(post, by, wanted.seconds, _lifetimes(request), now)

    def answered(preview: Preview) -> Envelope[IssuedOut]:
        where = writes.prefix.format(post_id=post.post_id)
        response.headers["Location"] = f"{where}/{preview.preview_id}"
        return Envelope(data=issued_out(Issued(preview, draft.token)))

    return once(lambda stored: previews.issue(stored, draft), answered)


@writes.delete(
    "/{preview_id}",
    status_code=204,
    summary="Revoke a preview",
    responses={**empty(204, "Its token shows nothing any more."), **problems(NotFound)},
)
@asks(asked.by_id, asked.revoke)
def revoke_preview(post: PostToHide, preview_id: PreviewKey, repository: RepositoryDep) -> Response:
    """Ends a preview at once, for everyone who has its token."""
    previews.revoke(repository, post, preview_id)
    return Response(status_code=204)
