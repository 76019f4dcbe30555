"""Stale readers, an old program and an upgrade, in any order: no write undoes another's."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from singletable import VERSION, Entity, Table, create, delete, put, unique, update
from singletable.errors.request import InvalidOperation, WriteRefused
from tests.backends import Backend, memory_backend

files = Table("files")
by_state_index = files.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")

RENAMED = {"mail": "email", "name": "title"}
VERSIONED = {**RENAMED, "rev": "version"}
REACHED = ["first", "last", "full", "unit", "price"]


def upgrade(item: dict[str, Any]) -> dict[str, Any]:
    """Merges two attributes, and makes cents of euros, which had no unit."""
    if "first" in item or "last" in item:
        parts = [item.pop(part, {"S": ""})["S"] for part in ("first", "last")]
        item.setdefault("full", {"S": " ".join(parts).strip()})
    if "unit" not in item:
        item["unit"] = {"S": "cent"}
        if "price" in item:
            item["price"] = {"N": str(int(item["price"]["N"]) * 100)}
    return item


class Plain(Entity, table=files, renamed=RENAMED, upgrade=upgrade, reaches=REACHED):
    """Without a version."""

    file_id: str
    email: str | None = None
    title: str | None = None
    full: str | None = None
    price: int | None = None
    state: str = "draft"
    unit: str = "cent"
    key = files.primary.key("Plain#{file_id}", "FILE")
    by_state = by_state_index.key("S#{state}", "{title}#{file_id}")
    unique_email = unique("email", name="email")


class Counted(Entity, table=files, renamed=VERSIONED, upgrade=upgrade, reaches=REACHED):
    """With one."""

    file_id: str
    email: str | None = None
    title: str | None = None
    full: str | None = None
    price: int | None = None
    state: str = "draft"
    unit: str = "cent"
    version: Annotated[int, VERSION] = 1
    key = files.primary.key("Counted#{file_id}", "FILE")
    by_state = by_state_index.key("S#{state}", "{title}#{file_id}")
    unique_email = unique("email", name="email")


class Loose(Entity, table=files, renamed=VERSIONED, upgrade=upgrade, reaches=REACHED):
    """With a version and no unique field, so that it can be put."""

    file_id: str
    email: str | None = None
    title: str | None = None
    full: str | None = None
    price: int | None = None
    state: str = "draft"
    unit: str = "cent"
    version: Annotated[int, VERSION] = 1
    key = files.primary.key("Loose#{file_id}", "FILE")
    by_state = by_state_index.key("S#{state}", "{title}#{file_id}")


FIELDS = ("email", "title", "full", "price", "state")
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "email": st.sampled_from([None, "kim", "lee"]),
        "title": st.sampled_from([None, "a", "b"]),
        "full": st.sampled_from([None, "x y", "z"]),
        "price": st.sampled_from([None, 1, 5, 100, 500]),
        "state": st.sampled_from(["draft", "live"]),
    },
)
OLD_VALUES = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["a", "b"]),
        "first": st.just("x"),
        "last": st.just("y"),
        "price": st.sampled_from([{"N": "1"}, {"N": "5"}]),
        "state": st.sampled_from(["draft", "live"]),
    },
)
READERS = st.integers(0, 1)
STEPS = st.lists(
    st.tuples(st.just("read"), READERS, st.none())
    | st.tuples(st.sampled_from(["update", "put", "patch", "create"]), READERS, CHANGES)
    | st.tuples(st.sampled_from(["delete", "give up", "take"]), READERS, st.none())
    | st.tuples(st.just("old program"), READERS, OLD_VALUES),
    min_size=3,
    max_size=9,
)


class Race:
    """The table, what two readers hold, and what a reader has to find: `expected`."""

    def __init__(self, db: Backend, kind: Any, old: dict[str, Any], mail: str | None) -> None:
        self.db, self.kind, self.name = db, kind, kind.__name__
        self.revision, self.mail = 3, mail
        self.readers: list[Any] = [None, None]
        self.put_old(old)
        if mail and kind is not Loose:
            place = {"M": {"PK": {"S": f"{self.name}#1"}, "SK": {"S": "FILE"}}}
            label = f"{self.name}.email"
            key = f"UNIQUE#{self.name}#email#{mail}"
            db.put(PK=key, SK="UNIQUE", entity=label, owner=place)
        self.read(0)
        self.read(1)

    def put_old(self, values: dict[str, Any]) -> None:
        """The old program stores the item in its form."""
        item = {**values, "rev": {"N": str(self.revision)}} if self.kind is not Plain else values
        item = {**item, "mail": self.mail} if self.mail else item
        self.db.put(PK=f"{self.name}#1", SK="FILE", entity=self.name, file_id="1", **item)
        found = self.found()
        self.expected = {field: getattr(found, field) for field in FIELDS}

    def raw(self) -> dict[str, Any] | None:
        return self.db.raw(PK=f"{self.name}#1", SK="FILE")

    def found(self, file_id: str = "1") -> Any:
        return self.db.repository.fetch(self.kind.key.get(file_id=file_id))

    def read(self, reader: int, _: object = None) -> None:
        self.readers[reader] = self.found() or self.readers[reader]

    def do(self, step: str, reader: int, values: Any) -> None:
        try:
            getattr(self, step.replace(" ", "_"))(reader, values)
        except WriteRefused:
            return

    def update(self, reader: int, values: dict[str, Any]) -> None:
        mine = self.readers[reader]
        written = self.db.repository.write(update(mine, mine.model_copy(update=values)))
        asked = {name: each for name, each in values.items() if each != getattr(mine, name)}
        self.expected = {**self.expected, **asked}
        self.readers[reader] = written

    def put(self, reader: int, values: dict[str, Any]) -> None:
        if self.kind is Loose:
            whole = self.readers[reader].model_copy(update=values)
            self.readers[reader] = self.db.repository.write(put(whole))
            self.expected = {field: getattr(whole, field) for field in FIELDS}

    def patch(self, _: int, values: dict[str, Any]) -> None:
        """Sets the state; the price, of which the upgrade may make another one, it cannot set."""
        patch, state = self.kind.key.patch(file_id="1"), values.get("state", "draft")
        with pytest.raises(InvalidOperation):
            patch.set(price=values.get("price"))
        found = self.found()
        if self.kind is Plain and found is not None:
            self.db.repository.write(patch.set(state=state).given(title=found.title))
            self.expected = {**self.expected, "state": state}

    def create(self, reader: int, values: dict[str, Any]) -> None:
        entity = self.kind(file_id="1", **values)
        self.readers[reader] = self.db.repository.write(create(entity))
        self.expected = {field: getattr(entity, field) for field in FIELDS}

    def delete(self, reader: int, _: object) -> None:
        self.db.repository.write(delete(self.readers[reader], must_exist=True))
        self.expected = {}

    def give_up(self, _: int, __: object) -> None:
        self.db.repository.write(delete(self.found("2") or self.kind(file_id="2")))

    def take(self, _: int, __: object) -> None:
        self.db.repository.write(create(self.kind(file_id="2", email="kim")))

    def old_program(self, _: int, values: dict[str, Any]) -> None:
        """It writes over an item that has its own form still."""
        if {"email", "title", "full", "unit", "version"}.isdisjoint(self.raw() or {"unit": 0}):
            self.revision += 1
            self.put_old(values)

    def check(self) -> None:
        found = self.found()
        shown = {field: getattr(found, field) for field in FIELDS} if found else {}
        assert shown == self.expected
        items = self.db.items()
        held = [
            (item["PK"]["S"].rsplit("#", 1)[1], item["owner"]["M"]["PK"]["S"])
            for item in items
            if item["SK"] == {"S": "UNIQUE"}
        ]
        owners = [(each, self.found(each)) for each in "12"]
        owned = [(each.email, f"{self.name}#{n}") for n, each in owners if each and each.email]
        assert sorted(held) == ([] if self.kind is Loose else sorted(owned))


@pytest.mark.parametrize("kind", [Plain, Counted, Loose])
@settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
@given(old=OLD_VALUES, mail=st.none() | st.just("kim"), steps=STEPS)
def test_no_write_undoes_another(
    kind: Any, old: dict[str, Any], mail: str | None, steps: list[tuple[str, int, Any]]
) -> None:
    with memory_backend(files) as db:
        race = Race(db, kind, old, mail)
        for step in steps:
            race.do(*step)
            race.check()
