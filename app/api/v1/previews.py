"""Previews of a post: created, listed and revoked, and the post that a token shows."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Header, Request, Response
from pydantic import Field

from access_patterns import posts
from access_patterns import previews as asked
from app.api.guards.permission import Allowed, KnownCaller
from app.api.guards.routes import private_router, public_router
from app.api.kit.answers import Envelope
from app.api.kit.container import NowDep, RepositoryDep, container_of
from app.api.kit.idempotency import Idempotent
from app.api.kit.openapi import CREATED, carrying, problems
from app.api.kit.requests import PageOut, Paging
from app.api.v1.posts_guards import on_post
from app.api.v1.posts_schemas import PostOut
from app.core.context import asks
from app.core.problems import NotFound
from app.core.wire import In, Out, like
from app.services import previews
from model import Post, PostId, Preview, PreviewId, PreviewKey, UserId

reads = public_router("/v1/previews", "previews")
router = private_router("/v1/posts/{post_id}/previews", "previews")

NEVER_KEPT = "private, no-store"
_TOKEN = "q3Vb0cXy7n8hK2mZtRw5sJ4fL1pD6gA9eU0iO3kYxQE"  # noqa: S105 - an example, in OpenAPI
PreviewToken = Annotated[
    str,
    Header(
        alias="X-Preview-Token",
        description="As it was shown when the preview was made. Never send it in a URL.",
        max_length=200,
        examples=[_TOKEN],
    ),
]
PostToPreview = Annotated[Post, Depends(on_post("previews.create"))]
PostWithPreviews = Annotated[Post, Depends(on_post("previews.list"))]
PostToHide = Annotated[Post, Depends(on_post("previews.revoke"))]


class PreviewIn(In):
    """For how long; without it, as the stage has it."""

    seconds: int | None = Field(
        default=None, strict=True, ge=1, examples=[3600], description="The stage has a longest."
    )


class PreviewOut(Out):
    model_config = like(Preview, token=_TOKEN)

    preview_id: PreviewId = Field(description="The SHA-256 of the token: it opens nothing.")
    post_id: PostId
    created_by: UserId
    created_at: datetime
    expires_at: datetime


class IssuedOut(PreviewOut):
    """A new preview. Only this answer ever has the token."""

    token: str = Field(
        description="Shown once. In a link it belongs into the fragment, which no server sees."
    )


@reads.get(
    "",
    summary="The post that a preview shows",
    dependencies=[Depends(Allowed("previews.read"))],
    responses={200: carrying("Cache-Control"), **problems(NotFound)},
)
@asks(asked.by_id, posts.by_id)
def get_previewed_post(
    token: PreviewToken, repository: RepositoryDep, response: Response
) -> Envelope[PostOut]:
    """The post as it is now, whatever its status. The token is all the permission it takes.

    One that expired, was revoked or never was is answered alike.
    """
    response.headers["Cache-Control"] = NEVER_KEPT
    return Envelope(data=PostOut.model_validate(previews.find_post(repository, token)))


@router.get("", summary="A post's previews")
@asks(asked.by_post)
def list_previews(post: PostWithPreviews, paging: Paging) -> Envelope[PageOut[PreviewOut]]:
    """Those that are good now, newest first, without their tokens."""
    return paging.load(asked.by_post(post.post_id), PreviewOut.model_validate)


@router.post("", status_code=201, summary="Make a preview", responses=CREATED)
@asks(asked.issue)
def create_preview(
    post: PostToPreview,
    caller: KnownCaller,
    once: Idempotent,
    request: Request,
    response: Response,
    now: NowDep,
    wanted: PreviewIn | None = None,
) -> Envelope[IssuedOut]:
    """A token that shows this post, whatever its status, to whoever has it. It is told once.

    `Location` takes `DELETE` alone.
    """
    settings, token = container_of(request).settings, previews.new_token()
    seconds = (wanted and wanted.seconds) or settings.preview_seconds
    by, most = UserId(caller.subject), settings.preview_max_seconds
    draft = previews.draft(post, token, by, seconds, most, now)

    def answered(preview: Preview) -> Envelope[IssuedOut]:
        where = router.prefix.format(post_id=post.post_id)
        response.headers["Location"] = f"{where}/{preview.preview_id}"
        return Envelope(data=IssuedOut(**preview.model_dump(), token=token))

    return once(lambda stored: stored.write(asked.issue(draft)), answered)


@router.delete(
    "/{preview_id}",
    status_code=204,
    summary="Revoke a preview",
    response_description="Its token shows nothing any more.",
)
@asks(asked.by_id, asked.revoke)
def revoke_preview(post: PostToHide, preview_id: PreviewKey, repository: RepositoryDep) -> Response:
    """Ends a preview at once, for everyone who has its token."""
    previews.revoke(repository, post, preview_id)
    return Response(status_code=204)
