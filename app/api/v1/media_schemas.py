"""Schemas of uploaded files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import Field

from app.core.wire import In, Out, TypedFileName
from app.services.objects import PresignedDownload, PresignedUpload
from app.services.uploads import Announcement
from model import ContentType, Media, MediaId, MediaStatus, UserId
from model.media import MAX_OBJECT_SIZE

_NAME = "For people, and for the file that a download makes; never a part of a path."


class UploadIn(In):
    """A file that is going to be uploaded."""

    name: TypedFileName = Field(examples=["photo.png"], description=_NAME)
    content_type: ContentType = Field(examples=[ContentType.PNG.value])
    size: int = Field(
        strict=True,
        ge=1,
        le=MAX_OBJECT_SIZE,
        examples=[52_100],
        description="Bytes, exactly; the stage has a limit.",
    )

    def announcement(self) -> Announcement:
        return Announcement(self.name, self.content_type, self.size)


class MediaOut(Out):
    media_id: MediaId = Field(examples=["01JD9GZ2J0V5X7Q3M8K4T6B1RB"])
    owner_id: UserId = Field(examples=["ada"])
    name: str = Field(examples=["photo.png"])
    content_type: ContentType = Field(examples=[ContentType.PNG.value])
    size: int = Field(examples=[52_100], description="Bytes.")
    status: MediaStatus = Field(examples=[MediaStatus.READY.value])
    created_at: datetime = Field(examples=["2026-03-14T09:26:53Z"])
    ready_at: datetime | None = Field(examples=["2026-03-14T09:27:10Z"])
    expires_at: datetime | None = Field(
        examples=["2026-03-14T10:26:53Z"],
        description="When it is forgotten unless it is completed; null once it was.",
    )


class TransferOut(Out):
    """How to send the bytes: no other method, type or size is taken, and no credentials."""

    method: str = Field(examples=["PUT"])
    url: str = Field(examples=["https://media.s3.eu-west-1.amazonaws.com/pending/0f9a?X-Amz-…"])
    headers: Mapping[str, str] = Field(
        examples=[{"Content-Type": "image/png", "Content-Length": "52100"}],
        description="To be sent exactly; browsers send `Content-Length` themselves.",
    )
    seconds: int = Field(examples=[300], description="For which the URL is good.")


class UploadOut(Out):
    """A file that was announced, and where its bytes go."""

    media: MediaOut
    upload: TransferOut


class DownloadOut(Out):
    """Whoever has the URL may download the file."""

    url: str = Field(examples=["https://media.s3.eu-west-1.amazonaws.com/media/0f9a?X-Amz-…"])
    seconds: int = Field(examples=[300], description="For which the URL is good.")


def shown(media: Media) -> MediaOut:
    return MediaOut.model_validate(media)


def upload_out(media: Media, upload: PresignedUpload) -> UploadOut:
    return UploadOut(media=shown(media), upload=TransferOut.model_validate(upload))


def download_out(download: PresignedDownload) -> DownloadOut:
    return DownloadOut.model_validate(download)
