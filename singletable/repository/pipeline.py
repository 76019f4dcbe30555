"""The request pipeline: a generator that yields requests and waits, and is sent the replies.

Does no I/O, so that one pipeline serves the synchronous and the asynchronous driver.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field, replace
from typing import NoReturn, TypeAlias, TypeVar, cast

from singletable.errors.request import Contended, InvalidOperation
from singletable.errors.transport import TransportError
from singletable.operations import Context, Operation, Request
from singletable.operations.protocol import Response
from singletable.repository.request_errors import to_request_error
from singletable.repository.retry import Retry, is_contention

R = TypeVar("R")

_TRANSACTION = "TransactWriteItems"


@dataclass(frozen=True)
class Sent:
    """One request that was answered: for logs and metrics. `seconds` includes retries."""

    pattern: str | None
    request: Request
    response: Response
    seconds: float


@dataclass(frozen=True)
class Failed:
    """One attempt at a request that was refused, cancelled or lost: for metrics."""

    pattern: str | None
    request: Request
    error: TransportError


@dataclass(slots=True)
class Send:
    """Requests that may be sent side by side; the driver sends back a reply for each."""

    requests: tuple[Request, ...]


@dataclass(slots=True)
class Wait:
    """A command to the driver: wait, and send back no replies."""

    seconds: float


@dataclass(slots=True)
class Reply:
    """The outcome of one attempt, and how long it took."""

    outcome: Response | TransportError
    seconds: float


Replies: TypeAlias = tuple[Reply, ...]
Pipeline: TypeAlias = Generator[Send | Wait, Replies, R]


@dataclass(frozen=True)
class Policy:
    """The policy of sending: retries, and observers of responses and of failed attempts."""

    retry: Retry = field(default_factory=Retry)
    observe: Callable[[Sent], None] | None = None
    observe_failure: Callable[[Failed], None] | None = None
    count_capacity: bool = False


def execute(operation: Operation[R], context: Context, policy: Policy) -> Pipeline[R]:
    """Yields what to send until the operation is carried out; returns its result.

    Raises what the operation raises; a `TransportError` that it does not understand becomes a
    `RequestError`.
    """
    pattern = operation.origin.pattern if operation.origin else None
    steps = operation.steps(context)
    try:
        requests = next(steps)
        while True:
            completed = _complete_all(requests, policy)
            try:
                responses = yield from _send_with_retry(completed, pattern, policy)
            except TransportError as error:
                requests = _explain(steps, error, pattern or requests[0].operation)
            else:
                requests = steps.send(responses)
    except StopIteration as done:
        result: R = done.value
        return result


def _explain(
    steps: Generator[tuple[Request, ...], tuple[Response, ...], R], error: TransportError, name: str
) -> tuple[Request, ...]:
    """Throws a failure into the operation; returns the requests that it goes on with."""
    try:
        return steps.throw(error)
    except TransportError as unexplained:
        raise to_request_error(unexplained, name) from unexplained


def _complete_all(requests: tuple[Request, ...], policy: Policy) -> tuple[Request, ...]:
    if len(requests) == 1:
        return (_complete(requests[0], policy),)
    return tuple([_complete(request, policy) for request in requests])


def _complete(request: Request, policy: Policy) -> Request:
    """Adds a token, so that every repetition of a transaction is the same transaction."""
    if request.operation != _TRANSACTION and not policy.count_capacity:
        return request
    parameters = dict(request.parameters)
    if request.operation == _TRANSACTION:
        parameters.setdefault("ClientRequestToken", str(uuid.uuid4()))
    if policy.count_capacity:
        parameters["ReturnConsumedCapacity"] = "INDEXES"
    return replace(request, parameters=parameters)


def _send_with_retry(
    requests: tuple[Request, ...], pattern: str | None, policy: Policy
) -> Generator[Send | Wait, Replies, tuple[Response, ...]]:
    """Sends until all are answered, or contention outlasts the attempts."""
    responses: list[Response | None] = [None] * len(requests)
    waiting: Sequence[int] = range(len(requests))
    pending = requests
    attempt, seconds = 1, 0.0
    while True:
        replies = yield Send(pending)
        contended: TransportError | None = None
        for at, reply in zip(waiting, replies, strict=True):
            outcome = reply.outcome
            if isinstance(outcome, TransportError):
                _note_failure(requests[at], outcome, pattern, policy)
                contended = outcome
                continue
            responses[at] = outcome
            if policy.observe is not None:
                policy.observe(Sent(pattern, requests[at], outcome, seconds + reply.seconds))
        if contended is None:
            return cast("tuple[Response, ...]", tuple(responses))
        if attempt >= policy.retry.attempts:
            name = pattern or requests[0].operation
            raise Contended(operation=name, attempts=attempt) from contended
        waiting = [at for at in waiting if responses[at] is None]
        pending = tuple([requests[at] for at in waiting])
        delay = policy.retry.delay(attempt)
        seconds += delay + max(reply.seconds for reply in replies)
        yield Wait(delay)
        attempt += 1


def _note_failure(
    request: Request, error: TransportError, pattern: str | None, policy: Policy
) -> None:
    """Notifies the observer; raises what another attempt would not mend."""
    if policy.observe_failure is not None:
        policy.observe_failure(Failed(pattern, request, error))
    if not is_contention(error):
        raise error


def refuse(operation: object, allowed: str) -> NoReturn:
    """Raises `InvalidOperation` for what a repository's method does not take."""
    kind = getattr(operation, "__name__", type(operation).__name__)
    raise InvalidOperation(where="repository", declared=f"{kind} is given", allowed=allowed)
