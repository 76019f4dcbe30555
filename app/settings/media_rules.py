"""Which settings of uploads and previews contradict each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.settings.problems import Problem

if TYPE_CHECKING:
    from app.settings.fields import Settings


def broken_media_rules(settings: Settings) -> Iterator[Problem]:
    if settings.media_pending_seconds < settings.s3_presign_seconds:
        yield Problem(
            ("MEDIA_PENDING_SECONDS", "S3_PRESIGN_SECONDS"),
            "an upload would be forgotten while its URL is still good",
            "Set the first to no less than the second",
        )
    if settings.preview_max_seconds < settings.preview_seconds:
        yield Problem(
            ("PREVIEW_MAX_SECONDS", "PREVIEW_SECONDS"),
            "a preview would be longer than the longest",
            "Set the first to no less than the second",
        )
