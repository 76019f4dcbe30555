"""`singletable explain` of views and hydrated queries."""

from __future__ import annotations

import pytest

from tests.singletable.cli.conftest import Run

DESIGN = "tests.singletable.design.test_views"
TOLD = {
    "moored": [
        "test_views.moored: The ships in a port.",
        "Query on PORT, by Ship.in_port",
        "  PPK = PORT#port#{shard}",
        "  ascending, by ship_id",
        "  requests: 2, one a shard, merged",
        "  Moored: ship_id, port",
        "  read units go by what PORT holds of an item",
    ],
    "name": [
        "test_views.name: The name of a ship.",
        "Get on primary, by Ship.key",
        "  PK = SHIP#ship-id",
        "  SK = SHIP",
        "  Called: name",
        "  read units go by the whole item",
        "  4 of its attributes are transferred",
    ],
    "ships": [
        "test_views.ships: The ships in a port, whole.",
        "Query on PORT, by Ship.in_port",
        "  PPK = PORT#port#{shard}",
        "  ascending, by ship_id",
        "  requests: 2, one a shard, merged",
        "  one read of the table more for each item, by BatchGetItem",
    ],
}


@pytest.mark.parametrize(("name", "lines"), TOLD.items(), ids=TOLD)
def test_what_is_read_and_what_it_costs_is_told(run: Run, name: str, lines: list[str]) -> None:
    """Before the request."""
    out = run("explain", f"test_views.{name}", "--example", design=DESIGN).out
    assert out.partition("\n\n")[0].splitlines() == lines
