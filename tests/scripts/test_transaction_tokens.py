"""Tokens are forgotten after ten minutes and when there are too many; what has none passes by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from scripts.lib.transaction_tokens import TARGET, WINDOW_SECONDS, Transactions, honouring_tokens


class Table:
    """Counts what is carried out."""

    def __init__(self, *statuses: int) -> None:
        self.effects = 0
        self._statuses = list(statuses)

    def carry_out(self) -> Response:
        self.effects += 1
        return Response(str(self.effects), self._statuses.pop(0) if self._statuses else 200)


def ask(transactions: Transactions, table: Table, token: str) -> str:
    request = {"ClientRequestToken": token, "TransactItems": []}
    return transactions.answer(request, table.carry_out).get_data(as_text=True)


def test_a_token_is_remembered_for_ten_minutes() -> None:
    """A second before they are over the answer is the first one's; then it is a new transaction."""
    now = [0.0]
    transactions, table = Transactions(clock=lambda: now[0]), Table()
    told = []
    for now[0] in (0.0, WINDOW_SECONDS - 1, WINDOW_SECONDS):
        told.append(ask(transactions, table, "a"))
    assert told == ["1", "1", "2"]


def test_memory_is_bounded_by_forgetting_the_oldest() -> None:
    """Of three tokens where two have room, the first is a new transaction again."""
    transactions, table = Transactions(most=2), Table()
    assert [ask(transactions, table, token) for token in "abcca"] == ["1", "2", "3", "3", "4"]


def test_a_failure_is_not_remembered() -> None:
    """Neither a refusal nor a fault: the same token is carried out again."""
    transactions, table = Transactions(), Table(400, 500)
    assert [ask(transactions, table, "a") for _ in range(4)] == ["1", "2", "3", "3"]


@pytest.mark.parametrize(
    ("target", "body", "effects"),
    [
        (TARGET, '{"ClientRequestToken": "a"}', 1),
        (TARGET, "{}", 2),
        (TARGET, "no JSON", 2),
        (TARGET, "[]", 2),
        ("DynamoDB_20120810.TransactGetItems", '{"ClientRequestToken": "a"}', 2),
    ],
)
def test_only_transactions_with_a_token_are_remembered(
    target: str, body: str, effects: int
) -> None:
    """All else is carried out each time, and the server always reads the whole body itself."""
    read: list[bytes] = []

    def serve(_: object, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        read.append(Request(environ).get_data())
        return Response("done")(environ, start_response)

    guarded = honouring_tokens(serve, Transactions())
    client = Client(lambda environ, start: guarded(None, environ, start))
    for _ in range(2):
        assert client.post("/", data=body, headers={"X-Amz-Target": target}).text == "done"
    assert read == [body.encode()] * effects
