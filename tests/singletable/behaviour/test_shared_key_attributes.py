"""Two indexes that sort by one attribute: what makes it is declared in both keys, alike."""

from typing import Annotated, Any

import pytest

from singletable import Entity, Table, attr, create, delete, shards, update
from singletable.errors import IncompleteKey, InvalidEntity
from singletable.formats import integer, slug
from tests.conftest import OpenBackend

orders = Table("orders-by-data")
of_customer = orders.global_index("GSI1", partition_key="GSI1PK", sort_key="Data")
spread = orders.global_index("GSI2", partition_key="GSI2PK", sort_key="Data")


class Order(Entity, table=orders):
    """An order, sorted by status and day in both indexes."""

    order_id: str
    customer: str
    status: Annotated[str, slug()]
    day: Annotated[int, integer(1, 31)]
    key = orders.primary.key("ORDER#{order_id}", "A")
    listed = of_customer.key("CUSTOMER#{customer}", "{status}#{day}")
    open = spread.key("SHARD#{shard}", "{status}#{day}", shards=shards(2, by="order_id"))


def days(db: Any, status: str) -> tuple[list[int], list[int]]:
    """The days of the orders of a status, by each index."""
    found = Order.listed.query(customer="kim", status=status), Order.open.query(status=status)
    one, other = ([order.day for order in db.repository.fetch(query)] for query in found)
    return one, other


def test_every_write_keeps_the_attribute_for_both(open_backend: OpenBackend) -> None:
    """By an update, and by a patch, which needs all that makes it."""
    db = open_backend(orders)
    made = [Order(order_id=f"o{n}", customer="kim", status="open", day=n) for n in (3, 1, 20)]
    for order in made:
        db.repository.write(create(order))
    assert days(db, "open") == ([1, 3, 20], [1, 3, 20])
    db.repository.write(update(made[0], made[0].model_copy(update={"status": "closed"})))
    patch = Order.key.patch(order_id="o1").set(status="closed")
    with pytest.raises(IncompleteKey):
        db.repository.write(patch)
    with pytest.raises(IncompleteKey):
        db.repository.write(patch.given(day=1))
    db.repository.write(patch.given(day=1, customer="kim"))
    assert days(db, "open") == ([20], [20])
    assert days(db, "closed") == ([1, 3], [1, 3])
    db.repository.write(delete(made[2]))
    assert days(db, "open") == ([], [])


def make(table: Table, kind: Any, **options: Any) -> type[Entity]:
    """An entity that may leave the first of two indexes, which sort by one attribute."""
    one = table.global_index("GSI1", partition_key="GSI1PK", sort_key="Data")
    other = table.global_index("GSI2", partition_key="GSI2PK", sort_key="Data")

    class Draft(Entity, table=table):
        """A text that is not finished."""

        draft_id: str
        editor: kind
        key = table.primary.key("DRAFT#{draft_id}", "A")
        edited = one.key("EDITOR#{editor}", "{draft_id}", **options)
        all = other.key("DRAFTS", "{draft_id}")

    return Draft


LEAVES = {
    "by a field": (str | None, {}),
    "by a condition": (str, {"when": attr("editor").differs_from("nobody")}),
}


@pytest.mark.parametrize(("editor", "options"), LEAVES.values(), ids=LEAVES)
def test_an_item_cannot_leave_one_of_them_alone(editor: Any, options: Any) -> None:
    """What takes it out of one index would take the attribute of the other."""
    with pytest.raises(InvalidEntity) as caught:
        make(Table("refused"), editor, **options)
    assert caught.value.declared == "Draft.all and Draft.edited both make Data"
