"""The transport protocol: a callable that sends one request. Knows no SDK."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

Parameters: TypeAlias = Mapping[str, Any]
Response: TypeAlias = Mapping[str, Any]
Transport: TypeAlias = Callable[[str, Parameters], Response]
"""`transport("GetItem", parameters)` → response, in botocore's shapes.

Raises `TransportError` alone.
Throttling, server errors, resets, time-outs and corrupt bodies are the transport's to retry,
with a bound; what then remains is a `TransportError` with the service's code. It may be called by
several threads at once.
A transport that retries a write whose answer was lost says so: by `was_repeated` of the error that
remains, or by `note_possible_writes()` after each attempt that was not certainly refused. It does
not retry what must not count twice: `singletable.transport.is_repeatable(operation, parameters)`.
"""

AsyncTransport: TypeAlias = Callable[[str, Parameters], Awaitable[Response]]
"""The same, to be awaited."""
