"""Commands on a design of two tables."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.singletable.cli.conftest import Run

DESIGN = "tests.singletable.two_tables"


def test_a_page_and_golden_requests_are_of_all_tables(run: Run, tmp_path: Path) -> None:
    """One page, a file for each pattern."""
    assert run("docs", "--output", str(tmp_path), design=DESIGN).code == 0
    page = (tmp_path / "access-patterns.md").read_text()
    assert "# The design of `users` and `orders`" in page
    golden = tmp_path / "golden"
    assert run("golden", "--output", str(golden), design=DESIGN).code == 0
    assert sorted(path.stem for path in golden.iterdir()) == [
        "two_tables.orders_of_day",
        "two_tables.user",
    ]


def test_patterns_are_explained_with_their_own_table(run: Run) -> None:
    """The declared name of the one that they are about."""
    for name, table in (("user", "users"), ("orders_of_day", "orders")):
        words = ("explain", f"two_tables.{name}", "--example", "--json")
        (request,) = run(*words, design=DESIGN).data
        assert request["parameters"]["TableName"] == table


def test_a_policy_allows_each_pattern_on_its_own_table(run: Run) -> None:
    """Under their declared names."""
    (user, order) = run("policy", "--patterns", "*", design=DESIGN).data["Statement"]
    assert user["Resource"] == ["arn:aws:dynamodb:*:*:table/users"]
    assert order["Resource"] == ["arn:aws:dynamodb:*:*:table/orders/index/by-day"]


@pytest.mark.parametrize(
    "words",
    [
        ("table",),
        ("drift",),
        ("policy", "--patterns", "*", "--format", "cloudformation"),
        ("policy", "--patterns", "*", "--table-arn", "arn:aws:dynamodb:::table/x"),
    ],
)
def test_what_is_about_one_table_asks_which(run: Run, words: tuple[str, ...]) -> None:
    """The message names them, and how to name one."""
    ran = run(*words, design=DESIGN)
    assert ran.code == 2
    assert "has the tables users, orders; name one: --design module:variable" in ran.err


def test_one_of_them_can_be_named(run: Run) -> None:
    """As an attribute of its module."""
    assert run("table", design=f"{DESIGN}:orders").data["TableName"] == "orders"
