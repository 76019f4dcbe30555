"""Changes as the update expressions that are sent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from singletable import attr, create, delete, put, update
from singletable.inspect import Write
from singletable.operations import Context
from tests.singletable.shop import Coupon, Line, Visits, changed, line

CONTEXT = Context(None, datetime(2026, 3, 1, tzinfo=UTC))
LINE = Line.key.patch(order_id="o1", line_no=1)
KEY = {"PK": {"S": "ORDER#o1"}, "SK": {"S": "LINE#0001"}}


def sent(write: Write[Any]) -> Mapping[str, Any]:
    """The parameters of the one request; building it twice gives the same."""
    (request,) = write.requests(CONTEXT)
    assert write.requests(CONTEXT) == (request,)
    return request.parameters


def test_a_patch_says_what_it_changes_and_what_it_relies_on() -> None:
    """SET and REMOVE once each; the version checked and written; sums start at the default."""
    patch = LINE.set(sku="x").add(amount=2).unset("expires_at").at_version(3)
    assert sent(patch) == {
        "TableName": "shop",
        "Key": KEY,
        "UpdateExpression": "SET #sku = :sku, #version = :version,"
        " #amount = if_not_exists(#amount, :amount) + :amount_2 REMOVE #expires_at",
        "ConditionExpression": "#entity = :entity AND #version = :version_2",
        "ExpressionAttributeNames": {
            "#expires_at": "expires_at",
            "#sku": "sku",
            "#version": "version",
            "#amount": "amount",
            "#entity": "entity",
        },
        "ExpressionAttributeValues": {
            ":sku": {"S": "x"},
            ":version": {"N": "4"},
            ":amount": {"N": "1"},
            ":amount_2": {"N": "2"},
            ":entity": {"S": "Line"},
            ":version_2": {"N": "3"},
        },
        "ReturnValues": "ALL_NEW",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def test_an_upsert_sets_once_what_was_not_said() -> None:
    """Type, identity and stamp always; defaults by if_not_exists."""
    parameters = sent(Visits.key.upsert(page="home").add(count=1))
    assert parameters["UpdateExpression"] == (
        "SET #GSI1PK = :GSI1PK, #GSI1SK = :GSI1SK, #entity = :entity, #page = :page,"
        " #last_seen = :last_seen, #label = if_not_exists(#label, :label),"
        " #first_seen = if_not_exists(#first_seen, :first_seen) ADD #count :count"
    )
    either = "attribute_not_exists(#PK) OR #entity = :entity_2"
    assert parameters["ConditionExpression"] == either


def test_an_append_starts_from_an_empty_list() -> None:
    """An absent list counts as empty."""
    from tests.singletable.shop import Product

    text = sent(Product.key.patch(product_id="a").append(log=["x"]))["UpdateExpression"]
    assert "#log = list_append(if_not_exists(#log, :log), :log_2)" in text


def test_an_update_writes_the_difference_alone() -> None:
    """Where nothing differs it writes the type that is there: moto needs some expression."""
    before = Coupon(coupon_id="c", percent=5)
    parameters = sent(update(before, changed(before, percent=6)))
    assert parameters["UpdateExpression"] == "SET #percent = :percent"
    assert parameters["ConditionExpression"] == "#entity = :entity"
    assert sent(update(before, before))["UpdateExpression"] == "SET #entity = :entity"


def test_whole_writes_carry_their_condition() -> None:
    """create: absent; put: gone, or at its version, of which the first may be unsaid; delete: gone,
    or of its type and version."""
    assert sent(create(line()))["ConditionExpression"] == "attribute_not_exists(#PK)"
    version = "attribute_not_exists(#version) OR #version = :version"
    either = f"attribute_not_exists(#PK) OR {version}"
    assert sent(put(line()))["ConditionExpression"] == either
    typed = f"attribute_not_exists(#PK) OR (#entity = :entity AND ({version}))"
    assert sent(delete(line()))["ConditionExpression"] == typed
    free = sent(Line.key.delete(order_id="o1", line_no=1).ignoring_version())
    assert free["ConditionExpression"] == "attribute_not_exists(#PK) OR #entity = :entity"


def test_conditions_join_the_guard_in_parentheses_where_needed() -> None:
    """An OR of the caller's never loosens what the engine checks."""
    either = attr("amount").equals(1) | attr("amount").equals(2)
    text = sent(LINE.set(sku="x").at_version(2).when(either))["ConditionExpression"]
    assert text == (
        "#entity = :entity AND"
        " (attribute_not_exists(#amount) OR #amount = :amount OR #amount = :amount_2)"
        " AND #version = :version_2"
    )
    text = sent(put(line()).when(either))["ConditionExpression"]
    amount = "(attribute_not_exists(#amount) OR #amount = :amount OR #amount = :amount_2)"
    first = "(attribute_not_exists(#version) OR #version = :version)"
    assert text == f"attribute_not_exists(#PK) OR ({amount} AND {first})"
