"""Models of PynamoDB: orders by natural keys; people and pets, told by a discriminator."""

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
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model


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


def declare_models(endpoint: str, orders: str, people: str) -> SimpleNamespace:
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

    return SimpleNamespace(Order=Order, Being=Being, Person=Person, Pet=Pet)
