"""What a transport is. Knows no SDK."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Transport = Callable[[str, Mapping[str, Any]], Mapping[str, Any]]
"""`transport("GetItem", parameters)` → response, in botocore's shapes; raises only `Fault`.

Throttling, server errors, resets, time-outs and corrupt bodies are the transport's to retry,
with a bound; what then remains is a `Fault` with the service's code.
"""
