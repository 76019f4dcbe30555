"""How the engine's own work grows: with items, actions and shards, and with the size of a design.

Without a network: the transport answers with what it has. Designs are generated, and imported in a
process of their own.
"""

from __future__ import annotations

import gc
import math
import statistics
import sys
import tempfile
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

from singletable import Entity, Repository, Table, create_table, put, shards, transaction
from singletable.formats import slug
from singletable.testing import memory_transport
from singletable.transport import Transport
from tests.bench.designs import design
from tests.bench.pairs import ROOT, Effort, Row, run_json, spent

PAGE, STORED, SHARDS = 20, 100, (1, 2, 4, 8, 16)
table = Table("growing")


class Note(Entity, table=table):
    """A small item: 10,000 of them are a page of 1 MB."""

    book: Annotated[str, slug()]
    number: Annotated[str, slug()]
    text: str

    key = table.primary.key("BOOK#{book}", "NOTE#{number}")


def _sharded(count: int) -> tuple[Table, type[Any]]:
    """A feed over so many shards, in a table of its own."""
    feed = Table(f"feed-{count}")
    index = feed.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")

    class Post(Entity, table=feed):
        """A post of the feed."""

        post_id: Annotated[str, slug()]

        key = feed.primary.key("POST#{post_id}", "POST")
        in_feed = (
            index.key("FEED#{shard}", "{post_id}", shards=shards(count))
            if count > 1
            else index.key("FEED", "{post_id}")
        )

    return feed, Post


def _notes(count: int) -> list[Note]:
    return [Note(book="emma", number=f"n-{number:06}", text="Read.") for number in range(count)]


def items_of_a_page(count: int) -> Callable[[], object]:
    items = [Note.key.schema.encode(note) for note in _notes(count)]
    page = {"Items": items, "Count": count}
    repository = Repository(lambda _operation, _parameters: page, table)
    return lambda: repository.fetch(Note.key.query(book="emma"))


def actions_of_a_transaction(count: int) -> Callable[[], object]:
    notes = _notes(count)
    repository = Repository(lambda _operation, _parameters: {}, table)
    return lambda: repository.write(transaction(*(put(note) for note in notes)))


def shards_of_a_page(count: int) -> Callable[[], object]:
    feed, post = _sharded(count)
    send = memory_transport()
    send("CreateTable", create_table(feed, feed.name))
    writing = Repository(send, feed)
    for number in range(STORED):
        writing.write(put(post(post_id=f"p-{number:04}")))
    repository = Repository(_remembering(send), feed)
    return lambda: repository.fetch(post.in_feed.query().page(PAGE))


def _remembering(send: Transport) -> Transport:
    """Asks each question once: the memory's own work is not the engine's."""
    answers: dict[str, Mapping[str, Any]] = {}

    def answer(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        known = ("ExpressionAttributeValues", "ExclusiveStartKey", "Limit")
        asked = repr([parameters.get(name) for name in known])
        if asked not in answers:
            answers[asked] = send(operation, parameters)
        return answers[asked]

    return answer


OPERATIONS: dict[str, tuple[Callable[[int], Callable[[], object]], tuple[int, ...]]] = {
    "query of items of 100 bytes": (items_of_a_page, (1, 10, 100, 1_000, 10_000)),
    "transaction of actions": (actions_of_a_transaction, (1, 10, 100)),
    f"page of {PAGE} over shards": (shards_of_a_page, SHARDS),
}
IMPORT = """
import json, time, singletable
began = time.process_time()
import design
print(json.dumps({"ms": (time.process_time() - began) * 1e3}))
"""
CHECK = """
import json, time, design
from singletable.check.checker import check_design
from singletable.design import compile_design
began = time.process_time()
check_design(compile_design([design.table], examples=False))
print(json.dumps({"ms": (time.process_time() - began) * 1e3}))
"""
DESIGNS = {
    "import of patterns, each beside its entity": (IMPORT, False),
    "import of patterns, all entities first": (IMPORT, True),
    "check of patterns": (CHECK, True),
}
"""What a process of its own does, and whether all entities come first."""
PATTERNS = (10, 100, 1_000, 2_000)
ROWS = QUICK = (*OPERATIONS, *DESIGNS)


@contextmanager
def opened(effort: Effort) -> Generator[Callable[[str], Row]]:
    """Measures a row: milliseconds of CPU by size, and the exponent from each size to the next."""

    def measure(name: str) -> Row:
        if name in OPERATIONS:
            make, sizes = OPERATIONS[name]
            sizes = sizes[:2] if effort.is_quick else sizes
            found = {size: _milliseconds(make(size), effort) for size in sizes}
        else:
            sizes = PATTERNS[:1] if effort.is_quick else PATTERNS
            found = {size: _in_a_process(size, *DESIGNS[name], effort) for size in sizes}
        exponents = {b: math.log(found[b] / found[a]) / math.log(b / a) for a, b in pairwise(sizes)}
        return {"ms": _by_text(found), "exponents": _by_text(exponents)}

    yield measure


def _by_text(found: Mapping[int, float]) -> dict[str, float]:
    return {str(size): value for size, value in found.items()}


def _milliseconds(operation: Callable[[], object], effort: Effort) -> float:
    """The least of some rounds, each of some calls."""
    with spent(1) as cost:
        operation()
    times = max(1, int(effort.block_seconds / max(cost.cpu, 1e-6)))
    gc.collect()
    rounds = list[float]()
    for _ in range(max(2, effort.rounds // 4)):
        with spent(times) as cost:
            for _ in range(times):
                operation()
        rounds.append(cost.cpu * 1e3)
    return min(rounds)


def _in_a_process(patterns: int, script: str, entities_first: bool, effort: Effort) -> float:
    """The median of some runs; the first one writes bytecode."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "design.py").write_text(design(patterns, entities_first))
        path = f"{folder}:{ROOT}"
        runs = [
            run_json([sys.executable, "-c", script], PYTHONPATH=path)
            for _ in range(1 + (1 if effort.is_quick or patterns > 100 else 5))
        ]
    return float(statistics.median(run["ms"] for run in runs[1:]))
