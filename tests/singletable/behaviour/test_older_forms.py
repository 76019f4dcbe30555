"""What was read through an upgrade, a default or another spelling can be written by every verb."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field, StringConstraints

from singletable import (
    VERSION,
    Entity,
    Repository,
    Table,
    attr,
    create,
    delete,
    put,
    transaction,
    unique,
    update,
    upsert,
)
from singletable.errors.request import (
    ConditionFailed,
    InvalidOperation,
    TransactionCancelled,
    VersionConflict,
)
from singletable.operations import Context
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

docs = Table("docs")
gsi1 = docs.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")


class Status(StrEnum):
    """The states of a document."""

    DRAFT = "draft"
    LIVE = "live"


def up(item: dict[str, Any]) -> dict[str, Any]:
    """Of old a document had a `name`, and `wip` for `draft`."""
    if item["status"] == {"S": "wip"}:
        item["status"] = {"S": "draft"}
    if "name" in item:
        item["title"] = item.pop("name")
        item["form"] = {"N": "2"}
    return item


REACHED = ["status", "name", "title", "form"]


class Doc(Entity, table=docs, upgrade=up, reaches=REACHED):
    """A document."""

    doc_id: str
    status: Status
    title: str
    note: str = ""

    key = docs.primary.key("DOC#{doc_id}", "DOC")
    by_status = gsi1.key("DOCS#{status}", "{title}#{doc_id}")


class Page(Entity, table=docs, upgrade=up, reaches=REACHED):
    """A versioned page."""

    page_id: str
    status: Status
    title: str
    version: Annotated[int, VERSION] = 1

    key = docs.primary.key("PAGE#{page_id}", "PAGE")
    by_status = gsi1.key("PAGES#{status}", "{title}#{page_id}")


class Named(Entity, table=docs, upgrade=up, reaches=REACHED):
    """A document whose title is unique."""

    doc_id: str
    status: Status = Status.DRAFT
    title: str

    key = docs.primary.key("NAMED#{doc_id}", "NAMED")
    unique_title = unique("title")


class Counted(Entity, table=docs, upgrade=up, reaches=REACHED):
    """A versioned document whose title is unique."""

    doc_id: str
    status: Status = Status.DRAFT
    title: str
    version: Annotated[int, VERSION] = 1

    key = docs.primary.key("COUNTED#{doc_id}", "COUNTED")
    unique_title = unique("title")


class Meta(BaseModel):
    """Nested facts."""

    colour: str = "red"
    size: int = 1


class Lower(Entity, table=docs):
    """Fields with several spellings of one value."""

    thing_id: str
    email: Annotated[str, StringConstraints(to_lower=True)] = Field(examples=["kim"])
    at: datetime = datetime(2020, 1, 1, tzinfo=UTC)
    number: float = 1.0
    tags: set[str] = set()  # noqa: RUF012
    steps: list[str] = []  # noqa: RUF012
    meta: Meta = Meta()
    parts: list[Meta] = []  # noqa: RUF012
    note: str = ""

    key = docs.primary.key("LOWER#{thing_id}", "LOWER")
    by_email = gsi1.key("LOWER#{email}", "{at}")


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    return open_backend(docs)


@pytest.fixture
def store(db: Backend) -> Repository:
    return db.repository


def old_doc(db: Backend, kind: str = "Doc", **more: Any) -> None:
    upper = kind.upper()
    name = "page_id" if kind == "Page" else "doc_id"
    db.put(PK=f"{upper}#1", SK=upper, entity=kind, **{name: "1"}, status="wip", name="a", **more)


def stored(db: Backend, upper: str) -> dict[str, Any]:
    item = db.raw(PK=f"{upper}#1", SK=upper)
    assert item is not None
    return item


def fetch(store: Repository, model: Any, **key: str) -> Any:
    found = store.fetch(model.key.get(**key))
    assert found is not None
    return found


def test_what_an_upgrade_changed_is_written_with_the_update(db: Backend, store: Repository) -> None:
    """The new title, its index key, and none of the old attributes, which would win once more."""
    old_doc(db, GSI1PK="DOCS#wip", GSI1SK="a#1", later="kept")
    read = fetch(store, Doc, doc_id="1")
    written = store.write(update(read, read.model_copy(update={"status": Status.LIVE})))
    assert written == fetch(store, Doc, doc_id="1")
    assert (written.status, written.title) == (Status.LIVE, "a")
    item = stored(db, "DOC")
    assert (item["GSI1PK"], item["GSI1SK"]) == ({"S": "DOCS#live"}, {"S": "a#1"})
    assert item["title"] == {"S": "a"}
    assert "name" not in item
    assert (item["later"], item["form"]) == ({"S": "kept"}, {"N": "2"})


def test_an_unrelated_update_leaves_index_and_attribute_in_step(
    db: Backend, store: Repository
) -> None:
    old_doc(db, GSI1PK="DOCS#wip", GSI1SK="a#1")
    read = fetch(store, Doc, doc_id="1")
    write = update(read, read.model_copy(update={"note": "x"}))
    (request,) = write.requests(Context())
    assert "GSI1" not in request.parameters["ConditionExpression"]  # its fields are guarded
    store.write(write)
    item = stored(db, "DOC")
    assert (item["status"], item["GSI1PK"]) == ({"S": "draft"}, {"S": "DOCS#draft"})
    (found,) = store.fetch(Doc.by_status.query(status=Status.DRAFT)).items
    assert found.note == "x"


def test_an_update_of_a_renamed_field_is_not_undone_by_the_upgrade(
    db: Backend, store: Repository
) -> None:
    old_doc(db)
    read = fetch(store, Doc, doc_id="1")
    store.write(update(read, read.model_copy(update={"title": "new"})))
    assert fetch(store, Doc, doc_id="1").title == "new"


def test_a_versioned_item_is_migrated_whole(db: Backend, store: Repository) -> None:
    old_doc(db, "Page", version={"N": "1"}, GSI1PK="PAGES#wip", GSI1SK="a#1")
    read = fetch(store, Page, page_id="1")
    store.write(update(read, read.model_copy(update={"title": "b"})))
    item = stored(db, "PAGE")
    assert (item["status"], item["GSI1PK"]) == ({"S": "draft"}, {"S": "PAGES#draft"})
    now = fetch(store, Page, page_id="1")
    assert store.write(update(now, now.model_copy(update={"status": Status.LIVE}))).version == 3


def test_another_writer_of_an_old_item_is_a_conflict_still(db: Backend, store: Repository) -> None:
    """Also where the other one wrote an attribute that the upgrade reads."""
    old_doc(db, GSI1PK="DOCS#wip", GSI1SK="a#1")
    read = fetch(store, Doc, doc_id="1")
    db.put(PK="DOC#1", SK="DOC", entity="Doc", doc_id="1", status="wip", name="b")
    with pytest.raises(VersionConflict):
        store.write(update(read, read.model_copy(update={"status": Status.LIVE})))


def test_two_writers_who_migrate_the_same_item_do_not_meet(db: Backend, store: Repository) -> None:
    """What the other one wrote in passing is what was read."""
    old_doc(db)
    one = fetch(store, Doc, doc_id="1")
    other = fetch(store, Doc, doc_id="1")
    store.write(update(one, one.model_copy(update={"note": "x"})))
    written = store.write(update(other, other.model_copy(update={"status": Status.LIVE})))
    assert (written.note, written.status) == ("x", Status.LIVE)


@pytest.mark.parametrize(
    "write",
    [
        delete,
        lambda read: update(read, read.model_copy(update={"title": "b"})),
        lambda read: transaction(delete(read, must_exist=True)),
        lambda read: transaction(update(read, read.model_copy(update={"title": "b"}))),
    ],
    ids=["delete", "update", "delete in a transaction", "update in a transaction"],
)
def test_every_verb_takes_what_was_read_with_unique_fields(
    db: Backend, store: Repository, write: Callable[[Any], Any]
) -> None:
    old_doc(db, "Named")
    store.write(write(fetch(store, Named, doc_id="1")))
    titles = [item for item in db.items() if item["entity"] == {"S": "Named.title"}]
    assert len(titles) == (1 if db.raw(PK="NAMED#1", SK="NAMED") else 0)


def test_a_put_of_what_was_read_replaces_the_old_form(db: Backend, store: Repository) -> None:
    old_doc(db, "Page")
    read = fetch(store, Page, page_id="1")
    assert read.version == 1
    assert store.write(put(read)).version == 2
    assert "name" not in stored(db, "PAGE")
    with pytest.raises(VersionConflict):
        store.write(put(read))


def test_no_partial_update_changes_what_the_upgrade_may_make(
    db: Backend, store: Repository
) -> None:
    """It has not read the item: what the upgrade would make of the new value is not known."""
    old_doc(db, later="kept")
    read = fetch(store, Doc, doc_id="1")
    for make in (
        lambda: upsert(Doc(doc_id="1", status=Status.LIVE, title="c", note="")),
        lambda: upsert(read),
        lambda: Doc.key.patch(doc_id="1").set(title="b"),
        lambda: Doc.key.upsert(doc_id="1").set(status=Status.LIVE),
        lambda: update(
            Doc(doc_id="1", status=Status.LIVE, title="c"),
            Doc(doc_id="1", status=Status.LIVE, title="d"),
        ),
    ):
        with pytest.raises(InvalidOperation) as caught:
            store.write(make())
        assert "of which the upgrade may make another value" in caught.value.declared
    assert store.write(Doc.key.patch(doc_id="1").set(note="n")).note == "n"
    assert "name" in stored(db, "DOC")


def test_a_guard_on_an_old_form_is_refused_as_that(db: Backend, store: Repository) -> None:
    """A patch has not read the item: the refusal says so, and names no other writer."""
    old_doc(db)
    patch = Doc.key.patch(doc_id="1").given(title="a").set(note="n")
    with raises(ConditionFailed, reason="title is stored in an older") as caught:
        store.write(patch)
    assert caught.value.label is None
    wrong = Doc.key.patch(doc_id="1").given(title="b").set(note="n")
    with pytest.raises(VersionConflict):
        store.write(wrong)


def odd(db: Backend, **changes: Any) -> None:
    item: dict[str, Any] = {
        "PK": "LOWER#1",
        "SK": "LOWER",
        "entity": "Lower",
        "thing_id": "1",
        "email": "Kim@X",
        "at": "2020-01-01T01:00:00+01:00",
        "number": {"N": "1.00"},
        "tags": {"SS": ["b", "a"]},
        "meta": {"M": {"size": {"N": "1"}, "later": {"S": "kept"}}},
        "parts": {"L": [{"M": {"size": {"N": "1"}, "later": {"S": "one"}}}, {"M": {}}]},
        "GSI1PK": "LOWER#kim@x",
        "GSI1SK": "2020-01-01T00:00:00.000000Z",
    }
    db.put(**{**item, **changes})


@pytest.mark.parametrize(
    "change",
    [
        {"note": "x"},
        {"email": "lee"},
        {"at": datetime(2021, 1, 1, tzinfo=UTC)},
        {"number": 2.0},
        {"tags": {"c"}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_other_spellings_of_a_value_are_no_changes(
    db: Backend, store: Repository, change: dict[str, Any]
) -> None:
    """They stay as they are, until the field itself is changed."""
    odd(db)
    before = stored(db, "LOWER")
    read = fetch(store, Lower, thing_id="1")
    written = store.write(update(read, read.model_copy(update=change)))
    assert written == read.model_copy(update=change)
    after = stored(db, "LOWER")
    others = {"thing_id", "email", "at", "number", "meta"} - set(change)
    assert {name: after[name] for name in others} == {name: before[name] for name in others}
    store.write(delete(written, must_exist=True))


def test_a_changed_nested_model_keeps_what_newer_programs_store_in_it(
    db: Backend, store: Repository
) -> None:
    odd(db)
    read = fetch(store, Lower, thing_id="1")
    changes = {"meta": Meta(colour="blue"), "parts": [Meta(size=3), *read.parts[:1], Meta(size=9)]}
    store.write(update(read, read.model_copy(update=changes)))
    item = stored(db, "LOWER")
    assert item["meta"]["M"]["later"] == {"S": "kept"}
    assert item["meta"]["M"]["colour"] == {"S": "blue"}
    assert [part["M"].get("later") for part in item["parts"]["L"]] == [None, {"S": "one"}, None]


@pytest.mark.parametrize("deep", [True, False])
def test_an_element_changed_in_place_is_written(db: Backend, store: Repository, deep: bool) -> None:
    """Both states share the list: what is stored tells."""
    odd(db)
    before = fetch(store, Lower, thing_id="1")
    after = before.model_copy(deep=deep)
    after.steps.append("y")
    after.tags.discard("b")
    after.meta.colour = "green"
    written = store.write(update(before, after))
    assert (written.steps, written.tags, written.meta.colour) == (["y"], {"a"}, "green")
    assert stored(db, "LOWER")["meta"]["M"]["later"] == {"S": "kept"}


def test_an_element_changed_in_place_is_a_conflict_if_it_is_no_longer_so(
    db: Backend, store: Repository
) -> None:
    odd(db)
    before = fetch(store, Lower, thing_id="1")
    store.write(Lower.key.patch(thing_id="1").append(steps=["other"]))
    before.steps.append("mine")
    with pytest.raises(VersionConflict):
        store.write(update(before, before.model_copy()))


@pytest.mark.parametrize(
    "carry",
    [
        lambda entity: entity.model_copy(),
        lambda entity: entity.model_copy(deep=True),
        copy.copy,
        copy.deepcopy,
        lambda entity: pickle.loads(pickle.dumps(entity)),  # noqa: S301
    ],
    ids=["model_copy", "deep model_copy", "copy", "deepcopy", "pickle"],
)
def test_copies_know_what_is_stored(
    db: Backend, store: Repository, carry: Callable[[Any], Any]
) -> None:
    old_doc(db)
    read = carry(fetch(store, Doc, doc_id="1"))
    assert store.write(update(read, read.model_copy(update={"status": Status.LIVE}))).title == "a"


def test_what_is_stored_is_no_part_of_the_entity(db: Backend, store: Repository) -> None:
    """Not of its equality, hash, text, dumps or variables."""
    old_doc(db)
    read, built = fetch(store, Doc, doc_id="1"), Doc(doc_id="1", status=Status.DRAFT, title="a")
    assert read == built
    assert hash(read) == hash(built)
    assert repr(read) == repr(built)
    assert read.model_dump() == built.model_dump()
    assert read.model_dump_json() == built.model_dump_json()
    assert vars(read) == vars(built)
    assert list(read) == list(built)


def test_a_changed_copy_counts_for_its_changes_alone(db: Backend, store: Repository) -> None:
    """It may have been written, so that what it was read as is no longer what is stored."""
    old_doc(db)
    read = fetch(store, Doc, doc_id="1")
    second = read.model_copy(update={"title": "b"})
    store.write(update(read, second))
    third = store.write(update(second, second.model_copy(update={"status": Status.LIVE})))
    assert (third.title, third.status) == ("b", Status.LIVE)
    back = store.write(update(third, third.model_copy(update={"title": "a"})))
    assert (back.title, stored(db, "DOC")["GSI1SK"]) == ("a", {"S": "a#1"})


def test_an_upgrade_may_change_what_it_gets_in_depth(open_backend: OpenBackend) -> None:
    """What is remembered as stored stays what was read."""
    nested = Table("nested")

    def deepen(item: dict[str, Any]) -> dict[str, Any]:
        item["meta"]["M"].setdefault("size", {"N": "7"})
        return item

    class Box(Entity, table=nested, upgrade=deepen, reaches=["meta"]):
        """A box."""

        box_id: str
        meta: Meta

        key = nested.primary.key("BOX#{box_id}", "BOX")

    db = open_backend(nested)
    db.put(PK="BOX#1", SK="BOX", entity="Box", box_id="1", meta={"M": {"colour": {"S": "red"}}})
    read = fetch(db.repository, Box, box_id="1")
    db.repository.write(update(read, read))
    assert stored(db, "BOX")["meta"]["M"] == {"colour": {"S": "red"}, "size": {"N": "7"}}


def test_conditions_beside_an_old_form_fail_as_conditions(db: Backend, store: Repository) -> None:
    old_doc(db)
    read = fetch(store, Doc, doc_id="1")
    wanted = update(read, read.model_copy(update={"status": Status.LIVE}))
    with pytest.raises(ConditionFailed):
        store.write(wanted.when(attr("note").equals("x")))
    assert store.write(wanted.when(attr("note").equals(""))).status == Status.LIVE


def test_absence_counts_as_the_default_unless_an_upgrade_may_say_otherwise(
    open_backend: OpenBackend,
) -> None:
    rooms = Table("rooms")
    index = rooms.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")

    def fill(item: dict[str, Any]) -> dict[str, Any]:
        item.setdefault("floor", {"S": "attic"})
        return item

    class Room(Entity, table=rooms, upgrade=fill, reaches=["floor"]):
        """A room; what has no floor is in the attic."""

        room_id: str
        floor: str = "ground"
        name: str = ""

        key = rooms.primary.key("ROOM#{room_id}", "ROOM")
        by_floor = index.key("ROOMS#{floor}", "{name}#{room_id}")

    db = open_backend(rooms)
    db.put(PK="ROOM#1", SK="ROOM", entity="Room", room_id="1", floor="ground", name="a")
    read = fetch(db.repository, Room, room_id="1")
    db.put(PK="ROOM#1", SK="ROOM", entity="Room", room_id="1", name="a")
    with pytest.raises(VersionConflict):
        db.repository.write(update(read, read.model_copy(update={"name": "b"})))


def test_a_copy_under_another_key_knows_nothing_of_that_item(
    db: Backend, store: Repository
) -> None:
    odd(db)
    read = fetch(store, Lower, thing_id="1")
    store.write(create(read.model_copy(update={"thing_id": "2"})))
    other = read.model_copy(update={"thing_id": "2"})
    store.write(update(other, other.model_copy(update={"meta": Meta(colour="blue")})))
    item = db.raw(PK="LOWER#2", SK="LOWER")
    assert item is not None
    assert item["meta"]["M"] == {"colour": {"S": "blue"}, "size": {"N": "1"}}


def test_what_a_write_answered_is_known_to_be_stored(db: Backend, store: Repository) -> None:
    """By create and put, and by an update within a transaction."""
    made = store.write(create(Lower(thing_id="1", email="kim")))
    made.steps.append("a")
    assert store.write(update(made, made)).steps == ["a"]
    page = store.write(create(Page(page_id="1", status=Status.DRAFT, title="a")))
    again = store.write(put(page))
    changed = update(made, made.model_copy(update={"note": "x"}))
    written = store.write(transaction(changed).returning(changed))
    written.steps.append("b")
    assert store.write(update(written, written)).steps == ["a", "b"]
    assert store.write(update(again, again)).version == 3


def test_a_second_copy_counts_for_the_changes_of_both(db: Backend, store: Repository) -> None:
    odd(db)
    read = fetch(store, Lower, thing_id="1")
    first = read.model_copy(update={"email": "lee"})
    second = first.model_copy(update={"note": "x"})
    store.write(update(read, second))
    third = store.write(update(second, second.model_copy(update={"at": read.at, "number": 3.0})))
    assert (third.email, third.note, third.number) == ("lee", "x", 3.0)
    last = second.model_copy(update={"number": 3.0})
    moved = store.write(
        update(last, last.model_copy(update={"at": datetime(2022, 1, 1, tzinfo=UTC)}))
    )
    assert stored(db, "LOWER")["GSI1PK"] == {"S": "LOWER#lee"}
    assert moved.email == "lee"


def test_a_changed_copy_relies_on_the_key_that_it_makes_itself(
    db: Backend, store: Repository
) -> None:
    """An unrelated change neither writes the key nor minds that another writer did."""
    odd(db)
    read = fetch(store, Lower, thing_id="1")
    second = read.model_copy(update={"email": "lee"})
    store.write(update(read, second))
    now = fetch(store, Lower, thing_id="1")
    store.write(update(now, now.model_copy(update={"email": "zoe"})))
    written = store.write(update(second, second.model_copy(update={"note": "x"})))
    assert (written.email, written.note) == ("zoe", "x")
    assert stored(db, "LOWER")["GSI1PK"] == {"S": "LOWER#zoe"}


@pytest.mark.parametrize("model", [Named, Counted])
@pytest.mark.parametrize("write", [delete, None], ids=["delete", "update"])
def test_a_unique_value_relies_on_what_the_upgrade_made_it_of(
    db: Backend, store: Repository, model: Any, write: Any
) -> None:
    """An item that was made again has the same version, and its value in the older attribute."""
    old_doc(db, model.__name__)
    read = fetch(store, model, doc_id="1")
    upper = model.__name__.upper()
    again = {"entity": model.__name__, "doc_id": "1", "status": "wip", "name": "b"}
    db.put(PK=f"{upper}#1", SK=upper, **again)
    before = db.items()
    with pytest.raises(TransactionCancelled if write is None else VersionConflict) as caught:
        if write is None:
            changed = read.model_copy(update={"title": "c"})
            store.write(transaction(update(read, changed)))
        else:
            store.write(write(read))
    if isinstance(caught.value, TransactionCancelled):
        assert isinstance(caught.value.failures[0], VersionConflict)
    assert db.items() == before


def test_a_stale_key_is_not_mended_over_another_writers_change(
    db: Backend, store: Repository
) -> None:
    odd(db, GSI1PK="LOWER#stale")
    read, other = fetch(store, Lower, thing_id="1"), fetch(store, Lower, thing_id="1")
    store.write(update(other, other.model_copy(update={"email": "zoe"})))
    with pytest.raises(VersionConflict):
        store.write(update(read, read.model_copy(update={"note": "x"})))
    assert stored(db, "LOWER")["GSI1PK"] == {"S": "LOWER#zoe"}
