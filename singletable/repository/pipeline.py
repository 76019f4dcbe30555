"""The request pipeline: a generator that yields requests and waits, and is sent the replies.

Does no I/O, so that one pipeline serves the synchronous and the asynchronous driver.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NoReturn, TypeAlias, TypeVar, cast

from singletable.errors.request import InvalidOperation, InvalidStoredItem, RequestError
from singletable.errors.service import Contended
from singletable.errors.transport import TransportError
from singletable.operations import Context, Operation, Request
from singletable.operations.protocol import Response
from singletable.records import record
from singletable.repository.delivery import Delivery, complete_answer, complete_attempt
from singletable.repository.observed import Failed, Observed, Observer, Sent
from singletable.repository.request_errors import to_request_error
from singletable.repository.responses import find_malformed
from singletable.repository.retry import Retry, is_contention

R = TypeVar("R")

_TRANSACTION = "TransactWriteItems"
_TOKEN_BYTES = 16

_log = logging.getLogger("singletable")


@dataclass(slots=True)
class Wait:
    """A command to the driver: wait, and send back no replies."""

    seconds: float


@dataclass(slots=True)
class Reply:
    """The outcome of one attempt, and how long it took.

    `possible`: how often it may have been carried out, as far as the transport tells.
    """

    outcome: Response | TransportError
    seconds: float
    possible: int = 0


Replies: TypeAlias = tuple[Reply, ...]
Pipeline: TypeAlias = Generator[tuple[Request, ...] | Wait, Replies, R]
"""Yields requests that may be sent side by side, and is sent a reply to each; or `Wait`."""


@record
class Policy:
    """The policy of sending: retries, and the observers of operations."""

    retry: Retry = field(default_factory=Retry)
    observers: tuple[Observer, ...] = ()
    count_capacity: bool = False
    _reported: set[Observer] = field(default_factory=set[Observer], init=False, compare=False)

    def notify(self, observed: Observed) -> None:
        """Notifies all observers. One that fails is logged once: it is no part of the operation."""
        for observer in self.observers:
            try:
                observer(observed)
            except Exception:  # noqa: BLE001 - whatever it raises, the operation has ended
                if observer not in self._reported:
                    self._reported.add(observer)
                    _log.exception("an observer failed; its further failures are not logged")


Attempts: TypeAlias = list[Sent | Failed] | None
"""The attempts at an operation that is observed, so far."""


def execute(operation: Operation[R], context: Context, policy: Policy) -> Pipeline[R]:
    """Yields what to send until the operation is carried out; returns its result.

    Raises what the operation raises, with what is known of its writes; a `TransportError` that it
    does not understand becomes a `RequestError`.
    """
    if policy.observers:
        return _observe(operation, context, policy)
    return _execute(operation, context, policy, None)


def _observe(operation: Operation[R], context: Context, policy: Policy) -> Pipeline[R]:
    attempts: list[Sent | Failed] = []
    started, begun = time.time(), time.perf_counter()
    error: BaseException | None = None
    try:
        return (yield from _execute(operation, context, policy, attempts))
    except BaseException as raised:
        error = raised
        raise
    finally:
        pattern = _pattern_of(operation)
        seconds, kind = time.perf_counter() - begun, type(operation).__name__
        policy.notify(Observed(pattern, kind, tuple(attempts), started, seconds, error))


def _execute(
    operation: Operation[R], context: Context, policy: Policy, attempts: Attempts
) -> Pipeline[R]:
    pattern = _pattern_of(operation)
    steps, delivery = operation.steps(context), Delivery(operation.written_before)
    responses: tuple[Response, ...] | None = ()
    try:
        requests = next(steps)
        while True:
            if requests[0].repetition:
                yield Wait(policy.retry.delay(requests[0].repetition))
            requests = _complete_all(requests, policy)
            try:
                replies = yield requests
                responses = _only_answer(requests, replies, delivery, attempts)
                if responses is None:
                    sent = _settle(requests, replies, pattern, policy, delivery, attempts)
                    responses = yield from sent
            except TransportError as error:
                name = pattern or requests[0].operation
                requests = _explain(steps, delivery.complete(error), name)
            else:
                requests = steps.send(responses)
    except StopIteration as done:
        result: R = done.value
        return result
    except RequestError as error:
        _raise_settled(error, delivery, pattern, responses or ())


def _raise_settled(
    error: RequestError, delivery: Delivery, pattern: str | None, responses: Iterable[Response]
) -> NoReturn:
    """Raises the error that says whether anything was written.

    What cannot be loaded is no stored item where the response was malformed.
    """
    if isinstance(error, InvalidStoredItem) and (malformed := find_malformed(responses)):
        unexplained = to_request_error(malformed, pattern or error.entity)
        raise delivery.settle(unexplained) from malformed
    settled = delivery.settle(error)
    if settled is error:
        raise error
    raise settled from error


def _pattern_of(operation: Operation[object]) -> str | None:
    return None if operation.origin is None else operation.origin.pattern


def _explain(
    steps: Generator[tuple[Request, ...], tuple[Response, ...], R], error: TransportError, name: str
) -> tuple[Request, ...]:
    """Throws a failure into the operation; returns the requests that it goes on with."""
    try:
        return steps.throw(error)
    except TransportError as unexplained:
        if unexplained.contended:
            raise Contended(operation=name, attempts=unexplained.contended) from unexplained
        raise to_request_error(unexplained, name) from unexplained


def _complete_all(requests: tuple[Request, ...], policy: Policy) -> tuple[Request, ...]:
    if not policy.count_capacity and requests[0].operation != _TRANSACTION:
        return requests
    return tuple([_complete(request, policy) for request in requests])


def _complete(request: Request, policy: Policy) -> Request:
    """Adds a token, so that every repetition of a transaction is the same transaction."""
    parameters = dict(request.parameters)
    if request.operation == _TRANSACTION:
        parameters.setdefault("ClientRequestToken", os.urandom(_TOKEN_BYTES).hex())
    if policy.count_capacity:
        parameters["ReturnConsumedCapacity"] = "INDEXES"
    return Request(request.operation, parameters, request.repetition)


def _only_answer(
    requests: tuple[Request, ...], replies: Replies, delivery: Delivery, attempts: Attempts
) -> tuple[Response, ...] | None:
    """The answer to one request that was carried out once; None for what is to be settled."""
    reply, *others = replies
    outcome = reply.outcome
    if isinstance(outcome, TransportError) or reply.possible > 1 or others:
        return None
    if attempts is not None:
        return None
    delivery.note_answer(requests[0], outcome, reply.possible)
    return (outcome,)


def _settle(
    requests: tuple[Request, ...],
    replies: Replies,
    pattern: str | None,
    policy: Policy,
    delivery: Delivery,
    attempts: Attempts,
) -> Generator[tuple[Request, ...] | Wait, Replies, tuple[Response, ...]]:
    """Notes the replies to the first attempt, and sends again until all are answered.

    The failure that ends it, because nothing mends it or it outlasts the attempts, has the
    `outcomes` of all: what is sent side by side is answered, whatever becomes of the others.
    """
    outcomes: list[Response | TransportError | None] = [None] * len(requests)
    waiting: Sequence[int] = range(len(requests))
    attempt, seconds = 1, 0.0
    while True:
        failed: TransportError | None = None
        end: TransportError | None = None
        for at, reply in zip(waiting, replies, strict=True):
            request, outcome = requests[at], reply.outcome
            try:
                if isinstance(outcome, TransportError):
                    _note_failure(attempts, Failed(pattern, request, outcome))
                    failed = complete_attempt(outcome, outcomes[at], reply.possible)
                    outcomes[at] = failed
                    delivery.note_failure(request, failed, reply.possible)
                    continue
                is_first = outcomes[at] is None and reply.possible < 2
                outcomes[at] = (
                    outcome if is_first else complete_answer(outcome, outcomes[at], reply.possible)
                )
                if attempts is not None:
                    attempts.append(Sent(pattern, request, outcome, seconds + reply.seconds))
                delivery.note_answer(request, outcome, reply.possible)
            except TransportError as error:
                failed = outcomes[at] = error
                end = end or error
        if failed is None:
            return cast("tuple[Response, ...]", tuple(outcomes))
        if end is not None or attempt >= policy.retry.attempts:
            raise _last_failure(end, failed, outcomes, attempt)
        waiting = [at for at in waiting if isinstance(outcomes[at], TransportError)]
        delay = policy.retry.delay(attempt)
        seconds += delay + max(reply.seconds for reply in replies)
        yield Wait(delay)
        replies = yield tuple([requests[at] for at in waiting])
        attempt += 1


def _note_failure(attempts: Attempts, failed: Failed) -> None:
    if attempts is not None:
        attempts.append(failed)


def _last_failure(
    end: TransportError | None,
    failed: TransportError,
    outcomes: Sequence[Response | TransportError | None],
    attempts: int,
) -> TransportError:
    """The failure that no attempt would mend, or the last one.

    Of several requests it has all outcomes: the operation says which ones were carried out.
    """
    error = end or failed
    if len(outcomes) > 1:
        error.outcomes = cast("tuple[Response | TransportError, ...]", tuple(outcomes))
    error.contended = attempts if end is None and is_contention(failed) else 0
    return error


def refuse(operation: object, allowed: str) -> NoReturn:
    """Raises `InvalidOperation` for what a repository's method does not take."""
    kind = getattr(operation, "__name__", type(operation).__name__)
    raise InvalidOperation(where="repository", declared=f"{kind} is given", allowed=allowed)
