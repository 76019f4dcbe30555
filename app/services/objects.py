"""The port to stored objects, and its errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Protocol

from app.core.problems import InternalError, NotFound, Unavailable


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

    def presign_upload(self, key: str, content_type: str, size: int) -> PresignedUpload:
        """`size` in bytes, exact."""
        ...

    def presign_download(self, key: str, content_type: str, disposition: str) -> PresignedDownload:
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


@dataclass(frozen=True)
class PresignedUpload:
    """Send the bytes with `method` to `url` and exactly these headers, within `seconds`."""

    method: str
    url: str
    headers: Mapping[str, str]
    seconds: int


@dataclass(frozen=True)
class PresignedDownload:
    """Whoever has `url` may read the object, for `seconds`."""

    url: str
    seconds: int


@dataclass(frozen=True)
class ObjectFacts:
    """`size` in bytes."""

    content_type: str
    size: int
    etag: str
