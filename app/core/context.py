"""The context of a request: its id, trace (W3C Trace Context), deadline and patterns; the time.

Logs and messages read it in whichever thread they run. No spans are recorded: X-Ray does that.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic

from singletable.inspect import Observed


def utc_now() -> datetime:
    return datetime.now(UTC)


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


trace_var: ContextVar[Trace | None] = ContextVar("trace", default=None)


def current_trace() -> Trace | None:
    """None outside a request."""
    return trace_var.get()


def current_traceparent() -> str:
    """For what goes out on behalf of this request; empty outside one."""
    trace = trace_var.get()
    return "" if trace is None else str(trace)


@contextmanager
def continue_trace(traceparent: str = "", xray: str = "") -> Generator[Trace]:
    """Carries on the trace of a header or a message attribute; an odd one is replaced."""
    trace = _trace_of(traceparent, xray)
    token = trace_var.set(trace)
    try:
        yield trace
    finally:
        trace_var.reset(token)


def _trace_of(traceparent: str, xray: str) -> Trace:
    root = _XRAY_ROOT.search(xray)
    xray_id = root[1] if root else ""
    received = _parse_traceparent(traceparent)
    if received is not None:
        trace_id, flags = received
    else:
        trace_id, flags = root[2] + root[3] if root else secrets.token_hex(16), 0
    return Trace(trace_id, secrets.token_hex(8), flags, xray_id)


def _parse_traceparent(traceparent: str) -> tuple[str, int] | None:
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


request_id_var: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """Empty outside a request."""
    return request_id_var.get()


deadline_var: ContextVar[float | None] = ContextVar("end_of_the_request", default=None)


def seconds_left() -> float | None:
    """Until the answer has to be there; below 0 afterwards. None outside a request."""
    end = deadline_var.get()
    return None if end is None else end - monotonic()


patterns_var: ContextVar[dict[str, None] | None] = ContextVar("asked_patterns", default=None)


def note_pattern(observed: Observed) -> None:
    """For a repository's `observe`: the line of the request names what was asked, each once.

    Threads see the same names, for they run in copies of the request's context.
    """
    names = patterns_var.get()
    if names is not None and observed.pattern is not None and observed.sent:
        names[observed.pattern] = None
