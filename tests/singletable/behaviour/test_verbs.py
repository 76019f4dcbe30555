"""Every verb on every kind of stored item, on every DynamoDB: one table of what happens.

Whatever the cell says, an error with `written="no"` has left the table as it was, nothing but a
`RequestError` is raised, and what was written can be read by its key and found by its index.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Annotated, Any

import pytest
from pydantic import Field

from singletable import Entity, Table, attr, create, delete, put, transaction, update, upsert
from singletable.entity import schema_of
from singletable.errors import InvalidStoredItem, RequestError
from tests.backends import ON_LOCAL, Backend
from tests.conftest import OpenBackend

desk = Table("desk")
gsi1 = desk.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")


class Status(StrEnum):
    DRAFT = "draft"
    LIVE = "live"


class Doc(Entity, table=desk, renamed={"name": "title"}):
    """A document; of old it had a `name`."""

    doc_id: str
    status: Status
    title: str
    left: Annotated[int, Field(ge=0)] = 3
    hidden: bool = False
    note: str | None = None

    key = desk.primary.key("DOC#{doc_id}", "DOC")
    by_status = gsi1.key("DOCS#{status}", "{title}#{doc_id}")


DOC = Doc(doc_id="1", status=Status.DRAFT, title="a", note="n")
OWN = dict(schema_of(Doc).encode(DOC))
OLDER = {**OWN, "name": {"S": "a"}, "GSI1PK": {"S": "DOCS#wip"}}
KINDS: dict[str, Any] = {
    "absent": None,
    "own": OWN,
    "bare": {name: OWN[name] for name in OWN if name not in ("left", "hidden", "note")},
    "older": {name: OLDER[name] for name in OLDER if name != "title"},
    "newer": {**OWN, "colour": {"S": "red"}},
    "spelt": {**OWN, "left": {"N": "3.0"}},
    "stale": {**OWN, "GSI1PK": {"S": "DOCS#live"}},
    "plain": {name: OWN[name] for name in OWN if name != "entity"},
    "other": {**OWN, "entity": {"S": "Other"}},
    "lying": {**OWN, "doc_id": {"S": "2"}},
    "below": {**OWN, "left": {"N": "-1"}},
    "broken": {**OWN, "title": {"N": "5"}},
}


def read(db: Backend) -> Doc:
    """The document as it is read; one made by hand where it cannot be."""
    try:
        return db.repository.fetch(Doc.key.get(doc_id="1")) or DOC
    except InvalidStoredItem:
        return DOC


def changed(db: Backend, **fields: Any) -> Any:
    before = read(db)
    return update(before, before.model_copy(update=fields))


PATCH = Doc.key.patch(doc_id="1")
HAS_SOME = attr("left").greater_than(0)
VERBS: dict[str, Callable[[Backend], Any]] = {
    "get": lambda db: db.repository.fetch(Doc.key.get(doc_id="1")),
    "query": lambda db: db.repository.fetch(Doc.by_status.query(status=Status.DRAFT)).items,
    "filter": lambda db: (
        db.repository.fetch(Doc.key.query(doc_id="1").where(attr("hidden").equals(False))).items
    ),
    "create": lambda db: db.repository.write(create(DOC)),
    "put": lambda db: db.repository.write(put(DOC)),
    "update title": lambda db: db.repository.write(changed(db, title="b")),
    "update status": lambda db: db.repository.write(changed(db, status=Status.LIVE)),
    "update nothing": lambda db: db.repository.write(changed(db)),
    "update together": lambda db: db.repository.write(transaction(changed(db, title="b"))),
    "patch set": lambda db: db.repository.write(PATCH.set(note="x")),
    "patch index": lambda db: db.repository.write(PATCH.set(title="b", status=Status.LIVE)),
    "patch add": lambda db: db.repository.write(PATCH.add(left=-1)),
    "patch once": lambda db: db.repository.write(PATCH.add(left=-1).once()),
    "patch when": lambda db: db.repository.write(PATCH.set(note="x").when(HAS_SOME)),
    "patch together": lambda db: db.repository.write(transaction(PATCH.add(left=-1))),
    "upsert": lambda db: db.repository.write(upsert(DOC)),
    "delete key": lambda db: db.repository.write(Doc.key.delete(doc_id="1")),
    "delete known": lambda db: db.repository.write(Doc.key.delete(doc_id="1", must_exist=True)),
    "delete": lambda db: db.repository.write(delete(read(db), must_exist=True)),
    "check": lambda db: db.repository.write(transaction(Doc.key.check(doc_id="1").when(HAS_SOME))),
}
READS = ("get", "query", "filter")
ENDS = ("check", "delete", "delete key", "delete known")
WORDS = {
    "ItemExists": "exists",
    "ItemMissing": "gone",
    "ConditionFailed": "no",
    "VersionConflict": "race",
    "TransactionCancelled": "undone",
    "InvalidStoredItem": "unread",
    "WrittenUnreadable": "wrote",  # and cannot read the item, which could not be read before
}
TABLE = """
                absent own    bare   older  newer  spelt  stale  plain  other  lying  below  broken
get             none   ok     ok     ok     ok     ok     ok     unread unread unread unread unread
query           none   ok     ok     none   ok     ok     none   unread unread unread unread unread
filter          none   ok     ok     ok     ok     ok     ok     unread unread unread unread unread
create          ok     exists exists exists exists exists exists exists exists exists exists exists
put             ok     ok     ok     ok     ok     ok     ok     ok     ok     ok     ok     ok
update-title    gone   ok     ok     ok     ok     ok     ok     no     no     wrote  wrote  ok
update-status   gone   ok     ok     ok     ok     ok     ok     no     no     wrote  wrote  race
update-nothing  gone   ok     ok     ok     ok     ok     ok     no     no     wrote  wrote  wrote
update-together undone ok     ok     ok     ok     ok     ok     undone undone ok?    ok?    ok
patch-set       gone   ok     ok     ok     ok     ok     ok     no     no     wrote  wrote  wrote
patch-index     gone   ok     ok     ok     ok     ok     ok     no     no     wrote  wrote  ok
patch-add       gone   ok     ok     ok     ok     ok     ok     no     no     wrote  no     wrote
patch-once      gone   ok     ok     ok     ok     ok     ok     no     no     wrote  no     wrote
patch-when      gone   ok     ok     ok     ok     ok     ok     no     no     wrote  no     wrote
patch-together  undone ok     ok     ok     ok     ok     ok     undone undone ok?    undone ok?
upsert          ok     ok     ok     ok     ok     ok     ok     no     no     ok     wrote  ok
delete-key      ok     ok     ok     ok     ok     ok     ok     no     no     ok     ok     ok
delete-known    gone   ok     ok     ok     ok     ok     ok     no     no     ok     ok     ok
delete          gone   ok     ok     ok     ok     ok     ok     no     no     ok     ok     ok
check           undone ok     ok     ok     ok     ok     ok     undone undone ok     undone ok
"""


def outcome(db: Backend, verb: str) -> str:
    """What became of it, in the words of the table."""
    before = db.items()
    try:
        result = VERBS[verb](db)
    except RequestError as error:
        if error.written == "no":
            assert db.items() == before
        return WORDS[type(error).__name__]
    if verb in READS:
        return "ok" if result else "none"
    return "ok" if verb in ENDS else soundness(db, verb)


def soundness(db: Backend, verb: str) -> str:
    """Whether the item is read by its key, and found by its index where it was written whole.

    A transaction answers nothing, so that it does not notice an item that was and is unreadable.
    """
    try:
        doc = db.repository.fetch(Doc.key.get(doc_id="1"))
    except InvalidStoredItem:
        assert verb.endswith("together")
        return "ok?"
    assert doc is not None
    if verb.startswith("patch") and verb != "patch index":
        return "ok"
    for status in Status:
        found = db.repository.fetch(Doc.by_status.query(status=status)).items
        assert found == ((doc,) if status == doc.status else ())
    return "ok"


def grid() -> dict[tuple[str, str], str]:
    kinds, *lines = (line.split() for line in TABLE.strip().splitlines())
    return {
        (verb.replace("-", " "), kind): word
        for verb, *words in lines
        for kind, word in zip(kinds, words, strict=True)
    }


def test_the_table_is_complete() -> None:
    """A verb, and a kind of item, cannot be left out."""
    assert grid().keys() == {(verb, kind) for verb in VERBS for kind in KINDS}


@pytest.mark.parametrize(
    "open_backend",
    [
        "memory",
        pytest.param("async", marks=pytest.mark.slow),
        pytest.param("moto", marks=pytest.mark.slow),
        ON_LOCAL,
    ],
    indirect=True,
)
@pytest.mark.parametrize("kind", KINDS)
def test_what_every_verb_does(open_backend: OpenBackend, kind: str) -> None:
    db, expected, found = open_backend(desk), grid(), dict[str, str]()
    for verb in VERBS:
        for item in db.items():
            db.client.delete_item(TableName=db.name, Key={n: item[n] for n in ("PK", "SK")})
        if KINDS[kind] is not None:
            db.client.put_item(TableName=db.name, Item=KINDS[kind])
        found[verb] = outcome(db, verb)
        if kind == "newer" and found[verb] == "ok" and verb.startswith(("update", "patch", "ups")):
            assert db.items()[0]["colour"] == {"S": "red"}
    assert found == {verb: expected[verb, kind] for verb in VERBS}
