"""Partial writes of items that lack a field whose default a factory makes of other fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field

from singletable import VERSION, Entity, Table, attr, create, delete, put, unique, update
from singletable.errors import ConditionFailed, InvalidOperation, VersionConflict
from singletable.operations import Context, Patch, Upsert
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

docs = Table("docs-with-slugs")
by_slug = docs.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")


def slug_of(known: dict[str, Any]) -> str:
    return "s-" + str(known["title"])


class Named(Entity, table=docs):
    """Of old it had no slug, which is unique."""

    id: str
    title: str
    slug: str = Field(default_factory=slug_of)
    note: str = ""
    key = docs.primary.key("NAMED#{id}", "NAMED")
    unique_slug = unique("slug")


class Listed(Entity, table=docs):
    """Of old it had no slug, by which it is listed."""

    id: str
    title: str
    shown: int = 0
    slug: str = Field(default_factory=slug_of)
    note: str = ""
    key = docs.primary.key("LISTED#{id}", "LISTED")
    by_slug = by_slug.key("SLUGS", "{slug}#{id}")


class Versioned(Entity, table=docs):
    """Its slug may be made of the version, which every write changes."""

    id: str
    version: Annotated[int, VERSION] = 0
    slug: str = Field(default_factory=lambda known: f"v{known['version']}")
    note: str = ""
    key = docs.primary.key("VERSIONED#{id}", "VERSIONED")
    by_slug = by_slug.key("VERSIONS", "{slug}")


def put_named(db: Backend, number: str, title: str, **others: object) -> None:
    db.put(PK=f"NAMED#{number}", SK="NAMED", entity="Named", id=number, title=title, **others)


def put_listed(db: Backend, number: str, title: str, **others: object) -> None:
    index = {"GSI1PK": "SLUGS", "GSI1SK": f"s-{title}#{number}"}
    db.put(
        PK=f"LISTED#{number}",
        SK="LISTED",
        entity="Listed",
        id=number,
        title=title,
        **index,
        **others,
    )


def test_a_patch_does_not_change_a_unique_value_that_is_not_stored(
    open_backend: OpenBackend,
) -> None:
    """Two items would have it, and the unique item of the former one would stay."""
    db = open_backend(docs)
    db.repository.write(create(Named(id="2", title="b")))
    put_named(db, "1", "a")
    before = db.items()
    patch = Named.key.patch(id="1")
    with raises(ConditionFailed, reason="slug is not stored, and its default may be made of title"):
        db.repository.write(patch.set(title="b"))
    assert db.items() == before
    assert db.repository.write(patch.set(note="n")).slug == "s-a"
    seen = db.repository.fetch(Named.key.get(id="1"))
    assert seen is not None
    db.repository.write(update(seen, seen.model_copy(update={"title": "b"})))
    assert db.repository.write(patch.set(title="c")).slug == "s-a"


@pytest.mark.parametrize(
    "change",
    [
        lambda patch: patch.set(title="b"),
        lambda patch: patch.set(title=attr("note")),
        lambda patch: patch.add(shown=1),
        lambda patch: patch.set_if_absent(shown=1),
    ],
    ids=["set", "path", "add", "set_if_absent"],
)
def test_a_patch_leaves_no_index_key_of_another_default(
    open_backend: OpenBackend, change: Callable[[Patch[Listed]], Patch[Listed]]
) -> None:
    """The item could not be read from the index any more."""
    db = open_backend(docs)
    put_listed(db, "1", "a", note="b")
    before = db.items()
    with raises(ConditionFailed, reason="slug is not stored, and its default may be made of"):
        db.repository.write(change(Listed.key.patch(id="1")))
    assert db.items() == before
    put_listed(db, "1", "a", note="b", slug="s-a")
    db.repository.write(change(Listed.key.patch(id="1")))
    assert [each.id for each in db.repository.fetch(Listed.by_slug.query()).items] == ["1"]


def test_a_patch_that_sets_the_field_asks_for_none(open_backend: OpenBackend) -> None:
    db = open_backend(docs)
    put_listed(db, "1", "a")
    db.repository.write(Listed.key.patch(id="1").set(title="b", slug="x"))
    assert [each.slug for each in db.repository.fetch(Listed.by_slug.query()).items] == ["x"]


def test_a_default_that_is_given_is_asked_to_be_stored(open_backend: OpenBackend) -> None:
    """What was read is given: that it is not stored is no conflict, which reading again solves."""
    db = open_backend(docs)
    put_listed(db, "1", "a")
    patch = Listed.key.patch(id="1").set(note="n")
    with raises(ConditionFailed, reason="slug is stored in an older or another form of the same"):
        db.repository.write(patch.given(slug="s-a"))
    with raises(VersionConflict):
        db.repository.write(patch.given(slug="s-b"))
    with raises(VersionConflict):
        db.repository.write(patch.given(slug="s-a", title="b"))
    put_listed(db, "1", "a", slug="s-a")
    assert db.repository.write(patch.given(slug="s-a")).note == "n"


def test_a_default_that_is_made_of_the_version_is_asked_to_be_stored(
    open_backend: OpenBackend,
) -> None:
    db = open_backend(docs)
    item: dict[str, object] = {"PK": "VERSIONED#1", "SK": "VERSIONED", "entity": "Versioned"}
    item |= {"id": "1", "version": {"N": "1"}, "GSI1PK": "VERSIONS", "GSI1SK": "v1"}
    db.put(**item)
    patch = Versioned.key.patch(id="1").set(note="n")
    for write in (patch.at_version(1), patch.ignoring_version()):
        with raises(ConditionFailed, reason="slug is not stored"):
            db.repository.write(write)
    db.put(**item, slug="v1")
    assert db.repository.write(patch.at_version(1)).slug == "v1"


def test_a_default_that_the_upgrade_may_bring_back_is_not_relied_on() -> None:
    """It may take away what is stored."""
    table = Table("dropped-slugs")

    class Dropped(Entity, table=table, upgrade=lambda item: item, reaches=["slug"]):
        """Its slug may be dropped."""

        id: str
        title: str
        slug: str = Field(default_factory=slug_of)
        key = table.primary.key("DROPPED#{id}", "DROPPED")
        unique_slug = unique("slug")

    with raises(InvalidOperation, declared="a partial update of slug"):
        Dropped.key.patch(id="1").set(title="b").requests(Context())


counters = Table("counters")


class Box(BaseModel):
    """Counts from its base."""

    base: int = 10
    total: int = Field(default_factory=lambda known: known["base"])


class Counter(Entity, table=counters):
    """Its total and log came later, and begin with its base."""

    id: str
    base: int
    total: int = Field(default_factory=lambda known: known["base"])
    log: list[int] = Field(default_factory=lambda known: [known["base"]])
    box: Box = Box()
    key = counters.primary.key("COUNTER#{id}", "COUNTER")


@pytest.mark.parametrize(
    "change",
    [
        lambda patch: patch.add(total=1),
        lambda patch: patch.append(log=[1]),
        lambda patch: patch.prepend(log=[1]),
        lambda patch: patch.add_at(attr("box")["total"], 1),
    ],
    ids=["add", "append", "prepend", "inside"],
)
def test_what_counts_from_a_default_of_other_fields_asks_that_it_is_stored(
    open_backend: OpenBackend, change: Callable[[Patch[Counter]], Patch[Counter]]
) -> None:
    """It would count from 0, or the empty list, and not from what is read."""
    db = open_backend(counters)
    ten = {"N": "10"}
    item: dict[str, Any] = {"PK": "COUNTER#1", "SK": "COUNTER", "entity": "Counter", "id": "1"}
    item["base"] = ten
    db.put(**item, box={"M": {"base": ten}})
    write, before = change(Counter.key.patch(id="1")), db.items()
    with raises(ConditionFailed, reason="is absent, and its default is made of other fields"):
        db.repository.write(write)
    assert db.items() == before
    db.put(**item, total=ten, log={"L": [ten]}, box={"M": {"base": ten, "total": ten}})
    after = db.repository.write(write)
    assert (after.total, sum(after.log), after.box.total) in [
        (11, 10, 10),
        (10, 11, 10),
        (10, 10, 11),
    ]


@pytest.mark.parametrize(
    "change",
    [
        lambda upsert: upsert.add(total=1),
        lambda upsert: upsert.append(log=[1]),
        lambda upsert: upsert.prepend(log=[1]),
    ],
    ids=["add", "append", "prepend"],
)
def test_an_upsert_does_not_count_from_a_default_of_other_fields(
    change: Callable[[Upsert[Counter]], Upsert[Counter]],
) -> None:
    """It would be another one of a new item."""
    upsert = Counter.key.upsert(id="1").set(base=10)
    with raises(InvalidOperation, declared="counts from a default that is made of other fields"):
        change(upsert).requests(Context())


def title_of_name(item: dict[str, Any]) -> dict[str, Any]:
    if "name" in item:
        item["title"] = item.pop("name")
    return item


RENAMED: dict[str, Any] = {
    "renamed": {"renamed": {"name": "title"}},
    "upgrade": {"upgrade": title_of_name, "reaches": ["name", "title"]},
}


@pytest.mark.parametrize("by", RENAMED)
@pytest.mark.parametrize("title", [None, "a"])
def test_a_deletion_asks_for_the_former_name_of_what_a_default_is_made_of(
    open_backend: OpenBackend, by: str, title: str | None
) -> None:
    """A program of before has written it since: the unique item of that value would stay."""
    table = Table("renamed-docs")

    class Doc(Entity, table=table, **RENAMED[by]):
        """Its slug came later, and its title was its name."""

        id: str
        title: str | None = None
        slug: str = Field(default_factory=slug_of)
        key = table.primary.key("DOC#{id}", "DOC")
        unique_slug = unique("slug")

    db = open_backend(table)
    item = {"PK": "DOC#1", "SK": "DOC", "entity": "Doc", "id": "1"}
    db.put(**item, **({} if title is None else {"name": title}))
    seen = db.repository.fetch(Doc.key.get(id="1"))
    assert seen is not None
    assert seen.title == title
    db.put(**item, name="b")
    with pytest.raises(VersionConflict):
        db.repository.write(delete(seen))
    db.put(**item, **({} if title is None else {"name": title}))
    db.repository.write(delete(seen))
    assert db.items() == []


@pytest.mark.parametrize("by", RENAMED)
def test_a_put_asks_for_the_former_name_of_what_its_version_is_made_of(
    open_backend: OpenBackend, by: str
) -> None:
    table = Table("renamed-versions")

    class Doc(Entity, table=table, **RENAMED[by]):
        """Its version came later, and its title was its name."""

        id: str
        title: str | None = None
        version: Annotated[int, VERSION] = Field(default_factory=lambda known: len(str(known)))
        key = table.primary.key("DOC#{id}", "DOC")

    db = open_backend(table)
    item = {"PK": "DOC#1", "SK": "DOC", "entity": "Doc", "id": "1"}
    for first, then in ((None, "b"), ("a", "abc"), ("a", None)):
        older, newer = ({} if each is None else {"name": each} for each in (first, then))
        db.put(**item, **older)
        seen = db.repository.fetch(Doc.key.get(id="1"))
        assert seen is not None
        db.put(**item, **newer)
        with pytest.raises(VersionConflict):
            db.repository.write(put(seen))
        db.put(**item, **older)
        assert db.repository.write(put(seen)).version == seen.version + 1
