"""Settings of uploads and of previews."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings

from app.settings.about import About

MIB = 1024**2


class MediaSettings(BaseSettings):
    """The part of `Settings` that says how large, and how long."""

    media_max_bytes: Annotated[
        int,
        About("Largest upload in bytes; S3 copies no more at once than 5 GiB."),
        Field(ge=1, le=5 * 1024 * MIB),
    ] = 25 * MIB
    media_pending_seconds: Annotated[
        int,
        About(
            "Seconds after which an upload that nobody completed is forgotten; at least"
            " `S3_PRESIGN_SECONDS`."
        ),
        Field(ge=1, le=24 * 3600),
    ] = 3600
    preview_seconds: Annotated[
        int,
        About(
            "Seconds for which a preview of a post is good, unless it is asked for less or more."
        ),
        Field(ge=1, le=30 * 24 * 3600),
    ] = 3600
    preview_max_seconds: Annotated[
        int,
        About("The longest that may be asked for a preview, in seconds."),
        Field(ge=1, le=30 * 24 * 3600),
    ] = 7 * 24 * 3600
