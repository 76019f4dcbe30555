"""Faults of a DynamoDB on demand: `faulty(transport, throttle("Query"))`, around any transport."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Generator, Mapping
from dataclasses import dataclass
from math import inf
from random import Random
from threading import Lock
from typing import Any, TypeAlias, TypeGuard, cast

from singletable.codec.wire import is_mapping
from singletable.errors.base import abridge
from singletable.errors.request import InvalidOperation
from singletable.errors.transport import TransportError
from singletable.testing.memory import OPERATIONS
from singletable.transport import AsyncTransport, Response, Transport, note_possible_writes
from singletable.transport.attempts import WRITES

Parameters: TypeAlias = Mapping[str, Any]
When: TypeAlias = int | Collection[int] | Callable[[int], bool]
"""Which of the requests that a fault is for, counted from 1."""

Steps: TypeAlias = Generator[Parameters | float, Response, Response]
"""Yields parameters to be sent, or seconds to wait; returns the answer, or raises."""

_BATCHES = ("BatchGetItem", "BatchWriteItem")
_NO_PART = dict.fromkeys(("Item", "Items", "Attributes", "Responses", "Count"), "7")


@dataclass(frozen=True)
class Fault:
    """What happens to the requests of these operations that `at` chooses."""

    operations: Collection[str]
    at: When
    steps: Callable[[str, Parameters], Steps]

    def __post_init__(self) -> None:
        if not _is_when(self.at):
            raise _refusal(
                f"at={abridge(self.at)}",
                "a number from 1, the first request, several of them, or a function of the number",
            )

    def is_due(self, number: int) -> bool:
        if callable(self.at):
            return self.at(number)
        return number == self.at if isinstance(self.at, int) else number in self.at


def refuse(code: str, operation: str | None = None, *, at: When = 1) -> Fault:
    """Refuses requests with a code of DynamoDB, such as "TransactionConflictException"."""

    def steps(_: str, __: Parameters) -> Steps:
        raise TransportError(code, "a fault of the test")

    if not isinstance(cast(object, code), str) or not code:
        raise _refusal(f"refuse({abridge(code)})", 'a code: "TransactionConflictException"')
    return Fault(_named(operation), at, steps)


def throttle(operation: str | None = None, *, at: When = 1) -> Fault:
    """Refuses requests, as those of a table that is asked too much."""
    return refuse("ProvisionedThroughputExceededException", operation, at=at)


def lose_request(operation: str | None = None, *, at: When = 1) -> Fault:
    """Loses requests on the way: nothing is carried out, and nobody knows."""

    def steps(name: str, _: Parameters) -> Steps:
        if name in WRITES:
            note_possible_writes()
        raise _lost("the request")

    return Fault(_named(operation), at, steps)


def lose_answer(operation: str | None = None, *, at: When = 1) -> Fault:
    """Loses the answers to requests that were carried out."""

    def steps(_: str, parameters: Parameters) -> Steps:
        yield parameters
        raise _lost("the answer")

    return Fault(_named(operation), at, steps)


def _lost(what: str) -> TransportError:
    return TransportError("Unreachable", f"{what} is lost, by the test", carried_out="unknown")


def corrupt(
    operation: str | None = None,
    *,
    at: When = 1,
    change: Callable[[Response], Response] = lambda answer: {**answer, **_NO_PART},
) -> Fault:
    """Changes answers; without a function of yours they are of no shape that was promised."""

    def steps(_: str, parameters: Parameters) -> Steps:
        return change((yield parameters))

    return Fault(_named(operation), at, steps)


def delay(seconds: float, operation: str | None = None, *, at: When = 1) -> Fault:
    """Sends requests later."""
    if type(seconds) not in (int, float) or not 0 <= seconds < inf:
        raise _refusal(f"delay({abridge(seconds)})", "seconds from 0")

    def steps(_: str, parameters: Parameters) -> Steps:
        yield seconds
        return (yield parameters)

    return Fault(_named(operation), at, steps)


def leave_unprocessed(operation: str | None = None, *, at: When = 1, keep: int = 0) -> Fault:
    """Carries out the first `keep` keys or writes of a batch, and leaves the others."""
    if not _is_count(keep, 0):
        raise _refusal(f"keep={abridge(keep)}", "a number from 0")

    def steps(name: str, parameters: Parameters) -> Steps:
        kept, left = _split(parameters["RequestItems"], keep)
        answer: Response = {"Responses": {}} if name == "BatchGetItem" else {}
        if kept:
            answer = yield {**parameters, "RequestItems": kept}
        part = "UnprocessedKeys" if name == "BatchGetItem" else "UnprocessedItems"
        return {**answer, part: _join(answer.get(part, {}), left)}

    return Fault(_named(operation, _BATCHES), at, steps)


def _split(items: Mapping[str, Any], keep: int) -> tuple[dict[str, object], dict[str, object]]:
    """The first parts of a batch, and all others, each by table."""
    kept, left = dict[str, object](), dict[str, object]()
    for table, asked in items.items():
        parts: list[object] = asked["Keys"] if is_mapping(asked) else asked
        for found, into in ((parts[:keep], kept), (parts[keep:], left)):
            if found:
                into[table] = {**asked, "Keys": found} if is_mapping(asked) else found
        keep -= min(keep, len(parts))
    return kept, left


def _join(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, object]:
    """Both parts of a batch, of the same tables or others."""
    joined = dict[str, object]({**one, **other})
    for table in one.keys() & other.keys():
        first, second = one[table], other[table]
        keys = is_mapping(first)
        joined[table] = (
            {**first, "Keys": [*first["Keys"], *second["Keys"]]} if keys else [*first, *second]
        )
    return joined


def chance(share: float, *, seed: int) -> Callable[[int], bool]:
    """Chooses this share of requests for `at`, the same ones in every run."""
    random = Random(seed)  # noqa: S311 - chooses faults, keeps no secret
    return lambda _: random.random() < share


def _named(operation: str | None, known: Collection[str] = OPERATIONS) -> Collection[str]:
    if operation is None:
        return known
    if operation not in known:
        raise _refusal(f"{abridge(operation)} is asked of", ", ".join(sorted(known)))
    return (operation,)


def _is_when(at: object) -> bool:
    if callable(at) or _is_count(at, 1):
        return True
    if isinstance(at, range):  # by its ends: it may be a long one
        return not at or min(at[0], at[-1]) >= 1
    return _is_several(at) and all(_is_count(each, 1) for each in at)


def _is_several(at: object) -> TypeGuard[Collection[object]]:
    return isinstance(at, Collection)


def _is_count(value: object, least: int) -> bool:
    return type(value) is int and value >= least


def _refusal(declared: str, allowed: str) -> InvalidOperation:
    return InvalidOperation(where="a fault", declared=declared, allowed=allowed)


def _check_arguments(transport: object, faults: Collection[object]) -> None:
    """Raises `InvalidOperation` for what is no transport, or no fault, where both are given."""
    if not callable(transport):
        raise _refusal(
            f"the transport {abridge(transport)}", "a function, such as memory_transport()"
        )
    for each in faults:
        if not isinstance(each, Fault):
            raise _refusal(abridge(each), 'faults, such as throttle("Query")')


class _Due:
    """Counts the requests that each fault is for. Safe for threads."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self._counts = [0] * len(faults)
        self._faults, self._lock = faults, Lock()

    def __call__(self, operation: str) -> list[Fault]:
        due: list[Fault] = []
        with self._lock:
            for at, fault in enumerate(self._faults):
                if operation in fault.operations:
                    self._counts[at] += 1
                    due += [fault] * fault.is_due(self._counts[at])
        return due


def faulty(
    transport: Transport, *faults: Fault, sleep: Callable[[float], object] = time.sleep
) -> Transport:
    """Makes a transport with these faults, the first of them outermost."""
    _check_arguments(transport, faults)
    due = _Due(faults)

    def run(chain: list[Fault], operation: str, parameters: Parameters) -> Response:
        if not chain:
            return transport(operation, parameters)
        steps = chain[0].steps(operation, parameters)
        try:
            step = next(steps)
            while True:
                if isinstance(step, (int, float)):
                    sleep(step)
                    step = next(steps)
                else:
                    step = steps.send(run(chain[1:], operation, step))
        except StopIteration as done:
            response: Response = done.value
            return response

    return lambda operation, parameters: run(due(operation), operation, parameters)


def faulty_async(transport: AsyncTransport, *faults: Fault) -> AsyncTransport:
    """The same around a transport that is awaited."""
    _check_arguments(transport, faults)
    due = _Due(faults)

    async def run(chain: list[Fault], operation: str, parameters: Parameters) -> Response:
        if not chain:
            return await transport(operation, parameters)
        steps = chain[0].steps(operation, parameters)
        try:
            step = next(steps)
            while True:
                if isinstance(step, (int, float)):
                    await asyncio.sleep(step)
                    step = next(steps)
                else:
                    step = steps.send(await run(chain[1:], operation, step))
        except StopIteration as done:
            response: Response = done.value
            return response

    return lambda operation, parameters: run(due(operation), operation, parameters)
