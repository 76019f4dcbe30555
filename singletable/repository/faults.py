"""What a fault means: the one place where service codes become errors."""

from __future__ import annotations

from singletable.errors.request import (
    AccessRefused,
    IndexMissing,
    ServiceError,
    ServiceUnavailable,
    TableMissing,
    Throttled,
    TokenReused,
)
from singletable.errors.transport import CANCELLED, Fault

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
    "Unreadable": ServiceUnavailable,
}


def meaning_of(fault: Fault, operation: str) -> ServiceError:
    """The error for a fault that no operation understood."""
    kind = _BY_CODE.get(fault.code, ServiceError)
    if kind is ServiceError and fault.code.isdigit() and fault.code.startswith("5"):
        kind = ServiceUnavailable
    if fault.code == "ValidationException" and "does not have the specified index" in fault.message:
        kind = IndexMissing
    return kind(operation=operation, code=fault.code, detail=_detail(fault))


def _detail(fault: Fault) -> str:
    if fault.code != CANCELLED:
        return fault.message
    reasons = enumerate(fault.reasons, start=1)
    shown = [f"action {at}: {r.code} {r.message}" for at, r in reasons if r.code != "None"]
    return "; ".join(shown) or fault.message
