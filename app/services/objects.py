"""The port to stored objects, its errors, and how an object is read line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BufferedReader, RawIOBase
from typing import IO, Any, Protocol, TypeAlias

from pydantic import Field

from app.core.problems import InternalError, NotFound, Unavailable
from app.core.wire import Out

LONGEST_LINE = 400 * 1024
PIECE = 1024 * 1024


class ObjectMissing(NotFound):
    """Nothing was uploaded under the key, or it was deleted."""

    what: str = "the uploaded object"


class StorageUnavailable(Unavailable):
    """S3 could not be reached, throttled or failed through all attempts."""


class StorageRefused(InternalError):
    """S3 refused for a reason of ours: credentials, policy, bucket."""


class ObjectStore(Protocol):
    """Objects in a bucket; no bytes pass through the app but those that jobs read and write.

    Raises `Problem`s.
    """

    def presign_upload(self, key: str, content_type: str, size: int) -> TransferOut:
        """`size` in bytes, exact."""
        ...

    def presign_download(self, key: str, content_type: str, disposition: str) -> DownloadOut:
        """Whether or not the object exists; both texts become headers of the answer."""
        ...

    def presign_picture(
        self, key: str, content_type: str, disposition: str, begun: datetime, lasting: timedelta
    ) -> str:
        """A URL that is the same whenever it is asked for, and good for so long since `begun`.

        What it leads to may be cached.
        """
        ...

    def confirm(self, key: str, content_type: str, size: int) -> ObjectFacts:
        """The facts of an upload; raises `ObjectMissing`, or `Conflict` if it differs."""
        ...

    def copy(self, key: str, to: str, facts: ObjectFacts) -> None:
        """Copies only what `facts` were asked of, else raises `Conflict`."""
        ...

    def read(self, key: str, start: int, size: int) -> bytes:
        """Up to `size` bytes from an offset on; none at the end."""
        ...

    def write(self, key: str, file: IO[bytes], content_type: str) -> None:
        """Writes all of a file, from its beginning; whatever has the key is replaced."""
        ...

    def delete(self, key: str) -> None:
        """Succeeds, too, if there is no such object."""
        ...


class TransferOut(Out):
    """How to send the bytes: no other method, type or size is taken, and no credentials."""

    method: str = Field(examples=["PUT"])
    url: str = Field(examples=["https://media.s3.eu-west-1.amazonaws.com/pending/0f9a?X-Amz-…"])
    headers: Mapping[str, str] = Field(
        examples=[{"Content-Type": "image/png", "Content-Length": "52100"}],
        description="To be sent exactly; browsers send `Content-Length` themselves.",
    )
    seconds: int = Field(examples=[300], description="For which the URL is good.")


class DownloadOut(Out):
    """Whoever has the URL may download the file."""

    url: str = Field(examples=["https://media.s3.eu-west-1.amazonaws.com/media/0f9a?X-Amz-…"])
    seconds: int = Field(examples=[300], description="For which the URL is good.")


@dataclass(frozen=True)
class ObjectFacts:
    """`size` in bytes."""

    content_type: str
    size: int
    etag: str


Read: TypeAlias = Callable[[int, int], bytes]
"""Up to so many bytes (second) from an offset (first) on; none at the end."""


@dataclass(frozen=True)
class Line:
    """`text` has no line feed, and is None if it was too long; `end` is where the next begins."""

    number: int
    text: bytes | None
    end: int


def lines(read: Read, start: int, before: int) -> Iterator[Line]:
    """Those from the offset `start` on, which `before` lines precede.

    Blank ones are counted and left out: a million of them take a moment.
    """
    number, end, file = before, start, BufferedReader(_Object(read, start), PIECE)
    while text := file.readline(LONGEST_LINE + 1):
        number, end, is_blank = number + 1, end + len(text), not text.strip()
        rest, is_short = text, len(text) <= LONGEST_LINE or text.endswith(b"\n")
        while not is_short and not rest.endswith(b"\n") and (rest := file.readline(PIECE)):
            end, is_blank = end + len(rest), is_blank and not rest.strip()
        if not is_blank:
            yield Line(number, text.removesuffix(b"\n") if is_short else None, end)


def pieces(read: Read, start: int) -> Iterator[bytes]:
    """All bytes from an offset on."""
    while piece := read(start, PIECE):
        yield piece
        start += len(piece)


class _Object(RawIOBase):
    """An object from an offset on, as a file."""

    def __init__(self, read: Read, start: int) -> None:
        self._read, self._at = read, start

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._read(self._at, len(buffer))
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)
