"""Vehicles and users are found from both sides, and subscriptions end, as it was published."""

from __future__ import annotations

import pytest

from singletable import collection
from singletable.errors import TransactionCancelled
from tests.conftest import OpenBackend, without_moto
from tests.designs import connected_vehicles as design
from tests.designs.connected_vehicles import Status, UserId, UserVehicle, VehicleUser, Vin
from tests.designs.corpus import load_design
from tests.designs.proofs import Asked, check_answers, check_published, put_again, raw

PUBLISHED = "06-connected-vehicles"
PRIMARY = ("PK", "SK")
TINT = {"M": {"level": {"N": "3"}, "is_on": {"BOOL": True}}}
ENDS = {"expiration_date": "2030-01-01T00:00:00", "expiration_ttl": "1893456000"}

ITEMS = [
    raw(PK="VIN#A1", SK="#META#", vehicle_id="A1", engine="electric", horsepower="90"),
    raw(PK="VIN#A1", SK="FEATURE#CAMERAS", cameras=TINT),
    raw(PK="VIN#A1", SK="FEATURE#MIRRORS", mirrors=TINT),
    raw(PK="VIN#A1", SK="ID#mo"),
    raw(PK="VIN#A1", SK="ID#moe"),
    raw(PK="VIN#A1", SK="F#mo#ACTIVE#CAMERAS#NIGHT", user_id="mo", vehicle_id="A1", cameras=TINT),
    raw(PK="VIN#A12", SK="#META#", vehicle_id="A12", engine="diesel"),
    raw(PK="VIN#A12", SK="ID#mo"),
    raw(PK="ID#mo", SK="#META#", user_name="Mo", user_phone="+10000000"),
    raw(PK="ID#mo", SK="PREFERENCES#SEATS", user_name="Mo", seats=TINT),
    raw(PK="ID#mo", SK="VIN#A1"),
    raw(PK="ID#mo", SK="VIN#A12"),
    raw(PK="ID#mo", SK="F#ACTIVE#CAMERAS#NIGHT", user_name="Mo", cameras=TINT, **ENDS),
    raw(PK="ID#mo", SK="F#EXPIRED#SEATS#HEAT", user_name="Mo", seats=TINT, **ENDS),
    raw(PK="ID#moe", SK="#META#", user_name="Moe", user_phone="+20000000"),
    raw(PK="ID#moe", SK="VIN#A1"),
]
MO, A1 = UserId("mo"), Vin("A1")
ALL = collection(
    design.Vehicle.key,
    design.VehicleFeature.key,
    design.VehicleUser.key,
    design.VehicleSubscription.key,
    design.User.key,
    design.Preference.key,
    design.UserVehicle.key,
    design.UserSubscription.key,
).scan(because="the test reads all")


@without_moto
def test_each_pattern_finds_what_it_asks_for(open_backend: OpenBackend) -> None:
    def of(partition: str, beginning: str, operation: object) -> Asked:
        return Asked(operation, PRIMARY, partition, lambda text: text.startswith(beginning))

    asked = {
        "AP1": of("VIN#A1", "#META#", design.vehicle(vin=A1)),
        "AP2": of("VIN#A1", "FEATURE#", design.features(vin=A1)),
        "AP3": of("VIN#A1", "ID#", design.users_of(vin=A1)),
        "AP4": of("ID#mo", "VIN#", design.vehicles_of(user_id=MO)),
        "AP5": of("ID#mo", "PREFERENCES#", design.preferences(user_id=MO)),
        "AP6": of("ID#mo", "F#ACTIVE#", design.active(MO)),
        "AP7": of("ID#mo", "", design.account(MO)),
    }
    check_answers(open_backend(design.vehicles), ITEMS, asked)


@without_moto
def test_published_examples_have_their_answers(open_backend: OpenBackend) -> None:
    vin, user = Vin("WDDJK7DA4FF954840"), UserId("cbrawley0")
    asked = {
        "AP1": design.vehicle(vin=vin),
        "AP2": design.features(vin=vin),
        "AP3": design.users_of(vin=vin),
        "AP4": design.vehicles_of(user_id=user),
        "AP5": design.preferences(user_id=user),
        "AP6": design.active(user),
        "AP7": design.account(user),
    }
    check_published(open_backend(design.vehicles), load_design(PUBLISHED), asked)


@without_moto
def test_published_items_stay_but_for_a_blank_in_a_moment(open_backend: OpenBackend) -> None:
    differing = put_again(open_backend(design.vehicles), load_design(PUBLISHED).items, ALL)
    (attributes,) = differing.values()
    before, after = attributes.pop("expiration_date")
    assert not attributes
    assert after == {"S": before["S"].replace(" ", "T")}


@without_moto
def test_a_link_is_written_from_both_sides_or_from_none(open_backend: OpenBackend) -> None:
    backend = open_backend(design.vehicles)
    edges = VehicleUser(vin=A1, user_id=MO), UserVehicle(user_id=MO, vin=A1)
    backend.put(PK="ID#mo", SK="VIN#A1")
    with pytest.raises(TransactionCancelled):
        backend.repository.write(design.link(*edges))
    assert backend.items() == [raw(PK="ID#mo", SK="VIN#A1")]
    backend.client.delete_item(TableName=backend.name, Key=raw(PK="ID#mo", SK="VIN#A1"))
    backend.repository.write(design.link(*edges))
    assert {item["SK"]["S"] for item in backend.items()} == {"ID#mo", "VIN#A1"}


@without_moto
def test_a_subscription_ends_as_another_item(open_backend: OpenBackend) -> None:
    backend = open_backend(design.vehicles)
    before = raw(PK="ID#mo", SK="F#ACTIVE#CAMERAS#NIGHT", user_name="Mo", cameras=TINT, **ENDS)
    backend.put(**before)
    (active,) = backend.repository.fetch(design.active(MO))
    expired = active.model_copy(update={"status": Status.EXPIRED})
    backend.repository.write(design.expire(active, expired))
    assert backend.items() == [before | raw(SK="F#EXPIRED#CAMERAS#NIGHT")]
    with pytest.raises(TransactionCancelled):
        backend.repository.write(design.expire(active, expired))
