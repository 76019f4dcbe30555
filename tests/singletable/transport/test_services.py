"""Lean transports and the services that are asked in development: DynamoDB Local, moto's server."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Annotated, Any

import pytest
from pydantic import Field

from singletable import (
    Entity,
    Repository,
    Table,
    batch,
    clear,
    create,
    create_table,
    put,
    snapshot,
    transaction,
)
from singletable.errors import ItemExists, TableMissing, TransactionCancelled
from singletable.formats import integer, slug
from singletable.transport import boto3_transport
from tests.app.services.accounts.server import moto_server
from tests.backends import client_of, local_endpoint, undeployed
from tests.singletable.transport.conftest import OpenLean

letters = Table("letters")


class Letter(Entity, table=letters):
    """A letter and its seal."""

    box: Annotated[str, slug()]
    number: Annotated[int, integer(0, 9999)]
    seal: bytes = b"\x00\xff"
    marks: frozenset[bytes] = frozenset({b"a", b"\xfe"})
    text: str = "ö \U0001f600 \u2028"
    parts: dict[str, bytes] = Field(default={"B": b"B", "BS": b""})

    key = letters.primary.key("BOX#{box}", "LETTER#{number}")


SERVICES = [
    pytest.param("moto", marks=pytest.mark.slow),
    pytest.param("local", marks=pytest.mark.connected),
]


@pytest.fixture(params=SERVICES, scope="module")
def endpoint(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where the service is."""
    if request.param == "moto":
        with moto_server() as started:
            yield started
    else:
        yield local_endpoint()


def letter(number: int, **values: Any) -> Letter:
    return Letter(box="b", number=number, **values)


def test_everything_is_answered_as_over_boto3(endpoint: str, open_lean: OpenLean) -> None:
    """Reads, writes, errors; bytes, which JSON does not have, wherever they are."""
    name = f"letters-{uuid.uuid4().hex}"
    send = open_lean(endpoint)
    client = client_of.__wrapped__(endpoint)
    assert "TableDescription" in send("CreateTable", undeployed(letters, name))
    repository = Repository(send, {letters: name})
    over_boto3 = Repository(boto3_transport(client), {letters: name})

    first = repository.write(create(letter(1)))
    with pytest.raises(ItemExists):
        repository.write(create(letter(1)))
    get = Letter.key.get(box="b", number=1)
    assert repository.fetch(get) == over_boto3.fetch(get) == first
    patch = Letter.key.patch(box="b", number=1)
    patched = repository.write(patch.set(seal=b"new", parts={"BS": b"\xff"}))
    assert patched == over_boto3.fetch(get)
    repository.write(batch(*(put(letter(number)) for number in range(2, 40))))
    repository.write(transaction(create(letter(50)), put(letter(51, text="x" * 300_000))))
    with pytest.raises(TransactionCancelled) as caught:
        repository.write(transaction(create(letter(50)), put(letter(52))))
    assert {at: type(why) for at, why in caught.value.failures.items()} == {0: ItemExists}
    query = Letter.key.query(box="b")
    found = list(repository.iterate(query.page_size(7)))
    assert found == list(over_boto3.iterate(query))
    assert len(found) == 41
    each = Letter.key.get_each(box="b", number=range(1, 60))
    assert repository.fetch(each) == over_boto3.fetch(each)
    both = snapshot(get, Letter.key.get(box="b", number=60))
    assert repository.fetch(both) == over_boto3.fetch(both)
    scan = Letter.key.scan(because="all").segments(2)
    assert sorted(item.number for item in repository.fetch(scan)) == [i.number for i in found]
    repository.write(clear(query))
    assert list(over_boto3.iterate(query)) == []
    with pytest.raises(TableMissing):
        Repository(send, {letters: "nowhere"}).fetch(get)
    send("DeleteTable", {"TableName": name})
    client.close()


def test_a_design_can_be_deployed(endpoint: str, open_lean: OpenLean) -> None:
    """What `create_table` declares is what the service is told."""
    table = {**create_table(letters, f"letters-{uuid.uuid4().hex}")}
    table.pop("DeletionProtectionEnabled", None)
    send = open_lean(endpoint)
    send("CreateTable", table)
    found = send("DescribeTable", {"TableName": table["TableName"]})["Table"]
    assert found["KeySchema"] == table["KeySchema"]
    send("DeleteTable", {"TableName": table["TableName"]})
