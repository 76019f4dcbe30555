"""Filters read enough: few requests find what they look for, and every bound says what to do."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Any

import pytest

from singletable import TTL, Entity, Table, attr, create, shards
from singletable.errors.request import RequestLimitReached
from singletable.formats import integer
from tests.backends import START, Backend
from tests.conftest import OpenBackend

shelves = Table("shelves")
by_kind = shelves.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")


class Version(Entity, table=shelves):
    """A version of an app, of which few are released."""

    app: str
    number: Annotated[int, integer(0, 9999)]
    released: bool = False
    expires_at: Annotated[datetime | None, TTL] = None

    key = shelves.primary.key("APP#{app}", "VERSION#{number}")
    spread = by_kind.key("VERSIONS#{shard}", "{number}", shards=shards(3, by="number"))


ALL = Version.key.query(app="one")
RELEASED = attr("released").equals(True)
SPREAD = Version.spread.query()


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    """Sixty versions, of which the 58th alone is released."""
    backend = open_backend(shelves)
    for number in range(1, 61):
        backend.repository.write(create(Version(app="one", number=number, released=number == 58)))
    backend.sent.clear()
    return backend


@pytest.mark.parametrize("query", [ALL, SPREAD], ids=["one partition", "shards"])
def test_a_filtered_first_needs_no_more_requests_than_large_pages(db: Backend, query: Any) -> None:
    """A match far behind is found in the one request that DynamoDB needs for it, a shard."""
    found = db.repository.fetch(query.where(RELEASED).first())
    needed = len(db.sent)
    assert found.number == 58
    db.sent.clear()
    assert db.repository.fetch(query.where(RELEASED).page_size(100).first()) == found
    assert needed == len(db.sent) == query.key_query.partition_count


@pytest.mark.parametrize("query", [ALL, SPREAD], ids=["one partition", "shards"])
@pytest.mark.parametrize("size", [1, 2, 20])
def test_small_filtered_pages_read_enough(db: Backend, query: Any, size: int) -> None:
    """Pages of every size, of descending queries too."""
    page = db.repository.fetch(query.descending().where(RELEASED).page(size))
    assert [each.number for each in page] == [58]
    assert len(db.sent) == query.key_query.partition_count


def test_iterating_over_a_filter_reads_enough(db: Backend) -> None:
    """The pages of an iteration are pages."""
    numbers = [each.number for each in db.repository.iterate(ALL.where(RELEASED).take(1))]
    assert (numbers, len(db.sent)) == ([58], 1)


def test_every_round_of_a_filter_reads_twice_as_many(open_moto: OpenBackend) -> None:
    """So that a match behind thousands of others is no question of patience."""
    db = open_moto(shelves)
    with_items = db.client.batch_write_item
    for start in range(1, 401, 25):
        puts = [
            {"PutRequest": {"Item": _item(number, released=number == 400)}}
            for number in range(start, start + 25)
        ]
        with_items(RequestItems={db.name: puts})
    found = db.repository.fetch(ALL.where(RELEASED).first())
    assert found is not None
    assert found.number == 400
    assert [each.request.parameters["Limit"] for each in db.sent] == [100, 200, 400]


def _item(number: int, *, released: bool) -> dict[str, Any]:
    return {
        "PK": {"S": "APP#one"},
        "SK": {"S": f"VERSION#{number:04d}"},
        "entity": {"S": "Version"},
        "app": {"S": "one"},
        "number": {"N": str(number)},
        "released": {"BOOL": released},
    }


def test_what_has_expired_is_passed_in_two_requests(db: Backend) -> None:
    """The first asks for no more than is wanted: few items are expired and not deleted yet."""
    for number in range(1, 58):
        expired = Version(app="two", number=number, expires_at=START - timedelta(days=1))
        db.repository.write(create(expired))
    db.repository.write(create(Version(app="two", number=58)))
    db.sent.clear()
    found = db.repository.fetch(Version.key.query(app="two").excluding_expired().first())
    assert found is not None
    assert found.number == 58
    assert [each.request.parameters["Limit"] for each in db.sent] == [2, 200]


def test_a_declared_page_size_counts_also_with_a_filter(db: Backend) -> None:
    """Whoever says how much a request reads is not told better; the error names the remedy."""
    with pytest.raises(RequestLimitReached) as reached:
        db.repository.fetch(ALL.where(RELEASED).page_size(2).first())
    assert reached.value.requests == len(db.sent) == 16
    assert "page_size" in reached.value.remedy
    assert "max_requests" in reached.value.remedy


def test_a_query_without_any_limit_reads_its_partition_to_the_end(db: Backend) -> None:
    """It is one page of everything, in as many requests as that takes, and the last one."""
    large = "x" * 300_000
    for number in range(1, 8):
        item = {**_item(number, released=False), "note": {"S": large}}
        item["PK"], item["app"] = {"S": "APP#large"}, {"S": "large"}
        db.client.put_item(TableName=db.name, Item=item)
    page = db.repository.fetch(Version.key.query(app="large"))
    assert (len(page), page.is_last, len(db.sent) > 1) == (7, True, True)
    assert "Limit" not in db.sent[0].request.parameters


def test_a_filtered_query_without_any_limit_ends_after_16_requests(db: Backend) -> None:
    """With a cursor, as docs say."""
    page = db.repository.fetch(ALL.where(RELEASED).page_size(1))
    assert (len(page), page.is_last, len(db.sent)) == (0, False, 16)
