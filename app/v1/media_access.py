"""Files that a route is given only if the policy allows what the route does with them."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query, Request

from app.auth.guard import KnownCaller, May
from app.aws.errors import ObjectStore
from app.http.refusals import NotConfigured
from app.media import permission
from app.wiring import Stored, wiring_of
from model import Media, MediaKey, UserId, UserKey


class OnFilesOf:
    """The user whose files are meant: the caller if none is named."""

    resource_type = "media"
    policy_actions = (permission.LIST,)

    def __call__(
        self,
        caller: KnownCaller,
        may: May,
        owner_id: Annotated[
            UserKey | None, Query(alias="ownerId", description="Another's: for administrators.")
        ] = None,
    ) -> UserId:
        wanted = owner_id or UserId(caller.subject)
        may.require(self.policy_actions[0], permission.files_of(wanted))
        return wanted


class OnMedia:
    """The file of the path, if the policy allows the action on it."""

    resource_type = "media"

    def __init__(self, action: str) -> None:
        self.policy_actions = (action,)

    def __call__(self, media_id: MediaKey, may: May, repository: Stored) -> Media:
        return permission.found(repository, media_id, may, self.policy_actions[0])


def _objects(request: Request) -> ObjectStore:
    objects = wiring_of(request).objects
    if objects is None:
        raise NotConfigured(settings="MEDIA_BUCKET")
    return objects


Objects = Annotated[ObjectStore, Depends(_objects)]
ListedOwner = Annotated[UserId, Depends(OnFilesOf())]
ReadMedia = Annotated[Media, Depends(OnMedia(permission.READ))]
DownloadedMedia = Annotated[Media, Depends(OnMedia("media.download"))]
CompletedMedia = Annotated[Media, Depends(OnMedia("media.complete"))]
DeletedMedia = Annotated[Media, Depends(OnMedia("media.delete"))]
