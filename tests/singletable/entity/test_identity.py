"""An entity may say by which fields two items are told apart; the check holds its key to that."""

from __future__ import annotations

from typing import Any

import pytest

from singletable import Entity, Table
from singletable.check.checker import check_design
from singletable.design import compile_design
from singletable.errors.declaration import InvalidEntity


def rooms_of(identity: Any) -> Table:
    """A table whose only entity has this identity; `number` is not in its key."""
    table = Table("rooms")
    table.global_index("GSI1", partition_key="GSI1PK")

    class Room(Entity, table=table, identity=identity):
        """A room in a house."""

        house: str
        floor: str
        number: str

        key = table.primary.key("HOUSE#{house}", "FLOOR#{floor}")

    return table


@pytest.mark.parametrize(
    ("identity", "found"),
    [
        (None, {}),
        (("house", "floor"), {}),
        (["house", "number"], {"key-lacks-identity": 1, "key-beyond-identity": 1}),
        (("house", "floor", "number"), {"key-lacks-identity": 1}),
    ],
)
def test_the_key_is_held_against_it(identity: Any, found: dict[str, int]) -> None:
    design = compile_design((rooms_of(identity),), examples=False)
    slugs = [each.rule.slug for each in check_design(design).findings]
    assert {each: slugs.count(each) for each in slugs if "identity" in each} == found
    [entity] = design.entities
    assert entity.identity == (None if identity is None else tuple(identity))


@pytest.mark.parametrize("identity", [(), "house", ("house", "street"), 7])
def test_an_identity_is_of_fields(identity: Any) -> None:
    with pytest.raises(InvalidEntity) as raised:
        rooms_of(identity)
    assert raised.value.allowed == "a list of fields: house, floor, number"
