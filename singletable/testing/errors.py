"""DynamoDB's errors; the only place that names the transport's error classes."""

from __future__ import annotations

from collections.abc import Mapping

from singletable.errors.transport import CANCELLED, CONDITIONAL, Fault, Reason

__all__ = [
    "CONDITIONAL",
    "VALIDATION",
    "Fault",
    "Reason",
    "build_cancellation",
    "build_conditional_failure",
    "build_malformed",
    "build_missing_table",
    "build_validation",
]

VALIDATION = "ValidationException"


def build_validation(message: str) -> Fault:
    return Fault(VALIDATION, message)


def build_malformed(message: str) -> Fault:
    """The error for parameters that botocore refuses before it sends them."""
    return Fault("ParamValidation", f"Parameter validation failed: {message}")


def build_missing_table() -> Fault:
    return Fault("ResourceNotFoundException", "Requested resource not found")


def build_conditional_failure(item: Mapping[str, object] | None = None) -> Fault:
    return Fault(CONDITIONAL, "The conditional request failed", item)


def build_cancellation(reasons: tuple[Reason, ...]) -> Fault:
    codes = ", ".join(reason.code for reason in reasons)
    message = (
        f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
    )
    return Fault(CANCELLED, message, reasons=reasons)
