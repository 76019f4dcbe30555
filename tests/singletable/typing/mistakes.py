"""Twelve mistakes: each marked line is refused by the type checkers. Never imported."""

from __future__ import annotations

from singletable import (
    Create,
    Delete,
    Get,
    Page,
    Query,
    Repository,
    Table,
    Transaction,
    access_pattern,
    create,
    transaction,
    update,
)
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
def wrong_answer(patient: Patient, visit: Visit) -> Transaction[Patient]:
    """Promises a patient, answers nothing."""
    return transaction(create(patient), create(visit))  # mistake: wrong answer


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
