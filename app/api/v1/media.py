"""Uploaded files: announce, send the bytes to the bucket, complete, read, delete."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import Depends, Query, Request, Response
from pydantic import Field

from access_patterns import media as asked
from app.api.guards.permission import Allowed, KnownCaller, Loaded
from app.api.guards.routes import private_router
from app.api.kit.answers import Envelope
from app.api.kit.container import NowDep, RepositoryDep, container_of
from app.api.kit.idempotency import Idempotent
from app.api.kit.openapi import CREATED, problems
from app.api.kit.requests import PageOut, Paging
from app.core.context import asks
from app.core.problems import Conflict, NotConfigured, NotFound
from app.core.wire import Out, like
from app.services import uploads
from app.services.objects import DownloadOut, ObjectStore, TransferOut
from app.services.policy import ResourceKind
from app.services.uploads import UploadIn
from model import ContentType, Media, MediaId, MediaKey, MediaStatus, UserId, UserKey

FILES = ResourceKind[Media]("media", Media, owner="owner_id", status="status")

router = private_router("/v1/media", "media")


class MediaOut(Out):
    model_config = like(Media)

    media_id: MediaId
    owner_id: UserId
    name: str
    content_type: ContentType
    size: int = Field(description="Bytes.")
    status: MediaStatus
    created_at: datetime
    ready_at: datetime | None
    expires_at: datetime | None = Field(
        description="When it is forgotten unless it is completed; null once it was."
    )


class UploadOut(Out):
    """A file that was announced, and where its bytes go."""

    media: MediaOut
    upload: TransferOut


def wanted_owner(
    caller: KnownCaller,
    owner_id: Annotated[
        UserKey | None, Query(alias="ownerId", description="Another's: for administrators.")
    ] = None,
) -> UserId:
    """The user whose files are meant: the caller if none is named."""
    return owner_id or UserId(caller.subject)


@asks(asked.by_id)
def load_media(media_id: MediaKey, repository: RepositoryDep) -> Media:
    return uploads.find(repository, media_id)


def on_media(action: str) -> Loaded[Media]:
    """The file of the path; who may not read it is told that there is none."""
    return Loaded(
        FILES, action, load_media, known_by=uploads.READ, hidden=partial(NotFound, what="the file")
    )


async def _objects(request: Request) -> ObjectStore:
    objects = container_of(request).objects
    if objects is None:
        raise NotConfigured(settings="MEDIA_BUCKET")
    return objects


Objects = Annotated[ObjectStore, Depends(_objects)]
ListedOwner = Annotated[
    UserId, Depends(Loaded(FILES, "media.list", wanted_owner, describe=FILES.owned_by))
]
ReadMedia = Annotated[Media, Depends(on_media(uploads.READ))]
DownloadedMedia = Annotated[Media, Depends(on_media("media.download"))]
CompletedMedia = Annotated[Media, Depends(on_media("media.complete"))]
DeletedMedia = Annotated[Media, Depends(on_media("media.delete"))]


@router.get("", summary="A user's files")
@asks(asked.by_owner)
def list_media(owner_id: ListedOwner, paging: Paging) -> Envelope[PageOut[MediaOut]]:
    """The caller's own files, or another user's, newest first, in whatever state."""
    return paging.load(asked.by_owner(owner_id), MediaOut.model_validate)


@router.get("/{media_id}", summary="A file")
def get_media(media: ReadMedia) -> Envelope[MediaOut]:
    """What is known of a file. What is not ready is shown to its owner and administrators alone."""
    return Envelope(data=MediaOut.model_validate(media))


@router.get("/{media_id}/download", summary="Where a file can be had", responses=problems(Conflict))
def download_media(media: DownloadedMedia, objects: Objects) -> Envelope[DownloadOut]:
    """A URL in the bucket that is good for a short while; browsers save what it leads to."""
    return Envelope(data=uploads.presigned(objects, media))


@router.post(
    "",
    status_code=201,
    summary="Announce an upload",
    dependencies=[Depends(Allowed("media.create"))],
    responses=CREATED,
)
@asks(asked.create)
def create_media(
    wanted: UploadIn,
    caller: KnownCaller,
    objects: Objects,
    once: Idempotent,
    request: Request,
    response: Response,
    now: NowDep,
) -> Envelope[UploadOut]:
    """Where the bytes go, in exactly this type and size. Complete it once they are there."""
    settings, owner = container_of(request).settings, UserId(caller.subject)
    planned, upload = uploads.planned(objects, wanted, owner, settings, now)

    def answered(media: Media) -> Envelope[UploadOut]:
        response.headers["Location"] = f"{router.prefix}/{media.media_id}"
        return Envelope(data=UploadOut(media=MediaOut.model_validate(media), upload=upload))

    return once(lambda stored: stored.write(asked.create(planned)), answered)


@router.post("/{media_id}/complete", summary="Complete an upload", responses=problems(Conflict))
@asks(asked.by_id, asked.confirm, asked.mark_ready)
def complete_media(
    media: CompletedMedia, objects: Objects, repository: RepositoryDep, now: NowDep
) -> Envelope[MediaOut]:
    """Makes a file ready whose bytes have come as announced; again, it changes nothing.

    Later uploads to the same URL change nothing either: what is kept is a copy.
    """
    return Envelope(data=MediaOut.model_validate(uploads.complete(repository, objects, media, now)))


@router.delete(
    "/{media_id}",
    status_code=204,
    summary="Delete a file",
    response_description="It is gone, and its bytes too.",
)
@asks(asked.begin_deletion, asked.delete)
def delete_media(media: DeletedMedia, objects: Objects, repository: RepositoryDep) -> Response:
    """Deletes a file in whatever state. Repeat it if the answer does not arrive."""
    uploads.delete(repository, objects, media)
    return Response(status_code=204)
