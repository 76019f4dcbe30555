"""A file that is ready, for a browser to save."""

from __future__ import annotations

from app.aws.errors import ObjectStore, PresignedDownload
from app.media import places
from app.media.errors import NotReady
from app.media.names import disposition
from model import Media, MediaStatus


def presigned(objects: ObjectStore, media: Media) -> PresignedDownload:
    """Never shown within a page: browsers are told to save it. Raises `NotReady`."""
    if media.status is not MediaStatus.READY:
        raise NotReady(status=media.status)
    headers = disposition(media.name, media.content_type)
    return objects.presign_download(places.kept(media), media.content_type, headers)
