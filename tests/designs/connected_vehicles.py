"""Vehicles and their users: edges in both directions, and a status within the sort key.

As the status is part of the key, a subscription ends by a deletion and a new item at once. What
the design calls its TTL is text, which DynamoDB never expires: it is read as the moment it says,
and is no `TTL`."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, NewType

from pydantic import Field, JsonValue

from singletable import (
    IN_KEY,
    Entity,
    Query,
    Table,
    Transaction,
    access_pattern,
    collection,
    create,
    delete,
    transaction,
)
from singletable.formats import epoch, instant
from singletable.patterns import gets, queries

Vin = NewType("Vin", str)
UserId = NewType("UserId", str)
VinInKey = Annotated[Vin, IN_KEY]
UserInKey = Annotated[UserId, IN_KEY]
TextInKey = Annotated[str, IN_KEY]
Settings = dict[str, JsonValue]

vehicles = Table("Connected_Vehicle", type_attribute=None)
primary = vehicles.primary


class Status(StrEnum):
    ACTIVE = "ACTIVE"
    EXPIRED = "EXPIRED"


class Vehicle(Entity, table=vehicles):
    """A vehicle, and how it is built."""

    vin: Vin = Field(serialization_alias="vehicle_id")
    engine: str
    drivetrain: str | None = None
    torque: str | None = None
    horsepower: str | None = None

    key = primary.key("VIN#{vin}", "#META#")


class VehicleFeature(Entity, table=vehicles):
    """What a vehicle can do, and how that is set."""

    vin: VinInKey
    feature: TextInKey
    cameras: Settings | None = None
    mirrors: Settings | None = None
    autonomous_driving: Settings | None = None

    key = primary.key("VIN#{vin}", "FEATURE#{feature}")


class VehicleUser(Entity, table=vehicles):
    """Who uses a vehicle: the edge from the vehicle."""

    vin: VinInKey
    user_id: UserInKey

    key = primary.key("VIN#{vin}", "ID#{user_id}")


class VehicleSubscription(Entity, table=vehicles):
    """A subscription as the vehicle has it."""

    vin: Vin = Field(serialization_alias="vehicle_id")
    user_id: UserId
    status: Annotated[Status, IN_KEY]
    feature: TextInKey
    part: TextInKey
    cameras: Settings | None = None

    key = primary.key("VIN#{vin}", "F#{user_id}#{status}#{feature}#{part}")


class User(Entity, table=vehicles):
    """A person."""

    user_id: UserInKey
    user_name: str
    user_phone: str

    key = primary.key("ID#{user_id}", "#META#")


class Preference(Entity, table=vehicles):
    """How a user likes a feature to be, in any vehicle."""

    user_id: UserInKey
    feature: TextInKey
    user_name: str
    cameras: Settings | None = None
    seats: Settings | None = None

    key = primary.key("ID#{user_id}", "PREFERENCES#{feature}")


class UserVehicle(Entity, table=vehicles):
    """Who uses a vehicle: the edge from the user."""

    user_id: UserInKey
    vin: VinInKey

    key = primary.key("ID#{user_id}", "VIN#{vin}")


class UserSubscription(Entity, table=vehicles):
    """A subscription as its user has it."""

    user_id: UserInKey
    status: Annotated[Status, IN_KEY]
    feature: TextInKey
    part: TextInKey
    user_name: str
    cameras: Settings | None = None
    seats: Settings | None = None
    ends_at: Annotated[datetime, instant("seconds", suffix="")] = Field(
        serialization_alias="expiration_date"
    )
    expires_at: Annotated[datetime, epoch("seconds", text=True)] = Field(
        serialization_alias="expiration_ttl"
    )

    key = primary.key("ID#{user_id}", "F#{status}#{feature}#{part}")


vehicle = gets(Vehicle.key, "A vehicle.")
features = queries(VehicleFeature.key, "The features of a vehicle.")
users_of = queries(VehicleUser.key, "Who uses a vehicle.")
vehicles_of = queries(UserVehicle.key, "The vehicles of a user.")
preferences = queries(Preference.key, "What a user prefers.")


@access_pattern
def active(user_id: UserId) -> Query[UserSubscription]:
    """What a user has subscribed to now."""
    return UserSubscription.key.query(user_id=user_id, status=Status.ACTIVE)


@access_pattern
def account(user_id: UserId) -> Query[User | Preference | UserVehicle | UserSubscription]:
    """All that is known of a user."""
    members = collection(User.key, Preference.key, UserVehicle.key, UserSubscription.key)
    return members.query(user_id=user_id)


@access_pattern
def link(from_vehicle: VehicleUser, from_user: UserVehicle) -> Transaction[None]:
    """Gives a user a vehicle: both edges, or none."""
    return transaction(create(from_vehicle), create(from_user))


@access_pattern
def expire(active: UserSubscription, expired: UserSubscription) -> Transaction[None]:
    """Ends a subscription, whose status is part of its key."""
    return transaction(delete(active, must_exist=True), create(expired))
