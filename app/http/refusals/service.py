"""What is our fault: 500 and 503. Says nothing about its cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.http.envelope import Detail
from app.http.refusals.base import Refusal


@dataclass(eq=False, kw_only=True)
class InternalError(Refusal):
    status, code = 500, "internal-error"
    message = "something went wrong on our side"
    why = "A fault of the app or of its configuration; it was logged under the trace id."
    remedy = "Report the trace id."


@dataclass(eq=False, kw_only=True)
class Busy(Refusal):
    status, code = 503, "busy"
    message = "too much is going on at once"
    why = "The store was contended or throttled through all attempts; nothing was written."
    remedy = "Try again after the seconds in `Retry-After`."

    seconds: int = 1

    def headers(self) -> Mapping[str, str]:
        return {"Retry-After": str(self.seconds)}


@dataclass(eq=False, kw_only=True)
class Unavailable(Refusal):
    status, code = 503, "unavailable"
    message = "a service behind the app did not answer"
    why = "The store could not be reached. A write may have been carried out."
    remedy = "Read before you write again."


@dataclass(eq=False, kw_only=True)
class NotReady(Refusal):
    status, code = 503, "not-ready"
    message = "the app is not ready"
    why = "Something the app needs is missing; only `GET /ready` answers so."
    remedy = "Repair what `details` names."

    missing: Sequence[str]

    def details(self) -> Sequence[Detail]:
        return tuple(
            Detail(location="ready", code=self.code, message=problem) for problem in self.missing
        )


@dataclass(eq=False, kw_only=True)
class NotConfigured(Refusal):
    """`settings`: the names of those that are empty."""

    status, code = 503, "not-configured"
    message = "this stage cannot do it: {settings} not set"
    why = "The operation needs a service that this stage was not given."
    remedy = "Have the settings that the message names set."

    settings: str
