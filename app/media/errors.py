"""What cannot be done with uploaded files, beyond what the stores refuse. Knows no HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(eq=False, kw_only=True)
class MediaError(Exception):
    """A step that makes no sense, or not now."""

    message: ClassVar[str]

    def __str__(self) -> str:
        return self.message.format_map(vars(self))


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
