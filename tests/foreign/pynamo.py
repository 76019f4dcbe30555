"""Models of PynamoDB: orders by natural keys; people and readings, told by a discriminator."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from pynamodb.attributes import (
    BooleanAttribute,
    DiscriminatorAttribute,
    JSONAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
    UTCDateTimeAttribute,
    VersionAttribute,
)
from pynamodb.exceptions import DeleteError, PutError, UpdateError
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model

__all__ = ["Address", "DeleteError", "Line", "PutError", "UpdateError", "declare_models"]


class Address(MapAttribute[str, Any]):
    street = UnicodeAttribute()
    zip_code = UnicodeAttribute(attr_name="zip")
    floor = NumberAttribute(null=True)


class Line(MapAttribute[str, Any]):
    sku = UnicodeAttribute()
    count = NumberAttribute(default=1)


class ByStatus(GlobalSecondaryIndex[Any]):
    class Meta:
        index_name = "status-index"
        projection = AllProjection()

    status = UnicodeAttribute(hash_key=True)
    placed_at = UTCDateTimeAttribute(range_key=True)


def declare_models(
    endpoint: str, *, orders: str = "-", people: str = "-", readings: str = "-"
) -> SimpleNamespace:
    """The models, on these tables."""

    class Local:
        host = endpoint
        region = "eu-west-1"
        aws_access_key_id = "testing"
        aws_secret_access_key = "testing"

    class Order(Model):
        class Meta(Local):
            table_name = orders

        customer_id = UnicodeAttribute(hash_key=True)
        placed_at = UTCDateTimeAttribute(range_key=True)
        status = UnicodeAttribute(default="open")
        ship_to = Address()
        lines = ListAttribute(of=Line)
        labels = UnicodeSetAttribute(null=True)
        note = UnicodeAttribute(null=True)
        paid = BooleanAttribute(default=False)
        extra = JSONAttribute(null=True)
        expires = TTLAttribute(null=True)
        version = VersionAttribute()
        by_status = ByStatus()

    class Being(Model):
        class Meta(Local):
            table_name = people

        pk = UnicodeAttribute(hash_key=True)
        sk = UnicodeAttribute(range_key=True)
        cls = DiscriminatorAttribute()
        name = UnicodeAttribute()

    class Person(Being, discriminator="Person"):
        born = UTCDateTimeAttribute(null=True)

    class Pet(Being, discriminator="Pet"):
        species = UnicodeAttribute()

    class Reading(Model):
        class Meta(Local):
            table_name = readings

        device = UnicodeAttribute(hash_key=True)
        at = UTCDateTimeAttribute(range_key=True)
        cls = DiscriminatorAttribute()

    class Temperature(Reading, discriminator="Temperature"):
        degrees = NumberAttribute()

    class Humidity(Reading, discriminator="Humidity"):
        percent = NumberAttribute()

    known = (Order, Being, Person, Pet, Reading, Temperature, Humidity)
    return SimpleNamespace(**{model.__name__: model for model in known})
