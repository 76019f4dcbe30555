"""Access patterns of uploaded files. Reads exclude expired items."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from model import Media, MediaId, MediaStatus, UserId
from singletable import BatchGet, Create, Delete, Get, Label, Patch, Query, access_pattern, attr
from singletable import create as create_item
from singletable.inspect import Check

NOT_PENDING = Label("not-pending", "only a pending upload is confirmed")
NOT_READY = Label("not-ready", "only a file that is ready is shown")
NOT_CONFIRMED = Label("not-confirmed", "only a confirmed upload is ready")


@access_pattern
def by_id(media_id: MediaId) -> Get[Media]:
    """A file by its id, in any status."""
    return Media.key.get(media_id=media_id).excluding_expired()


@access_pattern
def each(media_ids: Sequence[MediaId]) -> BatchGet[Media]:
    """Several files at once, in any status."""
    return Media.key.get_each(media_id=media_ids).excluding_expired()


@access_pattern
def by_owner(owner_id: UserId) -> Query[Media]:
    """Files of one owner in every status, newest first."""
    return Media.by_owner.query(owner_id=owner_id).newest_first().excluding_expired()


@access_pattern
def create(media: Media) -> Create[Media]:
    """Creates a file whose upload is pending; its TTL deletes it unless the upload is confirmed."""
    return create_item(media)


@access_pattern
def everything() -> Query[Media]:
    """All files in every status, oldest first."""
    return Media.by_age.query().excluding_expired()


@access_pattern
def import_media(media: Media) -> Create[Media]:
    """Creates an imported file, which is ready; its object is copied to the bucket separately."""
    return create_item(media)


@access_pattern
def confirm(media_id: MediaId) -> Patch[Media]:
    """Confirms an upload and removes its TTL: from now on the file does not expire."""
    patch = Media.key.patch(media_id=media_id).set(status=MediaStatus.CONFIRMING)
    return patch.unset("expires_at").when(
        attr("status").is_in(MediaStatus.PENDING, MediaStatus.CONFIRMING),
        label=NOT_PENDING,
    )


@access_pattern
def mark_ready(media_id: MediaId, now: datetime) -> Patch[Media]:
    """Marks a confirmed upload as ready."""
    patch = Media.key.patch(media_id=media_id).set(status=MediaStatus.READY, ready_at=now)
    return patch.when(attr("status").equals(MediaStatus.CONFIRMING), label=NOT_CONFIRMED)


@access_pattern
def check_ready(media_id: MediaId) -> Check:
    """Checks that a file is ready, in the transaction that makes a post show it."""
    is_ready = attr("status").equals(MediaStatus.READY)
    return Media.key.check(media_id=media_id).when(is_ready).label(NOT_READY)


@access_pattern
def begin_deletion(media_id: MediaId) -> Patch[Media]:
    """Marks a file for deletion, before its objects are deleted; idempotent."""
    patch = Media.key.patch(media_id=media_id).set(status=MediaStatus.DELETING)
    return patch.unset("expires_at")


@access_pattern
def delete(media_id: MediaId) -> Delete:
    """Deletes a file that is marked for deletion, after its objects are deleted."""
    return Media.key.delete(media_id=media_id).when(attr("status").equals(MediaStatus.DELETING))
