"""A network that spoils chosen requests and passes on all others: before they arrive, or after."""

from __future__ import annotations

import json
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.singletable.delivery.network import (
    _Losing,  # pyright: ignore[reportPrivateUsage]
    _serving,  # pyright: ignore[reportPrivateUsage]
)

THROTTLED = "ProvisionedThroughputExceededException"
REFUSALS = {"throttle": (400, THROTTLED), "fault": (500, "InternalServerError")}


@dataclass
class Hits:
    """The requests that are spoilt: those whose JSON, evenly spaced, `is_hit`; `times` at most.

    `is_late`: they are carried out before. `count`: how many were spoilt, `passed`: how many not.
    """

    kind: str
    is_hit: Callable[[str], bool]
    is_late: bool = False
    times: int = 10**6
    count: int = 0
    passed: int = 0
    lock: Any = field(default_factory=threading.Lock)

    def take(self, asked: bytes) -> bool:
        with self.lock:
            is_hit = self.count < self.times and self.is_hit(json.dumps(json.loads(asked)))
            self.count += is_hit
            self.passed += not is_hit
            return is_hit


class _Hitting(_Losing):
    hits: Hits

    def do_POST(self) -> None:  # noqa: N802 - its name there
        asked = self.body()
        if not self.hits.take(asked):
            status, headers, body = self._carry_out(asked)
            self.send_body(status, body, int(headers["x-amz-crc32"]))
            return
        status, body = 200, b'{"Responses": {}, "Items": [], "Count": 0}'
        if self.hits.is_late:
            status, _, body = self._carry_out(asked)
        self._spoil(self.hits.kind, status, body)

    def _spoil(self, kind: str, status: int, body: bytes) -> None:
        if kind in REFUSALS:
            status, code = REFUSALS[kind]
            self._answer(status, json.dumps({"__type": f"x#{code}", "message": "no"}).encode())
        elif kind == "fail":
            self._answer(503, b"{}")
        elif kind == "page":
            self._answer_page(b"<html>Log in</html>")
        elif kind == "spoil":
            self.send_body(status, body[:-1] + b" ", zlib.crc32(body))
        else:
            self._lose(kind, status, body, zlib.crc32(body))

    def _answer(self, status: int, body: bytes) -> None:
        self.send_body(status, body, zlib.crc32(body))

    def _answer_page(self, body: bytes) -> None:
        """That of another server: it has no checksum."""
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def hitting_proxy(upstream: str, hits: Hits, patience: float) -> Iterator[str]:
    """Spoils these requests on their way to `upstream`; yields the endpoint."""
    own: dict[str, Any] = {"upstream": upstream, "hits": hits, "patience": patience}
    with _serving(type("Hitting", (_Hitting,), own)) as endpoint:
        yield endpoint
