"""A NULL that another program wrote is read as None, and no write passes over it."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import Field

from singletable import Entity, Table, attr, transaction
from singletable.errors.request import ConditionFailed, TransactionCancelled
from tests.backends import Backend
from tests.conftest import OpenBackend

imports = Table("imports")
NULL = {"NULL": True}


class Row(Entity, table=imports):
    """A row of another program's, which writes NULL for what it does not know."""

    row_id: str
    name: str | None = None
    count: int | None = None
    many: list[int] | None = None
    few: set[int] = Field(default_factory=set)

    key = imports.primary.key("ROWS", "{row_id}")


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    """With a row of NULLs, and one that has none."""
    backend = open_backend(imports)
    row = {"PK": "ROWS", "entity": "Row"}
    backend.put(**row, SK="null", row_id="null", name=NULL, count=NULL, many=NULL)
    backend.put(**row, SK="bare", row_id="bare")
    return backend


KEY = Row.key.patch(row_id="null")
CHANGES: list[tuple[str, Any]] = [
    ("name", KEY.set_if_absent(name="x")),
    ("count", KEY.set_if_absent(count=1)),
    ("count", KEY.add(count=1)),
    ("many", KEY.append(many=[1])),
    ("name", Row.key.upsert(row_id="null").set_if_absent(name="x")),
]


@pytest.mark.parametrize("at", range(len(CHANGES)))
def test_what_needs_absence_is_refused(db: Backend, at: int) -> None:
    """It was answered as a success that wrote nothing, or by DynamoDB's own words."""
    field, change = CHANGES[at]
    before = db.raw(PK="ROWS", SK="null")
    with pytest.raises(ConditionFailed) as caught:
        db.repository.write(change)
    assert caught.value.reason.endswith(f"{field} is stored as NULL, which stands for None: set it")
    assert caught.value.written == "no"
    with pytest.raises(TransactionCancelled):
        db.repository.write(transaction(change, Row.key.patch(row_id="bare").set(few={1})))
    assert db.raw(PK="ROWS", SK="null") == before


def test_a_null_is_set_and_unset(db: Backend) -> None:
    """Then it is as if the engine had written it."""
    assert db.repository.write(KEY.set(name="x")).name == "x"
    db.repository.write(KEY.unset("count"))
    assert db.repository.write(KEY.add(count=1)).count == 1


def test_what_is_absent_is_changed(db: Backend) -> None:
    patch = Row.key.patch(row_id="bare")
    row = db.repository.write(patch.add(count=1).append(many=[1]).set_if_absent(name="x"))
    assert (row.count, row.many, row.name) == (1, [1], "x")
    fresh = db.repository.write(Row.key.upsert(row_id="new").set_if_absent(name="x"))
    assert fresh.name == "x"


def test_a_null_is_absent_to_conditions(db: Backend) -> None:
    query = Row.key.query()
    for name in ("name", "count", "many"):
        assert len(db.repository.fetch(query.where(attr(name).is_absent())).items) == 2
        assert len(db.repository.fetch(query.where(attr(name).exists())).items) == 0
    assert db.repository.write(KEY.set(name="x").when(attr("name").is_absent())).name == "x"
