"""A transport that carries requests out and loses the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from singletable.errors.transport import UNREADABLE, TransportError
from singletable.transport import Transport

Loss = Callable[["Lossy", str, Mapping[str, Any]], Mapping[str, Any]]


class Lossy:
    """Loses the answer to the next write, if told so, and calls `between` before another attempt.

    `writes`: how many writes were sent through it.
    """

    def __init__(self, inner: Transport, loss: Loss) -> None:
        self.inner = inner
        self.loss = loss
        self.is_armed = True
        self.between: Callable[[], object] = lambda: None
        self.writes = 0

    def __call__(self, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        if operation in ("GetItem", "Query"):
            return self.inner(operation, parameters)
        self.writes += 1
        if not self.is_armed:
            return self.inner(operation, parameters)
        self.is_armed = False
        return self.loss(self, operation, parameters)

    def carry_out(self, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """Carries the request out, and lets others write afterwards."""
        answer = self.inner(operation, parameters)
        self.between()
        return answer


def _failing(code: str) -> Loss:
    def lose(lossy: Lossy, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        lossy.carry_out(operation, parameters)
        raise TransportError(code, "the answer is lost")

    return lose


def _send_twice(lossy: Lossy, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    lossy.carry_out(operation, parameters)
    return lossy.inner(operation, dict(parameters))


def _say_so(lossy: Lossy, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """Repeats by itself what may be repeated, as the protocol asks it to."""
    lossy.carry_out(operation, parameters)
    try:
        return lossy.inner(operation, parameters)
    except TransportError as error:
        error.was_repeated = True
        raise


LOSSES: dict[str, Loss] = {
    "time-out": _failing("Unreachable"),
    "corrupt body": _failing(UNREADABLE),
    "server error": _failing("InternalServerError"),
    "gateway page": _failing("502"),
    "unknown code": _failing("Timeout"),
    "sent twice": _send_twice,
}
REPEATS: dict[str, Loss] = {"sent twice, and said so": _say_so}
