"""PutItem, DeleteItem, BatchWriteItem: what is stored, what is refused, what it costs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from singletable.errors.transport import TransportError
from tests.singletable.raises import raises
from tests.singletable.testing.expressions import NAME
from tests.singletable.testing.small_table import ITEM, KEY, Small


@pytest.fixture
def small() -> Small:
    return Small()


def test_nothing_that_is_given_or_got_is_what_is_stored(small: Small) -> None:
    """Changing the item of a request or of a response changes no item of the table."""
    given: dict[str, Any] = {**KEY, "m": {"M": {"l": {"L": [{"N": "1"}]}}}, "s": {"SS": ["a"]}}
    small("PutItem", Item=given)
    given["m"]["M"]["l"]["L"].append({"N": "2"})
    for _ in range(2):
        got = small.get()
        assert got == {**KEY, "m": {"M": {"l": {"L": [{"N": "1"}]}}}, "s": {"SS": ["a"]}}
        got["m"]["M"]["l"]["L"].clear()
        got["s"]["SS"].append("b")


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("0.10", "0.1"),
        ("1E+3", "1000"),
        ("-0", "0"),
        ("+.5", "0.5"),
        ("1e-5", "0.00001"),
        ("12345678901234567890123456789012345678", "12345678901234567890123456789012345678"),
        ("9" * 38 + "00", "9" * 38 + "00"),
    ],
)
def test_a_number_is_stored_normalised(small: Small, written: str, stored: str) -> None:
    """Without an exponent and without zeros at the end of a fraction; in sets as well."""
    small.put(n={"N": written}, s={"NS": [written]})
    assert small.get() == {**KEY, "n": {"N": stored}, "s": {"NS": [stored]}}


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ({"N": "1" * 39}, "38 significant digits"),
        ({"N": "1E126"}, "overflow"),
        ({"N": "1E-131"}, "underflow"),
        ({"N": "NaN"}, "cannot be converted"),
        ({"N": " 1"}, "cannot be converted"),
        ({"SS": []}, "may not be empty"),
        ({"SS": ["a", "a"]}, "duplicates"),
        ({"NS": ["1", "1.0"]}, "duplicates"),
        ({"NULL": False}, "value of true"),
        ({}, "is empty"),
        ({"S": "a", "N": "1"}, "more than one datatypes"),
        ({"S": "a" * 409_600}, "maximum allowed size"),
    ],
)
def test_what_no_item_may_hold(small: Small, value: dict[str, Any], problem: str) -> None:
    """A ValidationException, whether it is an attribute or within one."""
    for attribute in (value, {"L": [value]}, {"M": {"x": value}}):
        refused = small.refused("PutItem", Item={**KEY, "a": attribute})
        assert refused.code == "ValidationException"
        assert problem in refused.message


def test_lists_and_maps_nest_to_a_depth(small: Small) -> None:
    """Of 32 levels."""
    value: dict[str, Any] = {"S": "deep"}
    for _ in range(32):
        value = {"L": [value]}
    small.put(a=value)
    assert "Nesting Levels" in small.refused("PutItem", Item={**KEY, "a": {"L": [value]}}).message


@pytest.mark.parametrize(
    ("attributes", "problem"),
    [
        ({"sk": {"N": "1"}}, "Type mismatch for key"),
        ({"sk": {"S": ""}}, "empty string value"),
        ({"pk": {"S": "p" * 2049}}, "Size of hashkey"),
        ({"sk": {"S": "s" * 1025}}, "Size of rangekey"),
        ({"g": {"N": "1"}}, "Type mismatch for Index Key"),
        ({"g": {"S": ""}}, "empty string value"),
        ({"g": {"S": "g" * 2049}}, "Size of hashkey"),
        ({"l": {"S": "l" * 1025}}, "Size of rangekey"),
    ],
)
def test_keys_are_checked(small: Small, attributes: dict[str, Any], problem: str) -> None:
    """Those of the table, and those of every index if they are there."""
    refused = small.refused("PutItem", Item={**KEY, **attributes})
    assert refused.code == "ValidationException"
    assert problem in refused.message
    assert "Missing the key" in small.refused("PutItem", Item={"pk": {"S": "p"}}).message
    for key in ({"pk": {"S": "p"}}, {**KEY, "sk": {"N": "1"}}, {**KEY, "n": {"N": "1"}}):
        for operation in ("GetItem", "DeleteItem", "UpdateItem"):
            assert "does not match the schema" in small.refused(operation, Key=key).message


def test_what_botocore_would_not_send_is_refused_as_there(small: Small) -> None:
    """Types of Python and parameters that are not DynamoDB's."""
    for operation, parameters in (
        ("PutItem", {"Item": {**KEY, "a": {"S": 1}}}),
        ("PutItem", {"Item": {**KEY, "a": {"X": "1"}}}),
        ("PutItem", {"Item": KEY, "Expected": {}}),
        ("PutItem", {}),
        ("Query", {"Limit": 0}),
    ):
        assert small.refused(operation, **parameters).code == "ParamValidation"


def test_a_write_returns_the_old_item_if_it_is_asked_to(small: Small) -> None:
    """And nothing where there was none."""
    asked = {"ReturnValues": "ALL_OLD"}
    assert small("PutItem", Item=ITEM, **asked) == {}
    assert small("PutItem", Item=KEY, **asked) == {"Attributes": ITEM}
    assert small("DeleteItem", Key=KEY, **asked) == {"Attributes": KEY}
    assert small("DeleteItem", Key=KEY, **asked) == {}
    assert small.refused("PutItem", Item=KEY, ReturnValues="ALL_NEW").code == "ValidationException"


def test_writes_count_a_unit_for_a_kilobyte_and_for_index_entries(small: Small) -> None:
    """An entry that moves costs two, one that stays as it is nothing."""

    def units(**attributes: Any) -> tuple[float, float, float]:
        item = {**KEY, **attributes}
        found = small("PutItem", Item=item, ReturnConsumedCapacity="INDEXES")["ConsumedCapacity"]
        entries = found.get("GlobalSecondaryIndexes", {})
        group = entries.get("group", {"CapacityUnits": 0.0})["CapacityUnits"]
        return found["CapacityUnits"], found["Table"]["CapacityUnits"], group

    key = {"g": {"S": "g"}, "h": {"N": "1"}}
    assert units(**key, rest={"S": "r" * 2000}) == (3.0, 2.0, 1.0)
    assert units(**key) == (2.0, 2.0, 0.0)
    assert units(**key, a={"S": "a"}) == (2.0, 1.0, 1.0)
    assert units(**{**key, "h": {"N": "2"}}) == (3.0, 1.0, 2.0)
    assert units() == (2.0, 1.0, 1.0)


def test_a_batch_writes_up_to_25_items(small: Small) -> None:
    """Each by itself; a key twice, or one request too many, is refused before any is written."""

    def put(at: int) -> dict[str, Any]:
        return {"PutRequest": {"Item": {**KEY, "sk": {"S": f"{at}"}}}}

    def write(*requests: dict[str, Any]) -> Any:
        return small.send("BatchWriteItem", {"RequestItems": {NAME: list(requests)}})

    small("PutItem", Item=KEY)
    assert write(put(2), {"DeleteRequest": {"Key": KEY}}) == {"UnprocessedItems": {}}
    assert (small.get(), small.get(sk={"S": "2"})) == (None, {**KEY, "sk": {"S": "2"}})
    for wrong in ([put(3), put(3)], [put(at) for at in range(26)], [{}], []):
        with raises(TransportError, code="ValidationException"):
            write(*wrong)
    assert small.get(sk={"S": "3"}) is None


def test_threads_lose_no_update(small: Small) -> None:
    """Requests are carried out one after the other."""

    def count(_: int) -> None:
        small(
            "UpdateItem",
            Key=KEY,
            UpdateExpression="ADD n :1",
            ExpressionAttributeValues={":1": {"N": "1"}},
        )

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, range(400)))
    assert small.get() == {**KEY, "n": {"N": "400"}}
