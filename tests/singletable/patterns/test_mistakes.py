"""Mistakes in an access pattern: each is one clear error, while its module loads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from singletable import (
    Create,
    Entity,
    Get,
    Page,
    Patch,
    Query,
    Table,
    Update,
    access_pattern,
    attr,
    create,
    update,
)
from singletable.errors.declaration import (
    ContradictoryPattern,
    DeclarationError,
    InvalidPattern,
)
from singletable.operations import Operation
from singletable.patterns import declarations_of
from tests.singletable.clinic.design import DoctorId, Patient, PatientId, Stage, Visit, clinic
from tests.singletable.raises import raises

if TYPE_CHECKING:
    from decimal import Decimal

elsewhere = Table("elsewhere")
CASES: list[Any] = []


class Note(Entity, table=elsewhere):
    """An entity of another table."""

    text: str
    key = elsewhere.primary.key("NOTE#{text}", "NOTE")


def mistake(
    declared: str, allowed: str = "", kind: type[DeclarationError] = InvalidPattern
) -> Callable[[Any], Any]:
    """Collects the function; declaring it must be refused with these parts of sentences."""

    def collect(function: Any) -> Any:
        CASES.append(pytest.param(function, kind, declared, allowed, id=function.__name__))
        return function

    return collect


def contradiction(declared: str, allowed: str = "") -> Callable[[Any], Any]:
    return mistake(declared, allowed, ContradictoryPattern)


@mistake("the argument doctor_id is not used")
def unused_argument(patient_id: PatientId, doctor_id: DoctorId) -> Get[Patient]:
    """Q."""
    return Patient.key.get(patient_id=patient_id)


@mistake("the parameter patient_id has no annotation")
def unannotated(patient_id) -> Get[Patient]:  # type: ignore[no-untyped-def]
    """Q."""
    return Patient.key.get(patient_id=patient_id)


@mistake("no return annotation", "such as `-> Query[Post]`")
def without_return(patient_id: PatientId):  # type: ignore[no-untyped-def]
    """Q."""
    return Patient.key.get(patient_id=patient_id)


@mistake("no docstring", "the question it asks")
def undocumented(patient_id: PatientId) -> Get[Patient]:
    return Patient.key.get(patient_id=patient_id)


@mistake("{patient_id} is not known while the pattern is declared")
def branching(patient_id: PatientId) -> Get[Patient]:
    """Q."""
    return Patient.key.get(patient_id=patient_id if patient_id else PatientId("x"))


@mistake("{stage} is not known")
def comparing(patient_id: PatientId, stage: Stage) -> Query[Visit]:
    """Q."""
    query = Visit.key.query(patient_id=patient_id)
    return query.where(attr("stage").equals(stage)) if stage == Stage.SEEN else query


@mistake("it asks something else where doctor_id is None")
def choosing_by_none(patient_id: PatientId, doctor_id: DoctorId | None) -> Query[Visit]:
    """Q."""
    if doctor_id is None:
        return Visit.key.query(patient_id=patient_id)
    of_patient = attr("patient_id").equals(patient_id)
    return Visit.at_doctor.query(doctor_id=doctor_id).where(of_patient)


@mistake("{stage} is not known")
def matching(stage: Stage) -> Query[Visit]:
    """Q."""
    match stage:
        case Stage.SEEN:
            return Visit.at_doctor.query(doctor_id="a", stage=stage)
    return Visit.at_doctor.query(doctor_id="b", stage=stage)


@mistake("{stage} is not known")
def membership(stage: Stage) -> Query[Visit]:
    """Q."""
    doctor = "a" if stage in (Stage.SEEN, Stage.WAITING) else "b"
    return Visit.at_doctor.query(doctor_id=doctor, stage=stage)


@mistake("{doctor_id} is not known")
def formatting(doctor_id: DoctorId) -> Query[Visit]:
    """Q."""
    return Visit.at_doctor.query(doctor_id=f"dr-{doctor_id}")


@mistake("the argument doctor_id is not used")
def showing(doctor_id: DoctorId) -> Query[Visit]:
    """Q."""
    return Visit.at_doctor.query(doctor_id=repr(doctor_id).strip("{}").replace("_", "-"))


@mistake("{number} is not known")
def calculating(patient_id: PatientId, number: int) -> Get[Visit]:
    """Q."""
    return Visit.key.get(patient_id=patient_id, number=number + 1)


@mistake("{number} is not known")
def dividing(patient_id: PatientId, number: int) -> Get[Visit]:
    """Q."""
    return Visit.key.get(patient_id=patient_id, number=number // 2)


@mistake("{doctor_id} is not known")
def calling_a_method(doctor_id: DoctorId) -> Query[Visit]:
    """Q."""
    return Visit.at_doctor.query(doctor_id=doctor_id.lower())


@mistake("{numbers} is not known")
def looping(numbers: list[int]) -> Query[Visit]:
    """Q."""
    return next(Visit.at_doctor.query(doctor_id=str(number)) for number in numbers)


@mistake("its annotation says Visit, it answers Patient", "the annotation Get[Patient]")
def another_entity(patient_id: PatientId) -> Get[Visit]:
    """Q."""
    return Patient.key.get(patient_id=patient_id)  # type: ignore[return-value]


@mistake("its annotation says Query, it returns Get", "-> Get[...]")
def another_operation(patient_id: PatientId) -> Query[Patient]:
    """Q."""
    return Patient.key.get(patient_id=patient_id)  # type: ignore[return-value]


@mistake("it returns Get", "-> Get[...]")
def a_protocol(patient_id: PatientId) -> Operation[Patient | None]:
    """Q."""
    return Patient.key.get(patient_id=patient_id)


@contradiction("patient_id is PatientId, but argument {patient_id} is DoctorId")
def another_identity(patient_id: DoctorId) -> Get[Patient]:
    """Q."""
    return Patient.key.get(patient_id=patient_id)


@contradiction("number is int, but argument {number} is str")
def another_type(patient_id: PatientId, number: str) -> Get[Visit]:
    """Q."""
    return Visit.key.get(patient_id=patient_id, number=number)


@contradiction("seen_at is given but stage before it is not")
def a_gap_in_the_key(doctor_id: DoctorId, seen_at: datetime) -> Query[Visit]:
    """Q."""
    return Visit.at_doctor.query(doctor_id=doctor_id, seen_at=seen_at)


@contradiction("doctor_id of the partition key is missing")
def no_partition(stage: Stage) -> Query[Visit]:
    """Q."""
    return Visit.at_doctor.query(stage=stage)


@contradiction("room is no part of this key")
def a_foreign_field(doctor_id: DoctorId, room: str) -> Query[Visit]:
    """Q."""
    return Visit.at_doctor.query(doctor_id=doctor_id, room=room)


@contradiction("there is no field 'dortor_id'", "patient_id, number, doctor_id")
def a_misspelt_field(doctor_id: DoctorId) -> Query[Visit]:
    """Q."""
    return Visit.at_doctor.query(dortor_id=doctor_id)


@contradiction("a range on stage, whose text (one of waiting, seen) does not sort")
def a_range_without_order(doctor_id: DoctorId, stage: Stage) -> Query[Visit]:
    """Q."""
    return Visit.at_doctor.query(doctor_id=doctor_id).at_least(stage=stage)


@contradiction("a range on number", "a range on stage")
def a_range_beyond(doctor_id: DoctorId, number: int) -> Query[Visit]:
    """Q."""
    return Visit.at_doctor.query(doctor_id=doctor_id).at_least(number=number)


@contradiction("several ranges")
def two_ranges(patient_id: PatientId, number: int) -> Query[Visit]:
    """Q."""
    return Visit.key.query(patient_id=patient_id).at_least(number=number).after(number=number)


@contradiction("newest first by stage")
def newest_without_time(doctor_id: DoctorId) -> Query[Visit]:
    """Q."""
    return Visit.at_doctor.query(doctor_id=doctor_id).newest_first()


@contradiction("newest first by name, whose format (text) tells no time")
def newest_by_a_natural_name() -> Query[Patient]:
    """Q."""
    return Patient.by_name.query().newest_first()


@contradiction("a consistent read", "consistent reads on primary or local indexes")
def strong_on_global(doctor_id: DoctorId) -> Query[Visit]:
    """Q."""
    return Visit.at_doctor.query(doctor_id=doctor_id).consistent()


@contradiction("a filter on name", "key conditions on key attributes")
def a_filter_on_a_key(name: str) -> Query[Patient]:
    """Q."""
    return Patient.by_name.query().where(attr("name").differs_from(name))


@contradiction("excluding_expired() without a TTL field")
def expiry_without_ttl(patient_id: PatientId) -> Query[Visit]:
    """Q."""
    return Visit.key.query(patient_id=patient_id).excluding_expired()


@contradiction("index Slim does not hold entity, patient_id, number, doctor_id")
def a_thin_index(room: str) -> Query[Visit]:
    """Q."""
    return Visit.in_room.query(room=room)


@contradiction("get by a key on ByDoctor: it identifies no item")
def get_by_an_index(doctor_id: DoctorId) -> Get[Visit]:
    """Q."""
    return Visit.at_doctor.get(doctor_id=doctor_id)


@contradiction("number missing", "exactly patient_id, number")
def half_an_identity(patient_id: PatientId) -> Get[Visit]:
    """Q."""
    return Visit.key.get(patient_id=patient_id)


@contradiction("a change of patient_id", "fields outside the primary key")
def an_update_of_identity(patient_id: PatientId, number: int, other: PatientId) -> Patch[Visit]:
    """Q."""
    return Visit.key.patch(patient_id=patient_id, number=number).set(patient_id=other)


@mistake("the parameter *ids: 'PatientId'", "named parameters")
def star_arguments(*ids: PatientId) -> Get[Patient]:
    """Q."""
    return Patient.key.get(patient_id=ids[0])


@mistake("the parameter **ids: 'PatientId'", "named parameters")
def named_rest(**ids: PatientId) -> Get[Patient]:
    """Q."""
    return Patient.key.get(**ids)


@mistake("the parameter patient_id has a default")
def a_default(patient_id: PatientId | None = None) -> Get[Patient]:
    """Q."""
    return Patient.key.get(patient_id=patient_id)


@mistake("it returns None", "one operation")
def nothing(patient_id: PatientId) -> None:
    """Q."""


@mistake("it returns Page(items=(), cursor=None)")
def an_answer(patient_id: PatientId) -> Page[Patient]:
    """Q."""
    return Page((), None)


@mistake("FileNotFoundError while it was traced: [Errno 2]")
def reading_a_file(patient_id: PatientId) -> Get[Patient]:
    """Q."""
    with open("/no/such/file") as file:  # noqa: PTH123
        return Patient.key.get(patient_id=file.read())


@mistake("ZeroDivisionError while it was traced: division by zero")
def raising(patient_id: PatientId) -> Get[Patient]:
    """Q."""
    return Patient.key.get(patient_id=1 / 0)


@mistake("an async function", "a plain function: no I/O")
async def asynchronous(patient_id: PatientId) -> Get[Patient]:
    """Q."""
    return Patient.key.get(patient_id=patient_id)


@mistake("a generator")
def generating(patient_id: PatientId) -> Any:
    """Q."""
    yield Patient.key.get(patient_id=patient_id)


@mistake("an annotation that cannot be read: name 'Decimal' is not defined")
def imported_for_types_only(patient_id: Decimal) -> Get[Patient]:
    """Q."""
    return Patient.key.get(patient_id=patient_id)


@mistake("an annotation that cannot be read: ")
def a_broken_annotation(patient_id: clinic.Missing) -> Get[Patient]:  # type: ignore[name-defined]
    """Q."""
    return Patient.key.get(patient_id=patient_id)


@contradiction("Patient becomes Visit")
def two_kinds(before: Patient, after: Visit) -> Update[Patient]:
    """Q."""
    return update(before, after)  # type: ignore[type-var, return-value]


@mistake("the argument patient is not used")
def an_unused_entity(patient: Patient, visit: Visit) -> Create[Visit]:
    """Q."""
    return create(visit)


@pytest.mark.parametrize(("function", "kind", "declared", "allowed"), CASES)
def test_a_mistake_is_refused_when_the_pattern_is_declared(
    function: Any, kind: type[DeclarationError], declared: str, allowed: str
) -> None:
    """One error: where it stands, what was declared and what is allowed; nothing remembered."""
    before = dict(declarations_of(clinic).patterns)
    with raises(kind, declared=declared, allowed=allowed) as caught:
        access_pattern(function)
    assert not caught.value.allowed.endswith(".")
    assert caught.value.where.startswith(f"test_mistakes.{function.__name__} (test_mistakes.py:")
    assert declarations_of(clinic).patterns == before


@pytest.mark.parametrize(
    ("thing", "declared"),
    [
        (lambda patient_id: Patient.key.get(patient_id=patient_id), "no docstring"),
        (staticmethod(unused_argument), "no function"),
        (Patient, "no function"),
        (print, "no function"),
        (7, "no function"),
    ],
    ids=["lambda", "staticmethod", "class", "builtin", "number"],
)
def test_what_is_no_plain_function_is_refused(thing: Any, declared: str) -> None:
    """With the same error as any other mistake."""
    with raises(InvalidPattern, declared=declared):
        access_pattern(thing)


def test_a_method_is_refused() -> None:
    """It would have to be called with an object."""

    def asked(self, patient_id: PatientId) -> Get[Patient]:  # type: ignore[no-untyped-def]
        """Q."""
        return Patient.key.get(patient_id=patient_id)

    with raises(InvalidPattern, declared="the parameter self has no annotation"):
        access_pattern(asked)


def test_both_kinds_of_error_are_provoked() -> None:
    """Often: a list that was not collected would prove nothing."""
    kinds = [case.values[1] for case in CASES]
    assert min(kinds.count(InvalidPattern), kinds.count(ContradictoryPattern)) > 15
