"""Items of PynamoDB 6.1, written by itself: read and changed by ours, and by it again.

Models and layout are those of docs/from-pynamodb.md and of pynamo.py.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from singletable import Repository, attr, create, delete, put, update
from singletable.errors import ItemExists, VersionConflict
from tests.backends import local_endpoint
from tests.foreign.conftest import OpenLocal
from tests.foreign.library import Item, SharedTable, in_order

pytestmark = [pytest.mark.connected, pytest.mark.slow]

NOON = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
EXPIRES = datetime(2027, 1, 1, tzinfo=UTC)
OWN = {"customer_id": "kim", "placed_at": NOON}
ORDER = "kim / 2026-03-01T12:00:00.123456+0000"


class Orders(SharedTable):
    """Orders that PynamoDB writes, too."""

    def order(self) -> Any:
        """Kim's order as ours reads it."""
        return self.repository.fetch(self.design.Order.key.get(**OWN).consistent())

    def theirs(self) -> Any:
        """The same as PynamoDB reads it."""
        return self.other.get("kim", NOON, consistent_read=True)

    def at(self, version: int) -> Any:
        """A patch of the order at a version."""
        return self.design.Order.key.patch(**OWN).at_version(version)


@pytest.fixture
def orders(shop: ModuleType, pynamo: ModuleType, open_local: OpenLocal) -> Orders:
    """An order, saved by PynamoDB."""
    backend = open_local(shop.orders)
    models = pynamo.declare_models(local_endpoint(), orders=backend.name)
    order = models.Order(
        "kim",
        NOON,
        ship_to=pynamo.Address(street="Nygade 1", zip_code="1170"),
        lines=[pynamo.Line(sku="tea", count=2)],
        labels={"gift", "late"},
        extra={"source": "web"},
        expires=EXPIRES,
    )
    order.save()
    return Orders(shop, backend, models.Order)


def test_the_page_shows_what_pynamodb_writes(orders: Orders) -> None:
    """Its items are PynamoDB's."""
    shown = importlib.import_module("shop_items").ORDERS
    assert in_order(orders.backend.items()) == in_order(shown)


def test_ours_writes_what_pynamodb_writes(orders: Orders) -> None:
    """Of the same values both make the same item."""
    design, written = orders.design, orders.backend.items()
    orders.remove_all()
    new = design.Order(
        **OWN,
        ship_to=design.Address(street="Nygade 1", zip="1170"),
        lines=[design.Line(sku="tea", count=2)],
        labels={"gift", "late"},
        extra={"source": "web"},
        expires=EXPIRES,
    )
    orders.repository.write(create(new))
    assert in_order(orders.backend.items()) == in_order(written)


def test_every_read_finds_what_pynamodb_wrote(orders: Orders) -> None:
    """By key, by its beginning, by index, counted, and in a scan."""
    design, repository = orders.design, orders.repository
    order = orders.order()
    assert (order.ship_to.zip_code, order.lines[0].count) == ("1170", 2)
    assert (order.labels, order.extra, order.expires, order.version) == (
        {"gift", "late"},
        {"source": "web"},
        EXPIRES,
        1,
    )
    march = design.Order.key.query(customer_id="kim").at_least(placed_at="2026-03")
    assert repository.fetch(march).items == (order,)
    assert repository.fetch(design.Order.key.query(customer_id="kim").count()) == 1
    assert repository.fetch(design.waiting("open", NOON)).items == (order,)
    later = NOON + timedelta(microseconds=1)
    assert repository.fetch(design.waiting("open", later)).items == ()
    scan = design.Order.key.scan(because="all").where(attr("ship_to")["zip_code"].equals("1170"))
    assert list(repository.iterate(scan)) == [order]


@pytest.mark.parametrize(
    ("change", "stored", "theirs"),
    [
        pytest.param(
            lambda patch: patch.set(note="Ring twice"),
            {"note": {"S": "Ring twice"}},
            lambda order: order.note == "Ring twice",
            id="set",
        ),
        pytest.param(
            lambda patch: patch.set(status="sent"),
            {"status": {"S": "sent"}},
            lambda order: order.status == "sent",
            id="set a natural key of an index",
        ),
        pytest.param(
            lambda patch: patch.set_at(attr("ship_to")["zip_code"], "1171"),
            {"ship_to": {"M": {"street": {"S": "Nygade 1"}, "zip": {"S": "1171"}}}},
            lambda order: order.ship_to.zip_code == "1171",
            id="set in a map",
        ),
        pytest.param(
            lambda patch: patch.remove(labels={"late"}),
            {"labels": {"SS": ["gift"]}},
            lambda order: order.labels == {"gift"},
            id="remove from a set",
        ),
        pytest.param(
            lambda patch: patch.set(extra={"source": "app", "n": 1}),
            {"extra": {"S": '{"source": "app", "n": 1}'}},
            lambda order: order.extra == {"source": "app", "n": 1},
            id="set JSON",
        ),
        pytest.param(
            lambda patch: patch.unset("expires"),
            {"expires": None},
            lambda order: order.expires is None,
            id="unset",
        ),
    ],
)
def test_a_patch_changes_its_attributes_alone(
    orders: Orders,
    change: Callable[[Any], Any],
    stored: Item,
    theirs: Callable[[Any], bool],
) -> None:
    """And the version, which PynamoDB goes on from."""
    changed = orders.changes(change(orders.at(1)))
    assert changed == {ORDER: {**stored, "version": {"N": "2"}}}
    found = orders.theirs()
    assert theirs(found)
    found.update(actions=[type(found).paid.set(True)])
    order = orders.order()
    assert (order.version, order.paid) == (3, True)


def test_both_keep_to_the_version(orders: Orders, pynamo: ModuleType) -> None:
    """Who writes what the other has changed since is refused."""
    read, theirs = orders.order(), orders.theirs()
    theirs.note = "Theirs"
    theirs.save()
    with pytest.raises(VersionConflict):
        orders.repository.write(update(read, read.model_copy(update={"note": "Ours"})))
    with pytest.raises(VersionConflict):
        orders.repository.write(put(read))
    with pytest.raises(VersionConflict):
        orders.repository.write(delete(read))
    read = orders.order()
    assert (read.note, read.version) == ("Theirs", 2)
    orders.repository.write(put(read.model_copy(update={"note": "Ours"})))
    with pytest.raises(pynamo.PutError, match="ConditionalCheckFailed"):
        theirs.save()
    with pytest.raises(pynamo.UpdateError, match="ConditionalCheckFailed"):
        theirs.update(actions=[type(theirs).paid.set(True)])
    with pytest.raises(pynamo.DeleteError, match="ConditionalCheckFailed"):
        theirs.delete()
    theirs.refresh()
    assert (theirs.note, theirs.version) == ("Ours", 3)
    theirs.delete()
    assert orders.order() is None


def test_what_ours_creates_is_pynamodbs(orders: Orders, pynamo: ModuleType) -> None:
    """It is found by key and by index, refused as a new one, changed and deleted by PynamoDB."""
    design = orders.design
    placed = NOON + timedelta(days=1)
    address = design.Address(street="Torvet 2", zip="2000")
    new = orders.repository.write(
        create(design.Order(customer_id="kim", placed_at=placed, ship_to=address))
    )
    assert [each.placed_at for each in orders.other.query("kim")] == [NOON, placed]
    found = list(orders.other.by_status.query("open", orders.other.placed_at > NOON))
    assert [each.ship_to.street for each in found] == ["Torvet 2"]
    with pytest.raises(pynamo.PutError, match="ConditionalCheckFailed"):
        orders.other(
            "kim", placed, ship_to=pynamo.Address(street="-", zip_code="-"), lines=[]
        ).save()
    with pytest.raises(ItemExists):
        orders.repository.write(create(orders.order()))
    found[0].update(actions=[orders.other.status.set("sent")])
    assert orders.repository.fetch(design.waiting("sent", NOON)).items[0].version == 2
    with pytest.raises(VersionConflict):
        orders.repository.write(delete(new))


def test_a_save_of_pynamodb_replaces_the_item(orders: Orders) -> None:
    """An attribute that its model lacks is gone then; ours keeps what it does not know."""
    key = {"customer_id": {"S": "kim"}, "placed_at": {"S": ORDER.split(" / ")[1]}}
    orders.backend.client.update_item(
        TableName=orders.backend.name,
        Key=key,
        UpdateExpression="SET more = :more",
        ExpressionAttributeValues={":more": {"S": "of a newer program"}},
    )
    changed = orders.changes(orders.at(1).set(note="Ring twice"))
    assert changed[ORDER].keys() == {"note", "version"}
    assert orders.backend.items()[0]["more"] == {"S": "of a newer program"}
    theirs = orders.theirs()
    theirs.save()
    assert "more" not in orders.backend.items()[0]
    assert orders.order().version == 3


def test_a_patch_that_ignores_the_version_counts_it_on(orders: Orders, pynamo: ModuleType) -> None:
    """PynamoDB notices that it was there."""
    theirs = orders.theirs()
    patch = orders.design.Order.key.patch(**OWN).ignoring_version().set(note="Ring twice")
    assert orders.changes(patch)[ORDER] == {"note": {"S": "Ring twice"}, "version": {"N": "2"}}
    with pytest.raises(pynamo.PutError, match="ConditionalCheckFailed"):
        theirs.save()


def test_orders_are_tagged_step_by_step(
    orders: Orders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With `untagged="by key"` ours adds the type; what PynamoDB saves without is an order, too."""
    known, tagging = "type_attribute=None", 'type_attribute="kind", untagged="by key"'
    code = Path(str(orders.design.__file__)).read_text()
    (tmp_path / "tagged.py").write_text(code.replace(known, tagging))
    monkeypatch.syspath_prepend(tmp_path)
    tagged = importlib.import_module("tagged")
    repository = Repository(orders.backend.transport, {tagged.orders: orders.backend.name})
    (read,) = repository.fetch(tagged.Order.key.query(customer_id="kim"))
    repository.write(update(read, read.model_copy(update={"note": "Ring twice"})))
    assert orders.backend.items()[0]["kind"] == {"S": "Order"}
    theirs = orders.theirs()
    assert theirs.note == "Ring twice"
    theirs.update(actions=[type(theirs).paid.set(True)])
    assert orders.backend.items()[0]["kind"] == {"S": "Order"}
    theirs.save()
    assert "kind" not in orders.backend.items()[0]
    assert repository.fetch(tagged.waiting("open", NOON)).items[0].version == 4
