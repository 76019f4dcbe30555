"""Uploaded files: announced, uploaded to the bucket by their owners, kept, shown, deleted."""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Annotated
from urllib.parse import quote

from pydantic import Field
from ulid import ULID

from access_patterns import media as asked
from app.core.problems import Conflict, NotFound, invalid, require_found
from app.core.settings import Settings
from app.core.wire import In, TypedFileName, like
from app.services.objects import DownloadOut, ObjectMissing, ObjectStore, TransferOut
from app.services.policy import Permission, ResourceKind
from model import ContentType, Media, MediaId, MediaStatus, Post, UserId
from model.media import MAX_OBJECT_SIZE, PICTURES
from singletable import Repository
from singletable.errors import ItemMissing, WriteRefused

ENDINGS: Mapping[ContentType, tuple[str, ...]] = {
    ContentType.PNG: (".png",),
    ContentType.JPEG: (".jpg", ".jpeg"),
    ContentType.WEBP: (".webp",),
    ContentType.GIF: (".gif",),
    ContentType.AVIF: (".avif",),
    ContentType.PDF: (".pdf",),
}
"""By type, the first is the one that is added."""
READ, SHOW = "media.read", "media.show"
WINDOW = timedelta(hours=1)
"""Within one, readers are sent to one and the same URL: what it leads to may be cached."""

_NOT_PLAIN = re.compile(r"[^A-Za-z0-9._ -]")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def disposition(name: str, content_type: ContentType, kind: str = "attachment") -> str:
    """`Content-Disposition` in plain ASCII."""
    shown = saved_as(name, content_type)
    plain = _NOT_PLAIN.sub("_", shown)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(shown, safe='')}"


def saved_as(name: str, content_type: ContentType) -> str:
    """The name without what is invisible or leads elsewhere, with an ending that fits the type."""
    visible = "".join(each for each in name if unicodedata.category(each)[0] != "C")
    bare = visible.replace("/", "_").replace("\\", "_").strip(" .") or "file"
    endings = ENDINGS[content_type]
    return bare if PurePosixPath(bare).suffix.lower() in endings else bare + endings[0]


def find(repository: Repository, media_id: MediaId) -> Media:
    """The file, whoever may see it. Raises `NotFound`."""
    return require_found(repository.fetch(asked.by_id(media_id).consistent()), "the file")


def new_object_name() -> str:
    """Random: nothing that a client says is part of an object's key."""
    return secrets.token_hex(20)


def arriving(media: Media) -> str:
    """The key of the presigned upload, which stays good for a while after it was used."""
    return f"pending/{media.object_name}"


def kept(media: Media) -> str:
    """The key of what is downloaded."""
    return f"media/{media.object_name}"


Size = Annotated[
    int,
    Field(
        strict=True,
        ge=1,
        le=MAX_OBJECT_SIZE,
        examples=[52_100],
        description="Bytes, exactly; the stage has a limit.",
    ),
]


class UploadIn(In):
    """A file that is going to be uploaded."""

    model_config = like(Media)

    name: TypedFileName = Field(
        description="For people, and for the file that a download makes; never a part of a path."
    )
    content_type: ContentType
    size: Size


def planned(
    objects: ObjectStore, wanted: UploadIn, owner_id: UserId, settings: Settings, now: datetime
) -> tuple[Media, TransferOut]:
    """A file to announce, and how its bytes are to be sent. Raises `Unprocessable`."""
    if wanted.size > (most := settings.media_max_bytes):
        words = f"no file may be larger than {most} bytes"
        raise invalid("body.size", "too-large", words, max=most)
    waiting = timedelta(seconds=settings.media_pending_seconds)
    media = Media(
        **dict(wanted),
        media_id=MediaId(str(ULID.from_datetime(now))),
        owner_id=owner_id,
        object_name=new_object_name(),
        created_at=now,
        expires_at=(now + waiting).replace(microsecond=0),
    )
    return media, objects.presign_upload(arriving(media), media.content_type, media.size)


def complete(repository: Repository, objects: ObjectStore, media: Media, now: datetime) -> Media:
    """The file, ready. Repeating it goes on where it stopped; what is ready stays as it is.

    The item stops expiring before the bytes are kept: nothing is kept without an item.
    """
    if media.status is MediaStatus.READY:
        return media
    try:
        facts = objects.confirm(arriving(media), media.content_type, media.size)
        repository.write(asked.confirm(media.media_id))
        objects.copy(arriving(media), kept(media), facts)
    except (ObjectMissing, WriteRefused) as error:
        if found := _ready_by_now(repository, media):
            return found
        if isinstance(error, ObjectMissing):
            raise Conflict(slug="nothing-uploaded") from error
        raise
    return _settled(repository, objects, media, now)


def _settled(repository: Repository, objects: ObjectStore, media: Media, now: datetime) -> Media:
    """Of a file that was deleted meanwhile nothing is kept."""
    try:
        ready = repository.write(asked.mark_ready(media.media_id, now))
    except WriteRefused:
        if found := _ready_by_now(repository, media):
            return found
        objects.delete(kept(media))
        raise
    objects.delete(arriving(media))
    return ready


def _ready_by_now(repository: Repository, media: Media) -> Media | None:
    """Somebody else may have completed it in the meantime."""
    found = repository.fetch(asked.by_id(media.media_id).consistent())
    return found if found and found.status is MediaStatus.READY else None


def presigned(objects: ObjectStore, media: Media) -> DownloadOut:
    """Browsers are told to save it, not to show it. Raises `Conflict` until it is ready."""
    if media.status is not MediaStatus.READY:
        raise Conflict(slug="not-ready", reason=f"the file is {media.status}")
    headers = disposition(media.name, media.content_type)
    return objects.presign_download(kept(media), media.content_type, headers)


def picture_url(objects: ObjectStore, media: Media, now: datetime, *, is_public: bool) -> str:
    """Where browsers show it from; a public URL is good for one to two windows more."""
    headers = disposition(media.name, media.content_type, "inline")
    if not is_public:
        return objects.presign_download(kept(media), media.content_type, headers).url
    begun = now - (now - _EPOCH) % WINDOW
    return objects.presign_picture(kept(media), media.content_type, headers, begun, 2 * WINDOW)


def delete(repository: Repository, objects: ObjectStore, media: Media) -> None:
    """What arrived goes first: a completion that is under way then finds nothing to keep."""
    with suppress(ItemMissing):  # another deletion was faster: its objects may still be there
        repository.write(asked.begin_deletion(media.media_id))
    objects.delete(arriving(media))
    objects.delete(kept(media))
    repository.write(asked.delete(media.media_id))


def added_pictures(before: Post, after: Post) -> Sequence[MediaId]:
    """The files that a post is to show and does not show yet."""
    shown = set(before.shown_media)
    return [each for each in after.shown_media if each not in shown]


def check_pictures(
    repository: Repository,
    may: Permission,
    files: ResourceKind[Media],
    before: Post,
    after: Post,
) -> None:
    """Raises a `Problem` unless everyone may be shown the files that are added.

    Those of the post's author may be shown in it, others by whom the policy allows it.
    """
    wanted = added_pictures(before, after)
    found = repository.fetch(asked.each(wanted).consistent()) if wanted else ()
    for media_id, file in zip(wanted, found, strict=True):
        where = _place_of(after, media_id)
        if file is None or not may.allows(READ, files.of(file)):
            raise invalid(where, "unknown-media")
        if not may.allows(SHOW, files.of(file)) and file.owner_id != before.author_id:
            raise may.refusal(SHOW)
        if file.content_type not in PICTURES:
            raise invalid(where, "no-picture", f"{file.content_type} is not shown in pages")
        if file.status is not MediaStatus.READY:
            reason = f"the file {media_id} is {file.status}"
            raise Conflict(slug="not-ready", reason=reason, location=where)


def _place_of(post: Post, media_id: MediaId) -> str:
    if media_id == post.cover_media_id:
        return "body.coverMediaId"
    return f"body.mediaIds.{post.media_ids.index(media_id)}"


def find_picture(repository: Repository, post: Post, media_id: MediaId) -> Media:
    """A picture that the post shows, as long as the file is there. Raises `NotFound`."""
    if media_id in post.shown_media:
        file = find(repository, media_id)
        if file.status is MediaStatus.READY and file.content_type in PICTURES:
            return file
    raise NotFound(what="the picture")
