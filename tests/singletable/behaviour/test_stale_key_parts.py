"""A versioned update makes no index key of parts that are no longer stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

import pytest

from singletable import VERSION, Entity, Table, create, delete, transaction, update
from singletable.errors.request import VersionConflict
from tests.backends import Backend
from tests.conftest import OpenBackend

chores = Table("chores")
gsi1 = chores.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")


class Chore(Entity, table=chores):
    """A chore, in an index by state if it is due."""

    chore_id: str
    state: str = "open"
    due: date | None = None
    note: str = ""
    version: Annotated[int, VERSION] = 1
    key = chores.primary.key("CHORE#{chore_id}", "CHORE")
    by_state = gsi1.key("CHORES#{state}", "{due}#{chore_id}")


DUE, LATER = date(2020, 1, 1), date(2030, 1, 1)
LOG = Chore(chore_id="log")
TOGETHER: dict[str, Callable[[Any], Any]] = {
    "alone": lambda write: write,
    "in a transaction": lambda write: transaction(create(LOG), write),
    "with another write": lambda write: write.with_writes(create(LOG)),
}
together = pytest.mark.parametrize("together", TOGETHER)


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    return open_backend(chores)


def stored(db: Backend) -> dict[str, Any] | None:
    return db.raw(PK="CHORE#1", SK="CHORE")


def refuse(db: Backend, write: Any, together: str) -> None:
    """Expects that the write is refused, and changes nothing."""
    before = stored(db)
    with pytest.raises(Exception) as caught:
        db.repository.write(TOGETHER[together](write))
    failures = getattr(caught.value, "failures", {0: caught.value})
    assert [type(failure) for failure in failures.values()] == [VersionConflict]
    assert stored(db) == before


@together
@pytest.mark.parametrize("due", [None, LATER])
def test_an_item_that_was_made_again_keeps_its_place_in_the_index(
    db: Backend, due: date | None, together: str
) -> None:
    """Its version counts from 1 again, so that the version alone lets the old state pass."""
    old = db.repository.write(create(Chore(chore_id="1", due=DUE)))
    db.repository.write(delete(old))
    db.repository.write(create(Chore(chore_id="1", due=due)))
    refuse(db, update(old, old.model_copy(update={"state": "done"})), together)
    assert [found.due for found in db.repository.fetch(Chore.by_state.query(state="open"))] == (
        [due] if due else []
    )


@together
def test_a_part_that_another_program_changed_is_no_part_of_a_new_key(
    db: Backend, together: str
) -> None:
    """It knows nothing of versions."""
    old = db.repository.write(create(Chore(chore_id="1", due=DUE)))
    db.put(**{**(stored(db) or {}), "due": LATER.isoformat(), "GSI1SK": f"{LATER}#1"})
    refuse(db, update(old, old.model_copy(update={"state": "done"})), together)


@together
def test_a_copy_that_was_never_written_is_no_state_to_start_from(
    db: Backend, together: str
) -> None:
    old = db.repository.write(create(Chore(chore_id="1", due=DUE)))
    draft = old.model_copy(update={"state": "done"})
    refuse(db, update(draft, draft.model_copy(update={"due": LATER})), together)


def test_what_no_rewritten_key_is_made_of_may_have_changed(db: Backend) -> None:
    """The version says that of it which there is to say."""
    old = db.repository.write(create(Chore(chore_id="1", due=DUE)))
    db.put(**{**(stored(db) or {}), "due": LATER.isoformat(), "GSI1SK": f"{LATER}#1"})
    changed = db.repository.write(update(old, old.model_copy(update={"note": "wet"})))
    assert (changed.note, changed.due, changed.version) == ("wet", LATER, 2)
