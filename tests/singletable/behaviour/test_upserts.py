"""U4: upsert makes or changes an item; what its caller leaves out is set once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import pytest
from pydantic import Field

from singletable import CREATED, TTL, UPDATED, Entity, Table, attr, upsert
from singletable.errors.request import (
    ConditionFailed,
    IncompleteKey,
    InvalidItem,
    InvalidOperation,
)
from tests.backends import START, Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises
from tests.singletable.shop import Customer, Line, Product, Status, Visits, customer, product

pytestmark = pytest.mark.quick_on_local

HOME = {"PK": "VISITS#home", "SK": "VISITS"}


def count(db: Backend) -> Visits:
    return db.repository.write(Visits.key.upsert(page="home").add(count=1))


def fetched(db: Backend) -> Visits | None:
    return db.repository.fetch(Visits.key.get(page="home").consistent())


def test_u4_an_upsert_makes_the_item_whole(db: Backend) -> None:
    """Type, defaults, stamps: what a create would have stored."""
    made = count(db)
    assert made == Visits(page="home", count=1, label="none", first_seen=START, last_seen=START)
    assert fetched(db) == made
    stored = db.raw(**HOME)
    assert stored is not None
    assert stored["entity"] == {"S": "Visits"}
    assert "page" in stored


def test_u4_created_is_kept_and_updated_moves(db: Backend) -> None:
    """The second upsert sets the updated stamp alone."""
    count(db)
    later = db.clock.tick(hours=1)
    again = count(db)
    assert (again.count, again.first_seen, again.last_seen) == (2, START, later)
    assert fetched(db) == again


def test_u4_defaults_never_overwrite(db: Backend) -> None:
    """A field left out keeps what is stored."""
    db.repository.write(Visits.key.upsert(page="home").set(label="front", count=7))
    again = db.repository.write(Visits.key.upsert(page="home").add(referrers={"a"}))
    assert (again.label, again.count, again.referrers) == ("front", 7, {"a"})


def test_u4_an_upserted_item_is_in_the_index_made_of_its_identity(db: Backend) -> None:
    """Keys that nothing changes are still keys of a new item."""
    made = count(db)
    assert list(db.repository.fetch(Visits.everywhere.query())) == [made]
    assert list(db.repository.fetch(Visits.everywhere.query(page="home"))) == [made]


def test_u4_an_upsert_keeps_the_sparse_keys_it_does_not_mention(db: Backend) -> None:
    """Absent on a new item, untouched on an old one."""
    count(db)
    assert list(db.repository.fetch(Visits.by_end.query())) == []
    ended = db.repository.write(Visits.key.upsert(page="home").set(until=START))
    assert list(db.repository.fetch(Visits.by_end.query())) == [ended]
    again = count(db)
    assert list(db.repository.fetch(Visits.by_end.query())) == [again]
    gone = db.repository.write(Visits.key.upsert(page="home").set(until=None))
    assert gone.until is None
    assert list(db.repository.fetch(Visits.by_end.query())) == []


def test_u4_an_entity_upserts_what_was_given(db: Backend) -> None:
    """Fields left to their defaults stay as they are stored."""
    db.repository.write(upsert(Visits(page="home", count=3, label="front")))
    again = db.repository.write(upsert(Visits(page="home", count=4)))
    assert (again.count, again.label, again.first_seen) == (4, "front", START)
    assert fetched(db) == again


def test_u4_an_upsert_of_a_key_with_a_default_asks_for_it(db: Backend) -> None:
    """A default set by `if_not_exists` is not known, so no key can be made of it."""
    with raises(InvalidOperation, where="change of Product", declared="rank is computed"):
        db.repository.write(
            Product.key.upsert(product_id="lamp").set(name="x", status=Status.LIVE, shelf=None)
        )
    with raises(
        IncompleteKey, entity="Product", index="Product.by_shelf", changed="status", missing="shelf"
    ):
        db.repository.write(
            Product.key.upsert(product_id="lamp").set(name="x", status=Status.LIVE, rank=1)
        )
    with raises(InvalidItem, entity="Product", problems="name, status"):
        db.repository.write(Product.key.upsert(product_id="lamp").set(rank=1, shelf=None))
    assert db.items() == []


def test_u4_an_upserted_product_is_where_a_created_one_would_be(db: Backend) -> None:
    """Sharded, natural and sparse keys alike."""
    whole = product(rank=3, shelf="a", brand="acme", price=4, status=Status.LIVE)
    made = db.repository.write(upsert(whole))
    for query in (
        Product.by_shelf.query(shelf="a"),
        Product.catalogue.query(status=Status.LIVE),
        Product.by_brand.query(brand="acme"),
    ):
        assert list(db.repository.fetch(query)) == [made]


def test_u4_versioned_and_unique_entities_have_no_upsert(db: Backend) -> None:
    """It could keep neither."""
    for change in (
        Customer.key.upsert(customer_id="ada").set(name="x", tenant="north"),
        Line.key.upsert(order_id="o", line_no=1).set(sku="x"),
        upsert(customer()),
    ):
        with raises(InvalidOperation, declared="upsert cannot keep"):
            db.repository.write(change)


def test_u4_an_upsert_under_a_condition_makes_or_is_refused(db: Backend) -> None:
    """The condition is on what is stored; there is none on a new item."""
    once = Visits.key.upsert(page="home").set(count=1).when(attr("count").at_least(5))
    db.repository.write(once)
    with pytest.raises(ConditionFailed):
        db.repository.write(once)


def test_u4_a_default_is_validated_like_a_value(open_backend: OpenBackend) -> None:
    """A TTL default with a fraction of a second is stored as a create would store it."""
    sessions = Table("sessions")

    class Session(Entity, table=sessions):
        """One session."""

        session_id: str
        hits: int = 0
        expires_at: Annotated[datetime, TTL] = Field(
            default_factory=lambda: START + timedelta(hours=1)
        )
        began_at: Annotated[datetime, CREATED]
        seen_at: Annotated[datetime, UPDATED]
        key = sessions.primary.key("SESSION#{session_id}", "SESSION")

    db = open_backend(sessions)
    made: Any = db.repository.write(Session.key.upsert(session_id="s").add(hits=1))
    assert made.expires_at == datetime(2026, 3, 1, 13, 30, 15, tzinfo=UTC)
    assert (made.began_at, made.seen_at) == (START, START)
    assert db.repository.fetch(Session.key.get(session_id="s")) == made
