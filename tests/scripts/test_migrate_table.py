"""A table of the former design becomes one of the present, while the app writes to it."""

from __future__ import annotations

import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from ulid import ULID

from access_patterns import blog, categories, posts, tags
from app.core.context import utc_now
from app.services import post_writing
from app.services.policy import Caller
from app.services.post_writing import Text
from model import Category, CategoryId, CategoryUsage, Post, PostId, PostStatus, Role, Slug, UserId
from scripts.migrate_table import DONE, FORMER, Migration, Progress
from singletable import RequestError, create_table, inspect
from singletable.transport import Transport
from tests.app.api.v1.stores import Store, in_memory, open_store

NOW = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
SHELVES = [CategoryId("news"), CategoryId("science")]
EDITOR = Caller("eva", frozenset({Role.EDITOR}))
TAGS = ("Go", "go", "한글", "C#", "")


class KilledProcess(BaseException):
    """The migration ends here, whatever it was about."""


@pytest.fixture
def store() -> Iterator[Store]:
    with in_memory() as made:
        yield made


def put(store: Store, item: Mapping[str, Any]) -> None:
    store.transport("PutItem", {"TableName": store.table, "Item": item})


def former_post(number: int) -> dict[str, Any]:
    """As the former design stored it: every key in an index of whole items, nothing listed."""
    status = tuple(PostStatus)[number % 4]
    since = NOW + timedelta(seconds=number)
    post = Post(
        post_id=PostId(str(ULID.from_datetime(since))),
        author_id=UserId("ada"),
        category_id=SHELVES[number % 2],
        slug=Slug(f"post-{number}"),
        title=f"Post {number}",
        tags=[TAGS[number % 5], "all"],
        status=status,
        status_since=since,
        published_at=since if status is PostStatus.PUBLISHED else None,
        created_at=since,
    )
    item = dict(inspect.stored_item(post))
    kept = {name: item[name] for name in item if not name.startswith("LIST")}
    del kept["is_listed"]
    keys = {name: {"S": f"former {number}"} for name in FORMER["Post"]}
    return {**kept, **keys, "of_a_newer_program": {"S": "stays"}}


def fill(store: Store, number: int) -> None:
    for shelf in SHELVES:
        category = Category(category_id=shelf, slug=Slug(shelf), name=shelf, created_at=NOW)
        put(store, {**inspect.stored_item(category), "GSI3PK": {"S": "x"}, "GSI3SK": {"S": "x"}})
        put(store, inspect.stored_item(CategoryUsage(category_id=shelf, posts=number // 2)))
        owner = {"PK": {"S": f"CATEGORY#{shelf}"}, "SK": {"S": "CATEGORY"}}
        key = {"PK": {"S": f"UNIQUE#Category#slug#{shelf}"}, "SK": {"S": "UNIQUE"}}
        put(store, {**key, "entity": {"S": "Category.slug"}, "owner": {"M": owner}})
    for each in range(number):
        put(store, former_post(each))


def everything(store: Store) -> list[dict[str, Any]]:
    found, start = list[dict[str, Any]](), dict[str, Any]()
    while True:
        page = store.transport("Scan", {"TableName": store.table, **start})
        found.extend(page["Items"])
        if "LastEvaluatedKey" not in page:
            return found
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def check(store: Store) -> None:
    """Lists and counts are those of the posts that there are, and nothing former is left."""
    ask = store.repository()
    items = everything(store)
    stored = [inspect.load_item(Post, each) for each in items if each["entity"]["S"] == "Post"]
    public = [post for post in stored if post.status is PostStatus.PUBLISHED]
    assert all(post.is_listed is (post in public) for post in stored)
    wanted = Counter(
        each for post in public for each in {tag.casefold() for tag in post.tags if tag}
    )
    assert {tag.tag: tag.posts for tag in ask.iterate(tags.in_use())} == wanted
    for tag, count in wanted.items():
        entries = list(ask.iterate(tags.posts(tag)))
        assert len(entries) == count
        by_id = {post.post_id: post for post in public}
        for entry in entries:
            post = by_id[entry.post_id]
            assert (entry.title, entry.version) == (post.title, post.version)
    for shelf in SHELVES:
        known = ask.fetch(categories.published_count(shelf))
        assert (known.posts if known else 0) == sum(post.category_id == shelf for post in public)
        slug = ask.fetch(categories.by_slug(Slug(shelf)))
        assert slug is not None
        assert slug.category_id == shelf
    for status in PostStatus:
        listed = [post.post_id for post in ask.iterate(posts.in_status(status))]
        assert sorted(listed) == sorted(post.post_id for post in stored if post.status is status)
    for item in items:
        assert not FORMER.get(item["entity"]["S"], set()) & item.keys()
        assert item["entity"]["S"] != "Category.slug"


def migrate(store: Store, through: Transport | None = None) -> Progress:
    (*_, last) = Migration(through or store.transport, store.table, utc_now).run(Progress(), 7)
    return last


def test_a_table_is_migrated_once(store: Store) -> None:
    """What other programs stored stays, and the time of a post's last change; once is enough."""
    fill(store, 23)
    before = {item["PK"]["S"]: item for item in everything(store)}
    progress = migrate(store)
    assert (progress.posts, progress.categories, progress.unreadable) == (23, 2, 0)
    check(store)
    for item in everything(store):
        if item["entity"]["S"] == "Post":
            assert item["of_a_newer_program"] == {"S": "stays"}
            assert item.get("updated_at") == before[item["PK"]["S"]].get("updated_at")
    again = migrate(store)
    assert (again.posts, again.categories) == (0, 0)


def test_what_cannot_be_read_is_counted_and_left(store: Store) -> None:
    """The rest is migrated."""
    fill(store, 4)
    broken = {**former_post(9), "status": {"S": "gone"}}
    put(store, broken)
    assert migrate(store).unreadable == 1
    assert broken in everything(store)


def living(store: Store, stop: Event, seed: int) -> Callable[[], None]:
    """The app: posts are written, edited, tagged, published, withdrawn, moved and deleted."""

    def live() -> None:
        chance, ask = random.Random(seed), store.repository()  # noqa: S311 - no secret
        while not stop.is_set():
            found = [
                post for each in PostStatus for post in ask.fetch(posts.in_status(each).page(9))
            ]
            try:
                if not found or chance.random() < 0.1:
                    text = Text("New", "", "", ["all", "new"], chance.choice(SHELVES))
                    post_writing.create(ask, text, None, EDITOR, utc_now())
                    continue
                post = ask.fetch(posts.by_id(chance.choice(found).post_id).consistent())
                if post:
                    change(chance, ask, post)
            except RequestError:
                continue

    return live


def change(chance: random.Random, ask: Any, post: Post) -> None:
    now, step = utc_now(), chance.randrange(6)
    following = {
        PostStatus.DRAFT: post_writing.submit,
        PostStatus.IN_REVIEW: post_writing.publish,
        PostStatus.PUBLISHED: chance.choice([post_writing.unpublish, post_writing.archive]),
        PostStatus.ARCHIVED: post_writing.unpublish,
    }
    if step < 3:
        following[post.status](ask, post, now)
    elif step < 5:
        text = Text(
            post.title, "", "x", chance.choice([["all"], ["Go", "other"]]), SHELVES[step - 3]
        )
        post_writing.edit(ask, post, text, EDITOR, now)
    else:
        post_writing.delete(ask, post, now)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_it_is_killed_and_resumed_while_the_app_writes(store: Store, seed: int) -> None:
    """Before a transaction or after it: nothing is counted twice, nothing is left out."""
    fill(store, 60)
    chance, stop = random.Random(seed), Event()  # noqa: S311 - no secret
    writers = [Thread(target=living(store, stop, seed + number)) for number in range(2)]
    for writer in writers:
        writer.start()

    def dying(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        dies = operation == "TransactWriteItems" and chance.random() < 0.1
        if dies and chance.random() < 0.5:
            raise KilledProcess
        answer = store.transport(operation, parameters)
        if dies:
            raise KilledProcess
        return answer

    kills = 0
    while True:
        try:
            migrate(store, dying)
            break
        except KilledProcess:
            kills += 1
    stop.set()
    for writer in writers:
        writer.join()
    assert kills > 0
    migrate(store)
    check(store)


ADDED = ["LIST1", "LIST2", "LIST3", "LIST4"]


def former_table(table: str) -> dict[str, Any]:
    """CreateTable's parameters, without the indexes of lists."""
    wanted = create_table(blog, table)
    old = [each for each in wanted["GlobalSecondaryIndexes"] if each["IndexName"] not in ADDED]
    names = {"PK", "SK", *(key["AttributeName"] for each in old for key in each["KeySchema"])}
    known = [each for each in wanted["AttributeDefinitions"] if each["AttributeName"] in names]
    own = {"AttributeDefinitions": known, "GlobalSecondaryIndexes": old}
    return {**wanted, **own, "DeletionProtectionEnabled": False}


def test_indexes_are_added_one_after_the_other() -> None:
    """The next when the one before is active; one that is being added is waited for."""
    status = {"GSI1": "ACTIVE", "GSI2": "ACTIVE", "GSI3": "ACTIVE", "LIST1": "CREATING"}

    def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        if operation == "UpdateTable":
            assert set(status.values()) == {"ACTIVE"}
            ((change,),) = (parameters["GlobalSecondaryIndexUpdates"],)
            keys = [key["AttributeName"] for key in change["Create"]["KeySchema"]]
            assert [each["AttributeName"] for each in parameters["AttributeDefinitions"]] == keys
            status[change["Create"]["IndexName"]] = "CREATING"
            return {}
        known = [{"IndexName": name, "IndexStatus": each} for name, each in status.items()]
        status.update(dict.fromkeys(status, "ACTIVE"))
        return {"Table": {"GlobalSecondaryIndexes": known}}

    migration = Migration(send, "blog", utc_now)
    assert list(migration.add_indexes(0)) == ADDED[1:]
    assert list(migration.add_indexes(0)) == []


@pytest.mark.connected
def test_dynamodb_takes_the_indexes() -> None:
    """And fills them with what is moved."""
    with open_store("dynamodb-local") as store:
        table = f"{store.table}-former"
        store.transport("CreateTable", former_table(table))
        migration = Migration(store.transport, table, utc_now)
        assert list(migration.add_indexes(0.1)) == ADDED
        former = replace(store, table=table)
        fill(former, 9)
        migrate(former)
        check(former)
        store.transport("DeleteTable", {"TableName": table})


def test_the_command_explains_itself() -> None:
    """Options and exit codes; a table has to be named."""
    command = [sys.executable, str(Path(__file__).parents[2] / "scripts/migrate_table.py")]
    shown = subprocess.run([*command, "--help"], capture_output=True, text=True, check=False)
    assert shown.returncode == DONE
    assert "exit codes" in shown.stdout
    assert subprocess.run(command, capture_output=True, check=False).returncode == 2
