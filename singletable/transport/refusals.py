"""The transport error of an error that DynamoDB answered. Knows no SDK."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from singletable.errors.transport import IN_PROGRESS, CancellationReason, TransportError

CLIENT_ERROR, SERVER_ERROR = 400, 500
SIGNATURE = frozenset({"InvalidSignatureException", "IncompleteSignatureException"})
"""Codes whose messages repeat the signed headers, a session token among them."""


def to_refusal(code: str, message: str, status: int, content: Mapping[str, Any]) -> TransportError:
    """Makes the transport error of an answer; `content` has the item and the reasons it shows."""
    reasons = tuple(
        CancellationReason(
            reason.get("Code", "None"), reason.get("Message") or "", reason.get("Item")
        )
        for reason in content.get("CancellationReasons") or ()
    )
    return TransportError(
        code=code,
        message=message.partition("\n")[0] if code in SIGNATURE else message,
        item=content.get("Item"),
        reasons=reasons,
        carried_out=_by_status(code, status),
    )


def _by_status(code: str, status: int) -> Literal["no", "unknown"] | None:
    if code == IN_PROGRESS or status < CLIENT_ERROR:
        return None
    return "no" if status < SERVER_ERROR else "unknown"
