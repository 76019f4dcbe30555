"""Trouble on the way to Cognito: requests that never arrive, answers that get lost."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, Literal

from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

COGNITO = "cognito-identity-provider"
DYNAMODB = "dynamodb"


def lose_request() -> None:
    raise EndpointConnectionError(endpoint_url="https://cognito.example.com")


def lose_answer() -> None:
    """The request was carried out all the same."""
    raise ReadTimeoutError(endpoint_url="https://cognito.example.com")


class WatchedRequests:
    """Those that a client sent while it was watched, by the names of their operations."""

    def __init__(self, at: int, fault: Callable[[], None]) -> None:
        self.names = list[str]()
        self._at = at
        self._fault = fault

    def note(self, model: Any, **_: Any) -> None:
        """Called for each request, or for each answer."""
        self.names.append(model.name)
        if len(self.names) == self._at:
            self._fault()


@contextmanager
def failing(
    client: Any,
    at: int,
    fault: Callable[[], None] = lose_request,
    moment: Literal["before-call", "after-call"] = "before-call",
    service: str = COGNITO,
) -> Generator[WatchedRequests]:
    """The request number `at` fails, the others do not; 0: none does."""
    requests = WatchedRequests(at, fault)
    client.meta.events.register(f"{moment}.{service}", requests.note)
    try:
        yield requests
    finally:
        client.meta.events.unregister(f"{moment}.{service}", requests.note)
