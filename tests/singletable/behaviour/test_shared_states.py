"""Two states that share a list: a change in place is in both of them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import pytest
from pydantic import BaseModel, ConfigDict

from singletable import UPDATED, VERSION, Entity, Table, create, transaction, update
from singletable.errors.request import TransactionCancelled, VersionConflict
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

carts = Table("carts")


class Line(BaseModel):
    """What is in the cart."""

    sku: str


@dataclass(slots=True)
class Size:
    """A mutable value that is no model."""

    width: int = 1


class Colour(BaseModel):
    """A value that cannot be changed in place."""

    model_config = ConfigDict(frozen=True)
    name: str = "red"


class Cart(Entity, table=carts):
    """A cart with values that can be changed in place."""

    cart_id: str
    title: str = ""
    lines: list[Line] = []  # noqa: RUF012
    pair: tuple[Line, ...] = ()
    queue: deque[int] = deque()  # noqa: RUF012
    tags: set[str] = set()  # noqa: RUF012
    sizes: dict[str, Size] = {}  # noqa: RUF012
    first: Line | None = None
    colour: Colour = Colour()
    version: Annotated[int, VERSION] = 1
    changed: Annotated[datetime | None, UPDATED] = None

    key = carts.primary.key("CART#{cart_id}", "CART")


def cart() -> Cart:
    """A cart as it is built by hand."""
    return Cart(
        cart_id="1",
        lines=[Line(sku="a")],
        pair=(Line(sku="b"),),
        queue=deque([1]),
        tags={"t"},
        sizes={"m": Size()},
        first=Line(sku="c"),
    )


def change_in_place(cart: Cart, field: str) -> None:
    """Changes what one field holds."""
    match field:
        case "lines":
            cart.lines.append(Line(sku="z"))
        case "elements":
            cart.lines[0].sku = "z"
        case "pair":
            cart.pair[0].sku = "z"
        case "queue":
            cart.queue.append(2)
        case "tags":
            cart.tags.add("z")
        case "sizes":
            cart.sizes["m"].width = 9
        case _:
            assert cart.first is not None
            cart.first.sku = "z"


FIELDS = ["lines", "elements", "pair", "queue", "tags", "sizes", "first"]


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    return open_backend(carts)


@pytest.mark.parametrize("field", FIELDS)
def test_a_change_in_place_of_what_was_built_by_hand_is_refused(db: Backend, field: str) -> None:
    """It is in both states, so that there is nothing to write: it would be left out in silence."""
    before = cart()
    made = db.repository.write(create(before))
    after = before.model_copy()
    change_in_place(after, field)
    for state in (after, before):
        with raises(VersionConflict, written="no"):
            db.repository.write(update(before, state))
        with pytest.raises(TransactionCancelled):
            db.repository.write(transaction(update(before, state)))
    assert db.repository.fetch(Cart.key.get(cart_id="1")) == made


@pytest.mark.parametrize("field", FIELDS)
def test_a_change_in_place_of_a_deep_copy_is_written(db: Backend, field: str) -> None:
    before = cart()
    db.repository.write(create(before))
    after = before.model_copy(deep=True)
    change_in_place(after, field)
    db.repository.write(update(before, after))
    found = db.repository.fetch(Cart.key.get(cart_id="1"))
    assert found is not None
    assert found.model_copy(update={"version": 1, "changed": None}) == after


@pytest.mark.parametrize("field", FIELDS)
def test_a_change_in_place_of_what_a_write_answered_is_written(db: Backend, field: str) -> None:
    """Both states share it, and what is stored is known."""
    before = db.repository.write(create(cart()))
    after = before.model_copy()
    change_in_place(after, field)
    db.repository.write(update(before, after))
    found = db.repository.fetch(Cart.key.get(cart_id="1"))
    assert found is not None
    assert [getattr(found, name) for name in Cart.model_fields if name in FIELDS] == [
        getattr(after, name) for name in Cart.model_fields if name in FIELDS
    ]


def test_a_change_in_place_of_what_a_copy_was_given_is_refused(db: Backend) -> None:
    """Nobody knows how that is stored."""
    read = db.repository.write(create(cart()))
    before = read.model_copy(update={"lines": [Line(sku="y")]})
    after = before.model_copy()
    after.lines.append(Line(sku="z"))
    with raises(VersionConflict):
        db.repository.write(update(before, after))


def test_equal_states_built_by_hand_are_written_over_what_they_are(db: Backend) -> None:
    before = cart()
    db.repository.write(create(before))
    assert db.repository.write(update(before, before.model_copy())).version == 2


def test_what_is_stored_need_not_be_known_where_it_was_not_shared_or_said_what_changes(
    db: Backend,
) -> None:
    """Separate states, and copies that were given values."""
    db.repository.write(create(cart()))
    lines = {"L": [{"M": {"sku": {"S": "other"}}}]}
    db.put(**{**(db.raw(PK="CART#1", SK="CART") or {}), "lines": lines})
    assert db.repository.write(update(cart(), cart())).lines == [Line(sku="other")]
    before = cart().model_copy(update={"version": 2})
    same = before.model_copy(update={"title": ""})
    assert db.repository.write(update(before, same)).lines == [Line(sku="other")]
    before = cart().model_copy(update={"version": 3})
    renamed = before.model_copy(update={"title": "x"})
    assert db.repository.write(update(before, renamed)).lines == [Line(sku="other")]
