"""F1 and F2 for every operation, by the real client: some of its requests are spoilt on the way.

What passes is answered whole; else there is one error of the engine with a true `written`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, NamedTuple

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from singletable import (
    Page,
    Repository,
    RequestError,
    attr,
    batch,
    clear,
    collection,
    create,
    put,
    snapshot,
    transaction,
)
from singletable.errors import (
    AccessRefused,
    BatchUnfinished,
    IndexMissing,
    ServiceUnavailable,
    TableMissing,
    Throttled,
)
from singletable.errors.transport import TransportError
from singletable.inspect import Context, Retry
from singletable.operations import WriteOperation
from singletable.transport import Transport, boto3_transport
from tests.backends import START, client_of
from tests.singletable.delivery.hits import Hits, hitting_proxy
from tests.singletable.delivery.market import Box, Good, Seal, Stall, Tag, good, market, new_market
from tests.singletable.delivery.network import memory_server
from tests.singletable.stub_server import error, stub_server

pytestmark = pytest.mark.slow

PATIENCE = 0.3
MANY = 110
PATCH = Good.key.patch(stall="s", number=1)
BOX = attr("box")


class Case(NamedTuple):
    """An operation, and what stands in the requests of it that are spoilt."""

    operation: Any
    part: str = ""
    counts: bool = False


READS: dict[str, Case] = {
    "get": Case(Good.key.get(stall="s", number=1)),
    "query": Case(Good.key.query(stall="s").page_size(60)),
    "one shard of four": Case(Good.by_price.query(), "PRICES#2"),
    "one shard of a page": Case(Good.by_price.query().page(20), "PRICES#2"),
    "the first of four shards": Case(Good.by_price.query().first(), "PRICES#2"),
    "a count of four shards": Case(Good.by_price.query().count(), "PRICES#2"),
    "a batch get": Case(Good.key.get_each(stall="s", number=range(MANY)), "GOOD#0105"),
    "a snapshot": Case(snapshot(*(Good.key.get(stall="s", number=at) for at in range(20)))),
    "a scan": Case(Good.key.scan(because="all")),
    "one segment of four": Case(Good.key.scan(because="all").segments(4), '"Segment": 2'),
    "a count of segments": Case(Good.key.scan(because="all").segments(4).count(), '"Segment": 2'),
    "a collection": Case(collection(Good.key, Stall.key).query(stall="s")),
    "a view": Case(Good.by_shelf.query(shelf="a").only(Tag)),
    "hydrated keys": Case(Good.listed.query().hydrated(), '"IndexName": "KEYS"'),
    "hydrated items": Case(Good.listed.query().hydrated(), "GOOD#0105"),
}
WRITES: dict[str, Case] = {
    "a batch": Case(batch(*(put(good(at, note="x")) for at in range(MANY))), "GOOD#0105"),
    "the one batch": Case(batch(*(put(good(at, note="x")) for at in range(20)))),
    "a deletion of all": Case(clear(Good.key.query(stall="s")), "DeleteRequest"),
    "its query": Case(clear(Good.by_price.query()), "PRICES#2"),
    "of unique values": Case(clear(Seal.everywhere.query()), "TransactItems"),
    "an upsert": Case(Good.key.upsert(stall="s", number=1).set(note="x", price=1, shelf="a")),
    "set_at": Case(PATCH.set_at(BOX["size"], 5)),
    "unset_at": Case(PATCH.unset_at(attr("by_day")["may"])),
    "remove_at": Case(PATCH.remove_at(BOX["tags"], {"a"})),
    "set if absent": Case(PATCH.set_if_absent(note="x")),
    "add_at": Case(PATCH.add_at(BOX["size"], 1), counts=True),
    "append_at": Case(PATCH.append_at(BOX["log"], ["x"]), counts=True),
    "add_at once": Case(PATCH.add_at(BOX["size"], 1).once(), "TransactItems"),
    "parts in a transaction": Case(transaction(PATCH.append_at(BOX["log"], ["x"]))),
}
CASES = {**READS, **WRITES}
SIDE_BY_SIDE = {"a batch": 5, "a deletion of all": 5}


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0.0)


@contextmanager
def opened(case: str, hits: Hits, attempts: int = 3) -> Iterator[tuple[Repository, Transport]]:
    """A repository behind the network that spoils, and the table behind it, filled."""
    table = table_to_read() if case in READS else filled()
    with (
        memory_server(table) as upstream,
        hitting_proxy(upstream, hits, PATIENCE) as endpoint,
    ):
        client = client_of.__wrapped__(
            endpoint,
            read_timeout=PATIENCE if hits.kind == "keep back" else 10,
            retries={"mode": "standard", "total_max_attempts": attempts},
        )
        retry = Retry(attempts=4, sleep=lambda _: None)
        yield Repository(boto3_transport(client), market, retry=retry, clock=lambda: START), table
        client.close()


@cache
def requests() -> tuple[Any, ...]:
    """What fills the table."""
    box = Box(size=1, note="n", tags={"a", "b"}, log=["l"])
    goods = {at: good(at) for at in range(MANY)}
    goods[1] = good(1, by_day={"may": 1, "june": 2}, box=box)
    context = Context()
    operations = [
        batch(*map(put, goods.values()), put(Stall(stall="s"))),
        *(create(Seal(seal_id=f"s{at}", code=str(at))) for at in range(3)),
    ]
    return tuple(each for operation in operations for each in operation.requests(context))


def filled() -> Transport:
    table = new_market()
    for request in requests():
        table(request.operation, request.parameters)
    return table


@cache
def table_to_read() -> Transport:
    """One that no test changes."""
    return filled()


def stored(table: Transport) -> dict[tuple[str, str], Any]:
    items = table("Scan", {"TableName": "market"})["Items"]
    return {(item["PK"]["S"], item["SK"]["S"]): item for item in items}


def run(repository: Repository, operation: Any) -> Any:
    is_write = isinstance(operation, WriteOperation)
    return (repository.write if is_write else repository.fetch)(operation)


@cache
def expected(case: str) -> tuple[Any, dict[tuple[str, str], Any], dict[tuple[str, str], Any]]:
    """What it answers, and what is stored before and afterwards, where nothing goes wrong."""
    table = filled()
    before = stored(table)
    answer = run(Repository(table, market, clock=lambda: START), CASES[case].operation)
    return comparable(answer), before, stored(table)


def comparable(answer: Any) -> Any:
    """A page without its cursor, which no two have alike; of a scan in one order."""
    return sorted(answer.items, key=repr) if isinstance(answer, Page) else answer


PASSING = [("throttle", "early"), ("fault", "early"), ("cut", "late"), ("spoil", "late")]
LASTING = [("throttle", "early"), ("page", "early"), ("reset", "early"), ("swallow", "late")]
FAULT = ("kind", "when")


@pytest.mark.parametrize(FAULT, PASSING, ids=map(" ".join, PASSING))
@pytest.mark.parametrize("case", CASES)
def test_what_passes_is_retried_and_answered_whole(case: str, kind: str, when: str) -> None:
    """One of its requests is spoilt, once; what may count twice is not sent again."""
    operation, part, counts = CASES[case]
    answer, before, after = expected(case)
    hits = Hits(kind, lambda text: part in text, is_late=when == "late", times=1)
    with opened(case, hits) as (repository, table):
        if counts and kind != "throttle":
            with pytest.raises(ServiceUnavailable) as caught:
                run(repository, operation)
            assert caught.value.written == "unknown"
            assert stored(table) == (after if when == "late" else before)
        else:
            assert comparable(run(repository, operation)) == answer
            assert stored(table) == after
    assert hits.count == 1


def check_true(failed: RequestError, before: Any, now: Any, after: Any) -> None:
    """`written`, and the writes that a batch says it carried out, are what is stored."""
    assert isinstance(failed, (ServiceUnavailable, Throttled, BatchUnfinished))
    assert isinstance(failed.__cause__, TransportError)
    assert not isinstance(failed, (BotoCoreError, ClientError))
    if failed.written == "no":
        assert now == before
    if failed.written == "yes":
        assert now != before
    assert all(now.get(key) in (before.get(key), after.get(key)) for key in {*before, *after, *now})
    if isinstance(failed, BatchUnfinished):
        for keys, states in ((failed.unwritten, [before]), (failed.uncertain, [before, after])):
            for text in keys.values():
                partition, sort = text.removeprefix("Good ").split(" / ")
                found = now.get((partition, sort))
                assert found in [state.get((partition, sort)) for state in states]


@pytest.mark.parametrize(FAULT, LASTING, ids=map(" ".join, LASTING))
@pytest.mark.parametrize("case", CASES)
def test_what_does_not_pass_is_one_error_in_bounded_attempts(
    case: str, kind: str, when: str
) -> None:
    """Every such request is spoilt; afterwards the same operation is carried out."""
    operation, part, counts = CASES[case]
    answer, before, after = expected(case)
    hits = Hits(kind, lambda text: part in text, is_late=when == "late")
    with opened(case, hits) as (repository, table):
        with pytest.raises(RequestError) as caught:
            run(repository, operation)
        check_true(caught.value, before, stored(table), after)
        assert hits.count <= (1 if counts and kind != "throttle" else 6 * SIDE_BY_SIDE.get(case, 1))
        hits.times = 0
        again = run(repository, operation)
        if isinstance(operation, WriteOperation):
            assert stored(table).keys() == after.keys()
        else:
            assert comparable(again) == answer


@pytest.mark.parametrize("case", ["one shard of four", "one segment of four", "a batch", "set_at"])
def test_silence_is_a_time_out(case: str) -> None:
    """Which is tried again as any lost answer is."""
    operation, part, _ = CASES[case]
    answer, before, after = expected(case)
    with opened(case, Hits("keep back", lambda text: part in text, times=1)) as (repository, table):
        assert comparable(run(repository, operation)) == answer
        assert stored(table) == after
    with opened(case, Hits("keep back", lambda text: part in text), 2) as (repository, table):
        with pytest.raises(RequestError) as caught:
            run(repository, operation)
        check_true(caught.value, before, stored(table), after)


MISSING: dict[str, tuple[Any, type[RequestError]]] = {
    "table": (error("ResourceNotFoundException", "Requested resource not found"), TableMissing),
    "index": (
        error("ValidationException", "The table does not have the specified index: GSI1"),
        IndexMissing,
    ),
    "credentials": (error("UnrecognizedClientException", "The token is invalid."), AccessRefused),
    "rights": (error("AccessDeniedException", "not authorized to perform"), AccessRefused),
}


@pytest.mark.parametrize("missing", MISSING)
@pytest.mark.parametrize("case", CASES)
def test_what_is_missing_says_what_to_do(case: str, missing: str) -> None:
    """Not tried again by any operation; side by side each request asks once."""
    answer, kind = MISSING[missing]
    with stub_server() as stub:
        stub.will(answer)
        client = client_of.__wrapped__(stub.endpoint)
        with pytest.raises(RequestError) as caught:
            run(Repository(boto3_transport(client), market), CASES[case].operation)
        client.close()
    assert type(caught.value) is kind or (
        isinstance(caught.value, BatchUnfinished) and missing in str(caught.value)
    )
    assert caught.value.written == "no"
    assert caught.value.remedy
    assert len(stub.asked) <= 8
