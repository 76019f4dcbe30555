"""K11 on stored items: 1 never meets 10, nor `emp` employees, nor `draft` what is drafted."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import pytest

from singletable import Entity, Table, clear, collection, create
from singletable.formats import printed
from tests.backends import START, Backend
from tests.conftest import MEMORY_FIRST, OpenBackend

pytestmark = MEMORY_FIRST

firm = Table("firm")
gsi1 = firm.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")


class Employee(Entity, table=firm):
    """Its literal begins as that of a department of employees does."""

    team: str
    status: str
    version: Annotated[int, printed()]
    at: datetime = START

    key = firm.primary.key("C#{team}", "EMP#{status}#{version}")
    by_status = gsi1.key("C", "{status}#{team}#{version}")


class Employees(Entity, table=firm):
    """A department."""

    team: str
    name: str

    key = firm.primary.key("C#{team}", "EMPLOYEES#{name}")
    by_status = gsi1.key("C1", "{name}")


class Emp(Entity, table=firm):
    """The literal alone."""

    team: str

    key = firm.primary.key("C#{team}", "EMP")


TEAMS = ("1", "10", "1-0", "11")
STATUSES = ("draft", "drafted", "draft-2", "d")
VERSIONS = (1, 10, 100, 11)


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    opened = open_backend(firm)
    for team in TEAMS:
        for made in (Employees(team=team, name="draft"), Emp(team=team)):
            opened.repository.write(create(made))
        for status in STATUSES:
            for version in VERSIONS if team == "1" else VERSIONS[:2]:
                made = Employee(team=team, status=status, version=version)
                opened.repository.write(create(made))
    return opened


def found(db: Backend, query: Any) -> set[tuple[Any, ...]]:
    return {
        (item.team, item.status, item.version) if isinstance(item, Employee) else (item.team,)
        for item in db.repository.fetch(query)
    }


def test_what_is_asked_for_is_closed(db: Backend) -> None:
    """By every number of parts, on the primary key and on an index."""
    of_team = Employee.key.query(team="1")
    assert found(db, of_team) == {("1", s, v) for s in STATUSES for v in VERSIONS}
    of_status = Employee.key.query(team="1", status="draft")
    assert found(db, of_status) == {("1", "draft", v) for v in VERSIONS}
    one = Employee.key.query(team="1", status="draft", version=1)
    assert found(db, one) == {("1", "draft", 1)}
    by_status = Employee.by_status.query(status="draft")
    assert {each[:2] for each in found(db, by_status)} == {(team, "draft") for team in TEAMS}
    of_both = Employee.by_status.query(status="draft", team="1")
    assert found(db, of_both) == {("1", "draft", v) for v in VERSIONS}
    assert found(db, Employees.key.query(team="1")) == {("1",)}
    assert len(db.repository.fetch(Emp.key.query(team="1"))) == 1
    assert db.repository.fetch(of_status.count()) == len(VERSIONS)


def test_a_beginning_is_open_where_that_is_asked(db: Backend) -> None:
    """Within its part and no further."""
    beginning = found(db, Employee.key.query(team="1").begins_with(status="draft"))
    assert beginning == {("1", s, v) for s in STATUSES if s != "d" for v in VERSIONS}


def test_a_collection_and_a_deletion_are_closed(db: Backend) -> None:
    """Members alone, of one partition."""
    both = collection(Employees.key, Emp.key).query(team="1").skipping(Employee)
    assert len(db.repository.fetch(both)) == 2
    before = len(db.items())
    query = Employee.key.query(team="1", status="draft")
    assert db.repository.write(clear(query)) == len(VERSIONS)
    assert len(db.items()) == before - len(VERSIONS)
    left = found(db, Employee.key.query(team="1"))
    assert left == {("1", s, v) for s in STATUSES if s != "draft" for v in VERSIONS}
