"""Units of operations that the project's own design has not: those that memory reports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated, Any

import pytest

from singletable import (
    KEYS_ONLY,
    Batch,
    Clear,
    Entity,
    First,
    Query,
    Snapshot,
    Table,
    Update,
    access_pattern,
    batch,
    clear,
    create,
    put,
    snapshot,
    unique,
    update,
)
from singletable.check.units import units_of
from singletable.check.volumes import volumes_of
from singletable.design import compile_design
from singletable.formats import slug
from tests.backends import Backend, run
from tests.conftest import OpenBackend, without_moto

clubs = Table("clubs")
by_club = clubs.global_index(
    "GSI1", partition_key="GSI1PK", sort_key="GSI1SK", projection=KEYS_ONLY
)

Slug = Annotated[str, slug()]
TEXT = "x" * 2500


class Member(Entity, table=clubs):
    """Somebody in a club."""

    member: Slug
    club: Slug = "chess"
    email: str = "a@example.com"
    about: str = TEXT

    key = clubs.primary.key("MEMBER#{member}", "MEMBER")
    of_club = by_club.key("CLUB#{club}", "{member}")
    unique_email = unique("email")


class Visit(Entity, table=clubs):
    """An evening in a club."""

    member: Slug
    evening: Slug
    about: str = TEXT

    key = clubs.primary.key("MEMBER#{member}", "VISIT#{evening}")


@access_pattern
def change(before: Member, after: Member) -> Update[Member]:
    """Changes whatever differs."""
    return update(before, after)


@access_pattern
def members(club: str) -> Query[Member]:
    """The members of a club."""
    return Member.of_club.query(club=club).hydrated()


@access_pattern
def first(member: str) -> First[Visit]:
    """The first visit."""
    return Visit.key.query(member=member).first()


@access_pattern
def two(member: str, evening: str) -> Snapshot[tuple[Member | None, Visit | None]]:
    """A member and a visit at one moment."""
    return snapshot(Member.key.get(member=member), Visit.key.get(member=member, evening=evening))


@access_pattern
def visits(member: str) -> Query[Visit]:
    """Visits, two a page."""
    return Visit.key.query(member=member).page_size(2)


@access_pattern
def write(visits: Sequence[Visit]) -> Batch:
    """Writes visits."""
    return batch(*map(put, visits))


@access_pattern
def forget(member: str) -> Clear:
    """Deletes the visits of a member."""
    return clear(Visit.key.query(member=member))


ADA = Member(member="ada")
VISITS = [Visit(member="ada", evening=f"e{number}") for number in range(5)]
ASKED: dict[str, tuple[Any, dict[str, Any]]] = {
    "change-about": (change(ADA, ADA.model_copy(update={"about": "y"})), {"changed": ["about"]}),
    "change-club": (change(ADA, ADA.model_copy(update={"club": "go"})), {"changed": ["club"]}),
    "change-email": (
        change(ADA, ADA.model_copy(update={"email": "b@example.com"})),
        {"changed": ["email"]},
    ),
    "change-all": (
        change(ADA, ADA.model_copy(update={"email": "b", "club": "go", "about": "y"})),
        {},
    ),
    "members": (members("chess"), {"returned": 1}),
    "first": (first("ada"), {}),
    "two": (two("ada", "e1"), {}),
    "visits": (visits("ada"), {"returned": 5}),
    "write": (write(VISITS), {"written": 5}),
    "forget": (forget("ada"), {"returned": 5}),
}


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    opened = open_backend(clubs)
    opened.repository.write(create(ADA))
    for visit in VISITS:
        opened.repository.write(create(visit))
    return opened


@without_moto
@pytest.mark.parametrize("name", ASKED)
def test_units_are_those_that_are_reported(
    db: Backend, name: str, request: pytest.FixtureRequest
) -> None:
    """Of transactions DynamoDB Local counts some items once, where DynamoDB counts twice."""
    operation, volume = ASKED[name]
    told: list[Any] = []
    run(db.another(observe=told.append, count_capacity=True), operation)
    design = compile_design([clubs])
    [pattern] = (
        p for p in design.patterns if p.name.endswith(f".{name.split('-', maxsplit=1)[0]}")
    )
    data = {
        "entities": {"Member": {"size": 2600}, "Visit": {"size": 2600}},
        "patterns": {pattern.name: volume},
    }
    units = units_of(design, volumes_of(data, design))
    found = next(each for each in units if each.pattern == pattern.name)
    by_index = defaultdict[str | None, float](float)
    for charge in found.charges:
        by_index[None if charge.index == "primary" else charge.index] += charge.units
    assert found.missing == ()
    reported = {each.index: each.units for one in told for each in one.capacity}
    if "local" in request.node.name and name in ("change-email", "change-all"):
        assert by_index.keys() == reported.keys()
        assert all(reported[index] <= by_index[index] for index in reported)
    else:
        assert by_index == reported
