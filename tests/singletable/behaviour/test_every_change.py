"""U4 and U7 for every write: alone, in a transaction, once, and attached to another."""

from __future__ import annotations

from typing import Any

import pytest

from singletable import Label, Patch, attr, create, delete, put, transaction, update
from singletable.errors import (
    AttachedWriteRefused,
    ConditionFailed,
    ItemMissing,
    RequestError,
    TransactionCancelled,
    VersionConflict,
)
from tests.backends import Backend
from tests.conftest import MEMORY_FIRST, OpenBackend
from tests.singletable.cards import CHANGES, FULL, WAYS, Card, Kept, Seat, club

pytestmark = MEMORY_FIRST


def reason(error: RequestError) -> RequestError:
    """Why the one write was refused."""
    if isinstance(error, (TransactionCancelled, AttachedWriteRefused)):
        (why,) = error.failures.values()
        return why
    return error


def refused(db: Backend, write: Any) -> RequestError:
    """The reason; nothing has been written."""
    before = db.items()
    with pytest.raises(RequestError) as caught:
        db.repository.write(write)
    assert (db.items(), caught.value.written) == (before, "no")
    return reason(caught.value)


def ways(write: Any) -> list[Any]:
    kinds = WAYS if isinstance(write, Patch) else {"alone", "in a transaction", "attached"}
    return [WAYS[kind](write) for kind in kinds]


@pytest.mark.parametrize("change", CHANGES)
def test_no_change_makes_an_item(open_backend: OpenBackend, change: str) -> None:
    """An item that is not there is missing, and stays so."""
    db = open_backend(club)
    for write in ways(CHANGES[change](Card.key.patch(card_id="ghost"))):
        assert type(refused(db, write)) is ItemMissing
    assert db.items() == []


def test_no_whole_write_but_create_put_and_upsert_makes_an_item(open_backend: OpenBackend) -> None:
    """Update, deletion and check of what is not there."""
    db, ghost = open_backend(club), Card(card_id="ghost", **FULL)
    for write in (
        update(ghost, ghost.model_copy(update={"note": "x"})),
        update(ghost, ghost.model_copy(update={"shelf": "t"})),
        update(ghost, ghost.model_copy(update={"seat": Seat(row=2)})),
        update(ghost, ghost),
        delete(ghost, must_exist=True),
        Card.key.delete(card_id="ghost", must_exist=True),
        Card.key.check(card_id="ghost"),
    ):
        for way in ways(write):
            assert type(refused(db, way)) is ItemMissing
    assert db.items() == []


def stale_writes(old: Kept) -> dict[str, Any]:
    """Every write of what was read as `old`, by an editor who changed something else since."""
    patch = Kept.key.patch(card_id="k").at_version(old.version)
    new = old.model_copy(update={"note": "stale", "rank": 3})
    return {
        **{change: CHANGES[change](patch) for change in CHANGES},
        "update": update(old, new),
        "update of nothing": update(old, old),
        "put": put(new),
        "delete": delete(old),
        "delete that must exist": delete(old, must_exist=True),
    }


STALE = tuple(stale_writes(Kept(card_id="k", **FULL)))


@pytest.mark.parametrize("verb", STALE)
def test_a_write_counts_the_version_and_a_stale_one_never_wins(
    open_backend: OpenBackend, verb: str
) -> None:
    """In whatever way it is sent, and however often it is tried."""
    db = open_backend(club)
    fresh = create(Kept(card_id="k", **FULL))
    for way in ways(stale_writes(db.repository.write(fresh))[verb]):
        db.repository.write(way)
        now = db.repository.fetch(Kept.key.get(card_id="k"))
        assert (now and now.version) == (None if verb.startswith("delete") else 2)
        now = now or db.repository.write(fresh)
        now = db.repository.write(update(now, now.model_copy(update={"extra": "e"})))
        db.repository.write(Card.key.delete(card_id="other"))  # or the attached one is refused too
        for _ in range(2):
            assert type(refused(db, way)) is VersionConflict
        assert db.repository.fetch(Kept.key.get(card_id="k")) == now
        db.repository.write(delete(now))
        db.repository.write(fresh)


@pytest.mark.parametrize("change", CHANGES)
def test_any_version_is_counted_on(open_backend: OpenBackend, change: str) -> None:
    """`ignoring_version` gives up the check alone."""
    db = open_backend(club)
    db.repository.write(create(Kept(card_id="k", **FULL)))
    write = CHANGES[change](Kept.key.patch(card_id="k").ignoring_version())
    for version, way in enumerate((write, transaction(write), write.once()), start=2):
        try:
            db.repository.write(way)
        except ConditionFailed:  # nothing is left to be removed, and no version is counted
            break
        stored = db.raw(PK="KEPT#k", SK="KEPT") or {}
        assert stored["version"] == {"N": str(version)}


UNMET = attr("rank").equals(7)
WORDS = Label("seven", "it is no seven")


@pytest.mark.parametrize("verb", STALE)
def test_a_failed_condition_is_no_version_conflict(open_backend: OpenBackend, verb: str) -> None:
    """The version is right, and the caller's own condition is not met."""
    db = open_backend(club)
    old = db.repository.write(create(Kept(card_id="k", **FULL)))
    for write in ways(stale_writes(old)[verb].when(UNMET, label=WORDS)):
        why = refused(db, write)
        assert (type(why), why.label) == (ConditionFailed, WORDS)  # type: ignore[attr-defined]
