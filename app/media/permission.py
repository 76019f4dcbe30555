"""A file as the policy is told of it. What may be done with it is decided there alone."""

from __future__ import annotations

from access_patterns import media as asked
from app.auth.permission import Permission
from app.media.errors import MediaMissing
from app.policy.question import Resource
from model import Media, MediaId, UserId
from singletable import Repository

READ = "media.read"
LIST = "media.list"


def found(repository: Repository, media_id: MediaId, may: Permission, action: str) -> Media:
    """The file, if the caller may do this to it; who may not know of it is told there is none."""
    media = repository.fetch(asked.by_id(media_id).consistent())
    if media is None or not may.allows(READ, resource_of(media)):
        raise MediaMissing
    if action != READ:
        may.require(action, resource_of(media))
    return media


def resource_of(media: Media) -> Resource:
    return Resource("media", owner=media.owner_id, status=media.status)


def files_of(owner_id: UserId) -> Resource:
    """All that someone uploaded."""
    return Resource("media", owner=owner_id)
