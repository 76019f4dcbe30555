"""Items of a live table: scanned in segments, within units a second, interrupted and resumed."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from singletable.cli.table_scans import (
    ENDED,
    Checkpoint,
    TableScan,
    from_json,
    run_scan,
    to_json,
)
from singletable.cli.usage import UsageError
from singletable.errors.transport import TransportError
from singletable.transport import Transport
from tests.singletable.cli.conftest import Run
from tests.singletable.cli.scanned import NAME, connect_to, shop_items, table_of

DESIGN: dict[str, Any] = {
    "singletable": 1,
    "tables": [
        {
            "name": "shop",
            "partition": "PK",
            "sort": "SK",
            "indexes": [{"name": "GSI1", "partition": "GSI1PK", "sort": "GSI1SK"}],
        }
    ],
    "entities": [
        {
            "name": "Order",
            "keys": {
                "PK": "CUSTOMER#{customer}",
                "SK": "ORDER#{order}",
                "GSI1PK": "DAY#{day}",
                "GSI1SK": "T{order}",
            },
        },
        {"name": "Product", "keys": {"PK": "PRODUCT#{sku}", "SK": "PRODUCT"}},
    ],
    "patterns": [],
}
WORDS = ("--table", f"shop={NAME}", "--endpoint", "http://localhost:8000", "--json")


@pytest.fixture
def design(tmp_path: Path) -> str:
    path = tmp_path / "design.json"
    path.write_text(json.dumps(DESIGN))
    return str(path)


def in_small_pages(transport: Transport, size: int = 7) -> Transport:
    """The same table, of which each request reads few items."""

    def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        limit = {"Limit": min(size, parameters.get("Limit", size))} if operation == "Scan" else {}
        return transport(operation, {**parameters, **limit})

    return send


def after(pages: int, then: Any, transport: Transport) -> Transport:
    """The same table, of which `then` happens when so many pages were read."""
    count = [0]

    def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        count[0] += operation == "Scan"
        if count[0] == pages:
            then()
        return transport(operation, parameters)

    return send


def break_down() -> None:
    raise TransportError("InternalServerError", "it broke")


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_a_table_is_checked_as_its_items_in_a_file_are(
    run: Run, monkeypatch: pytest.MonkeyPatch, design: str, tmp_path: Path
) -> None:
    items = shop_items()
    connect_to(monkeypatch, in_small_pages(table_of(items)))
    ran = run("check", design, *WORDS, design=None)
    path = tmp_path / "items.json"
    path.write_text(json.dumps(to_json(items)))
    expected = run("check", design, "--items", str(path), "--json", design=None)
    assert ran.code == expected.code == 1
    counts = [
        {each["rule"]: each["count"] for each in one.data["findings"]} for one in (ran, expected)
    ]
    assert counts[0] == counts[1] == {"fits-no-entity": 25}
    assert ran.data["entities"] == expected.data["entities"] == {"Order": 60, "Product": 25}


@pytest.mark.parametrize("pages", [1, 2, 5, 9, 13])
@pytest.mark.parametrize("then", [interrupt, break_down])
def test_an_interrupted_check_goes_on_where_it_was(
    run: Run, monkeypatch: pytest.MonkeyPatch, design: str, tmp_path: Path, pages: int, then: Any
) -> None:
    """No item is counted twice, none is left out, wherever it stops."""
    table, place = in_small_pages(table_of(shop_items())), tmp_path / "checkpoint.json"
    words = [*WORDS, "--checkpoint", str(place), "--segments", "3"]
    connect_to(monkeypatch, after(pages, then, table))
    stopped = run("check", design, *words, design=None)
    assert (stopped.code, stopped.out) == (130 if then is interrupt else 3, "")
    assert place.exists()
    connect_to(monkeypatch, table)
    ran = run("check", design, *words, design=None)
    assert "goes on from the checkpoint" in ran.err
    assert (ran.data["items"], ran.data["entities"]) == (110, {"Order": 60, "Product": 25})
    assert not place.exists()


def test_a_check_that_was_killed_goes_on_from_what_was_saved(
    run: Run, monkeypatch: pytest.MonkeyPatch, design: str, tmp_path: Path
) -> None:
    """Nothing is saved when it ends, but was before; what came after that is read again."""

    def die() -> None:
        raise SystemExit(9)

    table, place = in_small_pages(table_of(shop_items())), tmp_path / "checkpoint.json"
    words = [*WORDS, "--checkpoint", str(place), "--segments", "1"]
    connect_to(monkeypatch, after(4, die, table))
    assert run("check", design, *words, design=None).code == 9
    assert json.loads(place.read_text())["state"]["items"] == 7
    connect_to(monkeypatch, table)
    ran = run("check", design, *words, design=None)
    assert (ran.data["items"], ran.data["entities"]) == (110, {"Order": 60, "Product": 25})


def test_without_a_checkpoint_it_is_said_how_it_would_go_on(
    run: Run, monkeypatch: pytest.MonkeyPatch, design: str
) -> None:
    connect_to(monkeypatch, after(2, interrupt, in_small_pages(table_of(shop_items()))))
    ran = run("check", design, *WORDS, design=None)
    assert ran.code == 130
    assert "with --checkpoint FILE the same command would go on" in ran.err


def test_a_checkpoint_of_something_else_is_refused(
    run: Run, monkeypatch: pytest.MonkeyPatch, design: str, tmp_path: Path
) -> None:
    place = tmp_path / "checkpoint.json"
    table = in_small_pages(table_of(shop_items()))
    connect_to(monkeypatch, after(3, interrupt, table))
    words = [*WORDS, "--checkpoint", str(place)]
    assert run("check", design, *words, design=None).code == 130
    ran = run("check", design, *words, "--segments", "9", design=None)
    assert (ran.code, "is a checkpoint of another scan" in ran.out) == (2, True)
    place.write_text("{")
    ran = run("check", design, *words, design=None)
    assert (ran.code, "is no checkpoint" in ran.out) == (2, True)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--endpoint", "http://localhost:8000"], "which table is to be scanned?"),
        (["--items", "x.json", "--region", "eu-west-1"], "items are in files, or in a table"),
        (["--items", "x.json", "--checkpoint", "c.json"], "--checkpoint is of a scan"),
        (["--table", "a", "--region", "x", "--units", "0"], "'0' is not 1 or more"),
    ],
)
def test_what_a_scan_needs_is_said(run: Run, design: str, words: list[str], why: str) -> None:
    ran = run("check", design, *words, design=None)
    assert (ran.code, why in ran.err) == (2, True)


def test_a_table_that_is_not_there_is_told(
    run: Run, monkeypatch: pytest.MonkeyPatch, design: str
) -> None:
    connect_to(monkeypatch, table_of([]))
    ran = run("check", design, "--table", "shop=nowhere", "--region", "x", design=None)
    assert (ran.code, "nowhere could not be asked" in ran.err) == (3, True)


def test_no_more_units_are_read_than_are_allowed() -> None:
    """By waiting, and by pages that are small enough for it."""
    now, waits = [0.0], list[float]()

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        now[0] += seconds

    table = table_of(shop_items(400))
    scan = TableScan(table, NAME, 2, units=1, clock=lambda: now[0], sleep=sleep)
    pages = list(scan.pages())
    consumed = sum(each.units for each in pages)
    assert sum(len(each.items) for each in pages) == 450
    assert consumed > 5
    assert now[0] >= consumed - pages[-1].units - pages[-2].units
    assert max(each.units for each in pages[4:]) <= 1
    assert set(scan.positions.values()) == {ENDED}


def test_every_segment_is_read_once() -> None:
    pages = list(TableScan(in_small_pages(table_of(shop_items()), 5), NAME, 4).pages())
    keys = [(each["PK"]["S"], each["SK"]["S"]) for page in pages for each in page.items]
    assert len(keys) == len(set(keys)) == 110
    assert {each.segment for each in pages} == {0, 1, 2, 3}


def test_bytes_are_base64_and_come_back() -> None:
    item = {
        "b": {"B": b"\x00"},
        "bs": {"BS": [b"\x01"]},
        "l": {"L": [{"B": b"\x02"}, {"M": {"x": {"B": b""}}}]},
        "s": {"S": "x"},
    }
    assert json.loads(json.dumps(to_json(item)))["b"] == {"B": "AA=="}
    assert from_json(to_json(item)) == item


def test_what_is_saved_is_of_whole_pages(tmp_path: Path) -> None:
    """An error while items are looked at saves nothing."""
    seen = list[Any]()

    def take(items: list[dict[str, Any]]) -> bool:
        seen.extend(items)
        raise ValueError("a mistake of ours")

    place = Checkpoint(tmp_path / "c.json", {})
    with pytest.raises(ValueError, match="a mistake of ours"):
        run_scan(TableScan(table_of(shop_items()), NAME, 1), take, dict, place)
    assert place.load() is None


def test_a_checkpoint_is_replaced_as_a_whole(tmp_path: Path) -> None:
    place = Checkpoint(tmp_path / "c.json", {"table": "a"})
    place.save({0: ENDED, 1: {"PK": {"S": "x"}}, 2: None}, {"items": 3})
    assert place.load() == ({0: ENDED, 1: {"PK": {"S": "x"}}, 2: None}, {"items": 3})
    assert [each.name for each in tmp_path.iterdir()] == ["c.json"]
    with pytest.raises(UsageError, match="of another scan"):
        Checkpoint(tmp_path / "c.json", {"table": "b"}).load()
