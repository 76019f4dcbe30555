"""Making previews of a post, and revoking them."""

from __future__ import annotations

from fastapi import Request, Response

from app.auth.guard import KnownCaller
from app.clock import Now
from app.http.documented import carrying, empty, problems
from app.http.envelope import Envelope, ok
from app.http.refusals import NotFound
from app.idempotency.once import Once
from app.previews import issuing
from app.previews.issuing import Issued, Lifetimes
from app.routers import write_router
from app.v1.previews_access import PostToHide, PostToPreview
from app.v1.previews_schemas import IssuedOut, PreviewIn, issued_out
from app.wiring import Stored, wiring_of
from model import Preview, PreviewKey, UserId

router = write_router("/v1/posts/{post_id}/previews", "previews")


def _lifetimes(request: Request) -> Lifetimes:
    settings = wiring_of(request).settings
    return Lifetimes(settings.preview_seconds, settings.preview_max_seconds)


@router.post(
    "",
    status_code=201,
    summary="Make a preview",
    responses={201: carrying("Location"), **problems(NotFound)},
)
def issue(
    post: PostToPreview,
    wanted: PreviewIn,
    caller: KnownCaller,
    once: Once,
    request: Request,
    response: Response,
    now: Now,
) -> Envelope[IssuedOut]:
    """A token that shows this post, whatever its status, to whoever has it. It is told once."""
    by = UserId(caller.subject)
    draft = issuing.drafted(post, by, wanted.seconds, _lifetimes(request), now)

    def answered(preview: Preview) -> Envelope[IssuedOut]:
        where = router.prefix.format(post_id=post.post_id)
        response.headers["Location"] = f"{where}/{preview.preview_id}"
        return ok(issued_out(Issued(preview, draft.token)))

    return once(lambda stored: issuing.issue(stored, draft), answered)


@router.delete(
    "/{preview_id}",
    status_code=204,
    summary="Revoke a preview",
    responses={**empty(204, "Its token shows nothing any more."), **problems(NotFound)},
)
def revoke(post: PostToHide, preview_id: PreviewKey, repository: Stored) -> Response:
    """Ends a preview at once, for everyone who has its token."""
    issuing.revoke(repository, post, preview_id)
    return Response(status_code=204)
