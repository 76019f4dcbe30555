"""What cannot be previewed. Knows no HTTP."""

from __future__ import annotations

from dataclasses import dataclass

from app.worded import WordedError


class PreviewError(WordedError):
    """A question or a wish that cannot be met."""


class PreviewMissing(PreviewError):
    """Never made, expired, revoked, or its post is gone: nobody is told which."""

    message = "the preview does not exist"


@dataclass(eq=False, kw_only=True)
class TooLong(PreviewError):
    """`most` in seconds."""

    message = "no preview is good for more than {most} s"

    most: int
