"""Entities declared after patterns: what was proved before still holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from singletable import Entity, First, Query, Table, access_pattern
from singletable.errors.declaration import ContradictoryPattern
from singletable.patterns import declarations_of
from tests.singletable.clinic.making import make
from tests.singletable.raises import raises

works, yard = Table("works"), Table("yard")
INDEXES = {
    table.name: table.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
    for table in (works, yard)
}


class Job(Entity, table=works):
    """Something to do."""

    job_id: str
    state: str

    key = works.primary.key("JOB#{job_id}", "JOB")
    by_state = INDEXES["works"].key("STATE#{state}", "{job_id}")


class Load(Entity, table=yard):
    """Something to carry."""

    load_id: str
    state: str

    key = yard.primary.key("LOAD#{load_id}", "LOAD")
    by_state = INDEXES["yard"].key("STATE#{state}", "{load_id}")


@access_pattern
def jobs(state: str) -> Query[Job]:
    """Jobs of a state."""
    return Job.by_state.query(state=state)


@access_pattern
def next_load(state: str) -> First[Load]:
    """The first load of a state."""
    return Load.by_state.query(state=state).first()


@pytest.mark.parametrize(("table", "pattern"), [(works, jobs), (yard, next_load)])
def test_an_entity_whose_items_an_earlier_query_can_meet_is_refused(
    table: Table, pattern: Callable[..., Any]
) -> None:
    """While its module loads, not when the query is sent; the table is as it was."""
    known = list(declarations_of(table).entities)
    fields = {
        "run": str,
        "state": str,
        "key": table.primary.key("RUN#{run}", "RUN"),
        "by_state": INDEXES[table.name].key("STATE#{state}", "RUN#{run}"),
    }
    with raises(ContradictoryPattern, declared="can meet items of Run (Run.by_state)"):
        make(table, fields, "Run")
    assert list(declarations_of(table).entities) == known
    assert pattern("open").origin is not None
