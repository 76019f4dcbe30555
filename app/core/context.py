"""The context of a request: its id, trace (W3C Trace Context), deadline, log fields; the time; log
lines in JSON, each with the request that it belongs to; the access patterns that it may ask.

Logs and messages read it in whichever thread they run. No spans are recorded: X-Ray does that.
Routes and workers declare their access patterns, and no other is carried out on their behalf:
least privilege within a process, and the data behind "Asked by" and the rights of functions.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import sys
from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Any, TypeVar

from singletable import inspect
from singletable.inspect import Context, Execute, Observed, Operation

R = TypeVar("R")
C = TypeVar("C")


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


@dataclass
class RequestContext:
    """One object for each request or message; threads see the same one.

    `deadline` is a time of `monotonic`, `patterns` what was asked of the table, each once,
    `log_fields` what the access line says beyond the outcome, `headers` what the answer gets.
    """

    trace: Trace | None = None
    request_id: str = ""
    deadline: float | None = None
    patterns: dict[str, None] = field(default_factory=dict[str, None])
    log_fields: dict[str, Any] = field(default_factory=dict[str, Any])
    headers: dict[str, str] = field(default_factory=dict[str, str])


_current: ContextVar[RequestContext | None] = ContextVar("request_context", default=None)


@contextmanager
def request_context(
    traceparent: str = "", xray: str = "", *, request_id: str = "", deadline: float | None = None
) -> Generator[RequestContext]:
    """Begins a context, with the trace of a header or a message; an odd one is replaced."""
    context = RequestContext(_continue_trace(traceparent, xray), request_id, deadline)
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)


def current_context() -> RequestContext:
    """That of the request or the message; outside one, an empty one that nobody else sees."""
    return _current.get() or RequestContext()


def current_trace() -> Trace | None:
    """None outside a request."""
    return current_context().trace


def current_traceparent() -> str:
    """For what goes out on behalf of this request; empty outside one."""
    return str(current_trace() or "")


def seconds_left() -> float | None:
    """Until the answer has to be there; below 0 afterwards. None if nothing waits for one."""
    deadline = current_context().deadline
    return None if deadline is None else deadline - monotonic()


def note_pattern(observed: Observed) -> None:
    """For a repository's `observe`: the line of the request names what was asked, each once."""
    if observed.pattern is not None and observed.sent:
        current_context().patterns[observed.pattern] = None


def _continue_trace(traceparent: str, xray: str) -> Trace:
    random = secrets.token_hex(24)  # asked of the system once, for both identities
    root = _XRAY_ROOT.search(xray) if xray else None
    xray_id = root[1] if root else ""
    if traceparent and (received := _parse_traceparent(traceparent)):
        trace_id, flags = received
    else:
        trace_id, flags = root[2] + root[3] if root else random[:32], 0
    return Trace(trace_id, random[32:], flags, xray_id)


def _parse_traceparent(text: str) -> tuple[str, int] | None:
    """Identity and flags; None for what the specification calls invalid."""
    found = _TRACEPARENT.fullmatch(text)
    if found is None:
        return None
    version, trace_id, parent_id, flags, more = found.groups()
    if version == "ff" or (version == "00" and more):
        return None
    if not int(trace_id, 16) or not int(parent_id, 16):
        return None
    return trace_id, int(flags, 16) & _PROPAGATED


OURS = ("app", "access_patterns", "model", "singletable")


class JsonFormatter(logging.Formatter):
    """`extra={"facts": {...}}` adds fields of its own to a line."""

    def format(self, record: logging.LogRecord) -> str:
        trace = current_trace()
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "requestId": current_context().request_id or None,
            "traceId": trace.trace_id if trace else None,
            **({"spanId": trace.span_id} if trace else {}),
            **({"xrayTraceId": trace.xray_id} if trace and trace.xray_id else {}),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def configure_logging(level: str) -> None:
    """`level` is for our own code: below WARNING, others print headers and bodies."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    # The server's and the adapter's own lines would repeat ours, query strings included.
    server = logging.getLogger("uvicorn.access")
    server.handlers.clear()
    server.propagate = False
    logging.getLogger("mangum.http").setLevel(logging.WARNING)


_DECLARED = "asked_patterns"


def asks(*patterns: Callable[..., Operation[Any]]) -> Callable[[C], C]:
    """Declares the patterns that a function or a class asks by itself."""
    names = frozenset(str(inspect.pattern_name(each)) for each in patterns)
    return lambda caller: declare_patterns(caller, names)


def declare_patterns(caller: C, names: Collection[str]) -> C:
    """Beside those that it declares already."""
    setattr(caller, _DECLARED, declared_patterns([caller]).union(names))
    return caller


def declared_patterns(callers: Iterable[object]) -> frozenset[str]:
    """The names of what these declare, together."""
    return frozenset(name for each in callers for name in getattr(each, _DECLARED, ()))


@dataclass(eq=False)
class UndeclaredPattern(Exception):
    """An operation of a pattern that its route or worker does not declare."""

    caller: str
    pattern: str

    def __str__(self) -> str:
        return (
            f"{self.caller} asks {self.pattern} without declaring it;"
            f" add {self.pattern} to the @asks(...) of its endpoint, or of the dependency that asks"
        )


_asking: ContextVar[tuple[str, Collection[str]] | None] = ContextVar("asking", default=None)


@contextmanager
def asking(caller: str, patterns: Collection[str]) -> Generator[None]:
    """Limits a repository with `check_declared` to these patterns, in this context."""
    token = _asking.set((caller, patterns))
    try:
        yield
    finally:
        _asking.reset(token)


def check_declared(operation: Operation[R], context: Context, execute: Execute) -> R:
    """A middleware: raises `UndeclaredPattern`. It stands closest to the table, so that it sees
    what others attach."""
    if (limits := _asking.get()) is not None:
        caller, patterns = limits
        for name in asked_patterns(operation):
            check_pattern(caller, name, patterns)
    return execute(operation, context)


def check_pattern(caller: str, name: str, patterns: Collection[str]) -> None:
    """Raises `UndeclaredPattern`."""
    if name not in patterns:
        raise UndeclaredPattern(caller, name)


def asked_patterns(operation: Operation[Any]) -> Iterator[str]:
    """The pattern that made the operation, and those that made parts of it."""
    for each in (operation, *inspect.writes(operation), *getattr(operation, "gets", ())):
        if name := inspect.pattern_name(each):
            yield name
