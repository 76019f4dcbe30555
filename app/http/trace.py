"""The trace that a request belongs to: W3C Trace Context, taken from `traceparent` or begun here.

Log lines read it from here, and so do messages that carry it on. No spans are recorded: X-Ray
does that outside; where it began the trace, ours has the same identity.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

HEADER = b"traceparent"
XRAY_HEADER = b"x-amzn-trace-id"
_PROPAGATED = 0b11  # sampled, random: of the other flags nobody knows what they will mean
_TRACEPARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_XRAY_ROOT = re.compile(r"(?:^|;)Root=(1-([0-9a-f]{8})-([0-9a-f]{24}))(?:;|$)")


@dataclass(frozen=True)
class Trace:
    """`span_id` is ours, new for each request. `xray_id` is empty without X-Ray."""

    trace_id: str
    span_id: str
    flags: int = 0
    xray_id: str = ""

    def __str__(self) -> str:
        """As a `traceparent`."""
        return f"00-{self.trace_id}-{self.span_id}-{self.flags:02x}"


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def current_trace() -> Trace | None:
    """None outside a request."""
    return _current.get()


def current_traceparent() -> str:
    """For what goes out on behalf of this request; empty outside one."""
    trace = _current.get()
    return "" if trace is None else str(trace)


@contextmanager
def traced(traceparent: str = "", xray: str = "") -> Generator[Trace]:
    """Carries on the trace of a header or a message attribute; an odd one is replaced."""
    trace = _continued(traceparent, xray)
    token = _current.set(trace)
    try:
        yield trace
    finally:
        _current.reset(token)


class TraceMiddleware:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        with traced(_only(scope, HEADER), _only(scope, XRAY_HEADER)):
            await self.app(scope, receive, send)


def _only(scope: Scope, header: bytes) -> str:
    """Empty if it is missing, ambiguous or not ASCII."""
    values = [value for name, value in scope["headers"] if name == header]
    if len(values) != 1 or not values[0].isascii():
        return ""
    return str(values[0], "ascii")


def _continued(traceparent: str, xray: str) -> Trace:
    root = _XRAY_ROOT.search(xray)
    xray_id = root[1] if root else ""
    received = _received(traceparent)
    if received is not None:
        trace_id, flags = received
    else:
        trace_id, flags = root[2] + root[3] if root else secrets.token_hex(16), 0
    return Trace(trace_id, secrets.token_hex(8), flags, xray_id)


def _received(traceparent: str) -> tuple[str, int] | None:
    """Identity and flags; None for what the specification calls invalid."""
    found = _TRACEPARENT.fullmatch(traceparent)
    if found is None:
        return None
    version, trace_id, parent_id, flags, more = found.groups()
    if version == "ff" or (version == "00" and more):
        return None
    if not int(trace_id, 16) or not int(parent_id, 16):
        return None
    return trace_id, int(flags, 16) & _PROPAGATED
