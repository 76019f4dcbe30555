"""One call through all of its attempts: what is sent, what an outcome means, when to go on.

Does no I/O, so that one call serves the blocking and the asynchronous transport. Its rules are
those of botocore's standard mode, and of `Sending` in botocore_attempts.py.
"""

from __future__ import annotations

import random
import time
import zlib
from collections.abc import Callable, Mapping
from typing import Any, Final, cast

from singletable.errors.transport import (
    NO_CREDENTIALS,
    REFUSED_BY_CLIENT,
    UNREACHABLE,
    UNREADABLE,
    TransportError,
)
from singletable.expressions.effects import is_repeatable
from singletable.transport.attempts import WRITES, note_possible_writes
from singletable.transport.bodies import decode, encode
from singletable.transport.lean.answers import Answer
from singletable.transport.lean.signing import Credentials, Signer, Unsignable
from singletable.transport.protocol import Parameters, Response
from singletable.transport.refusals import CLIENT_ERROR, SERVER_ERROR, to_refusal

_TARGET: Final = "DynamoDB_20120810."
_THROTTLED: Final = frozenset(
    {
        "LimitExceededException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
_TRANSIENT: Final = frozenset(
    {"ReplicatedWriteConflictException", "RequestTimeout", "RequestTimeoutException"}
)
_TRANSIENT_STATUS: Final = frozenset({500, 502, 503, 504})
_TOO_MANY: Final = 429
_OF_THE_CLOCK: Final = frozenset(
    {"InvalidSignatureException", "RequestExpired", "RequestTimeTooSkewed"}
)
_SKEW: Final = 120
"""Seconds that a clock may go wrong without being the reason; DynamoDB allows five minutes."""

_SCALE, _SCALE_OF_THROTTLING, _LONGEST_PAUSE = 0.025, 1.0, 20.0
_MOST_OF_RETRY_AFTER: Final = 5.0


class Failure(Exception):
    """An attempt without an answer. `is_sent`: all of the request was, or may have been."""

    def __init__(self, message: str, *, is_sent: bool) -> None:
        super().__init__(message)
        self.is_sent = is_sent


class Budget:
    """What retries may cost together: when everything fails, calls fail at once.

    Without a lock: what two threads lose by counting at once, good answers make up for.
    """

    _FULL, _COST, _COST_OF_THROTTLING = 500, 14, 5

    def __init__(self) -> None:
        self._left = self._FULL

    def take(self, *, is_throttled: bool) -> int:
        """What a retry costs; 0 where nothing is left for it."""
        cost = self._COST_OF_THROTTLING if is_throttled else self._COST
        if cost > self._left:
            return 0
        self._left -= cost
        return cost

    def give(self, cost: int) -> None:
        """Returns what the last retry of a call that was answered has cost."""
        if self._left < self._FULL:
            self._left = min(self._FULL, self._left + (cost or 1))


class Service:
    """What the calls of one transport have in common.

    `seconds`: what an attempt may take, of the `time_left`. `skew`: seconds that its clock is
    ahead.
    """

    def __init__(
        self,
        attempts: int,
        seconds: float = 0.0,
        time_left: Callable[[], float | None] | None = None,
    ) -> None:
        self.attempts = attempts
        self.seconds = seconds
        self.time_left = time_left
        self.budget = Budget()
        self.skew = 0.0


class Call:
    """The context of one call, which raises `TransportError` alone.

    `is_open`: an attempt is on its way; `pause`: seconds to wait before the next one.
    """

    __slots__ = (
        "_attempt",
        "_cost",
        "_is_corrected",
        "_is_write",
        "_parameters",
        "_possible",
        "_service",
        "body",
        "is_open",
        "operation",
        "pause",
    )

    def __init__(self, service: Service, operation: str, parameters: Parameters) -> None:
        self._service, self.operation, self._parameters = service, operation, parameters
        self._is_write = operation in WRITES
        self._attempt = self._possible = self._cost = 0
        self.is_open = self._is_corrected = False
        self.pause = 0.0
        try:
            if not operation.isidentifier() or not operation.isascii():
                raise ValueError(f"{operation!r} is no operation")
            self.body = encode(parameters)
        except (ValueError, TypeError, RecursionError) as error:
            shown = f"{type(error).__name__}: {error}"
            raise TransportError(REFUSED_BY_CLIENT, shown, carried_out="no") from error

    def __enter__(self) -> Call:
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if self._is_write:
            self._close(is_refused=False)  # a cancelled task leaves one open
            if isinstance(error, TransportError):
                error.was_repeated = self._possible > (not error.is_refusal)
            note_possible_writes(self._possible)

    def headers(self, signer: Signer, credentials: Credentials) -> str:
        """Those of the next attempt, signed; raises where no time is left for it."""
        self._attempt += 1
        self._check_time()
        now = time.time() + self._service.skew
        try:
            return signer.headers(credentials, _TARGET + self.operation, self.body, now)
        except Unsignable as error:
            raise TransportError(NO_CREDENTIALS, str(error), carried_out="no") from None

    def _check_time(self) -> None:
        left = self._service.time_left() if self._service.time_left else None
        if left is not None and left < self._service.seconds:
            detail = (
                f"the time of the request ends in {max(left, 0):.1f} s: too soon for an attempt"
            )
            raise TransportError(UNREACHABLE, detail, carried_out="no")

    def answered(self, answer: Answer) -> Response | None:
        """The response; None where the request is to be sent again."""
        status, body = answer.status, answer.body
        checksum = answer.header(b"x-amz-crc32")
        if checksum is not None and checksum != b"%d" % zlib.crc32(body):
            self._unreadable("the body fails its checksum")
            return None
        content = decode(body)
        if 200 <= status < 300:
            if content is None:
                self._unreadable("the body is no JSON object")
                return None
            self._close(is_refused=False)
            self._service.budget.give(self._cost)
            return content
        self._refused(answer, content or {})
        return None

    def failed(self, failure: Failure) -> None:
        """Goes on where the request may be sent again."""
        self._close(is_refused=not failure.is_sent)
        error = TransportError(
            UNREACHABLE, str(failure), carried_out="unknown" if failure.is_sent else "no"
        )
        error.__cause__ = failure
        self._go_on(error)

    def _unreadable(self, detail: str) -> None:
        self._close(is_refused=False)
        self._go_on(TransportError(UNREADABLE, detail, carried_out="unknown"))

    def _refused(self, answer: Answer, content: Mapping[str, Any]) -> None:
        status = answer.status
        self._close(is_refused=CLIENT_ERROR <= status < SERVER_ERROR)
        code = str(content.get("__type") or status).rpartition("#")[2].partition(":")[0]
        message = content.get("message") or content.get("Message") or ""
        error = to_refusal(code, str(message), status, _shown(content))
        if code in _OF_THE_CLOCK and self._set_clock(answer):
            self.pause = 0.0
            return
        is_throttled = code in _THROTTLED or status == _TOO_MANY
        if is_throttled or code in _TRANSIENT or status in _TRANSIENT_STATUS:
            self._go_on(error, answer, is_throttled=is_throttled)
        else:
            raise error

    def _close(self, *, is_refused: bool) -> None:
        """The attempt has ended."""
        self._possible += self.is_open and not is_refused
        self.is_open = False

    def _go_on(
        self, error: TransportError, answer: Answer | None = None, *, is_throttled: bool = False
    ) -> None:
        """Sets the pause; raises where the request must not, or need not, be sent again."""
        may_repeat = error.is_refusal or not self._is_write
        may_repeat = may_repeat or is_repeatable(self.operation, self._parameters)
        if not may_repeat or self._attempt >= self._service.attempts:
            raise error
        self._cost = self._service.budget.take(is_throttled=is_throttled)
        if not self._cost:
            raise error
        self.pause = _pause(self._attempt, answer, is_throttled=is_throttled)

    def _set_clock(self, answer: Answer) -> bool:
        """Whether the clock was wrong, and is now DynamoDB's; once in a call."""
        from email.utils import parsedate_to_datetime  # noqa: PLC0415 - rare, and loads much

        told = answer.header(b"date")
        if self._is_corrected or told is None:
            return False
        try:
            skew = parsedate_to_datetime(told.decode("latin-1")).timestamp() - time.time()
        except ValueError:
            return False
        if abs(skew - self._service.skew) < _SKEW:
            return False
        self._service.skew = skew
        self._is_corrected = True
        return True


def _shown(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """The item and the reasons that an error shows, where they are of that form."""
    reasons, item = content.get("CancellationReasons"), content.get("Item")
    shown: dict[str, Any] = {"Item": item} if isinstance(item, dict) else {}
    if isinstance(reasons, list):
        each_is_one = all(isinstance(each, dict) for each in cast("list[object]", reasons))
        shown |= {"CancellationReasons": reasons} if each_is_one else {}
    return shown


def _pause(attempt: int, answer: Answer | None, *, is_throttled: bool) -> float:
    """Seconds before the next attempt: full jitter, and what the service asks for."""
    scale = _SCALE_OF_THROTTLING if is_throttled else _SCALE
    pause: float = random.random() * min(scale * 2 ** (attempt - 1), _LONGEST_PAUSE)  # noqa: S311
    asked = answer and answer.header(b"x-amz-retry-after")
    if asked and asked.isdigit():
        return max(pause, min(int(asked) / 1000, pause + _MOST_OF_RETRY_AFTER))
    return pause
