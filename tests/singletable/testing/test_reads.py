"""Query, Scan, GetItem and BatchGetItem: order, pages, projections, capacity."""

from __future__ import annotations

from typing import Any

import pytest

from singletable.errors.transport import TransportError
from tests.singletable.raises import raises
from tests.singletable.testing.expressions import NAME
from tests.singletable.testing.small_table import ITEM, KEY, Small

P = {":p": {"S": "p"}}
ALL = {"KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": P}


@pytest.fixture
def small() -> Small:
    """Five items of one partition, with g, h and l in the reverse order of their sort keys."""
    small = Small()
    for at in range(5):
        small.put(
            sk={"S": f"s{at}"},
            g={"S": "g"},
            h={"N": str(-at)},
            l={"S": f"l{9 - at}"},
            a={"N": str(at)},
            rest={"S": "r" * 2000},
        )
    return small


def where(condition: str, **values: Any) -> dict[str, Any]:
    given = {f":{name}": value for name, value in values.items()}
    return {
        "KeyConditionExpression": f"pk = :p AND {condition}",
        "ExpressionAttributeValues": {**P, **given},
    }


@pytest.mark.parametrize(
    ("condition", "values", "found"),
    [
        ("sk = :v", {"v": "s1"}, ["s1"]),
        ("sk < :v", {"v": "s1"}, ["s0"]),
        ("sk <= :v", {"v": "s1"}, ["s0", "s1"]),
        (":v < sk", {"v": "s3"}, ["s4"]),
        ("sk >= :v", {"v": "s25"}, ["s3", "s4"]),
        ("sk BETWEEN :v AND :w", {"v": "s1", "w": "s2"}, ["s1", "s2"]),
        ("begins_with(sk, :v)", {"v": "s"}, ["s0", "s1", "s2", "s3", "s4"]),
        ("begins_with(sk, :v)", {"v": "t"}, []),
    ],
)
def test_a_sort_condition_is_a_range(
    small: Small, condition: str, values: dict[str, str], found: list[str]
) -> None:
    """In order, and in reverse."""
    given = where(condition, **{name: {"S": text} for name, text in values.items()})
    assert small.keys("Query", **given) == found
    assert small.keys("Query", **given, ScanIndexForward=False) == found[::-1]


@pytest.mark.parametrize(
    ("condition", "problem"),
    [
        ("sk <> :v", "Invalid operator used in KeyConditionExpression: <>"),
        ("NOT sk = :v", "NOT"),
        ("sk IN (:v)", "IN"),
        ("attribute_exists(sk) AND sk = :v", "attribute_exists"),
        ("sk = :v AND sk = :v", "one condition per key"),
        ("a = :v", "missed key schema element"),
        ("size(sk) = :v", "nested operations"),
        ("sk.x = :v", "must be scalars"),
    ],
)
def test_other_key_conditions_are_refused(small: Small, condition: str, problem: str) -> None:
    """One condition a key attribute, equality on the partition key."""
    refused = small.refused("Query", **where(condition, v={"S": "s"}))
    assert refused.code == "ValidationException"
    assert problem in refused.message


@pytest.mark.parametrize("forward", [True, False])
@pytest.mark.parametrize("index", [None, "group", "label"])
def test_pages_continue_where_they_ended(small: Small, index: str | None, forward: bool) -> None:
    """Although the item of the last key is gone; a page that is not full has no last key."""
    given: dict[str, Any] = {**ALL, "ScanIndexForward": forward, "Limit": 2}
    if index == "group":
        given |= {
            "KeyConditionExpression": "g = :p",
            "ExpressionAttributeValues": {":p": {"S": "g"}},
        }
    if index is not None:
        given["IndexName"] = index
    found: list[str] = []
    sizes: list[int] = []
    while True:
        page = small("Query", **given)
        found += [item["sk"]["S"] for item in page["Items"]]
        sizes.append(page["Count"])
        if "LastEvaluatedKey" not in page:
            break
        small("DeleteItem", Key={name: page["LastEvaluatedKey"][name] for name in ("pk", "sk")})
        given["ExclusiveStartKey"] = page["LastEvaluatedKey"]
    expected = [f"s{at}" for at in range(5)]
    assert found == (expected if forward is (index is None) else expected[::-1])
    assert sizes == [2, 2, 1]


def test_a_limit_that_is_just_reached_has_a_last_key(small: Small) -> None:
    """And the page after it is empty."""
    page = small("Query", **ALL, Limit=5)
    after = small("Query", **ALL, Limit=5, ExclusiveStartKey=page["LastEvaluatedKey"])
    assert (after["Items"], after.get("LastEvaluatedKey")) == ([], None)


@pytest.mark.parametrize("operation", ["Query", "Scan"])
def test_a_page_ends_at_a_megabyte(small: Small, operation: str) -> None:
    """Counted before the filter; the item that crosses the bound is still in the page."""
    for at in range(30):
        small.put(pk={"S": "big"}, sk={"S": f"{at:02}"}, rest={"S": "r" * 100_000})
    query = {
        "KeyConditionExpression": "pk = :p",
        "ExpressionAttributeValues": {":p": {"S": "big"}, ":never": {"S": "never"}},
    }
    values = {"ExpressionAttributeValues": {":never": {"S": "never"}}}
    given = {**(query if operation == "Query" else values), "FilterExpression": "a = :never"}
    scanned, further = [], {}
    while True:
        page = small(operation, **given, **further)
        scanned.append(page["ScannedCount"])
        assert page["Count"] == 0
        if "LastEvaluatedKey" not in page:
            break
        further = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
    assert max(scanned) <= 11 + 5
    assert sum(scanned) == (30 if operation == "Query" else 35)
    assert len(scanned) == 3


def test_segments_share_out_a_scan(small: Small) -> None:
    """Every partition is in one segment; a key of another segment is no place to start."""
    for at in range(40):
        small.put(pk={"S": f"p{at}"})
    found: list[str] = []
    for segment in range(3):
        further: dict[str, Any] = {}
        while True:
            page = small("Scan", Segment=segment, TotalSegments=3, Limit=4, **further)
            found += [item["pk"]["S"] + item["sk"]["S"] for item in page["Items"]]
            if "LastEvaluatedKey" not in page:
                break
            further = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
            wrong = {**further, "Segment": (segment + 1) % 3, "TotalSegments": 3}
            assert "Segment" in small.refused("Scan", **wrong).message
    assert len(found) == len(set(found)) == 45


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"ExclusiveStartKey": {"pk": {"S": "q"}, "sk": {"S": "s"}}}, "outside query boundaries"),
        ({"ExclusiveStartKey": {"pk": {"S": "p"}}}, "same size"),
        ({"IndexName": "label", "ExclusiveStartKey": KEY}, "starting key is invalid"),
        ({"IndexName": "none"}, "does not have the specified index: none"),
        ({"Select": "SPECIFIC_ATTRIBUTES"}, "Must specify"),
        ({"Select": "ALL_PROJECTED_ATTRIBUTES"}, "only when Querying using an IndexName"),
        ({"Select": "COUNT", "ProjectionExpression": "a"}, "only the Count"),
        ({"FilterExpression": "sk = :p"}, "non-primary key attributes"),
    ],
)
def test_what_a_query_may_not_combine(small: Small, given: dict[str, Any], problem: str) -> None:
    """Start keys, indexes, Select and filters."""
    refused = small.refused("Query", **{**ALL, **given})
    assert refused.code == "ValidationException"
    assert problem in refused.message


def test_an_index_shows_what_it_holds(small: Small) -> None:
    """A global one nothing else; a local one fetches the rest from the table."""
    group = {
        "KeyConditionExpression": "g = :g",
        "ExpressionAttributeValues": {":g": {"S": "g"}},
        "IndexName": "group",
    }
    assert set(small("Query", **group)["Items"][0]) == {"pk", "sk", "g", "h", "a"}
    for wrong in (
        {"Select": "ALL_ATTRIBUTES"},
        {"ProjectionExpression": "rest"},
        {"FilterExpression": "attribute_exists(rest)"},
        {"ConsistentRead": True},
    ):
        assert small.refused("Query", **group, **wrong).code == "ValidationException"
    label = {**ALL, "IndexName": "label", "ConsistentRead": True}
    assert set(small("Query", **label)["Items"][0]) == {"pk", "sk", "l"}
    assert "rest" in small("Query", **label, Select="ALL_ATTRIBUTES")["Items"][0]
    assert set(small("Query", **label, ProjectionExpression="a")["Items"][0]) == {"a"}


def test_an_item_without_an_index_key_is_not_in_the_index(small: Small) -> None:
    """Nor one that has lost it."""
    small("UpdateItem", Key={**KEY, "sk": {"S": "s0"}}, UpdateExpression="REMOVE h")
    assert small("Scan", IndexName="group", Select="COUNT")["Count"] == 4
    assert small("Scan", IndexName="flat", Select="COUNT")["Count"] == 5


def test_projections_cut_paths_out(small: Small) -> None:
    """Lists close up around what is left out; an item without any path is empty."""
    small("PutItem", Item=ITEM)
    found = small("GetItem", Key=KEY, ProjectionExpression="l1[2], l1[1].x, m.y.z, m.q")
    assert found["Item"] == {
        "l1": {"L": [{"M": {"x": {"S": "in"}}}, {"N": "2"}]},
        "m": {"M": {"y": {"M": {"z": {"N": "3"}}}}},
    }
    assert small("GetItem", Key=KEY, ProjectionExpression="l1[9]") == {"Item": {}}
    assert "overlap" in small.refused("GetItem", Key=KEY, ProjectionExpression="m, m.x").message


def test_reads_count_half_a_unit_for_four_kilobytes(small: Small) -> None:
    """Twice if consistent; a page by its sum, a fetch from a local index by each item."""
    asked = {"ReturnConsumedCapacity": "INDEXES"}

    def units(operation: str, **given: Any) -> Any:
        return small(operation, **given, **asked)["ConsumedCapacity"]

    assert units("GetItem", Key={**KEY, "sk": {"S": "s1"}})["CapacityUnits"] == 0.5
    assert units("GetItem", Key=KEY, ConsistentRead=True)["CapacityUnits"] == 1.0
    assert units("Query", **ALL)["CapacityUnits"] == 1.5
    assert units("Query", **ALL, ConsistentRead=True)["Table"] == {"CapacityUnits": 3.0}
    label = {**ALL, "IndexName": "label"}
    assert units("Query", **label)["LocalSecondaryIndexes"]["label"] == {"CapacityUnits": 0.5}
    assert units("Query", **label, Select="ALL_ATTRIBUTES")["CapacityUnits"] == 0.5 + 5 * 0.5
    assert "ConsumedCapacity" not in small("Query", **ALL)


def test_a_batch_reads_up_to_a_hundred_keys(small: Small) -> None:
    """Missing ones are left out; doubled ones are refused."""

    def batch(*numbers: int) -> dict[str, Any]:
        keys = [{**KEY, "sk": {"S": f"s{at}"}} for at in numbers]
        return {NAME: {"Keys": keys, "ProjectionExpression": "a"}}

    found = small.send("BatchGetItem", {"RequestItems": batch(1, 4, 99)})
    assert found["Responses"] == {NAME: [{"a": {"N": "1"}}, {"a": {"N": "4"}}]}
    assert found["UnprocessedKeys"] == {}
    for wrong in (batch(1, 1), batch(*range(101))):
        with raises(TransportError, code="ValidationException"):
            small.send("BatchGetItem", {"RequestItems": wrong})
