"""Requests with a key, what the table has of them, and ways to the table that break."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from tests.app.api.v1.stores import Store

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
CLAIMS = "KeyedRequest"


def new_key() -> dict[str, str]:
    """A header that nobody sent before."""
    return {HEADER: str(uuid4())}


def same(first: Any, again: Any) -> bool:
    """Whether the second is the first answer once more, and says so."""
    assert again.headers.get(REPLAYED) == "true", again.text
    assert REPLAYED not in first.headers
    return _parts(first) == _parts(again)


def _parts(answer: Any) -> tuple[Any, ...]:
    names = ("content-type", "etag", "location", "cache-control")
    shown = [answer.headers.get(name) for name in names]
    return answer.status_code, answer.content, shown, answer.headers.get_list("set-cookie")


def items_of(store: Store) -> list[Mapping[str, Any]]:
    """Everything in the table, in DynamoDB's own form."""
    answer = store.transport("Scan", {"TableName": store.table, "ConsistentRead": True})
    found: list[Mapping[str, Any]] = answer["Items"]
    return found


def claims_in(store: Store) -> list[Mapping[str, Any]]:
    return [item for item in items_of(store) if item["entity"] == {"S": CLAIMS}]


def content_of(store: Store) -> list[str]:
    """All but what is known of keys, so that effects can be compared."""
    return sorted(repr(item) for item in items_of(store) if item["entity"] != {"S": CLAIMS})


class Killed(BaseException):
    """The process is no more: nobody catches this, and nothing is tidied up."""


def is_killed(send: Callable[[], object]) -> bool:
    """Whether the request is killed: its loop may end, and cancel it, before its client is told."""
    try:
        send()
    except (Killed, CancelledError):
        return True
    except RuntimeError as error:
        if str(error) != "This portal is not running":
            raise
        return True
    return False


@dataclass
class Breaking:
    """A way to a table on which a request meets `fault`, before or after it is carried out.

    `at`: its number, from 1, or the name of its operation; None: all goes well.
    """

    store: Store
    at: int | str | None = None
    is_after: bool = False
    fault: Callable[[], BaseException] = Killed
    sent: list[str] = field(default_factory=list[str])

    def __call__(self, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        self.sent.append(operation)
        is_hit = self.at in (len(self.sent), operation)
        if is_hit and not self.is_after:
            raise self.fault()
        try:
            return self.store.transport(operation, parameters)
        finally:
            if is_hit:
                raise self.fault()

    def way(self) -> Store:
        return replace(self.store, transport=self)

    def break_at(
        self,
        at: int | str,
        *,
        is_after: bool = False,
        fault: Callable[[], BaseException] = Killed,
    ) -> None:
        """From the next request on."""
        self.sent.clear()
        self.at, self.is_after, self.fault = at, is_after, fault

    def mend(self) -> None:
        self.at = None
