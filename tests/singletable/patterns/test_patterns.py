"""What a declared pattern is: traced once, then an ordinary pure function."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime
from typing import Any

import pytest

from singletable import (
    Create,
    Get,
    Query,
    Transaction,
    Update,
    access_pattern,
    attr,
    create,
    transaction,
    update,
)
from singletable.errors.declaration import InvalidPattern
from singletable.errors.request import InvalidItem, InvalidKeyValue
from singletable.patterns import declarations_of
from singletable.tracing import Symbol, TracedValueUsed
from tests.singletable.clinic.design import DoctorId, Patient, PatientId, Stage, Visit, clinic
from tests.singletable.clinic.making import sent
from tests.singletable.raises import raises

ULID = PatientId("01JD9GZ2J0V5X7Q3M8K4T6B1RA")
CALLS: list[Any] = []


DECLARED = declarations_of(clinic).patterns


@access_pattern
def patient(patient_id: PatientId) -> Get[Patient]:
    """One patient.

    By identity.
    """
    CALLS.append(patient_id)
    return Patient.key.get(patient_id=patient_id)


@access_pattern
def seen_by(doctor_id: DoctorId, *, since: datetime) -> Query[Visit]:
    """Who was seen, newest first."""
    query = Visit.at_doctor.query(doctor_id=doctor_id, stage=Stage.SEEN)
    return query.at_least(seen_at=since).newest_first().where(attr("room").differs_from("hall"))


@access_pattern
def admit(patient: Patient) -> Create[Patient]:
    """A new patient."""
    return create(patient)


@access_pattern
def rename(before: Patient, after: Patient) -> Update[Patient]:
    """A patient under another name."""
    return update(before, after)


@access_pattern
def admit_with_visit(patient: Patient, visit: Visit) -> Transaction[Patient]:
    """A new patient and the first visit."""
    created = create(patient)
    return transaction(created, create(visit)).returning(created)


@access_pattern
def first_visit(patient: Patient, doctor_id: DoctorId) -> Create[Visit]:
    """The visit that a new patient comes for: made within the pattern."""
    return create(
        Visit(
            patient_id=patient.patient_id,
            number=1,
            doctor_id=doctor_id,
            stage=Stage.WAITING,
            level="1-low",
            room="hall",
        )
    )


def test_a_pattern_is_called_once_when_it_is_declared() -> None:
    """With a symbol in place of its argument; afterwards by its callers only."""
    assert str(type(CALLS[0]).__name__) == "Symbol"
    before = len(CALLS)
    patient(ULID)
    assert CALLS[before:] == [ULID]


def test_a_pattern_is_remembered_with_its_question() -> None:
    """Name, place, parameters, docstring and plan."""
    known = DECLARED["test_patterns.patient"]
    assert known.question == "One patient."
    assert known.description.endswith("By identity.")
    assert known.group == "test_patterns"
    assert known.where.startswith("test_patterns.patient (test_patterns.py:")
    assert [(each.name, each.annotation) for each in known.parameters] == [
        ("patient_id", PatientId)
    ]
    assert sent(known.operation)["Key"]["PK"] == {"S": "PATIENT#{patient_id}"}
    assert DECLARED["test_patterns.admit"].parameters[0].entity is Patient


def test_an_operation_carries_the_name_of_its_pattern() -> None:
    """Also after it was refined."""
    query = seen_by(DoctorId("ada"), since=datetime(2020, 2, 1, tzinfo=UTC))
    for operation in (query, query.page(3), query.take(2), query.descending(), query.first()):
        assert operation.origin is not None
        assert operation.origin.pattern == "test_patterns.seen_by"
    assert Patient.key.get(patient_id=ULID).origin is None


def test_a_pattern_stays_a_plain_function() -> None:
    """Name, docstring and annotations are its own; the same arguments give the same operation."""
    assert patient.__name__ == "patient"
    assert patient.__doc__ is not None
    assert patient(ULID) == patient(patient_id=ULID)
    assert sent(patient(ULID)) == sent(patient(ULID))
    with pytest.raises(TypeError, match="missing 1 required"):
        patient()  # type: ignore[call-arg]


def test_the_plan_and_the_request_have_one_shape() -> None:
    """They differ in the values alone."""
    plan = sent(DECLARED["test_patterns.seen_by"].operation)
    real = sent(seen_by(DoctorId("ada"), since=datetime(2020, 2, 1, tzinfo=UTC)))
    assert plan.keys() == real.keys()
    assert plan["KeyConditionExpression"] == real["KeyConditionExpression"]
    assert plan["ExpressionAttributeValues"][":GSI1SK"] == {"S": "VISIT#seen#{since}"}
    values = real["ExpressionAttributeValues"]
    assert values[":GSI1SK"] == {"S": "VISIT#seen#2020-02-01T00:00:00.000000Z"}
    assert values.keys() == plan["ExpressionAttributeValues"].keys()


def test_wrong_values_are_refused_when_it_is_called() -> None:
    """By the model, or by the key."""
    with pytest.raises((InvalidItem, InvalidKeyValue)):
        patient(PatientId("not a ulid"))


def test_a_whole_entity_may_be_passed() -> None:
    """It is traced as an entity of symbols, and sent as it is."""
    ada = Patient(patient_id=ULID, name="Ada", born=date(1815, 12, 10))
    plan = sent(DECLARED["test_patterns.admit"].operation)["Item"]
    real = sent(admit(ada))["Item"]
    assert plan["name"] == {"S": "{patient.name}"}
    assert plan["PK"] == {"S": "PATIENT#{patient.patient_id}"}
    assert real["name"] == {"S": "Ada"}
    assert plan.keys() - {"notes_until"} == real.keys()
    assert "SET " in sent(DECLARED["test_patterns.rename"].operation)["UpdateExpression"]
    made = sent(DECLARED["test_patterns.first_visit"].operation)["Item"]
    assert (made["PK"], made["number"]) == (plan["PK"], {"N": "1"})


def test_two_patterns_of_one_name_are_refused() -> None:
    """The second names the place of the first, which stays."""

    def patient(patient_id: PatientId) -> Get[Patient]:
        """Another question."""
        return Patient.key.get(patient_id=patient_id)

    with raises(InvalidPattern, declared="is already at test_patterns.patient (test_patterns.py:"):
        access_pattern(patient)
    assert DECLARED["test_patterns.patient"].question == "One patient."


@pytest.mark.parametrize(
    "use",
    [
        bool,
        str,
        len,
        list,
        int,
        float,
        abs,
        lambda value: value == "x",
        lambda value: value != "x",
        lambda value: "x" in value,
        lambda value: value in ["x"],
        lambda value: value < 1,
        lambda value: value[0],
        lambda value: value + 1,
        lambda value: 2 * value,
        lambda value: value / 2,
        lambda value: value % 2,
        lambda value: -value,
        lambda value: ~value,
        lambda value: value | 1,
        lambda value: value(),
        lambda value: value.name,
        lambda value: f"{value}",
        lambda value: f"{value:>3}",
        lambda value: "%s" % value,  # noqa: UP031
    ],
)
def test_a_symbol_can_be_passed_on_and_nothing_else(use: Any) -> None:
    """Whoever looks into it is told so."""
    with pytest.raises(TracedValueUsed, match=r"the value of \{x\} is not known"):
        use(Symbol("{x}", "x", str))


def test_a_symbol_is_itself() -> None:
    """So it can stand in sets and dictionaries."""
    symbol = Symbol("{x}", "x", str)
    assert symbol == symbol  # noqa: PLR0124
    assert {symbol: 1}[symbol] == 1
    assert repr(symbol) == "{x}"


def test_a_declaration_error_survives_a_process_boundary() -> None:
    """Test runners and workers pickle it."""

    def asked(patient_id: PatientId) -> Get[Patient]:
        return Patient.key.get(patient_id=patient_id)

    with pytest.raises(InvalidPattern) as caught:
        access_pattern(asked)
    copied = pickle.loads(pickle.dumps(caught.value))  # noqa: S301
    assert (type(copied), copied.facts()) == (InvalidPattern, caught.value.facts())
