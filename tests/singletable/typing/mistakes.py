"""Mistakes: each marked line is refused by the type checkers. Never imported.

Mistakes in keys are seen by those that check for Python 3.13 or newer.
"""

from __future__ import annotations

from singletable import (
    Create,
    Delete,
    Deployment,
    Get,
    Page,
    Query,
    Repository,
    Table,
    Transaction,
    access_pattern,
    collection,
    create,
    shards,
    transaction,
    update,
)
from singletable.formats import epoch, instant, shaped
from tests.singletable.clinic.design import DoctorId, Patient, PatientId, Visit


@access_pattern
def patient(patient_id: PatientId) -> Get[Patient]:
    """One patient."""
    return Patient.key.get(patient_id=patient_id)


@access_pattern
def visits(doctor_id: DoctorId) -> Query[Visit]:
    """Visits to a doctor."""
    return Visit.at_doctor.query(doctor_id=doctor_id)


@access_pattern
def wrong_entity(patient_id: PatientId) -> Get[Visit]:
    """Promises a visit, asks for a patient."""
    return Patient.key.get(patient_id=patient_id)  # mistake: wrong entity


@access_pattern
def wrong_operation(patient_id: PatientId) -> Query[Patient]:
    """Promises a query, makes a get."""
    return Patient.key.get(patient_id=patient_id)  # mistake: wrong operation


@access_pattern
def wrong_union(patient_id: PatientId) -> Query[Patient]:
    """Promises patients alone, asks for visits too."""
    return collection(Patient.key, Visit.key).query(patient_id=patient_id)  # mistake: wrong union


@access_pattern
def wrong_answer(patient: Patient, visit: Visit) -> Transaction[Patient]:
    """Promises a patient, answers nothing."""
    return transaction(create(patient), create(visit))  # mistake: wrong answer


def changes(ada: Patient, visit: Visit) -> None:
    """What is done to an entity that is frozen, and made of its fields alone."""
    ada.name = "Ada"  # mistake: assignment to a field
    visit.number += 1  # mistake: change of a field in place
    ada.model_copy().version = 2  # mistake: assignment to a field of a copy
    Patient(name="Ada", born=ada.born)  # mistake: field missing
    Patient(patient_id=ada.patient_id, name="Ada", born=ada.born, age=36)  # mistake: no such field
    Patient(patient_id=ada.patient_id, name=1815, born=ada.born)  # mistake: wrong type of a field


def keys(ada: Patient, doctor: DoctorId) -> None:
    """What is asked of a key."""
    Patient.key.get(patent_id=ada.patient_id)  # mistake in a key: misspelt field
    Patient.key.get(patient_id=doctor)  # mistake in a key: wrong identity
    Patient.key.get(ada.patient_id)  # mistake in a key: value without a name
    Visit.at_doctor.query(doctor=doctor)  # mistake in a key: no such field to query by
    Visit.key.patch(patient_id=ada.patient_id, number="1")  # mistake in a key: wrong type


def callers(repository: Repository, ada: Patient, visit: Visit, doctor: DoctorId) -> None:
    """What callers get wrong."""
    patient(doctor)  # mistake: wrong identity
    patient()  # mistake: missing argument
    patient(PatientId("x"), doctor)  # mistake: additional argument
    page: Page[Patient] = repository.fetch(visits(doctor))  # mistake: wrong page
    name = repository.fetch(patient(PatientId("x"))).name  # mistake: unchecked None
    repository.iterate(patient(PatientId("x")))  # mistake: iterating a get
    created: Create[Visit] = create(ada)  # mistake: another entity created
    deleted: Delete = update(ada, ada)  # mistake: update as deletion
    create(Table("clinic"))  # mistake: no entity
    del page, created, deleted, visit, name


def formats() -> None:
    """What formats do not say."""
    instant("minutes")  # mistake: no such precision
    epoch(suffix="Z")  # mistake: an option of another format
    shaped("[A-Z]{3}")  # mistake: a shape without an example
    Table("clinic", instants="days")  # mistake: no such precision of a table


def declarations(table: Table) -> None:
    """How no table is deployed, and no key is declared."""
    table.primary.key("A", "B", when="status = open")  # mistake: text as a condition
    shards(4, by=5)  # mistake: no field to be sharded by
    Deployment(stream="ALL")  # mistake: no such view
    Deployment(units=5)  # mistake: one number of units
    Deployment(replicas="eu-west-1")  # mistake: text for regions
    table.local_index("Local", sort_key="at", units=(5, 5))  # mistake: units of a local index
