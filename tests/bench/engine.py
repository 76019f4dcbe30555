"""What the engine costs beside code written by hand, as ratios in one run.

`python -m tests.bench.engine [--json]`. The floor does the same work without the engine: a request
as a literal, boto3's own serializer and deserializer, and Pydantic's validation. No network.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from access_patterns import blog, posts
from model import CategoryId, Post, PostId, PostStatus, Slug, UserId
from singletable import Repository, create
from singletable.entity import schema_of
from singletable.operations import Context

ROUNDS, REPEATS, ITEMS = 7, 200, 20
CONTEXT = Context(None, datetime(2026, 3, 14, tzinfo=UTC))
SERIALIZE, DESERIALIZE = TypeSerializer().serialize, TypeDeserializer().deserialize

POST = Post(
    post_id=PostId("01JD9GZ2J0V5X7Q3M8K4T6B1RA"),
    author_id=UserId("ada"),
    category_id=CategoryId("news"),
    slug=Slug("hello-world"),
    title="Hello, world",
    body="First words. " * 50,
    tags=["one", "two"],
    status=PostStatus.PUBLISHED,
    status_since=CONTEXT.now,
    published_at=CONTEXT.now,
    created_at=CONTEXT.now,
)
ITEM = schema_of(Post).encode(POST)
PAGE: Mapping[str, Any] = {"Items": [ITEM] * ITEMS}


def query_by_engine() -> object:
    return posts.published_in_category(CategoryId("news")).page(ITEMS).requests(CONTEXT)


def query_by_hand() -> object:
    return {
        "TableName": "blog",
        "IndexName": "GSI2",
        "KeyConditionExpression": "#p = :p AND begins_with(#s, :s)",
        "ExpressionAttributeNames": {"#p": "GSI2PK", "#s": "GSI2SK"},
        "ExpressionAttributeValues": {":p": {"S": "CATEGORY#news"}, ":s": {"S": "published#"}},
        "ScanIndexForward": False,
        "Limit": ITEMS + 1,
    }


REPOSITORY = Repository(lambda _operation, _parameters: PAGE, blog, cursor_secret=bytes(32))


def read_by_engine() -> object:
    return REPOSITORY.fetch(posts.published_in_category(CategoryId("news")).page(ITEMS))


def read_by_hand() -> object:
    query_by_hand()
    return [
        Post.model_validate(
            {name: _plain(item[name]) for name in Post.model_fields if name in item}
        )
        for item in PAGE["Items"]
    ]


def _plain(value: Mapping[str, Any]) -> Any:
    return DESERIALIZE(value)


def write_by_engine() -> object:
    return create(POST).requests(CONTEXT)


def write_by_hand() -> object:
    item = POST.model_dump(mode="json", exclude_none=True)
    item |= {"PK": f"POST#{POST.post_id}", "SK": "POST"}
    return {name: SERIALIZE(value) for name, value in item.items()}


CASES: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
    "build a query": (query_by_engine, query_by_hand),
    f"read a page of {ITEMS}": (read_by_engine, read_by_hand),
    "build a create": (write_by_engine, write_by_hand),
}


def seconds(work: Callable[[], object]) -> float:
    """Of one call, the best of several rounds."""
    rounds = list[float]()
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for _ in range(REPEATS):
            work()
        rounds.append((time.perf_counter() - started) / REPEATS)
    return min(rounds)


def measure() -> dict[str, dict[str, float]]:
    """Microseconds of engine and floor, and their ratio: the median of three interleaved runs."""
    found = dict[str, dict[str, float]]()
    for name, (engine, floor) in CASES.items():
        runs = [(seconds(engine), seconds(floor)) for _ in range(3)]
        ratio = statistics.median(mine / theirs for mine, theirs in runs)
        found[name] = {
            "engine_us": min(mine for mine, _ in runs) * 1e6,
            "floor_us": min(theirs for _, theirs in runs) * 1e6,
            "ratio": ratio,
        }
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="for scripts")
    as_json = parser.parse_args().json
    found = measure()
    if as_json:
        print(json.dumps(found, indent=2))
        return
    print(f"{'':24}{'engine':>12}{'by hand':>12}{'ratio':>9}")
    for name, row in found.items():
        print(
            f"{name:24}{row['engine_us']:>9.1f} µs{row['floor_us']:>9.1f} µs{row['ratio']:>8.2f}x"
        )


if __name__ == "__main__":
    main()
