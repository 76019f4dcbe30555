"""The error of a transport: the service's code and message, not yet interpreted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

CONDITION_FAILED = "ConditionalCheckFailedException"
CANCELLED = "TransactionCanceledException"
UNREADABLE = "Unreadable"
"""The response cannot be believed: cut, corrupt, or not of the shape that was promised."""


@dataclass(frozen=True)
class CancellationReason:
    """Why one action of a transaction failed; code `None` means that it did not."""

    code: str
    message: str = ""
    item: Mapping[str, Any] | None = None


@dataclass(eq=False)
class TransportError(Exception):
    """`item` is the stored item of a failed condition, `reasons` are those of a transaction."""

    code: str
    message: str = ""
    item: Mapping[str, Any] | None = None
    reasons: tuple[CancellationReason, ...] = ()

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"
