"""`singletable explain --run`, against moto."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from singletable.design import compile_table
from singletable.emit.infra.create_table import create_table
from singletable.inspect import stored_item
from tests.singletable.cli.conftest import Run
from tests.singletable.cli.several import Tape, shelf
from tests.singletable.library import library


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An empty table of the library in a mocked AWS."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        client = boto3.client("dynamodb")
        client.create_table(**create_table(compile_table(library)))
        yield client


def book(name: str, day: int) -> str:
    values = {"book_id": name, "genre": "crime", "title": name, "added_at": "2026-01-01T00:00:00Z"}
    return "book=" + json.dumps({**values, "released_on": f"2026-01-0{day}"})


def test_writes_are_sent_and_read_back(run: Run, service: Any) -> None:
    """One line of JSON an item, then how many and what they cost."""
    written = run("explain", "books.add", book("ubik", 1), "--run", "--yes")
    assert written.code == 0
    read = run("explain", "books.by_id", "book_id=ubik", "--run")
    item, summary = read.out.splitlines()
    assert json.loads(item)["book_id"] == "ubik"
    assert summary.startswith("1 item, 1 request, ")
    assert summary.endswith(" capacity units")


def test_a_query_is_asked_for_one_page(run: Run, service: Any) -> None:
    """And says when more remains."""
    for day in (1, 2, 3):
        run("explain", "books.add", book(f"book-{day}", day), "--run", "--yes")
    ran = run("explain", "books.crime", "--run", "--limit", "2")
    *items, summary = ran.out.splitlines()
    assert [json.loads(item)["book_id"] for item in items] == ["book-3", "book-2"]
    assert summary.endswith("more remain (--limit N)")
    assert "more remain" not in run("explain", "books.crime", "--run").out


def test_answers_are_also_data(run: Run, service: Any) -> None:
    """For other programs."""
    run("explain", "books.add", book("ubik", 1), "--run", "--yes")
    data = run("explain", "books.latest", "genre=crime", "--run", "--json").data
    assert [item["book_id"] for item in data["items"]] == ["ubik"]
    assert (data["requests"], data["more"]) == (1, False)


def test_nothing_found_is_no_failure(run: Run, service: Any) -> None:
    """An answer of no item is an answer."""
    ran = run("explain", "books.by_id", "book_id=none", "--run")
    assert (ran.code, ran.out.startswith("0 items, 1 request")) == (0, True)


def test_a_transaction_is_written_and_refused_whole(run: Run, service: Any) -> None:
    """The refusal carries slug, reason and remedy; exit code 1."""
    first = run("explain", "members.register", "--example", "--run", "--yes")
    assert first.code == 0
    again = run("explain", "members.register", "--example", "--run", "--yes")
    assert again.code == 1
    assert "[item-exists] Member MEMBER#" in again.err
    assert "what to do: Choose another identity" in again.err
    assert "Traceback" not in again.err


def test_a_table_that_is_not_there_is_said_so(run: Run, service: Any) -> None:
    """With --table another than the declared one is asked."""
    ran = run("explain", "books.crime", "--run", "--table", "elsewhere")
    assert ran.code == 1
    assert "[table-missing]" in ran.err


def test_an_endpoint_that_does_not_answer_is_said_so(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Local endpoints need neither credentials nor region."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    ran = run("explain", "books.crime", "--run", "--endpoint", "http://127.0.0.1:9")
    assert ran.code == 1
    assert "[service-unavailable] books.crime" in ran.err
    assert "http://127.0.0.1:9" in ran.err


def test_an_endpoint_that_is_no_url_is_wrong_usage(run: Run) -> None:
    """As is a missing region."""
    ran = run("explain", "books.crime", "--run", "--endpoint", "nonsense", "--region", "x-y-1")
    assert ran.code == 2
    assert "Invalid endpoint: nonsense" in ran.err


def test_batches_and_counts_are_shown(run: Run, service: Any) -> None:
    """None for each item that there is not; the number."""
    service.create_table(**create_table(compile_table(shelf)))
    service.put_item(TableName="shelf", Item=dict(stored_item(Tape(tape_id="ubik"))))
    design = "tests.singletable.cli.several:shelf"
    several = ("explain", "several.tapes", 'ids=["none", "ubik"]')
    missing, found, summary = run(*several, "--run", design=design).out.splitlines()
    assert (missing, json.loads(found)["tape_id"]) == ("null", "ubik")
    assert summary.startswith("2 items, 1 request, ")
    data = run(*several, "--run", "--json", design=design).data
    assert [item and item["tape_id"] for item in data["items"]] == [None, "ubik"]
    counting = ("explain", "several.how_many", "--run")
    number, summary = run(*counting, design=design).out.splitlines()
    assert (number, summary.startswith("0 items, 1 request, ")) == ("1", True)
    assert run(*counting, "--json", design=design).data["count"] == 1
    assert run("explain", "several.tapes", "ids=[]", design=design).code == 0
