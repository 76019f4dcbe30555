"""Uploaded files: their metadata. The content is in an S3 bucket."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field

from model.ids import MediaKey, UserKey
from model.table import blog, gsi1, gsi3, primary
from singletable import TTL, Entity

MAX_OBJECT_SIZE = 5 * 1024**3  # bytes: the limit of S3's CopyObject

FileName = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f/\\]+$")]


class ContentType(StrEnum):
    """Content types that may be uploaded; none of them can run scripts in a browser."""

    PNG = "image/png"
    JPEG = "image/jpeg"
    WEBP = "image/webp"
    GIF = "image/gif"
    AVIF = "image/avif"
    PDF = "application/pdf"


PICTURES = frozenset(ContentType) - {ContentType.PDF}
"""What browsers show within a page."""


class MediaStatus(StrEnum):
    """State of a file, from its pending upload to its deletion."""

    PENDING = "pending"
    CONFIRMING = "confirming"
    READY = "ready"
    DELETING = "deleting"


class Media(Entity, table=blog):
    """An uploaded file and its owner. Its S3 object has a random name, not the file's.

    A file whose upload is `pending` expires at `expires_at`; a confirmed one stays until deleted.
    """

    media_id: MediaKey
    owner_id: UserKey
    name: FileName = Field(examples=["photo.png"])
    content_type: ContentType = Field(examples=["image/png"])
    size: Annotated[int, Field(ge=1, le=MAX_OBJECT_SIZE)] = Field(examples=[52_100])
    object_name: Annotated[str, Field(pattern=r"^[0-9a-f]{40}$")] = Field(
        examples=["0f9a1c2b3d4e5f60718293a4b5c6d7e8f9012345"]
    )
    status: MediaStatus = MediaStatus.PENDING
    created_at: AwareDatetime
    ready_at: AwareDatetime | None = None
    expires_at: Annotated[datetime | None, TTL] = None

    key = primary.key("MEDIA#{media_id}", "MEDIA")
    by_age = gsi1.key("MEDIA", "{created_at}#{media_id}")
    by_owner = gsi3.key("OWNER#{owner_id}", "MEDIA#{created_at}#{media_id}")
