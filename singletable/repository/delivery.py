"""What became of an operation's writes: known, not written, or perhaps written.

An answer can be lost after the work was done. Whoever then sends again and is refused by his own
item must not say that nothing was written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from singletable.errors.base import Written
from singletable.errors.request import (
    InvalidStoredItem,
    RequestError,
    TransactionCancelled,
    WrittenUnreadable,
)
from singletable.errors.transport import DOUBLED, MISMATCHED, TransportError
from singletable.expressions.effects import is_repeatable
from singletable.operations import Request
from singletable.operations.protocol import RepeatedResponse, Response
from singletable.repository.retry import is_contention
from singletable.transport.attempts import WRITES


class Delivery:
    """The outcome of one operation's writes so far. No dataclass: every operation has one."""

    def __init__(self, written: Written = "no") -> None:
        self.written: Written = written

    def note_answer(self, request: Request, response: Response, possible: int) -> None:
        """Notes an answer; raises if it is to a write that may have been carried out twice.

        `possible`: how often the transport says that it may have carried it out, 0 if it does not.
        """
        if not _is_write(request):
            return
        if _is_unprocessed(request, response):
            if possible > 1 and self.written == "no":
                self.written = "unknown"
            return
        self.written = "yes"
        if possible > 1 and not is_repeatable(request.operation, request.parameters):
            self.written = "unknown"
            detail = f"the transport sent it {possible} times, and it may count as often"
            raise TransportError(DOUBLED, detail)

    def note_failure(self, request: Request, error: TransportError, possible: int) -> None:
        """Notes an attempt that failed; raises the error that no further attempt would mend."""
        if (possible or error.may_be_carried_out) and self.written == "no" and _is_write(request):
            self.written = "unknown"
        if not may_repeat(request, error, possible):
            raise error

    def complete(self, error: TransportError) -> TransportError:
        """The failure, which knows whether an answer to the same request was lost before."""
        return _repeated(error) if self.written == "unknown" else error

    def settle(self, error: RequestError) -> RequestError:
        """The operation's error, which says whether anything was written."""
        if self.written == "no":
            return error
        if isinstance(error, InvalidStoredItem):
            error = WrittenUnreadable(entity=error.entity, key=error.key, problems=error.problems)
        error.written = self.written
        if isinstance(error, TransactionCancelled):
            for failure in error.failures.values():
                failure.written = self.written
        return error


def complete_attempt(
    error: TransportError, earlier: Response | TransportError | None, possible: int
) -> TransportError:
    """The failure of an attempt, which knows whether the answer to one before it was lost."""
    was_lost = isinstance(earlier, TransportError) and earlier.may_be_carried_out
    return _repeated(error) if possible or was_lost else error


def complete_answer(
    answer: Response, earlier: Response | TransportError | None, possible: int
) -> Response:
    """The answer to an attempt, which knows whether the answer to one before it was lost."""
    was_lost = isinstance(earlier, TransportError) and earlier.may_be_carried_out
    return RepeatedResponse(answer) if possible > 1 or was_lost else answer


def _repeated(error: TransportError) -> TransportError:
    if error.may_be_carried_out:
        return error
    completed = replace(error, was_repeated=True)
    completed.__cause__ = error.__cause__
    return completed


def _is_unprocessed(request: Request, response: Response) -> bool:
    """Whether a batch was answered without being processed at all."""
    if request.operation != "BatchWriteItem":
        return False
    left: Mapping[str, list[object]] = response.get("UnprocessedItems") or {}
    asked: Mapping[str, list[object]] = request.parameters["RequestItems"]
    return sum(map(len, left.values())) == sum(map(len, asked.values()))


def _is_write(request: Request) -> bool:
    """Whether a request can change anything; a transaction of conditions alone cannot."""
    if request.operation != "TransactWriteItems":
        return request.operation in WRITES
    return any("ConditionCheck" not in action for action in request.parameters["TransactItems"])


def may_repeat(request: Request, error: TransportError, possible: int) -> bool:
    """Whether another attempt may succeed, and can do no harm.

    Failures on the way are the transport's to retry; here those are repeated that it cannot see,
    and a write that it sent once and has lost the answer to.
    """
    lost_once = possible == 1 and not error.is_refusal
    if not (is_contention(error) or error.code == MISMATCHED or lost_once):
        return False
    is_harmless = error.is_refusal and not possible
    return is_harmless or is_repeatable(request.operation, request.parameters)
