"""Golden requests."""

from __future__ import annotations

import json

from singletable.design import compile_design
from singletable.emit.golden import golden, golden_files
from singletable.patterns import declarations_of
from tests.singletable.library import library

DESIGN = compile_design([library])


def test_every_pattern_has_golden_requests() -> None:
    """One file each, named after it."""
    assert set(golden(DESIGN)) == set(declarations_of(library).patterns)
    assert set(golden_files(DESIGN)) == {
        f"{name}.json" for name in declarations_of(library).patterns
    }


def test_files_hold_the_requests() -> None:
    """As JSON that ends with a newline."""
    files, requests = golden_files(DESIGN), golden(DESIGN)
    for name, data in requests.items():
        text = files[f"{name}.json"]
        assert json.loads(text) == data
        assert text.endswith("]\n")


def test_a_sharded_query_has_a_request_a_shard() -> None:
    """All of them: a shard that is forgotten is a lost item."""
    requests = golden(DESIGN)["books.on_shelf"]
    assert len(requests) == 3
    for shard, request in enumerate(requests):
        values = request["parameters"]["ExpressionAttributeValues"].values()
        assert {"S": f"SHELF#{shard}"} in values
