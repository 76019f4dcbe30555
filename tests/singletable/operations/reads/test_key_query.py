"""Key queries on keys of several attributes: equality on each, then one condition on the next."""

from __future__ import annotations

from typing import Any

from singletable.errors import InvalidOperation
from singletable.formats import Format, integer, text
from singletable.operations.reads.key_conditions import KeyCondition, Range, check_equalities
from singletable.operations.reads.key_query import KeyQuery
from singletable.schema import CompiledKey, KeyPart
from singletable.table import Index, KeyAttribute
from singletable.templates import compile_template
from tests.singletable.raises import raises

FORMATS: dict[str, Format] = {
    "tenant": text(),
    "region": text(),
    "status": text(),
    "rank": integer(0, 99),
    "name": text(),
}
INDEX = Index(
    "by_region",
    "global",
    (KeyAttribute("P1"), KeyAttribute("P2")),
    (KeyAttribute("S1"), KeyAttribute("S2"), KeyAttribute("S3")),
)


def part(attribute: KeyAttribute, template: str) -> KeyPart:
    compiled = compile_template(template, FORMATS, where="Shop.by_region", limit=1024)
    return KeyPart(attribute, compiled)


KEY = CompiledKey(
    "Shop",
    "by_region",
    "Shop.by_region",
    INDEX,
    tuple(map(part, INDEX.partition, ("TENANT#{tenant}", "{region}"))),
    tuple(map(part, INDEX.sort, ("{status}", "{rank}", "NAME#{name}"))),
    ("PK", "SK"),
)
WHOLE: dict[str, Any] = {"tenant": "t", "region": "eu"}


def conditions(bounds: Range | None = None, **more: Any) -> list[tuple[str, str, list[str]]]:
    query = KeyQuery(KEY, {**WHOLE, **more}, bounds)
    (partition,) = query.partitions
    return [_shown(each) for each in query.conditions(partition)]


def _shown(condition: KeyCondition) -> tuple[str, str, list[str]]:
    return condition.attribute, condition.operator, [value["S"] for value in condition.values]


PARTITION = [("P1", "=", ["TENANT#t"]), ("P2", "=", ["eu"])]


def test_every_partition_attribute_is_asked_by_equality() -> None:
    """And the sort key not at all where nothing of it is known."""
    assert conditions() == PARTITION


def test_known_sort_attributes_are_equalities() -> None:
    """From left to right; those behind them are open."""
    open_ = [("S1", "=", ["open"])]
    assert conditions(status="open") == PARTITION + open_
    named = [("S2", "=", ["07"]), ("S3", "begins_with", ["NAME#"])]
    assert conditions(status="open", rank=7) == [*PARTITION, *open_, *named]
    assert conditions(status="open", rank=7, name="x")[-1] == ("S3", "=", ["NAME#x"])


def test_a_range_is_on_the_first_attribute_that_is_open() -> None:
    """As DynamoDB demands."""
    found = conditions(Range("rank", 3, 5), status="open")
    assert found[2:] == [("S1", "=", ["open"]), ("S2", "BETWEEN", ["03", "05"])]
    assert conditions(Range("rank", 3), status="open")[-1] == ("S2", ">=", ["03"])


def test_gaps_are_refused() -> None:
    """In the partition key and in the sort key."""
    with raises(
        InvalidOperation, where="Shop.by_region", declared="region of the partition key is missing"
    ):
        check_equalities(KEY, {"tenant": "t"})
    with raises(
        InvalidOperation,
        where="Shop.by_region",
        declared="rank is given but status before it is not",
    ):
        check_equalities(KEY, {**WHOLE, "rank": 1})
