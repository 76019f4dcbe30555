"""An answer as it is kept: status, body, and the headers that belong to it. Knows no key.

Headers that belong to one request alone, such as its identity, are the new request's own.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Self

from fastapi import Response

REPLAYED = "Idempotent-Replayed"
KEPT = frozenset({"content-type", "etag", "location", "retry-after", "set-cookie"})
_END_OF_HEAD = b"\n"


@dataclass(frozen=True)
class Answer:
    """`headers`: those of `KEPT`, a cookie a line."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = field(default=b"", repr=False)

    @classmethod
    def of(cls, response: Response) -> Self:
        return cls(response.status_code, kept(response.headers.items()), bytes(response.body))

    @classmethod
    def parse(cls, packed: bytes) -> Self:
        head, _, body = zlib.decompress(packed).partition(_END_OF_HEAD)
        status, headers = json.loads(head)
        return cls(status, tuple((name, value) for name, value in headers), body)

    def packed(self) -> bytes:
        head = json.dumps([self.status, self.headers]).encode()
        return zlib.compress(head + _END_OF_HEAD + self.body)

    def without_body(self) -> Self:
        return replace(self, body=b"")

    def replayed(self) -> Response:
        """The response, which says that it is not the first."""
        response = Response(self.body, self.status)
        for name, value in self.headers:
            response.headers.append(name, value)
        response.headers[REPLAYED] = "true"
        return response


def kept(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name.lower(), value) for name, value in headers if name.lower() in KEPT)
