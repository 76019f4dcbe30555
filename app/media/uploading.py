"""From an announcement to a file that is ready. The bytes go from the client to the bucket."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ulid import ULID

from access_patterns import media as asked
from app.aws.errors import ObjectMissing, ObjectStore, PresignedUpload
from app.media import places
from app.media.errors import NotUploaded, TooBig
from model import ContentType, Media, MediaId, MediaStatus, UserId
from singletable import Repository
from singletable.errors import WriteRefused


@dataclass(frozen=True)
class Announcement:
    """What a client says that it is going to upload; `size` in bytes."""

    name: str
    content_type: ContentType
    size: int


@dataclass(frozen=True)
class Limits:
    """`size` in bytes; `waiting`: for the upload, from its announcement on."""

    size: int
    waiting: timedelta


def planned(
    objects: ObjectStore,
    wanted: Announcement,
    owner_id: UserId,
    limits: Limits,
    now: datetime,
) -> tuple[Media, PresignedUpload]:
    """A file to announce, and how its bytes are to be sent. Raises `TooBig`."""
    if wanted.size > limits.size:
        raise TooBig(limit=limits.size)
    media = _pending(wanted, owner_id, now, now + limits.waiting)
    return media, objects.presign_upload(places.arriving(media), media.content_type, media.size)


def announce(repository: Repository, media: Media) -> Media:
    """From now on the upload is waited for."""
    return repository.write(asked.create(media))


def _pending(wanted: Announcement, owner_id: UserId, now: datetime, until: datetime) -> Media:
    return Media(
        media_id=MediaId(str(ULID.from_datetime(now))),
        owner_id=owner_id,
        name=wanted.name,
        content_type=wanted.content_type,
        size=wanted.size,
        object_name=places.new_object_name(),
        created_at=now,
        expires_at=until.replace(microsecond=0),
    )


def complete(repository: Repository, objects: ObjectStore, media: Media, now: datetime) -> Media:
    """The file, ready. Repeating it goes on where it stopped; what is ready stays as it is.

    The item stops expiring before the bytes are kept: nothing is kept without an item.
    """
    if media.status is MediaStatus.READY:
        return media
    try:
        facts = objects.confirm(places.arriving(media), media.content_type, media.size)
        repository.write(asked.confirm(media.media_id))
        objects.copy(places.arriving(media), places.kept(media), facts)
    except (ObjectMissing, WriteRefused) as error:
        if found := _ready_by_now(repository, media):
            return found
        if isinstance(error, ObjectMissing):
            raise NotUploaded from error
        raise
    return _settled(repository, objects, media, now)


def _settled(repository: Repository, objects: ObjectStore, media: Media, now: datetime) -> Media:
    """Of a file that was deleted meanwhile nothing is kept."""
    try:
        ready = repository.write(asked.mark_ready(media.media_id, now))
    except WriteRefused:
        if found := _ready_by_now(repository, media):
            return found
        objects.delete(places.kept(media))
        raise
    objects.delete(places.arriving(media))
    return ready


def _ready_by_now(repository: Repository, media: Media) -> Media | None:
    """Somebody else may have completed it in the meantime."""
    found = repository.fetch(asked.by_id(media.media_id).consistent())
    return found if found and found.status is MediaStatus.READY else None
