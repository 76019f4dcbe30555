"""HTTP/1.1 without I/O: the answer to a request, read from what a connection receives."""

from __future__ import annotations

import re
from typing import Final

from singletable.records import record

_HEAD_END: Final = b"\r\n\r\n"
_LONGEST_HEAD: Final = 64 * 1024
_LONGEST_BODY: Final = 64 * 1024 * 1024
"""Four times the most that DynamoDB answers."""
_SIZE: Final = re.compile(rb"[0-9A-Fa-f]{1,8}")


class BrokenAnswer(Exception):
    """What was received is no answer, or an end is missing."""


@record
class Answer:
    """`head`: status line and headers in lower case; `stays_open`: so does the connection."""

    status: int
    head: bytes
    body: bytes
    stays_open: bool

    def header(self, name: bytes) -> bytes | None:
        """Its value; None where there is none."""
        return _header(self.head, name)


class AnswerReader:
    """Is fed what arrives, until it has the answer. `is_tunnel`: to CONNECT, whose has no body."""

    __slots__ = ("_buffer", "_head", "_is_tunnel", "_length", "_parts", "_received", "_status")

    def __init__(self, *, is_tunnel: bool = False) -> None:
        self._is_tunnel = is_tunnel
        self._buffer = self._head = b""
        self._status = self._received = 0
        self._length: int | None = None  # None while the head is read, and of a body to the end
        self._parts = list[bytes]()

    def feed(self, data: bytes) -> Answer | None:
        """The answer once it is whole; raises `BrokenAnswer`."""
        if self._head:
            return self._feed_body(data)
        buffer = self._buffer + data if self._buffer else data
        while True:
            end = buffer.find(_HEAD_END)
            if end < 0:
                if len(buffer) > _LONGEST_HEAD:
                    raise BrokenAnswer("headers without an end")
                self._buffer = buffer
                return None
            head = buffer[: end + 2].lower()
            self._status = _status(head)
            buffer = buffer[end + 4 :]
            if self._status >= 200:
                break  # others only announce the answer
        self._head = head
        if self._is_tunnel:
            return Answer(self._status, head, b"", not buffer)
        self._length = self._length_of(head)
        return self._feed_body(buffer)

    def end(self) -> Answer:
        """The answer, where the connection has been closed; raises `BrokenAnswer`."""
        if not self._head or self._length is not None or self._is_chunked:
            raise BrokenAnswer("the connection was closed before the end of the answer")
        return Answer(self._status, self._head, b"".join(self._parts), stays_open=False)

    @property
    def _is_chunked(self) -> bool:
        return _header(self._head, b"transfer-encoding") is not None

    def _length_of(self, head: bytes) -> int | None:
        if self._status in (204, 304):
            return 0
        length = _header(head, b"content-length")
        if length is None or self._is_chunked:
            return None
        if not length.isdigit() or int(length) > _LONGEST_BODY:
            raise BrokenAnswer("an impossible Content-Length")
        return int(length)

    def _feed_body(self, data: bytes) -> Answer | None:
        self._received += len(data)
        length = self._length
        if length is None:
            return self._feed_unmeasured(data)
        if self._received < length:
            self._parts.append(data)
            return None
        if self._parts:
            data = b"".join((*self._parts, data))
        is_exact = self._received == length
        body = data if is_exact else data[:length]
        return Answer(self._status, self._head, body, is_exact and _stays_open(self._head))

    def _feed_unmeasured(self, data: bytes) -> Answer | None:
        if self._received > _LONGEST_BODY:
            raise BrokenAnswer("a body without an end")
        self._parts.append(data)
        if not self._is_chunked:
            return None
        whole = b"".join(self._parts)
        self._parts = [whole]
        body = _join_chunks(whole)
        return None if body is None else Answer(self._status, self._head, body, stays_open=False)


def _status(head: bytes) -> int:
    version, status = head[:9], head[9:12]
    if version not in (b"http/1.1 ", b"http/1.0 ") or not status.isdigit():
        raise BrokenAnswer("no answer of HTTP")
    return int(status)


def _header(head: bytes, name: bytes) -> bytes | None:
    """Of several, the first."""
    start = head.find(b"\r\n" + name + b":")
    if start < 0:
        return None
    start += len(name) + 3
    return head[start : head.find(b"\r\n", start)].strip()


def _stays_open(head: bytes) -> bool:
    connection = _header(head, b"connection") or b""
    if head.startswith(b"http/1.0"):
        return b"keep-alive" in connection
    return b"close" not in connection


def _join_chunks(whole: bytes) -> bytes | None:
    """The body of an answer in chunks; None while there is more to come."""
    body, at = list[bytes](), 0
    while True:
        end = whole.find(b"\r\n", at)
        if end < 0:
            return None
        digits = whole[at:end].partition(b";")[0].strip()
        if not _SIZE.fullmatch(digits):
            raise BrokenAnswer("chunks without a size")
        size = int(digits, 16)
        if size == 0:
            return b"".join(body) if whole.find(_HEAD_END, end) >= 0 else None
        at = end + 2 + size + 2
        if at > len(whole):
            return None
        body.append(whole[end + 2 : at - 2])
