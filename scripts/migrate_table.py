#!/usr/bin/env python3
"""Brings a table of the former design to the present one, while the app writes to it.

Adds the indexes of lists, gives each post its places in them and in the lists of its tags, counts
what is published, and makes slugs of categories items of their own. What is done is recognised, so
it may be stopped, resumed and repeated: run it before the new app is deployed and once more after.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar, cast

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from access_patterns import blog
from app.services import tag_lists
from model import Category, CategorySlug, Post, PostStatus
from singletable import attr, create_table, inspect, put, transaction
from singletable.errors import InvalidStoredItem
from singletable.inspect import Context, Write
from singletable.transport import Transport, TransportError

DONE, FAILED, USAGE, STOPPED = 0, 1, 2, 130
ATTEMPTS = 20
FORMER = {
    "Post": {f"GSI{number}{side}" for number in (1, 2, 3) for side in ("PK", "SK")},
    "Category": {"GSI3PK", "GSI3SK"},
}
"""Attributes of former keys, by type."""

Item = Mapping[str, Any]


@dataclass
class Progress:
    """How far it has come; `position` is where a scan goes on."""

    seen: int = 0
    posts: int = 0
    categories: int = 0
    unreadable: int = 0
    position: Item | None = None

    def __str__(self) -> str:
        return (
            f"{self.seen} items seen, {self.posts} posts and {self.categories} categories moved,"
            f" {self.unreadable} unreadable"
        )


E = TypeVar("E", Post, Category)


def _next(entity: E) -> E:
    """Its next version: whoever read the one before writes anew, and lists it by then."""
    return entity.model_copy(update={"version": entity.version + 1})


class Migration:
    """Of one table, by its real name."""

    def __init__(self, send: Transport, table: str, clock: Callable[[], datetime]) -> None:
        self._send = send
        self._table = table
        self._clock = clock

    def add_indexes(self, pause: float = 5.0) -> Iterator[str]:
        """Adds the indexes that are missing, one after the other as DynamoDB wants it."""
        wanted = create_table(blog, self._table)
        for index in wanted["GlobalSecondaryIndexes"]:
            name = index["IndexName"]
            if name not in self._indexes():
                yield name
                self._send(
                    "UpdateTable",
                    {
                        "TableName": self._table,
                        "AttributeDefinitions": [
                            each
                            for each in wanted["AttributeDefinitions"]
                            if each["AttributeName"].removesuffix("PK").removesuffix("SK") == name
                        ],
                        "GlobalSecondaryIndexUpdates": [{"Create": index}],
                    },
                )
            while self._indexes().get(name) != "ACTIVE":
                time.sleep(pause)

    def _indexes(self) -> dict[str, str]:
        found: Mapping[str, Any] = self._send("DescribeTable", {"TableName": self._table})["Table"]
        indexes: list[Mapping[str, Any]] = found.get("GlobalSecondaryIndexes") or []
        return {each["IndexName"]: each.get("IndexStatus", "ACTIVE") for each in indexes}

    def run(self, progress: Progress, page: int = 100) -> Iterator[Progress]:
        """Moves all that is left, from the position on; the progress after each page."""
        while True:
            start = {"ExclusiveStartKey": progress.position} if progress.position else {}
            asked = {"TableName": self._table, "Limit": page, "ConsistentRead": True, **start}
            found = self._send("Scan", asked)
            for item in found.get("Items", ()):
                self._move(item, progress)
            progress.seen += len(found.get("Items", ()))
            progress.position = found.get("LastEvaluatedKey")
            yield progress
            if progress.position is None:
                return

    def _move(self, item: Item, progress: Progress) -> None:
        kind = item.get("entity", {}).get("S")
        if kind not in FORMER:
            return
        try:
            is_moved = self._moved(kind, item)
        except InvalidStoredItem:
            progress.unreadable += 1
            return
        if kind == "Post":
            progress.posts += is_moved
        else:
            progress.categories += is_moved

    def _moved(self, kind: str, item: Item | None) -> bool:
        """Whether there was something to do; another writer is met by another attempt."""
        key = {name: item[name] for name in ("PK", "SK")} if item else {}
        for attempt in range(ATTEMPTS):
            actions = self._actions(kind, item) if item else []
            if not actions:
                return False
            try:
                self._send("TransactWriteItems", {"TransactItems": actions})
                return True
            except TransportError as error:
                if error.code != "TransactionCanceledException":
                    raise
            time.sleep(0.02 * 2 ** min(attempt, 6))
            asked = {"TableName": self._table, "Key": key, "ConsistentRead": True}
            item = self._send("GetItem", asked).get("Item")
        raise TransportError("Contended", f"{key} was written by others all the time")

    def _actions(self, kind: str, item: Item) -> list[dict[str, Any]]:
        """The transaction that moves an item; none if it is where it belongs."""
        writes: list[Write[Any]] = []
        if kind == "Post":
            post = inspect.load_item(Post, item)
            is_listed = post.status is PostStatus.PUBLISHED
            present = post.model_copy(update={"is_listed": is_listed})
            here, moved = inspect.stored_item(present), inspect.stored_item(_next(present))
            if is_listed and not post.is_listed:
                writes.extend(tag_lists.import_writes(_next(present)))
        else:
            category = inspect.load_item(Category, item)
            here, moved = inspect.stored_item(category), inspect.stored_item(_next(category))
            slug = put(CategorySlug(slug=category.slug, category_id=category.category_id))
            writes.append(slug.when(attr("category_id").equals(category.category_id)))
        kept = {name: value for name, value in item.items() if name not in FORMER[kind]}
        if {**kept, **here} == item:
            return []
        own: Mapping[str, Any] = {
            "TableName": self._table,
            "Item": {**kept, **moved},
            "ConditionExpression": "version = :version",
            "ExpressionAttributeValues": {":version": item["version"]},
        }
        return [{"Put": own}, *self._requests(writes), *self._released(kind, item)]

    def _requests(self, writes: list[Write[Any]]) -> list[dict[str, Any]]:
        if not writes:
            return []
        context = Context({blog: self._table}, self._clock())
        (request,) = transaction(*writes).requests(context)
        return list(request.parameters["TransactItems"])

    def _released(self, kind: str, item: Item) -> list[dict[str, Any]]:
        """The item that kept a category's slug unique before."""
        if kind != "Category":
            return []
        key = {"PK": {"S": f"UNIQUE#Category#slug#{item['slug']['S']}"}, "SK": {"S": "UNIQUE"}}
        return [{"Delete": {"TableName": self._table, "Key": key}}]


def main() -> int:
    options = _parser().parse_args()
    state = Path(options.state) if options.state else None
    begun = Progress(**json.loads(state.read_text())) if state and state.exists() else Progress()
    import boto3  # noqa: PLC0415 - `--help` needs none

    from singletable import boto3_transport  # noqa: PLC0415

    client = cast(Any, boto3).client(
        "dynamodb", endpoint_url=options.endpoint, region_name=options.region
    )
    migration = Migration(boto3_transport(client), options.table, lambda: datetime.now(UTC))
    try:
        for name in migration.add_indexes():
            _tell(options, {"index": name}, f"adding index {name}")
        for progress in migration.run(begun):
            if state:
                state.write_text(json.dumps(asdict(progress)))
            _tell(options, asdict(progress), str(progress))
    except TransportError as error:
        sys.stderr.write(f"{error}\nRun it again: it goes on with what is left.\n")
        return FAILED
    except KeyboardInterrupt:
        return STOPPED
    if state:
        state.unlink(missing_ok=True)
    return FAILED if begun.unreadable else DONE


def _tell(options: argparse.Namespace, facts: Mapping[str, Any], words: str) -> None:
    sys.stdout.write(f"{json.dumps(facts) if options.json else words}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="exit codes: 0 done, 1 failed or something is unreadable, 2 usage, 130 stopped",
    )
    parser.add_argument("--table", required=True, help="the table's real name")
    parser.add_argument("--endpoint", help="of DynamoDB, if it is not that of the region")
    parser.add_argument("--region", help="if the environment does not say it")
    parser.add_argument("--state", help="a file that says where a stopped run goes on")
    parser.add_argument("--json", action="store_true", help="progress as one JSON object a line")
    return parser


if __name__ == "__main__":
    sys.exit(main())
