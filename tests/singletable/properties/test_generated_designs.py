"""Generated designs: what is written is found by exactly the reads that should find it.

A case is a design with its writes and its reads, on an empty table. A design serves five of them:
importing it takes about as long as one. A failure shows the design as code, what was done, and the
seed: `check_cases([declare(seed)], in_memory)` does it again.
"""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from itertools import count, islice
from typing import Any

import pytest

from singletable import boto3_transport, create_table
from singletable.operations.writes import partial_update
from singletable.testing import memory_transport
from singletable.transport import Transport
from tests.backends import client_of, local_endpoint
from tests.singletable.properties.generated.case import (
    Case,
    Declared,
    Mismatch,
    declare,
    declare_design,
)
from tests.singletable.properties.generated.designs import GLOBALS, LOCALS, PRIMARIES, Design

RUNS, WRITES, READS = 5, 8, 6
CHUNKS = 8
Wrap = Callable[[Transport], Transport]
OpenTable = Callable[[Declared], tuple[Transport, str]]


def check_cases(
    designs: Iterable[Declared], open_table: OpenTable, *, asks_both: bool = True
) -> Counter[str]:
    """Runs every design several times; counts cases, writes and reads, and those refused."""
    tally = Counter[str]()

    async def run() -> None:
        for declared in designs:
            for number in range(RUNS):
                case = Case(declared, number, *open_table(declared), tally)
                case.asks_both = asks_both
                await case.check(WRITES, READS)

    asyncio.run(run())
    return tally


def designs_from(seed: int, number: int) -> Iterator[Declared]:
    """So many designs of which import accepts an entity."""
    return islice((each for each in map(declare, count(seed)) if each.plans), number)


@cache
def some_designs() -> tuple[Declared, ...]:
    return tuple(designs_from(0, 20))


def in_memory(declared: Declared) -> tuple[Transport, str]:
    """An empty table in memory."""
    transport = memory_transport()
    transport("CreateTable", create_table(declared.table, "generated"))
    return transport, "generated"


def test_reads_answer_what_the_oracle_says() -> None:
    """A hundred cases."""
    assert check_cases(some_designs(), in_memory)["cases"] == 100


@pytest.mark.slow
@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_reads_answer_what_the_oracle_says_of_many_designs(chunk: int) -> None:
    """10,000 cases in all; most of what is drawn is accepted."""
    tally = check_cases(designs_from(100_000 * (chunk + 1), 2_000 // CHUNKS), in_memory)
    assert tally["cases"] == 10_000 // CHUNKS
    assert tally["refused reads"] < 0.25 * tally["reads"]
    assert tally["refused writes"] < 0.35 * tally["writes"]


# On DynamoDB Local


class LocalTables:
    """A table for each primary key, with every index that a design may have; emptied by each."""

    def __init__(self) -> None:
        self.client = client_of(local_endpoint())
        self.transport = boto3_transport(self.client)
        self.names = {primary: f"generated-{uuid.uuid4().hex}" for primary in PRIMARIES}

    def __enter__(self) -> LocalTables:
        for primary, name in self.names.items():
            indexes = [*GLOBALS, *(LOCALS if primary.sort else [])]
            whole = declare_design(Design(primary, tuple(indexes), {}))
            self.client.create_table(**create_table(whole.table, name))
        return self

    def __exit__(self, *_: object) -> None:
        for name in self.names.values():
            self.client.delete_table(TableName=name)

    def open(self, declared: Declared) -> tuple[Transport, str]:
        """The table of a design's primary key, without items."""
        primary = declared.design.primary
        name = self.names[primary]
        items = self.client.scan(TableName=name, ConsistentRead=True)["Items"]
        keys = [{each: item[each] for each in primary.attributes} for item in items]
        for at in range(0, len(keys), 25):
            deletions = [{"DeleteRequest": {"Key": key}} for key in keys[at : at + 25]]
            self.client.batch_write_item(RequestItems={name: deletions})
        return self.transport, name


@pytest.mark.connected
@pytest.mark.slow
@pytest.mark.parametrize("chunk", range(4))
def test_dynamodb_local_answers_what_the_oracle_says(chunk: int) -> None:
    """1,000 cases in all; each read by one of the repositories."""
    with LocalTables() as tables:
        designs = designs_from(10_000_000 + 100_000 * chunk, 50)
        tally = check_cases(designs, tables.open, asks_both=False)
    assert tally["cases"] == 250


# What the checks notice


def _forgets(transport: Transport) -> Transport:
    """Loses every fourth item that is put."""
    puts = count(1)

    def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        lost = operation == "PutItem" and next(puts) % 4 == 0
        return {} if lost else transport(operation, parameters)

    return send


def _answers(change: Callable[[list[Any]], list[Any]], *operations: str) -> Wrap:
    """Changes the items of answers."""

    def wrap(transport: Transport) -> Transport:
        def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
            response = transport(operation, parameters)
            if operation not in operations or "Items" not in response:
                return response
            return {**response, "Items": change(list(response["Items"]))}

        return send

    return wrap


def _requests(change: Callable[[dict[str, Any]], dict[str, Any]], *operations: str) -> Wrap:
    """Changes the parameters of requests."""

    def wrap(transport: Transport) -> Transport:
        def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
            changed = dict(parameters)
            return transport(operation, change(changed) if operation in operations else changed)

        return send

    return wrap


def _with_another_key(parameters: dict[str, Any]) -> dict[str, Any]:
    """An item with another text in an index's sort key."""
    item = dict(parameters["Item"])
    for name in item.keys() & {"GSI1SK", "GSI7SK", "GSI8SK", "LSK1"}:
        item[name] = {"S": "A" + item[name]["S"]}
    return {**parameters, "Item": item}


def _forwards(parameters: dict[str, Any]) -> dict[str, Any]:
    parameters.pop("ScanIndexForward", None)
    return parameters


FAULTS: dict[str, Wrap] = {
    "an item is lost": _forgets,
    "a query leaves out its last item": _answers(lambda items: items[:-1] or items, "Query"),
    "a query answers in another order": _answers(lambda items: items[::-1], "Query"),
    "a scan answers an item twice": _answers(lambda items: items[:1] + items, "Scan"),
    "an index key is altered": _requests(_with_another_key, "PutItem"),
    "the order is not asked for": _requests(_forwards, "Query"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_way_to_the_table_is_noticed(fault: str) -> None:
    """Within a hundred cases."""

    def open_table(declared: Declared) -> tuple[Transport, str]:
        transport, name = in_memory(declared)
        return FAULTS[fault](transport), name

    with pytest.raises(Mismatch):
        check_cases(some_designs(), open_table)


def test_a_fault_of_the_engine_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one whose patches leave index keys as they were."""
    monkeypatch.setattr(partial_update, "index_key_updates", lambda *_: {})
    with pytest.raises(Mismatch):
        check_cases(some_designs(), in_memory)


def test_a_failure_shows_the_design_and_the_seed() -> None:
    """As code that can be executed, with what was done in comments."""
    declared = some_designs()[0]

    def open_table(_: Declared) -> tuple[Transport, str]:
        return _forgets(in_memory(declared)[0]), "generated"

    with pytest.raises(Mismatch) as failed:
        check_cases([declared], open_table)
    text = str(failed.value)
    assert text.startswith(f"seed {declared.seed}, run ")
    assert declared.design.code in text
    assert "# write create(" in text
