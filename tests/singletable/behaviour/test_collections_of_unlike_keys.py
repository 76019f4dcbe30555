"""Item collections whose keys are alike in part: in their beginning, or in their text alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import pytest
from pydantic import Field

from singletable import Entity, Table, collection, create
from singletable.errors import InvalidOperation
from singletable.formats import shaped
from singletable.inspect import Context
from tests.conftest import OpenBackend

phones = Table("phones")

Owner = Annotated[str, shaped(r"[0-9]+", example="7")]
Number = Annotated[str, shaped(r"N[0-9]+", example="N1")]


class Person(Entity, table=phones):
    """Whose phones they are; beside them in the partition, before them in its order."""

    owner: Owner
    key = phones.primary.key("P{owner}", "A")


class Wallet(Entity, table=phones):
    """What a phone pays from."""

    owner: Owner
    number: Number
    wallet: Annotated[str, shaped(r"W[0-9]+", example="W1")]
    key = phones.primary.key("P{owner}", "{number}#{wallet}")


class Payment(Entity, table=phones):
    """What a phone paid."""

    owner: Owner
    phone: Number
    at: datetime
    key = phones.primary.key("P{owner}", "{phone}#{at}")


NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ITEMS = [
    Person(owner="1"),
    Wallet(owner="1", number="N1", wallet="W2"),
    Payment(owner="1", phone="N1", at=NOON),
    Wallet(owner="1", number="N10", wallet="W1"),
    Payment(owner="1", phone="N2", at=NOON),
]


def test_the_beginning_that_they_share_is_asked_for(open_backend: OpenBackend) -> None:
    """Whatever follows it in each of them; no other entity begins so."""
    db = open_backend(phones)
    for item in ITEMS:
        db.repository.write(create(item))
    for both in (collection(Wallet.key, Payment.key), collection(Payment.key, Wallet.key)):
        asked = both.query(owner="1", number="N1")
        (request,) = asked.requests(Context())
        assert request.parameters["KeyConditionExpression"] == "#PK = :PK AND begins_with(#SK, :SK)"
        assert request.parameters["ExpressionAttributeValues"][":SK"] == {"S": "N1#"}
        assert list(db.repository.fetch(asked)) == [ITEMS[2], ITEMS[1]]


def test_a_range_needs_the_next_field_alike_as_well() -> None:
    """It would be of another kind in each member."""
    both = collection(Payment.key, Wallet.key).query(owner="1", phone="N1")
    with pytest.raises(InvalidOperation) as caught:
        both.at_least(at=NOON).requests(Context())
    assert caught.value.where == "Payment.key + Wallet.key"


by_receipt = Table("receipts", type_attribute="kind")
receipts = by_receipt.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")


class Purchase(Entity, table=by_receipt):
    """Its receipt is in the index as text that is made of it."""

    receipt: str
    key = by_receipt.primary.key("PURCHASE#{receipt}", "A")
    listed = receipts.key("{receipt}", "A")


class Debit(Entity, table=by_receipt):
    """Its receipt stands in the attribute of the index alone."""

    debit: str
    receipt: str | None = Field(default=None, serialization_alias="GSI1PK")
    key = by_receipt.primary.key("DEBIT#{debit}", "A")
    listed = receipts.key("{receipt}", "B#{debit}")


def test_a_part_that_is_the_field_itself_is_like_its_text(open_backend: OpenBackend) -> None:
    """Where the field is stored as the text that other members make of theirs."""
    db = open_backend(by_receipt)
    items = [Purchase(receipt="r1"), Debit(debit="d1", receipt="r1"), Debit(debit="d2")]
    for item in items:
        db.repository.write(create(item))
    for both in (
        collection(Purchase.listed, Debit.listed),
        collection(Debit.listed, Purchase.listed),
    ):
        assert list(db.repository.fetch(both.query(receipt="r1"))) == items[:2]
