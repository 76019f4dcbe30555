"""What the blog's design promises as a whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from access_patterns import blog, posts
from model import PostStatus
from scripts.docs.callers import callers
from singletable.design import compile_design
from singletable.emit.golden import golden
from singletable.operations import Context
from singletable.patterns import declarations_of

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden"
PATTERNS = sorted(declarations_of(blog).patterns)
GENERATE = "run ./scripts/generate.sh, and read its diff"
REQUESTS = golden(compile_design([blog]))
asked = cache(callers)


@pytest.mark.parametrize("name", PATTERNS)
def test_its_requests_are_the_golden_ones(name: str) -> None:
    """The example's requests are, to the letter, those that were reviewed and committed."""
    golden = GOLDEN / f"{name}.json"
    assert golden.exists(), f"{golden.name} is missing: {GENERATE}"
    assert json.loads(golden.read_text()) == REQUESTS[name], GENERATE


def test_every_golden_file_has_its_pattern() -> None:
    """No request is kept of a question that nobody declares any more."""
    assert sorted(path.stem for path in GOLDEN.glob("*.json")) == PATTERNS, GENERATE


@pytest.mark.parametrize("name", PATTERNS)
def test_it_is_asked_by_somebody(name: str) -> None:
    """Every pattern is reached from at least one route."""
    assert asked().get(name), f"{name} is asked by no route: name it in the @asks(...) of one"


def test_three_global_indexes_serve_everything() -> None:
    """No index is declared that no pattern reads, and there are no more than three."""
    reads = {request.get("IndexName") for each in REQUESTS.values() for request in _sent(each)}
    assert {index.name for index in blog.indexes if index.kind == "global"} == reads - {None}
    assert len(blog.indexes) == 4


def _sent(requests: object) -> list[dict[str, object]]:
    """Every mapping within the golden requests."""
    found: list[dict[str, object]] = []
    stack = [requests]
    while stack:
        each = stack.pop()
        if isinstance(each, dict):
            found.append(each)
            stack.extend(each.values())
        elif isinstance(each, list):
            stack.extend(each)
    return found


def test_the_feed_is_no_single_partition() -> None:
    """Readers of the feed ask several partitions, the same ones that editors' queues use."""
    asked = posts.published().page(20).requests(Context())
    values = [request.parameters["ExpressionAttributeValues"].values() for request in asked]
    partitions = {next(iter(each))["S"] for each in values}
    assert partitions == {f"POSTS#published#{shard}" for shard in range(4)}
    queue = posts.in_status(PostStatus.IN_REVIEW).requests(Context())
    assert len(queue) == 4


def test_declarations_import_without_sdk_or_framework() -> None:
    """Importing the access patterns loads neither boto3 nor FastAPI."""
    code = (
        "import sys, access_patterns;"
        "print([m for m in ('boto3', 'botocore', 'fastapi', 'redis') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("seed", ["1", "2", "3"])
def test_requests_are_the_same_in_every_process(seed: str) -> None:
    """Sets have another order in each; no request shows it."""
    done = subprocess.run(
        [sys.executable, "-m", "singletable", "golden", "--check", "--output", str(GOLDEN)],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
