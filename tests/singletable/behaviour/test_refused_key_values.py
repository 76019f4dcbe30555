"""What may stand in no key is refused by every verb, by name, before anything is sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

import pytest

from singletable import (
    Entity,
    Table,
    batch,
    create,
    delete,
    put,
    snapshot,
    transaction,
    unique,
    update,
    upsert,
)
from singletable.errors import InvalidItem, InvalidKeyValue, RequestError, UnstorableValue
from singletable.formats import integer
from tests.backends import Backend
from tests.conftest import OpenBackend

pytestmark = pytest.mark.parametrize(
    "open_backend", ["memory", pytest.param("async", marks=pytest.mark.slow)], indirect=True
)  # nothing is sent

yard = Table("yard")
gsi1 = yard.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
natural = yard.global_index("NATURAL", partition_key="colour", sort_key="mark")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Crate(Entity, table=yard):
    """Its primary key has parts of every kind, and so has that of the index."""

    team: str
    user: str
    count: Annotated[int, integer(0, 999)]
    at: datetime
    ward: str | None = None
    bed: str | None = None
    level: Annotated[int, integer(0, 99)] | None = None
    seen: datetime | None = None
    colour: str | None = None
    mark: str | None = None

    key = yard.primary.key("TEAM#{team}#USER#{user}", "{count}#{at}")
    by_ward = gsi1.key("WARD#{ward}#{bed}", "{level}#{seen}")
    by_colour = natural.key("{colour}", "{mark}")


class Member(Entity, table=yard):
    """With a unique value in a scope."""

    member_id: str
    club: str
    nick: str

    key = yard.primary.key("MEMBER#{member_id}", "MEMBER")
    unique_nick = unique("nick", within="club")


IDENTITY: dict[str, Any] = {"team": "t", "user": "u", "count": 1, "at": NOON}
INDEXED: dict[str, Any] = {"ward": "w", "bed": "b", "level": 1, "seen": NOON}
NATURAL: dict[str, Any] = {"colour": "c", "mark": "m"}
WHOLE = {**IDENTITY, **INDEXED, **NATURAL}

BAD: list[tuple[str, Any]] = [
    *((name, value) for name in ("team", "user", "ward", "bed") for value in ("a#b", "#", "")),
    *((name, "ä" * 1025) for name in ("team", "ward", "colour")),
    *((name, value) for name in ("count", "level") for value in (-1, 1000, 1.5, 1.0, True, "1")),
    *((name, float("nan")) for name in ("count", "level")),
    *((name, Decimal("1.5")) for name in ("count", "level")),
    *((name, datetime(2026, 3, 1)) for name in ("at", "seen")),
    ("colour", ""),
    ("mark", ""),
    ("mark", "ä" * 513),
]
KINDS = (InvalidKeyValue, InvalidItem, UnstorableValue)
ABSENT: list[tuple[str, Any]] = [(name, None) for name in IDENTITY]


def crate(**values: Any) -> Crate:
    """One that no validator has seen."""
    return Crate.model_construct(**{**WHOLE, **values})


def patch(**values: Any) -> Any:
    """A patch that sets one field of a key, and is given the others."""
    known = {**INDEXED, **NATURAL}
    return Crate.key.patch(**IDENTITY).set(**values).given(**_without(known, values))


def given(**values: Any) -> Any:
    """A patch that is given one field of a key, and sets another one of it."""
    sets = {"bed": "c"} if "bed" not in values else {"ward": "x"}
    return Crate.key.patch(**IDENTITY).set(**sets).given(**{**_without(INDEXED, sets), **values})


def _without(known: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    return {name: known[name] for name in known if name not in values}


Build = Callable[[], Any]


def whole_writes(**bad: Any) -> dict[str, Build]:
    """Writes of an entity that has this value."""
    return {
        "create": lambda: create(crate(**bad)),
        "put": lambda: put(crate(**bad)),
        "put in a batch": lambda: batch(put(crate(**bad))),
        "create in a transaction": lambda: transaction(create(crate(**bad))),
        "upsert": lambda: upsert(crate(**bad)),
        "update": lambda: update(crate(), crate().model_copy(update=bad)),
    }


def partial_writes(**bad: Any) -> dict[str, Build]:
    """Partial updates that make an index key of this value."""
    every = {**INDEXED, **NATURAL, **bad}
    return {
        "patch": lambda: patch(**bad),
        "patch in a transaction": lambda: transaction(patch(**bad)),
        "patch once": lambda: patch(**bad).once(),
        "given": lambda: (patch if bad.keys() & NATURAL.keys() else given)(**bad),
        "upsert by key": lambda: Crate.key.upsert(**IDENTITY).set(**every),
    }


def by_key(**bad: Any) -> dict[str, Build]:
    """What goes by an identity that has this value."""
    identity = {**IDENTITY, **bad}
    each = {name: [identity[name]] for name in identity}
    return {
        "get": lambda: Crate.key.get(**identity),
        "get_each": lambda: Crate.key.get_each(**each),
        "snapshot": lambda: snapshot(Crate.key.get(**identity)),
        "query": lambda: Crate.key.query(**identity),
        "patch": lambda: Crate.key.patch(**identity).set(ward=None),
        "upsert by key": lambda: Crate.key.upsert(**identity).set(ward=None),
        "delete by key": lambda: Crate.key.delete(**identity),
        "delete in a batch": lambda: batch(Crate.key.delete(**identity)),
        "delete": lambda: delete(crate(**bad)),
        "check": lambda: transaction(Crate.key.check(**identity)),
        **ranges(lambda known: Crate.key.query(**known), IDENTITY, **bad),
    }


def by_index(**bad: Any) -> dict[str, Build]:
    """Queries by this value."""
    if bad.keys() & NATURAL.keys():
        return {"query": lambda: Crate.by_colour.query(**{**NATURAL, **bad})}
    return {
        "query": lambda: Crate.by_ward.query(**{**INDEXED, **bad}),
        **ranges(lambda known: Crate.by_ward.query(**known), INDEXED, **bad),
    }


def ranges(ask: Callable[[dict[str, Any]], Any], parts: Any, **bad: Any) -> dict[str, Build]:
    """Ranges that end with this value, where it is a part of the sort key."""
    (name,) = bad
    *before, last_but_one, last = parts
    if name not in (last_but_one, last):
        return {}
    names = before if name == last_but_one else [*before, last_but_one]
    known = {each: parts[each] for each in names}
    return {
        "at least": lambda: ask(known).at_least(**bad),
        "at most": lambda: ask(known).at_most(**bad),
        "after": lambda: ask(known).after(**bad),
        "before": lambda: ask(known).before(**bad),
        "between": lambda: ask(known).between(**{name: (bad[name], bad[name])}),
    }


def operations(**bad: Any) -> dict[str, Build]:
    if bad.keys() & IDENTITY.keys():
        return {**whole_writes(**bad), **by_key(**bad)}
    return {**whole_writes(**bad), **partial_writes(**bad), **by_index(**bad)}


def run(db: Backend, operation: Any) -> None:
    is_read = hasattr(operation, "reader") or type(operation).__name__ in ("Snapshot", "BatchGet")
    (db.repository.fetch if is_read else db.repository.write)(operation)


@pytest.mark.parametrize(("name", "value"), [*BAD, *ABSENT], ids=lambda value: repr(value)[:24])
def test_a_value_that_may_stand_in_no_key_is_refused_by_every_verb(
    open_backend: OpenBackend, name: str, value: Any
) -> None:
    """It names the field; nothing is sent, so that nothing is stored."""
    db = open_backend(yard)
    accepted = list[str]()
    for verb, build in operations(**{name: value}).items():
        try:
            run(db, build())
        except RequestError as error:
            assert isinstance(error, KINDS if value is not None else RequestError), verb
            assert name in str(error), f"{verb}: {error}"
            if "#" in str(value):
                assert repr(value) in str(error), f"{verb}: {error}"
        else:
            accepted.append(verb)
    assert accepted == []
    assert (db.sent, db.items()) == ([], [])


MEMBER: dict[str, Any] = {"member_id": "m", "club": "c", "nick": "n"}


@pytest.mark.parametrize("name", MEMBER)
@pytest.mark.parametrize("value", ["a#b", "#", "", "ä" * 1025])
def test_no_unique_item_is_made_of_such_values(
    open_backend: OpenBackend, name: str, value: str
) -> None:
    """Two values in two scopes never share one."""
    db = open_backend(yard)
    made = db.repository.write(create(Member(**MEMBER)))
    before, sent = db.items(), len(db.sent)
    bad = made.model_copy(update={name: value})
    writes: list[Callable[[], Any]] = [lambda: create(bad), lambda: transaction(create(bad))]
    if name != "member_id":
        writes += [lambda: update(made, bad), lambda: transaction(update(made, bad))]
    for build in (*writes, lambda: delete(bad)):
        with pytest.raises((InvalidKeyValue, InvalidItem), match=name):
            db.repository.write(build())
    assert (db.items(), len(db.sent)) == (before, sent)
