"""Entities and their stored items, on random values."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from singletable.entity import schema_of
from tests.singletable.clinic.design import LEVELS, Patient, Stage, Visit
from tests.singletable.clinic.making import item_of, key_of
from tests.singletable.properties.strategies import KINDS, TEXTS, WORDS

SOME = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ULIDS = KINDS[4].values
MOMENTS = st.datetimes(timezones=st.just(UTC))
ROOMS = TEXTS.map(lambda text: text.replace("#", "x"))
PATIENTS = st.builds(
    Patient,
    patient_id=ULIDS,
    name=TEXTS,
    born=st.dates(),
    notes_until=st.none() | MOMENTS,
    version=st.integers(1, 99),
)
VISITS = st.builds(
    Visit,
    patient_id=ULIDS,
    number=st.integers(1, 9999),
    doctor_id=WORDS,
    stage=st.sampled_from(Stage),
    level=st.sampled_from(LEVELS),
    room=ROOMS,
    seen_at=st.none() | MOMENTS,
)


@SOME
@given(PATIENTS | VISITS)
def test_an_entity_comes_back_as_it_was_stored(entity: Any) -> None:
    """Every attribute, and the keys beside them."""
    schema = schema_of(type(entity))
    item = item_of(entity)
    assert schema.decode(item) == entity
    assert item_of(schema.decode(item)) == item


@SOME
@given(PATIENTS | VISITS, PATIENTS | VISITS)
def test_distinct_identities_have_distinct_keys(one: Any, other: Any) -> None:
    """Within an entity and between entities of one table."""
    identities = [
        (type(each), *(getattr(each, field) for field in schema_of(type(each)).primary.fields))
        for each in (one, other)
    ]
    assert (key_of(one) == key_of(other)) == (identities[0] == identities[1])


@SOME
@given(VISITS)
def test_both_key_attributes_of_an_index_are_there_or_none(visit: Visit) -> None:
    """The item is in the index, or it is not; never half."""
    item = item_of(visit)
    assert ("GSI1PK" in item) == ("GSI1SK" in item) == (visit.seen_at is not None)
    assert "GSI2PK" in item
    assert "GSI2SK" in item


@SOME
@given(PATIENTS | VISITS)
def test_storing_changes_nothing_that_was_given(entity: Any) -> None:
    """The caller's object is the same before and after, and so is the item."""
    before = entity.model_dump()
    assert item_of(entity) == item_of(entity)
    assert entity.model_dump() == before
