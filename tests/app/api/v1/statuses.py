"""What OpenAPI documents of some operations, and which answers a test's log has of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from logging import LogRecord
from typing import Any, TypeAlias

from fastapi.testclient import TestClient

from singletable.transport import TransportError
from tests.app.api.v1.stores import Store
from tests.app.openapi import inlined

Operation: TypeAlias = tuple[str, str]
ONE_A_MINUTE = {"reads_per_minute": 1, "writes_per_minute": 1}
OF_KEYS = {"409"}
"""What a POST is refused for because of its key: tests/app/services/idempotency sees it."""
FAULTS = ("ThrottlingException", "AccessDeniedException", "ServiceUnavailable")


def documented(client: TestClient, tag: str) -> dict[Operation, dict[str, Any]]:
    """By method and template, both as they are logged."""
    paths = inlined(client.get("/openapi.json").json())["paths"]
    return {
        (method.upper(), template): operation
        for template, item in paths.items()
        for method, operation in item.items()
        if tag in operation["tags"]
    }


def seen(records: Iterable[LogRecord], known: Iterable[Operation]) -> dict[Operation, set[str]]:
    """The statuses that each was answered with."""
    found = {operation: set[str]() for operation in known}
    for record in records:
        facts = getattr(record, "facts", {})
        operation = (str(facts.get("method")), str(facts.get("route")))
        if operation in found:
            found[operation].add(str(facts["status"]))
    return found


def broken_stores(store: Store) -> Iterator[Store]:
    """One for each way in which a table fails."""
    for code in FAULTS:

        def send(_: str, __: Mapping[str, Any], code: str = code) -> Mapping[str, Any]:
            raise TransportError(code, "the test's")

        yield replace(store, transport=send)


def too_many(client: TestClient, operations: Iterable[tuple[str, str]]) -> None:
    """Each method and place twice: where one is enough, the second is too many."""
    for method, where in operations:
        for _ in range(2):
            client.request(method, where)


def refused(client: TestClient, anonymous: TestClient, method: str, where: str, body: Any) -> None:
    """What every operation refuses: credentials, foreign origins, bodies, parameters."""
    anonymous.request(method, where, json=body)
    wrong = {"Authorization": "Bearer wrong"}
    anonymous.request(method, where, json=body, headers=wrong)
    client.request(method, f"{where}?unknown=1", json=body)
    if body is not None:
        kind = {"Content-Type": "application/json"}
        client.request(method, where, content=b"{", headers=kind)
        client.request(method, where, content=b"x", headers={"Content-Type": "text/html"})
        client.request(method, where, content=iter([b"x" * 70_000]), headers=kind)
        client.request(method, where, json={"unknown": 1})
