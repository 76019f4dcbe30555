"""Keys on indexes: shared attributes, shards, natural keys of every type."""

from __future__ import annotations

import zlib
from datetime import datetime
from typing import Annotated, Any

import pytest

from singletable import UPDATED, Table, number, shards
from singletable.entity import schema_of
from singletable.errors.request import InvalidKeyValue
from singletable.table import KeyAttribute
from tests.singletable.clinic.making import CONTEXT, item_of, make, sent
from tests.singletable.raises import raises


def inverted() -> Any:
    table = Table("clinic")
    index = table.global_index("Inverted", partition_key="SK", sort_key="PK")
    return make(
        table,
        {
            "ward": str,
            "bed": str,
            "note": str | None,
            "key": table.primary.key("WARD#{ward}", "BED#{bed}"),
            "by_bed": index.key("BED#{bed}", "WARD#{ward}"),
        },
        defaults={"note": None},
    )


def test_an_inverted_index_shares_the_attributes_of_the_primary_key() -> None:
    """It has the same templates, and no update ever writes them."""
    thing = inverted()
    assert item_of(thing(ward="e", bed="1")).keys() == {"entity", "ward", "bed", "PK", "SK"}
    assert sent(thing.by_bed.query(bed="1"))["IndexName"] == "Inverted"
    assert schema_of(thing).keys["by_bed"].own_attributes == frozenset()
    change = sent(thing.key.patch(ward="e", bed="1").set(note="x"))
    assert change["UpdateExpression"] == "SET #note = :note"
    assert change["ExpressionAttributeNames"]["#note"] == "note"


def test_a_stamp_in_an_index_key_moves_with_every_change() -> None:
    """A patch that does not name the field rewrites the key as well."""
    table = Table("clinic")
    index = table.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
    fields = {"name": str, "note": str, "at": Annotated[datetime, UPDATED]}
    keys = {"key": table.primary.key("T#{name}", "T"), "latest": index.key("ALL", "{at}#{name}")}
    thing = make(table, {**fields, **keys})
    for change in (thing.key.patch(name="x"), thing.key.upsert(name="x")):
        request = sent(change.set(note="y"))
        names = {each: token for token, each in request["ExpressionAttributeNames"].items()}
        assert {"GSI1PK", "GSI1SK", "at"} <= names.keys()
        stamp = f"{CONTEXT.now:%Y-%m-%dT%H:%M:%S.%f}Z#x"
        assert {"S": stamp} in request["ExpressionAttributeValues"].values()


def sharded(annotation: Any = str, **options: Any) -> Any:
    table = Table("clinic")
    index = table.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
    spread = index.key("ALL#{shard}", "{name}", shards=shards(3, by="tag"))
    fields = {"name": str, "tag": annotation, "key": table.primary.key("T#{name}", "T")}
    return make(table, {**fields, "by_all": spread}, **options)


def test_a_shard_follows_from_the_declared_field() -> None:
    """The same for every writer, on every machine."""
    expected = zlib.crc32(b"x") % 3
    assert item_of(sharded()(name="n", tag="x"))["GSI1PK"] == {"S": f"ALL#{expected}"}


def test_a_reader_asks_every_shard_or_the_one_it_names() -> None:
    """A shard that does not exist is refused."""
    thing = sharded()
    asked = thing.by_all.query().requests(CONTEXT)
    values = [request.parameters["ExpressionAttributeValues"][":GSI1PK"] for request in asked]
    assert values == [{"S": f"ALL#{shard}"} for shard in range(3)]
    assert sent(thing.by_all.query(shard=2))["ExpressionAttributeValues"][":GSI1PK"] == {
        "S": "ALL#2"
    }
    with raises(
        InvalidKeyValue,
        where="Thing.by_all",
        field="shard",
        value=3,
        reason="is not within 0 and 2",
    ):
        sent(thing.by_all.query(shard=3))


def test_a_value_that_chooses_no_shard_is_refused_by_name() -> None:
    """Or leaves the item out of the index, where it may be None."""
    with raises(InvalidKeyValue, where="Thing.by_all", field="tag", value="", reason="is empty"):
        item_of(sharded()(name="n", tag=""))
    optional = sharded(str | None, defaults={"tag": None})
    assert "GSI1PK" not in item_of(optional(name="n"))


def natural(kind: Any, annotation: Any) -> Any:
    table = Table("clinic", partition_key=KeyAttribute("code", kind), sort_key=number("visit"))
    key = table.primary.key("{code}", "{visit}")
    return make(table, {"code": annotation, "visit": int, "key": key})


@pytest.mark.parametrize(
    ("kind", "annotation", "value", "stored"),
    [("S", str, "a#b", {"S": "a#b"}), ("N", int, 0, {"N": "0"}), ("B", bytes, b"x", {"B": b"x"})],
)
def test_a_natural_key_is_the_field_itself(
    kind: Any, annotation: Any, value: Any, stored: Any
) -> None:
    """Text, number or bytes; zero is a value, and the delimiter a character."""
    thing = natural(kind, annotation)
    assert item_of(thing(code=value, visit=1))["code"] == stored
    assert sent(thing.key.get(code=value, visit=1))["Key"] == {"code": stored, "visit": {"N": "1"}}
    ranged = sent(thing.key.query(code=value).between(visit=(1, 5)))
    assert (
        ranged["KeyConditionExpression"] == "#code = :code AND #visit BETWEEN :visit AND :visit_2"
    )


@pytest.mark.parametrize(
    ("kind", "annotation", "value", "reason"),
    [
        ("S", str, "", "is empty"),
        ("S", str, "x" * 2049, "makes a key of 2049 bytes; DynamoDB allows 2048"),
        ("B", bytes, b"", "is empty"),
        ("B", bytes, b"x" * 2049, "makes a key of 2049 bytes; DynamoDB allows 2048"),
    ],
)
def test_a_natural_key_keeps_to_the_limits(
    kind: Any, annotation: Any, value: Any, reason: str
) -> None:
    """Before anything is sent."""
    with raises(InvalidKeyValue, where="Thing.key", field="code", value=value, reason=reason):
        sent(natural(kind, annotation).key.get(code=value, visit=1))
