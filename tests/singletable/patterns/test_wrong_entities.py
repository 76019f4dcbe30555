"""A pattern that is called with something else than the entity that it declares."""

from __future__ import annotations

from typing import Any

import pytest

from singletable import (
    Create,
    Delete,
    Entity,
    Get,
    Patch,
    Query,
    Table,
    Transaction,
    Update,
    access_pattern,
    attr,
    create,
    delete,
    transaction,
    update,
)
from singletable.errors.request import InvalidItem, InvalidOperation
from tests.singletable.raises import raises

stable = Table("stable")


class Horse(Entity, table=stable):
    """A horse."""

    horse_id: str
    name: str
    key = stable.primary.key("HORSE#{horse_id}", "HORSE")


class Ride(Entity, table=stable):
    """A ride on a horse."""

    ride_id: str
    mount: str
    note: str | None = None
    key = stable.primary.key("RIDE#{ride_id}", "RIDE")


@access_pattern
def start(ride: Ride) -> Create[Ride]:
    """A ride begins."""
    return create(ride)


@access_pattern
def mount_of(ride: Ride) -> Get[Horse]:
    """The horse of a ride."""
    return Horse.key.get(horse_id=ride.mount)


@access_pattern
def mounts_of(ride: Ride) -> Query[Horse]:
    """The horse of a ride, if it still has its name."""
    return Horse.key.query(horse_id=ride.mount).where(attr("name").equals(ride.mount))


@access_pattern
def rename(ride: Ride) -> Patch[Horse]:
    """A horse is called like its ride."""
    return Horse.key.patch(horse_id=ride.mount).set(name=ride.ride_id)


@access_pattern
def change(before: Ride, after: Ride) -> Update[Ride]:
    """A ride is changed."""
    return update(before, after)


@access_pattern
def end(ride: Ride) -> Delete:
    """A ride ends."""
    return delete(ride)


@access_pattern
def swap(ride: Ride, horse: Horse) -> Transaction[None]:
    """A ride ends, and a horse is called like it."""
    return transaction(
        Ride.key.delete(ride_id=ride.ride_id),
        Horse.key.patch(horse_id=horse.horse_id).set(name=ride.mount),
    )


HORSE, RIDE = Horse(horse_id="h", name="Emma"), Ride(ride_id="r", mount="h")
UNFINISHED = Ride.model_construct(ride_id="r")
CALLS: dict[str, Any] = {
    "create": start,
    "get": mount_of,
    "query": mounts_of,
    "patch": rename,
    "update before": lambda wrong: change(wrong, RIDE),
    "update after": lambda wrong: change(RIDE, wrong),
    "delete": end,
    "transaction": lambda wrong: swap(wrong, HORSE),
    "by name": lambda wrong: swap(horse=HORSE, ride=wrong),
}
WRONG: dict[str, Any] = {"another entity": HORSE, "None": None, "text": "r", "dict": {"mount": "h"}}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("call", CALLS)
def test_a_pattern_refuses_what_is_not_its_entity(call: str, wrong: str) -> None:
    """It was an AttributeError, of another entity's field."""
    with pytest.raises(InvalidOperation) as refused:
        CALLS[call](WRONG[wrong])
    assert refused.value.written == "no"


@pytest.mark.parametrize("call", ["get", "query", "patch", "transaction", "by name"])
def test_the_refusal_names_argument_and_entity(call: str) -> None:
    with raises(InvalidOperation, declared="ride is a Horse", allowed="a Ride"):
        CALLS[call](HORSE)


@pytest.mark.parametrize("call", ["create", "get", "query", "patch", "update before", "delete"])
def test_an_entity_that_lacks_fields_is_named_with_them(call: str) -> None:
    with raises(InvalidItem, entity="Ride", problems="mount"):
        CALLS[call](UNFINISHED)


def test_a_call_without_an_argument_stays_a_type_error() -> None:
    """As of any function."""
    unnamed: Any = swap
    with pytest.raises(TypeError):
        unnamed(RIDE)
