"""What a transport is. Knows no SDK."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeAlias

Transport: TypeAlias = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]
"""`transport("GetItem", parameters)` → response, in botocore's shapes.

Raises `TransportError` alone.
Throttling, server errors, resets, time-outs and corrupt bodies are the transport's to retry,
with a bound; what then remains is a `TransportError` with the service's code. It may be called by
several threads at once.
"""

AsyncTransport: TypeAlias = Callable[[str, Mapping[str, Any]], Awaitable[Mapping[str, Any]]]
"""The same, to be awaited."""
