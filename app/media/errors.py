"""What cannot be done with uploaded files, beyond what the stores refuse. Knows no HTTP."""

from __future__ import annotations

from dataclasses import dataclass

from app.worded import WordedError


class MediaError(WordedError):
    """A step that makes no sense, or not now."""


class MediaMissing(MediaError):
    """There is none, or none that the caller may know of; or it has expired."""

    message = "the file does not exist"


class NotUploaded(MediaError):
    """It was announced, and nothing has come."""

    message = "nothing was uploaded yet"


@dataclass(eq=False, kw_only=True)
class NotReady(MediaError):
    """Only what is ready can be downloaded."""

    message = "the file is {status}"

    status: str


@dataclass(eq=False, kw_only=True)
class TooBig(MediaError):
    """`limit` in bytes."""

    message = "no file may be larger than {limit} bytes"

    limit: int
