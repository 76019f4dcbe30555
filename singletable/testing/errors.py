"""DynamoDB's errors; the only place that names the transport's error classes."""

from __future__ import annotations

from collections.abc import Mapping

from singletable.errors.transport import (
    CANCELLED,
    CONDITION_FAILED,
    CancellationReason,
    TransportError,
)

__all__ = [
    "CONDITION_FAILED",
    "VALIDATION",
    "TransportError",
    "CancellationReason",
    "build_cancellation",
    "build_conditional_failure",
    "build_parameter_error",
    "build_missing_table",
    "build_validation",
]

VALIDATION = "ValidationException"


def build_validation(message: str) -> TransportError:
    return TransportError(VALIDATION, message)


def build_parameter_error(message: str) -> TransportError:
    """The error for parameters that botocore refuses before it sends them."""
    return TransportError("ParamValidation", f"Parameter validation failed: {message}")


def build_missing_table() -> TransportError:
    return TransportError("ResourceNotFoundException", "Requested resource not found")


def build_conditional_failure(item: Mapping[str, object] | None = None) -> TransportError:
    return TransportError(CONDITION_FAILED, "The conditional request failed", item)


def build_cancellation(reasons: tuple[CancellationReason, ...]) -> TransportError:
    codes = ", ".join(reason.code for reason in reasons)
    message = (
        f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
    )
    return TransportError(CANCELLED, message, reasons=reasons)
