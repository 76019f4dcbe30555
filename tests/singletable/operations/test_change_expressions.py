"""Changes as the update expressions that are sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from singletable import Write, attr, create, delete, put, update
from singletable.operations import Context
from tests.singletable.shop import Coupon, Line, Visits, changed, line

CONTEXT = Context("shop", datetime(2026, 3, 1, tzinfo=UTC))
LINE = Line.key.patch(order_id="o1", line_no=1)
KEY = {"PK": {"S": "ORDER#o1"}, "SK": {"S": "LINE#0001"}}


def sent(write: Write[Any]) -> Mapping[str, Any]:
    """The parameters of the one request; building it twice gives the same."""
    (request,) = write.requests(CONTEXT)
    assert write.requests(CONTEXT) == (request,)
    return request.parameters


def test_a_patch_says_what_it_changes_and_what_it_relies_on() -> None:
    """SET and REMOVE once each; the version checked and written; sums start at the default."""
    patch = LINE.set(sku="x").add(amount=2).remove("expires_at").at_version(3)
    assert sent(patch) == {
        "TableName": "shop",
        "Key": KEY,
        "UpdateExpression": "SET #n1 = :v0, #n2 = :v1, #n3 = if_not_exists(#n3, :v2) + :v3"
        " REMOVE #n0",
        "ConditionExpression": "attribute_exists(#n4) AND #n2 = :v4",
        "ExpressionAttributeNames": {
            "#n0": "expires_at",
            "#n1": "sku",
            "#n2": "version",
            "#n3": "amount",
            "#n4": "PK",
        },
        "ExpressionAttributeValues": {
            ":v0": {"S": "x"},
            ":v1": {"N": "4"},
            ":v2": {"N": "1"},
            ":v3": {"N": "2"},
            ":v4": {"N": "3"},
        },
        "ReturnValues": "ALL_NEW",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def test_an_upsert_sets_once_what_was_not_said() -> None:
    """Type, identity and stamp always; defaults by if_not_exists."""
    parameters = sent(Visits.key.upsert(page="home").add(count=1))
    names = parameters["ExpressionAttributeNames"]
    text = parameters["UpdateExpression"]
    for placeholder, name in names.items():
        text = text.replace(placeholder + " ", name + " ").replace(placeholder + ",", name + ",")
    assert text == (
        "SET GSI1PK = :v0, GSI1SK = :v1, entity = :v2, page = :v3, last_seen = :v4,"
        " label = if_not_exists(label, :v5), first_seen = if_not_exists(first_seen, :v6)"
        " ADD count :v7"
    )
    assert "ConditionExpression" not in parameters


def test_an_append_starts_from_an_empty_list() -> None:
    """An absent list counts as empty."""
    from tests.singletable.shop import Product

    text = sent(Product.key.patch(product_id="a").append(log=["x"]))["UpdateExpression"]
    assert text.startswith("SET #n0 = ")
    assert "list_append(if_not_exists(#n1, :v1), :v2)" in text


def test_an_update_writes_the_difference_alone() -> None:
    """And nothing at all where nothing differs."""
    before = Coupon(coupon_id="c", percent=5)
    parameters = sent(update(before, changed(before, percent=6)))
    assert parameters["UpdateExpression"] == "SET #n0 = :v0"
    assert parameters["ConditionExpression"] == "attribute_exists(#n1)"
    assert "UpdateExpression" not in sent(update(before, before))


def test_whole_writes_carry_their_condition() -> None:
    """create: absent; put and delete: gone, or at its version, of which the first may be unsaid."""
    assert sent(create(line()))["ConditionExpression"] == "attribute_not_exists(#n0)"
    either = "attribute_not_exists(#n0) OR attribute_not_exists(#n1) OR #n1 = :v0"
    assert sent(put(line()))["ConditionExpression"] == either
    assert sent(delete(line()))["ConditionExpression"] == either
    free = sent(Line.key.delete(order_id="o1", line_no=1).any_version())
    assert free == {"TableName": "shop", "Key": KEY}


def test_conditions_join_the_guard_in_parentheses_where_needed() -> None:
    """An OR of the caller's never loosens what the engine checks."""
    either = attr("amount").equals(1) | attr("amount").equals(2)
    text = sent(LINE.set(sku="x").at_version(2).when(either))["ConditionExpression"]
    assert text == "attribute_exists(#n2) AND (#n3 = :v2 OR #n3 = :v3) AND #n1 = :v4"
    text = sent(put(line()).when(either))["ConditionExpression"]
    first = "(attribute_not_exists(#n2) OR #n2 = :v2)"
    assert text == f"attribute_not_exists(#n0) OR ((#n1 = :v0 OR #n1 = :v1) AND {first})"
