"""`singletable explain`, without sending."""

from __future__ import annotations

import json
from typing import Any

import pytest

from singletable.design import compile_design
from singletable.emit.golden import golden
from singletable.patterns import declarations_of
from tests.singletable.cli.conftest import Run
from tests.singletable.library import library

BETWEEN = ("books.released_between", "genre=crime", "since=2021-01-01", "until=2021-12-31")
EXAMPLES = golden(compile_design([library]))


def test_a_query_is_told_and_shown(run: Run) -> None:
    """In words with the values given, then as the exact request."""
    ran = run("explain", *BETWEEN)
    assert ran.code == 0
    told, _, request = ran.out.partition("\n\nQuery\n")
    assert told.splitlines() == [
        "books.released_between: Books of a genre released within a time.",
        "Query on GSI1, by Book.by_genre",
        "  GSI1PK = GENRE#crime",
        "  GSI1SK between 2021-01-01 and 2021-12-31#~",
        "  oldest first, by released_on, then book_id",
    ]
    assert json.loads(request)["TableName"] == "library"


def test_a_write_tells_its_condition(run: Run) -> None:
    """Entities may be left out: the example stands in."""
    out = run("explain", "members.register").out
    assert "Create Member\n" in out
    assert "  only if attribute_not_exists(PK)\n" in out


@pytest.mark.parametrize("name", sorted(declarations_of(library).patterns))
def test_an_example_is_that_of_the_documents(run: Run, name: str) -> None:
    """Every pattern can be explained without knowing its arguments."""
    assert run("explain", name, "--example", "--json").data == EXAMPLES[name]


def test_a_page_and_a_table_can_be_asked_for(run: Run) -> None:
    """One item more is read, the proof that there are more."""
    (request,) = run("explain", *BETWEEN, "--limit", "5", "--table", "dev", "--json").data
    assert request["parameters"]["Limit"] == 6
    assert request["parameters"]["TableName"] == "dev"


def test_arguments_are_parsed_by_their_types(run: Run) -> None:
    """A time with any offset is the same moment."""
    (request,) = run(
        "explain", "loans.overdue", "book_id=dune", "now=2026-01-01T01:00:00+01:00", "--json"
    ).data
    _, bound = request["parameters"]["ExpressionAttributeValues"].values()
    assert bound["S"].startswith("2026-01-01T00:00:00.000000Z#")


def test_containers_are_given_as_json(run: Run) -> None:
    """Text that looks like JSON stays text."""
    ran = run("explain", "books.tagged", "title=[draft]", 'tags=["b", "a"]', "--json")
    values = ran.data[0]["parameters"]["ExpressionAttributeValues"]
    assert {"S": "[draft]"} in values.values()
    assert {"SS": ["a", "b"]} in values.values()


def test_entities_are_given_as_json(run: Run) -> None:
    """What is given replaces the example."""
    loan: dict[str, Any] = {
        "member_id": "01JD9GZ2J0V5X7Q3M8K4T6B1RA",
        "book_id": "ubik",
        "due_at": "2026-01-01T00:00:00Z",
        "forgotten_at": "2027-01-01T00:00:00Z",
    }
    (request,) = run("explain", "loans.give_back", f"loan={json.dumps(loan)}", "--json").data
    assert request["parameters"]["Key"]["SK"] == {"S": "LOAN#ubik"}


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ([], "arguments are required: pattern; see singletable explain --help\n"),
        (["books.by_idd"], "there is no pattern 'books.by_idd'; did you mean books.by_id"),
        (["books.by_id"], "books.by_id needs book_id (BookId); write name=value, or --example"),
        (["books.buy_copies"], "needs book_id (BookId), number (int)"),
        (["books.by_id", "dune"], "'dune': arguments are written name=value"),
        (["books.by_id", "bookid=x"], "no argument 'bookid'; did you mean book_id?"),
        (["books.crime", "x=1"], "no argument 'x'; there are none"),
        (["books.by_id", "book_id=a", "book_id=b"], "book_id is given twice"),
        (["books.by_id", "book_id=A B"], "is not lower-case letters"),
        (["books.on_shelf", "least=many"], "least is no int: Input should be a valid integer"),
        (["books.latest", "genre=prose"], "genre is no Genre: Input should be 'crime' or 'poetry'"),
        (["books.add", "book={}"], "book is no Book, as JSON: book_id: Field required"),
        (["books.by_id", "book_id=a", "--limit", "3"], "--limit is for queries"),
        (["books.latest", "genre=crime", "--limit", "3"], "--limit is for queries"),
        (["books.crime", "--limit", "0"], "'0' is not 1 or more"),
        (["books.crime", "--yes"], "--yes goes with --run"),
        (["books.crime", "--endpoint", "http://localhost"], "--endpoint goes with --run"),
        (["books.add", "--run", "--example"], "books.add writes to library; say --yes"),
        (["books.add", "--run", "--yes"], "books.add needs book (Book)"),
    ],
)
def test_wrong_usage_says_what_is_right(run: Run, words: list[str], problem: str) -> None:
    """Exit code 2; nothing on the output, nothing ignored."""
    ran = run("explain", *words)
    assert ran.code == 2
    assert problem in ran.err
    assert ran.out == ""
