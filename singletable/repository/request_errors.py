"""Turns service codes into errors: the one place that knows what they mean."""

from __future__ import annotations

from singletable.errors.service import (
    AccessRefused,
    IndexMissing,
    ServiceError,
    ServiceUnavailable,
    TableMissing,
    Throttled,
    TokenReused,
)
from singletable.errors.transport import (
    CANCELLED,
    DOUBLED,
    MISMATCHED,
    TRANSPORT_FAILED,
    UNREADABLE,
    TransportError,
)

_BY_CODE: dict[str, type[ServiceError]] = {
    "ResourceNotFoundException": TableMissing,
    "AccessDeniedException": AccessRefused,
    "ExpiredTokenException": AccessRefused,
    "IncompleteSignatureException": AccessRefused,
    "InvalidSignatureException": AccessRefused,
    "MissingAuthenticationTokenException": AccessRefused,
    "NoCredentials": AccessRefused,
    "UnrecognizedClientException": AccessRefused,
    "LimitExceededException": Throttled,
    "ProvisionedThroughputExceededException": Throttled,
    "RequestLimitExceeded": Throttled,
    "ThrottlingException": Throttled,
    "IdempotentParameterMismatchException": TokenReused,
    "InternalServerError": ServiceUnavailable,
    "ServiceUnavailable": ServiceUnavailable,
    "Unreachable": ServiceUnavailable,
    UNREADABLE: ServiceUnavailable,
    MISMATCHED: ServiceUnavailable,
    DOUBLED: ServiceUnavailable,
    TRANSPORT_FAILED: ServiceUnavailable,
}


def to_request_error(error: TransportError, operation: str) -> ServiceError:
    """Makes the error for a failure that no operation understood."""
    kind = _BY_CODE.get(error.code, ServiceError)
    if kind is ServiceError and error.code.isdigit() and error.code.startswith("5"):
        kind = ServiceUnavailable
    if error.code == "ValidationException" and "does not have the specified index" in error.message:
        kind = IndexMissing
    return kind(operation=operation, code=error.code, detail=_detail(error))


def _detail(error: TransportError) -> str:
    if error.code != CANCELLED:
        return error.message
    reasons = enumerate(error.reasons, start=1)
    shown = [f"action {at}: {r.code} {r.message}" for at, r in reasons if r.code != "None"]
    return "; ".join(shown) or error.message
