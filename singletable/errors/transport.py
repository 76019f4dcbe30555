"""The error of a transport: the service's code and message, not yet interpreted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from singletable.records import record

CONDITION_FAILED = "ConditionalCheckFailedException"
CANCELLED = "TransactionCanceledException"
UNREADABLE = "Unreadable"
"""The response cannot be believed: cut, corrupt, or not of the shape that was promised."""
MISMATCHED = "Mismatched"
"""The response is one to another request."""
DOUBLED = "Repeated"
"""A write that counts was sent more than once, and may have been carried out as often."""
TRANSPORT_FAILED = "TransportFailed"
"""The transport raised something else than a `TransportError`."""
IN_PROGRESS = "TransactionInProgressException"
NO_CREDENTIALS = "NoCredentials"
REFUSED_BY_CLIENT = "ParamValidation"
UNREACHABLE = "Unreachable"

_NOT_REFUSALS = frozenset({IN_PROGRESS, "InternalServerErrorException", "RequestTimeoutException"})
_REFUSALS = frozenset(
    {NO_CREDENTIALS, REFUSED_BY_CLIENT, "RequestLimitExceeded", "ThrottlingError"}
)


@record(sealed=True)
class CancellationReason:
    """Why one action of a transaction failed; code `None` means that it did not."""

    code: str
    message: str = ""
    item: Mapping[str, Any] | None = None


@record(eq=False, frozen=False)
class TransportError(Exception):
    """`item` is the stored item of a failed condition, `reasons` are those of a transaction.

    `carried_out`: whether the request may have been, in spite of the error; None: as the code says,
    where what is not known as a refusal may. `was_repeated`: the transport had sent it before, and
    has no answer to that. `outcomes`: what became of each request that was sent side by side with
    this one, itself included, in their order. `contended`: through how many attempts other writers
    held the items, if they did through all.
    """

    code: str
    message: str = ""
    item: Mapping[str, Any] | None = None
    reasons: tuple[CancellationReason, ...] = ()
    carried_out: Literal["no", "unknown"] | None = None
    was_repeated: bool = False
    outcomes: tuple[Mapping[str, Any] | TransportError, ...] = ()
    contended: int = 0

    @property
    def is_refusal(self) -> bool:
        """Whether the request was certainly not carried out."""
        if self.carried_out is not None:
            return self.carried_out == "no"
        refused = self.code.endswith("Exception") and self.code not in _NOT_REFUSALS
        return refused or self.code in _REFUSALS

    @property
    def may_be_carried_out(self) -> bool:
        """Whether this or an earlier attempt at the request may have been carried out."""
        return self.was_repeated or not self.is_refusal

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"
