"""Every kind of index, asked in every manner: the exact requests, and what must be refused."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest

from singletable.errors import RequestError
from singletable.testing.golden import MODE, UPDATE
from tests.singletable.clinic.making import CONTEXT
from tests.singletable.matrix.asking import Declared, ask
from tests.singletable.matrix.cells import Cell, cells, scans, shared_cells, view_cells
from tests.singletable.matrix.layouts import LAYOUTS, Layout
from tests.singletable.matrix.rendering import render

GOLDEN = Path(__file__).with_name("golden.txt")
SHARED = [layout for layout in LAYOUTS if layout.twin]
WORDS = re.compile(r"[#:]\w+")


def outcome(cell: Cell, declared: Declared) -> list[tuple[str, dict[str, Any]]] | str:
    """The requests that a cell opens with, or the name of the error that refuses it."""
    try:
        requests = ask(cell, declared).requests(CONTEXT)
    except RequestError as error:
        return type(error).__name__
    return [(each.operation, dict(each.parameters)) for each in requests]


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.name)
def test_requests_of_one_entity_are_those_that_its_templates_say(layout: Layout) -> None:
    """As the test itself makes them of the text of the templates."""
    declared = Declared(layout, is_shared=False)
    for cell in cells(len(layout.sort_fields)):
        assert outcome(cell, declared) == render(cell, layout), cell.name


@pytest.mark.parametrize("layout", SHARED, ids=lambda layout: layout.name)
def test_scans_beside_another_entity_go_by_the_type(layout: Layout) -> None:
    """And read a hundred items at least for a page of what the filter leaves."""
    declared = Declared(layout, is_shared=True)
    for cell in scans("beside"):
        assert outcome(cell, declared) == render(cell, layout), cell.name


def test_requests_of_collections_and_views_are_the_committed_ones() -> None:
    """Which fields a view asks for, and where a collection ends, is decided by no template."""
    text = "\n".join(_lines())
    if MODE.is_updating:
        GOLDEN.write_text(text, "utf-8")
    golden = GOLDEN.read_text("utf-8")
    differences = list(unified_diff(golden.splitlines(), text.splitlines(), lineterm="", n=0))
    assert not differences, "\n".join(
        [f"{GOLDEN.name} has other requests; see {UPDATE}", *differences]
    )


def _lines() -> Iterator[str]:
    for layout in LAYOUTS:
        yield f"== {layout.name}: {layout.partition} / {layout.sort}"
        count = len(layout.sort_fields)
        yield from _table(view_cells(count), Declared(layout, is_shared=False))
        if layout.twin:
            yield f"-- beside {layout.twin}"
            yield from _table(shared_cells(count), Declared(layout, is_shared=True))
        yield ""


def _table(asked: Iterable[Cell], declared: Declared) -> Iterator[str]:
    """A line for each cell, and one for those that each error refuses."""
    refused: dict[str, list[str]] = {}
    for cell in asked:
        found = outcome(cell, declared)
        if isinstance(found, str):
            refused.setdefault(found, []).append(cell.name)
        else:
            yield f"{cell.name}: " + "; ".join(_shown(*request) for request in found)
    yield from (f"{error}: {', '.join(names)}" for error, names in refused.items())


def _shown(operation: str, parameters: dict[str, Any]) -> str:
    """A request in one line: its expressions with names and values in their places."""
    words = {"TableName": "matrix"}
    words |= dict(parameters.pop("ExpressionAttributeNames", {}))
    for place, value in parameters.pop("ExpressionAttributeValues", {}).items():
        words[place] = str(value)
    facts = [
        WORDS.sub(lambda found: words[found[0]], value)
        if name.endswith("Expression")
        else f"{name}={value}"
        for name, value in parameters.items()
        if name != "TableName"
    ]
    return " | ".join([operation, *facts])
