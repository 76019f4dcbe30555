"""Uploading files: announce, send the bytes to the bucket, complete. And deleting them."""

from __future__ import annotations

from datetime import timedelta

from fastapi import Depends, Request, Response

from app.auth.guard import Allowed, KnownCaller
from app.clock import Now
from app.http.documented import carrying, empty, problems
from app.http.envelope import Envelope, ok
from app.http.refusals import Conflict, NotFound
from app.idempotency.once import Once
from app.media import deleting, uploading
from app.media.uploading import Limits
from app.routers import write_router
from app.v1.media_access import CompletedMedia, DeletedMedia, Objects
from app.v1.media_schemas import MediaOut, UploadIn, UploadOut, shown, upload_out
from app.wiring import Stored, wiring_of
from model import Media, UserId

router = write_router("/v1/media", "media")


def _limits(request: Request) -> Limits:
    settings = wiring_of(request).settings
    waiting = timedelta(seconds=settings.media_pending_seconds)
    return Limits(settings.media_max_bytes, waiting)


@router.post(
    "",
    status_code=201,
    summary="Announce an upload",
    dependencies=[Depends(Allowed("media.create"))],
    responses={201: carrying("Location")},
)
def announce(
    wanted: UploadIn,
    caller: KnownCaller,
    objects: Objects,
    once: Once,
    request: Request,
    response: Response,
    now: Now,
) -> Envelope[UploadOut]:
    """Where the bytes go, in exactly this type and size. Complete it once they are there."""
    owner = UserId(caller.subject)
    wish, limits = wanted.announcement(), _limits(request)
    planned, upload = uploading.planned(objects, wish, owner, limits, now)

    def answered(media: Media) -> Envelope[UploadOut]:
        response.headers["Location"] = f"{router.prefix}/{media.media_id}"
        return ok(upload_out(media, upload))

    return once(lambda stored: uploading.announce(stored, planned), answered)


@router.post(
    "/{media_id}/complete",
    summary="Complete an upload",
    responses=problems(NotFound, Conflict),
)
def complete(
    media: CompletedMedia, objects: Objects, repository: Stored, now: Now
) -> Envelope[MediaOut]:
    """Makes a file ready whose bytes have come as announced; again, it changes nothing.

    Later uploads to the same URL change nothing either: what is kept is a copy.
    """
    return ok(shown(uploading.complete(repository, objects, media, now)))


@router.delete(
    "/{media_id}",
    status_code=204,
    summary="Delete a file",
    responses={**empty(204, "It is gone, and its bytes too."), **problems(NotFound)},
)
def delete(media: DeletedMedia, objects: Objects, repository: Stored) -> Response:
    """Deletes a file in whatever state. Repeat it if the answer does not arrive."""
    deleting.delete(repository, objects, media)
    return Response(status_code=204)
