"""What the blog's design promises as a whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from access_patterns import blog, posts, tags
from model import CategoryId, ListedPost, PostStatus, UserId
from scripts.docs.callers import callers
from singletable import Query
from singletable.design import compile_design
from singletable.emit.golden import golden
from singletable.operations import Context
from singletable.patterns import declarations_of
from singletable.table import ALL

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


def test_every_index_is_read() -> None:
    """Three of whole items, and four of what lists of posts show; each by a pattern."""
    reads = {request.get("IndexName") for each in REQUESTS.values() for request in _sent(each)}
    assert {index.name for index in blog.indexes if index.kind == "global"} == reads - {None}
    whole = [index.name for index in blog.indexes if index.projection is ALL]
    assert whole == [None, "GSI1", "GSI2", "GSI3"]


@pytest.mark.parametrize("name", sorted(ListedPost.model_fields))
def test_an_index_of_lists_holds_what_they_show(name: str) -> None:
    """And no body."""
    for index in blog.indexes:
        if index.projection is not ALL:
            assert name in index.projection.names
            assert "body" not in index.projection.names


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


@pytest.mark.parametrize(
    "listed",
    [
        posts.published(),
        posts.in_status(PostStatus.IN_REVIEW),
        posts.published_in_category(CategoryId("news")),
        posts.published_by_author(UserId("ada")),
        posts.published_with_title("a"),
        tags.posts("a"),
    ],
)
def test_a_page_of_a_list_is_one_request(listed: Query[Any]) -> None:
    """Of one partition, and nothing is filtered out of what is read and paid for."""
    (request,) = listed.page(20).requests(Context())
    assert "FilterExpression" not in request.parameters


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
