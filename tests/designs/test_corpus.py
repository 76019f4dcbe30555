"""Published items become what DynamoDB takes, and what differs from published answers is seen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import pytest

from singletable import IN_KEY, Entity, Table
from singletable.formats import printed
from tests.designs.corpus import VARIABLE, Design, load_design, to_wire

shelf = Table("shelf", type_attribute=None)
by_size = shelf.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")


class Box(Entity, table=shelf):
    """A box on a shelf."""

    place: Annotated[str, IN_KEY]
    number: Annotated[str, IN_KEY]
    size: Annotated[int, printed()]
    key = shelf.primary.key("{place}", "{number}")
    sized = by_size.key("{place}", "{size}")


def example(on: str, keys: list[list[str]], **more: Any) -> dict[str, Any]:
    return {
        "id": "boxes",
        "op": "Query",
        "on": on,
        "example": {"expect_keys": keys, "expect_count": len(keys)},
    } | more


def design_of(pattern: dict[str, Any]) -> Design:
    """A design with one index and one pattern."""
    table = {
        "name": "shelf",
        "pk": {"attr": "PK", "type": "S"},
        "sk": {"attr": "SK", "type": "S"},
        "gsis": [{"name": "GSI1", "sk": [{"attr": "GSI1SK", "type": "S"}]}],
    }
    return Design({"tables": [table], "patterns": [pattern]}, {})


ONE, TWO = Box(place="a", number="1", size=3), Box(place="a", number="2", size=3)
LESS = Box(place="a", number="3", size=2)


def test_the_published_keys_are_the_answer() -> None:
    design = design_of(example("table", [["a", "1"], ["a", "2"]]))
    design.check("boxes", [ONE, TWO])
    for wrong in ([TWO, ONE], [ONE], [ONE, TWO, LESS], [ONE, LESS], []):
        with pytest.raises(AssertionError):
            design.check("boxes", wrong)


def test_items_that_are_equal_in_an_index_come_in_any_order() -> None:
    design = design_of(example("GSI1", [["a", "3"], ["a", "1"], ["a", "2"]]))
    design.check("boxes", [LESS, ONE, TWO])
    design.check("boxes", [LESS, TWO, ONE])
    with pytest.raises(AssertionError):
        design.check("boxes", [ONE, LESS, TWO])


def test_a_descending_order_is_held_to() -> None:
    design = design_of(example("table", [["a", "2"], ["a", "1"]], order="desc"))
    design.check("boxes", [TWO, ONE])
    with pytest.raises(AssertionError):
        design.check("boxes", [ONE, TWO])


@pytest.mark.parametrize(
    ("published", "wire"),
    [
        ("x", {"S": "x"}),
        (7, {"N": "7"}),
        (True, {"BOOL": True}),
        (None, {"NULL": True}),
        ({"N": "7"}, {"N": "7"}),
        ({"a": 1, "b": [False]}, {"M": {"a": {"N": "1"}, "b": {"L": [{"BOOL": False}]}}}),
        ({"M": {"a": "x"}}, {"M": {"a": {"S": "x"}}}),
        ({"M": {"M": {"a": {"N": "1"}}}}, {"M": {"a": {"N": "1"}}}),
        ({"L": [{"M": {"a": {"S": "x"}}}]}, {"L": [{"M": {"a": {"S": "x"}}}]}),
        ({}, {"M": {}}),
    ],
)
def test_values_become_what_dynamodb_takes(published: Any, wire: Any) -> None:
    assert to_wire(published) == wire


def test_the_last_model_with_all_items_is_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = tmp_path / "01-shelf" / "raw"
    raw.mkdir(parents=True)
    facts = {"tables": [], "patterns": [], "sample_items": {"shelf": 2}}
    (raw.parent / "design.json").write_text(json.dumps(facts))
    for version, items in ((9, [{"PK": {"S": "a"}}] * 2), (10, [{"PK": {"S": "b"}}] * 2), (11, [])):
        model = {"DataModel": [{"TableName": "shelf", "TableData": items}]}
        (raw / f"shelf_{version}.json").write_text(json.dumps(model))
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert load_design("01-shelf").items == [{"PK": {"S": "b"}}] * 2


def test_without_published_designs_a_test_is_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(pytest.skip.Exception):
        load_design("01-shelf")
