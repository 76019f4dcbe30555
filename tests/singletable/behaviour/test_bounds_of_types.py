"""A type that has less than DynamoDB's numbers has bounds of its own, which conditions keep."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import pytest
from pydantic import Field

from singletable import Entity, Repository, Table, create, transaction
from singletable.errors.request import ConditionFailed, TransactionCancelled
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

shifts = Table("shifts")
DAY = timedelta(days=1)
STEP = timedelta(microseconds=1)


class Shift(Entity, table=shifts):
    """A shift, with times that are added to."""

    shift_id: str
    worked: timedelta = timedelta()
    paused: timedelta | None = None
    owed: Annotated[timedelta, Field(gt=-DAY)] = timedelta()

    key = shifts.primary.key("SHIFT#{shift_id}", "SHIFT")


@pytest.fixture
def store(open_backend: OpenBackend) -> Repository:
    repository = open_backend(shifts).repository
    repository.write(create(Shift(shift_id="1", worked=DAY, owed=DAY)))
    return repository


def read(store: Repository) -> Shift | None:
    return store.fetch(Shift.key.get(shift_id="1"))


@pytest.mark.parametrize("field", ["worked", "owed"])
def test_a_sum_of_times_beyond_their_type_is_refused(store: Repository, field: str) -> None:
    """And nothing is written, which could not be read any more."""
    before = read(store)
    patch = Shift.key.patch(shift_id="1")
    greatest = timedelta.max - DAY
    with raises(ConditionFailed, reason=f"{field} must stay at most"):
        store.write(patch.add(**{field: greatest + STEP}))
    with pytest.raises(TransactionCancelled):
        store.write(transaction(patch.add(**{field: timedelta.max})))
    assert read(store) == before
    assert getattr(store.write(patch.add(**{field: greatest})), field) == timedelta.max


def test_the_least_time_can_be_reached(store: Repository) -> None:
    patch = Shift.key.patch(shift_id="1")
    assert store.write(patch.add(worked=timedelta.min)).worked == timedelta.min + DAY
    assert store.write(patch.add(worked=-DAY)).worked == timedelta.min
    with raises(ConditionFailed, reason="worked must stay at least"):
        store.write(patch.add(worked=-STEP))


def test_absent_times_count_from_their_default(store: Repository) -> None:
    upsert = Shift.key.upsert(shift_id="2")
    assert store.write(upsert.add(paused=timedelta.max)).paused == timedelta.max
    with raises(ConditionFailed, reason="paused must stay at most"):
        store.write(upsert.add(paused=STEP))
