"""Mistakes: each marked line is refused by the type checkers. Never imported.

Mistakes in keys are seen by those that check for Python 3.13 or newer.
"""

from __future__ import annotations

from collections.abc import Sequence

from singletable import (
    Batch,
    Create,
    Delete,
    Deployment,
    Get,
    Page,
    Query,
    Repository,
    Scan,
    Table,
    Transaction,
    View,
    access_pattern,
    attr,
    batch,
    clear,
    collection,
    create,
    delete,
    put,
    shards,
    transaction,
    update,
)
from singletable.formats import epoch, instant, shaped, stored_as
from singletable.inspect import Sent
from singletable.patterns import creates, gets
from singletable.streams import read_stream
from singletable.testing import faulty, memory_transport, throttle
from singletable.vectors import Matches
from tests.singletable.articles import Article, similar
from tests.singletable.clinic.design import DoctorId, Patient, PatientId, Visit, clinic


@access_pattern
def patient(patient_id: PatientId) -> Get[Patient]:
    """One patient."""
    return Patient.key.get(patient_id=patient_id)


@access_pattern
def visits(doctor_id: DoctorId) -> Query[Visit]:
    """Visits to a doctor."""
    return Visit.at_doctor.query(doctor_id=doctor_id)


class Named(View[Patient]):
    """A patient's name."""

    name: str


@access_pattern
def wrong_view(doctor_id: DoctorId) -> Query[Visit]:
    """Promises visits, answers something else."""
    return visits(doctor_id).only(Named)  # mistake: view of another entity


@access_pattern
def whole(patient_id: PatientId) -> Get[Patient]:
    """Promises a patient, answers a view."""
    return Patient.key.get(patient_id=patient_id).only(Named)  # mistake: view instead of an entity


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
def wrong_scan() -> Scan[Patient]:
    """Promises patients, scans for visits."""
    return Visit.at_doctor.scan(because="all of them")  # mistake: wrong scan


@access_pattern
def wrong_read() -> Query[Visit]:
    """Promises a query, scans."""
    return Visit.at_doctor.scan(because="all of them")  # mistake: scan as query


@access_pattern
def wrong_answer(patient: Patient, visit: Visit) -> Transaction[Patient]:
    """Promises a patient, answers nothing."""
    return transaction(create(patient), create(visit))  # mistake: wrong answer


@access_pattern
def wrong_batch(patients: Sequence[Patient]) -> Batch:
    """Creates in a batch, which has no conditions."""
    return batch(*[create(each) for each in patients])  # mistake: a create in a batch


admit = creates(Patient, "A new patient.")
patient_of = gets(Patient.key, "One patient.")


def one_line(ada: Patient, visit: Visit, doctor: DoctorId) -> None:
    """What patterns of one line are called with."""
    admit(visit)  # mistake: another entity than is created
    admit()  # mistake: no entity to create
    patient_of(patient_id=doctor)  # mistake in a key: wrong identity of one line
    patient_of(patent_id=ada.patient_id)  # mistake in a key: misspelt field of one line
    visits_of: Get[Visit] = patient_of(patient_id=ada.patient_id)  # mistake: wrong result
    batch(put(ada), delete(visit), update(ada, ada))  # mistake: an update in a batch
    clear(Patient.key.get(patient_id=ada.patient_id))  # mistake: clearing a get
    del visits_of


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


def parts(ada: Patient) -> None:
    """What changes of parts do not take."""
    change = Patient.key.patch(patient_id=ada.patient_id)
    change.set_at("name", "Ada")  # mistake: a name for a path
    change.unset_at(attr("name"), "Ada")  # mistake: a value of what is removed
    new = Patient.key.upsert(patient_id=ada.patient_id)
    new.set_at(attr("name"), "Ada")  # mistake: a part of what need not exist


def views(ada: Patient, seen: Named) -> None:
    """What views are no good for."""
    Patient.key.get(patient_id=ada.patient_id).only(Visit)  # mistake: entity instead of a view
    Patient.key.get_each(patient_id=[ada.patient_id]).only(Named).only(Named)  # mistake: two views
    collection(Patient.key, Visit.key).query(patient_id="a").only(Named)  # mistake: view of a union
    create(seen)  # mistake: a view written
    seen.name = "Ada"  # mistake: assignment to a field of a view
    Named(name="Ada", born=ada.born)  # mistake: no such field in a view


def callers(repository: Repository, ada: Patient, visit: Visit, doctor: DoctorId) -> None:
    """What callers get wrong."""
    patient(doctor)  # mistake: wrong identity
    patient()  # mistake: missing argument
    patient(PatientId("x"), doctor)  # mistake: additional argument
    page: Page[Patient] = repository.fetch(visits(doctor))  # mistake: wrong page
    name = repository.fetch(patient(PatientId("x"))).name  # mistake: unchecked None
    Visit.at_doctor.scan()  # mistake: scan without a reason
    Visit.at_doctor.scan(because="all of them").newest_first()  # mistake: order of a scan
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
    stored_as(str)  # mistake: no function that reads
    Table("clinic", instants="days")  # mistake: no such precision of a table


def declarations(table: Table) -> None:
    """How no table is deployed, and no key is declared."""
    table.primary.key("A", "B", when="status = open")  # mistake: text as a condition
    shards(4, by=5)  # mistake: no field to be sharded by
    Deployment(stream="ALL")  # mistake: no such view
    Deployment(units=5)  # mistake: one number of units
    Deployment(replicas="eu-west-1")  # mistake: text for regions
    table.local_index("Local", sort_key="at", units=(5, 5))  # mistake: units of a local index


def of_answers(sent: Sent) -> None:
    """Takes an answer, where an operation is told of."""


def around(repository: Repository, event: dict[str, object]) -> None:
    """What stands around a repository."""
    Repository(memory_transport(), clinic, observe=of_answers)  # mistake: observer of another thing
    repository.for_tenant(shared=[DoctorId])  # mistake: shared without an entity
    for change in read_stream(event, clinic).of(Visit):
        patient: Patient | None = change.new  # mistake: another entity's change
        del patient
    faulty(memory_transport(), throttle("Query", at="first"))  # mistake: not when but what


def searches(repository: Repository) -> None:
    """How no vector is searched."""
    Article.near.query(tenant_id="a")  # mistake: a query of a vector index
    Article.near.search("abc", tenant_id="a")  # mistake: text as a vector
    Article.near.search((1, 0, 0), author="a")  # mistake in a key: no such field
    Article.near.search((1, 0, 0), tenant_id=5)  # mistake in a key: another type
    similar("a", ("0.1",))  # mistake: texts as a vector
    similar("a", (1, 0, 0)).page(5)  # mistake: pages of a search
    repository.iterate(similar("a", (1, 0, 0)))  # mistake: iterating a search
    matches: Matches[Patient] = repository.fetch(similar("a", (1, 0, 0)))  # mistake: another
    similar("a", (1, 0, 0)).only(Named)  # mistake: the view of another entity
    clinic.vector_index("Near", "v", dimensions=3, distance="near")  # mistake: no such distance
    del matches
