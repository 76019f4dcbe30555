"""Placeholders are named by attributes, and by numbers where names make a request too long."""

from __future__ import annotations

from typing import Any

from singletable import Repository, Table, create, create_table, update
from singletable.operations import Context
from singletable.testing import memory_transport
from tests.singletable.clinic.making import make
from tests.singletable.shop import Product

LONG = "a_rather_long_name_for_a_field_of_an_entity_number"


def expressions(operation: Any) -> dict[str, Any]:
    (request,) = operation.requests(Context())
    return dict(request.parameters)


def test_placeholders_are_named_by_attributes() -> None:
    """A request that is printed can be read."""
    write = Product.key.patch(product_id="lamp").set(note="a").add(stock=2)
    asked = expressions(write)
    assert "#note = :note" in asked["UpdateExpression"]
    assert asked["ExpressionAttributeNames"]["#note"] == "note"
    assert asked["ExpressionAttributeValues"][":note"] == {"S": "a"}


def test_a_long_update_gets_short_placeholders_and_is_carried_out() -> None:
    """70 long names would make more than the 4,096 bytes that DynamoDB takes."""
    table = Table("wide")
    names = [f"{LONG}_{number}" for number in range(70)]
    fields: dict[str, Any] = dict.fromkeys(names, int)
    entity = make(table, {"name": str, **fields, "key": table.primary.key("{name}", "X")}, "Wide")
    before = entity(name="w", **dict.fromkeys(names, 1))
    write = update(before, before.model_copy(update=dict.fromkeys(names, 2)))
    asked = expressions(write)
    assert len(asked["UpdateExpression"].encode()) <= 4096
    assert set(names) <= set(asked["ExpressionAttributeNames"].values())
    transport = memory_transport()
    transport("CreateTable", create_table(table, "wide"))
    repository = Repository(transport, {table: "wide"})
    repository.write(create(before))
    repository.write(write)
    stored = repository.fetch(entity.key.get(name="w"))
    assert stored == before.model_copy(update=dict.fromkeys(names, 2))
