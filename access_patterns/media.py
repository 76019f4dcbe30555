"""Questions about uploaded files, and the steps of their life. Expired ones are never answered."""

from __future__ import annotations

from datetime import datetime

from model import Media, MediaId, MediaStatus, UserId
from singletable import Create, Delete, Get, Patch, Query, access_pattern, attr, create


@access_pattern
def by_id(media_id: MediaId) -> Get[Media]:
    """A file, in whatever state."""
    return Media.key.get(media_id=media_id).unexpired()


@access_pattern
def of_owner(owner_id: UserId) -> Query[Media]:
    """A user's files in all states, newest first."""
    return Media.by_owner.query(owner_id=owner_id).newest_first().unexpired()


@access_pattern
def announce(media: Media) -> Create[Media]:
    """Announces an upload; DynamoDB deletes it after it has expired, unless it is confirmed."""
    return create(media)


@access_pattern
def confirm(media_id: MediaId) -> Patch[Media]:
    """Begins to keep what was uploaded: from now on it does not expire."""
    patch = Media.key.patch(media_id=media_id).set(status=MediaStatus.CONFIRMING)
    return patch.remove("expires_at").when(
        attr("status").is_in(MediaStatus.PENDING, MediaStatus.CONFIRMING),
        otherwise="only a pending upload is confirmed",
    )


@access_pattern
def settle(media_id: MediaId, now: datetime) -> Patch[Media]:
    """Makes a confirmed upload ready, once."""
    patch = Media.key.patch(media_id=media_id).set(status=MediaStatus.READY, ready_at=now)
    return patch.when(
        attr("status").equals(MediaStatus.CONFIRMING), otherwise="only a confirmed upload is ready"
    )


@access_pattern
def condemn(media_id: MediaId) -> Patch[Media]:
    """Marks a file whose objects are about to go; repeated, it changes nothing."""
    patch = Media.key.patch(media_id=media_id).set(status=MediaStatus.DELETING)
    return patch.remove("expires_at")


@access_pattern
def drop(media_id: MediaId) -> Delete:
    """Deletes what is known of a file whose objects are gone."""
    return Media.key.delete(media_id=media_id).when(attr("status").equals(MediaStatus.DELETING))
