"""Uploaded files for those who look at them. What is ready is every known caller's to read."""

from __future__ import annotations

from access_patterns import media as asked
from app.http.documented import problems
from app.http.envelope import Envelope, ok
from app.http.pagination import PageOut, Paging
from app.http.refusals import Conflict, InvalidCursor, NotFound
from app.media import downloading
from app.routers import private_read_router
from app.v1.media_access import DownloadedMedia, ListedOwner, Objects, ReadMedia
from app.v1.media_schemas import DownloadOut, MediaOut, download_out, shown
from app.wiring import Stored

router = private_read_router("/v1/media", "media")


@router.get("", summary="A user's files", responses=problems(InvalidCursor))
def of_owner(
    owner_id: ListedOwner, repository: Stored, paging: Paging
) -> Envelope[PageOut[MediaOut]]:
    """The caller's own files, or another user's, newest first, in whatever state."""
    page = repository.fetch(asked.by_owner(owner_id).page(paging.limit, paging.cursor))
    return ok(PageOut(items=[shown(each) for each in page], next_cursor=page.cursor))


@router.get("/{media_id}", summary="A file", responses=problems(NotFound))
def by_id(media: ReadMedia) -> Envelope[MediaOut]:
    """What is known of a file. What is not ready is shown to its owner and administrators alone."""
    return ok(shown(media))


@router.get(
    "/{media_id}/download",
    summary="Where a file can be had",
    responses=problems(NotFound, Conflict),
)
def download(media: DownloadedMedia, objects: Objects) -> Envelope[DownloadOut]:
    """A URL in the bucket that is good for a short while; browsers save what it leads to."""
    return ok(download_out(downloading.presigned(objects, media)))
