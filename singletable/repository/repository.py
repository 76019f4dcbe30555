"""The synchronous repository: drives operations over a transport."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from pydantic import BaseModel

from singletable.errors.request import Contended, InvalidOperation, RequestLimitReached
from singletable.errors.transport import Fault
from singletable.operations import Context, Operation, Query, Request
from singletable.operations.protocol import Clock, Steps, utc_now
from singletable.operations.reads.cursor import CursorSeal
from singletable.repository.answers import check_answer
from singletable.repository.faults import meaning_of
from singletable.repository.intermediary import Intermediary, before
from singletable.repository.retry import Retry, is_contention
from singletable.transport import Transport

R = TypeVar("R")
E = TypeVar("E", bound=BaseModel)

_TRANSACTION = "TransactWriteItems"
_ITEMS_PER_PAGE = 100


@dataclass(frozen=True)
class Sent:
    """One request that was answered: for logs and metrics. `seconds` includes retries."""

    pattern: str | None
    request: Request
    response: Mapping[str, Any]
    seconds: float


@dataclass(frozen=True)
class Failed:
    """One attempt at a request that was refused, cancelled or lost: for metrics."""

    pattern: str | None
    request: Request
    fault: Fault


class Repository:
    """`fetch` asks, `write` changes, `iterate` reads to the end.

    `cursor_secret` (16 bytes or more) must be the same wherever a cursor may come back to;
    without it cursors are good for this process only. `observe` is told of every answer, and
    `observe_failure` of every attempt that got none; with `count_capacity` answers carry the
    capacity they consumed. An `intermediary` is given every operation, and the means to carry
    it out.
    """

    def __init__(
        self,
        transport: Transport,
        table: str,
        *,
        cursor_secret: bytes | None = None,
        retry: Retry | None = None,
        clock: Clock = utc_now,
        observe: Callable[[Sent], None] | None = None,
        observe_failure: Callable[[Failed], None] | None = None,
        count_capacity: bool = False,
        intermediary: Intermediary | None = None,
    ) -> None:
        self._transport = transport
        self._table = table
        self._cursors = CursorSeal(cursor_secret)
        self._retry = retry or Retry()
        self._clock = clock
        self._observe = observe
        self._observe_failure = observe_failure
        self._count_capacity = count_capacity
        self._intermediary = intermediary

    def through(self, intermediary: Intermediary) -> Repository:
        """The same repository, whose operations go through one more, before all others."""
        made = copy(self)
        made._intermediary = before(intermediary, self._intermediary)
        return made

    def fetch(self, operation: Operation[R]) -> R:
        """The answer to a question."""
        return self._run(operation)

    def write(self, operation: Operation[R]) -> R:
        """Carries out a write; the error says what did not hold, and then nothing was written."""
        return self._run(operation)

    def iterate(self, query: Query[E]) -> Iterator[E]:
        """Every item of the query, or as many as it takes, reading page by page.

        `RequestLimitReached` when the query's `max_requests` ends it early.
        """
        if query.requests_at_most is not None:
            yield from self._bounded(query, query.requests_at_most)
            return
        left, cursor = query.items_in_all, query.after
        while left is None or left > 0:
            page = self._run(query.page(_page_size(left), cursor))
            yield from page.items
            left = None if left is None else left - len(page.items)
            cursor = page.cursor
            if cursor is None:
                return

    def _bounded(self, query: Query[E], requests: int) -> Iterator[E]:
        """All that so many requests find, as one page: only there are they counted together."""
        page = self._run(query)
        yield from page.items
        if page.cursor is not None and len(page) != query.items_in_all:
            raise RequestLimitReached(operation=query.key.label, requests=requests)

    def _run(self, operation: Operation[R]) -> R:
        _check_is_operation(operation)
        context = Context(self._table, self._clock(), self._cursors)
        if self._intermediary is None:
            return self._carry_out(operation, context)
        return self._intermediary(operation, context, self._carry_out)

    def _carry_out(self, operation: Operation[R], context: Context) -> R:
        pattern = operation.origin.pattern if operation.origin else None
        steps = operation.steps(context)
        try:
            request = next(steps)
            while True:
                request = self._advance(steps, request, pattern)
        except StopIteration as done:
            result: R = done.value
            return result

    def _advance(self, steps: Steps[R], request: Request, pattern: str | None) -> Request:
        """Sends the request and gives the steps the answer, or the fault; their next request."""
        try:
            response = self._send(self._completed(request), pattern)
        except Fault as fault:
            try:
                return steps.throw(fault)
            except Fault as unexplained:
                raise meaning_of(unexplained, pattern or request.operation) from unexplained
        return steps.send(response)

    def _completed(self, request: Request) -> Request:
        """With a token, so that every repetition of a transaction is the same transaction."""
        parameters = dict(request.parameters)
        if request.operation == _TRANSACTION:
            parameters.setdefault("ClientRequestToken", str(uuid.uuid4()))
        if self._count_capacity:
            parameters["ReturnConsumedCapacity"] = "INDEXES"
        return replace(request, parameters=parameters)

    def _send(self, request: Request, pattern: str | None) -> Mapping[str, Any]:
        started = time.perf_counter()
        response = self._persist(request, pattern)
        if self._observe is not None:
            self._observe(Sent(pattern, request, response, time.perf_counter() - started))
        return response

    def _persist(self, request: Request, pattern: str | None) -> Mapping[str, Any]:
        """Sends until contention is over, or the attempts are."""
        attempt = 1
        while True:
            try:
                response = self._transport(request.operation, request.parameters)
                check_answer(request, response)
                return response
            except Fault as fault:
                if self._observe_failure is not None:
                    self._observe_failure(Failed(pattern, request, fault))
                if not is_contention(fault):
                    raise
                if attempt >= self._retry.attempts:
                    operation = pattern or request.operation
                    raise Contended(operation=operation, attempts=attempt) from fault
            self._retry.wait(attempt)
            attempt += 1


def _check_is_operation(operation: object) -> None:
    if not hasattr(operation, "steps"):
        kind = getattr(operation, "__name__", type(operation).__name__)
        raise InvalidOperation(
            where="repository",
            declared=f"{kind} is no operation",
            allowed="what a pattern returns, create(entity), Entity.key.get(...), and such",
        )


def _page_size(left: int | None) -> int:
    return _ITEMS_PER_PAGE if left is None else min(left, _ITEMS_PER_PAGE)
