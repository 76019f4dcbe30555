"""Commands on a design of two tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from singletable import Get, Table, access_pattern
from singletable.design import compile_design
from singletable.errors import InvalidPattern
from tests.singletable.cli.conftest import Run
from tests.singletable.clinic.making import make
from tests.singletable.raises import raises

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
        "two_tables.sign_up",
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
    names = "two_tables.user,two_tables.orders_of_day"
    (user, order) = run("policy", "--patterns", names, design=DESIGN).data["Statement"]
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
    """As an attribute of its module; its patterns may write to the other, too."""
    assert run("table", design=f"{DESIGN}:orders").data["TableName"] == "orders"
    arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/orders-prod"
    words = ("policy", "--patterns", "two_tables.sign_up", "--table-arn", arn)
    (statement,) = run(*words, design=f"{DESIGN}:orders").data["Statement"]
    assert (statement["Action"], statement["Resource"]) == (["dynamodb:PutItem"], [arn])
    assert "two_tables.sign_up" in run("patterns", design=f"{DESIGN}:orders").out


SIGN_UP = ("explain", "two_tables.sign_up", "--example")


def test_each_of_several_tables_has_a_real_name(run: Run) -> None:
    """Those that are not named keep the declared one."""
    words = (*SIGN_UP, "--json", "--table", "users=users-dev")
    (request,) = run(*words, design=DESIGN).data
    puts = [action["Put"]["TableName"] for action in request["parameters"]["TransactItems"]]
    assert puts == ["users-dev", "orders"]


@pytest.mark.parametrize("given", ["dev", "members=dev", "users="])
def test_a_name_that_may_be_of_either_table_is_refused(run: Run, given: str) -> None:
    """Nothing is sent to a table that nobody named."""
    ran = run(*SIGN_UP, "--table", given, "--run", "--yes", design=DESIGN)
    assert ran.code == 2
    assert "the pattern asks users, orders; name each" in ran.err


def test_a_write_to_several_tables_names_them_before_it_is_meant(run: Run) -> None:
    """By their real names."""
    entities = ('user={"user_id": "u"}', 'first={"number": "1", "day": "d"}')
    words = ("explain", "two_tables.sign_up", *entities, "--run", "--table", "users=users-dev")
    ran = run(*words, design=DESIGN)
    assert ran.code == 2
    assert "writes to users-dev, orders; say --yes" in ran.err


def test_patterns_of_one_name_on_two_tables_are_refused() -> None:
    """Otherwise documents and policies would miss one of them."""
    one, other = (another_design(name) for name in ("one", "other"))
    with raises(InvalidPattern, declared="things.by_id of other.things is already at"):
        compile_design([one, other])


def another_design(package: str) -> Table:
    """A table with the pattern `things.by_id`, declared in the module `<package>.things`."""
    table = Table(package)
    entity = make(table, {"name": str, "key": table.primary.key("{name}", "X")}, "Thing")

    def by_id(name: str) -> Any:
        """A thing by its name."""
        return entity.key.get(name=name)

    by_id.__module__ = f"{package}.things"
    by_id.__qualname__ = "by_id"
    by_id.__annotations__ = {"name": str, "return": Get[entity]}
    access_pattern(by_id)
    return table
