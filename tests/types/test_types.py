"""The types that entities, patterns and repository promise. Read by checkers, never run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, ClassVar, assert_type
from uuid import UUID

from pydantic import Field

from singletable import (
    CREATED,
    VERSION,
    Batch,
    BatchGet,
    Clear,
    Create,
    Delete,
    Deployment,
    Entity,
    First,
    Get,
    Page,
    Patch,
    Put,
    Query,
    Repository,
    Scan,
    Search,
    Snapshot,
    Table,
    Transaction,
    Update,
    View,
    access_pattern,
    attr,
    batch,
    clear,
    collection,
    create,
    delete,
    number,
    put,
    shards,
    snapshot,
    transaction,
    unique,
    update,
)
from singletable.errors import InvalidStoredItem
from singletable.formats import (
    Epoch,
    Instant,
    Printed,
    Shaped,
    StoredAs,
    epoch,
    instant,
    integer,
    printed,
    shaped,
    stored_as,
)
from singletable.inspect import Capacity, Observed
from singletable.patterns import creates, deletes, gets, puts, queries
from singletable.streams import Change, read_stream
from singletable.table import KeyAttribute
from singletable.telemetry import log_operations, open_telemetry
from singletable.testing import assert_golden, check_format, faulty, memory_transport, throttle
from singletable.vectors import Matches, Vector
from tests.singletable.articles import Article, Title, similar, titles, whole
from tests.singletable.clinic.design import (
    DoctorId,
    Patient,
    PatientId,
    Stage,
    Visit,
    by_doctor,
    clinic,
)


class Dated(Entity):
    """A base without a table: what several entities have."""

    created_at: Annotated[datetime | None, CREATED] = None
    version: Annotated[int, VERSION] = 1


class Note(Dated, table=clinic):
    """A doctor's note. Below a base of one's own, pydantic.mypy wants `ClassVar` for keys."""

    doctor_id: DoctorId
    number: Annotated[int, integer(1, 9999)]
    text: str = Field(default="", max_length=2000)

    key: ClassVar = clinic.primary.key("DOCTOR#{doctor_id}", "NOTE#{number}")
    by_doctor: ClassVar = by_doctor.key("NOTES#{doctor_id}", "{number}")
    one_text: ClassVar = unique("text", within="doctor_id")


class Waiting(View[Visit]):
    """Who waits, and where."""

    patient_id: PatientId
    room: str

    @property
    def shown(self) -> str:
        return f"{self.patient_id} in {self.room}"


class Named(View[Patient]):
    """A patient's name."""

    name: str


@access_pattern
def waiting(doctor_id: DoctorId) -> Query[Waiting]:
    """Who waits for a doctor, and where."""
    return Visit.at_doctor.query(doctor_id=doctor_id, stage=Stage.WAITING).only(Waiting)


@access_pattern
def patient(patient_id: PatientId) -> Get[Patient]:
    """One patient."""
    return Patient.key.get(patient_id=patient_id)


@access_pattern
def waiting_for(doctor_id: DoctorId) -> Query[Visit]:
    """Who waits for a doctor."""
    return Visit.at_doctor.query(doctor_id=doctor_id, stage=Stage.WAITING)


@access_pattern
def admit(patient: Patient, visit: Visit) -> Transaction[Patient]:
    """A patient with a first visit."""
    created = create(patient)
    return transaction(created, create(visit)).returning(created)


@access_pattern
def keep(visits: Sequence[Visit], old: list[Visit]) -> Batch:
    """Visits, and deletions of others."""
    return batch(*map(put, visits), *[delete(visit) for visit in old])


register = creates(Patient, "A new patient.")
keep_visit = puts(Visit, "A visit.")
patient_of = gets(Patient.key, "One patient.")
visits_of = queries(Visit.key, "The visits of a patient.")
discharge = deletes(Patient, "A patient as read.")
cancel = deletes(Visit.key, "A visit.")


def patterns_of_one_line(ada: Patient, visit: Visit) -> None:
    """They have the arguments and the results of those that are written by hand."""
    assert_type(register(ada), Create[Patient])
    assert_type(keep_visit(visit), Put[Visit])
    assert_type(patient_of(patient_id=ada.patient_id), Get[Patient])
    assert_type(visits_of(patient_id=ada.patient_id), Query[Visit])
    assert_type(discharge(ada), Delete)
    assert_type(cancel(patient_id=ada.patient_id, number=1), Delete)


def entities(doctor: DoctorId) -> None:
    """Fields by name, with the defaults of a base; keys of the class itself."""
    note = Note(doctor_id=doctor, number=1)
    assert_type(note.text, str)
    assert_type(note.version, int)
    assert_type(note.created_at, datetime | None)
    assert_type(note.model_copy(update={"text": "Rest."}), Note)
    assert_type(Note.key.get(doctor_id=doctor, number=1), Get[Note])
    assert_type(Note.by_doctor.query(doctor_id=doctor), Query[Note])
    assert_type(Note.by_doctor.query(doctor_id=doctor, shard=2), Query[Note])
    assert_type(Visit.key.delete(patient_id=PatientId("x"), number=1), Delete)


def reads(repository: Repository, doctor: DoctorId, since: datetime) -> None:
    """Questions and what they answer."""
    assert_type(patient(PatientId("x")), Get[Patient])
    assert_type(repository.fetch(patient(PatientId("x"))), Patient | None)
    assert_type(repository.fetch(Patient.key.get(patient_id=PatientId("x"))), Patient | None)
    assert_type(
        repository.fetch(Patient.key.get(patient_id=PatientId("x")).consistent()), Patient | None
    )
    query = Visit.at_doctor.query(doctor_id=doctor, stage=Stage.SEEN)
    assert_type(query.at_least(seen_at=since).newest_first(), Query[Visit])
    assert_type(query.begins_with(seen_at="2026"), Query[Visit])
    assert_type(query.tolerating_unreadable(), Query[Visit])
    assert_type(repository.fetch(query), Page[Visit])
    assert_type(query.skipping(Patient), Query[Visit])
    assert_type(query.after(seen_at=since).before(seen_at=since), Query[Visit])
    scan = Visit.at_doctor.scan(because="all of them").segments(4)
    assert_type(scan, Scan[Visit])
    assert_type(scan.where(attr("number").equals(1)).page(5), Scan[Visit])
    assert_type(repository.fetch(scan), Page[Visit])
    assert_type(repository.fetch(scan.first()), Visit | None)
    assert_type(repository.fetch(scan.count()), int)
    assert_type(repository.iterate(scan), Iterator[Visit])
    all_of_both = collection(Patient.key, Visit.key).scan(because="all of them")
    assert_type(all_of_both, Scan[Patient | Visit])
    assert_type(repository.fetch(query.count()), int)
    moment = snapshot(
        Patient.key.get(patient_id=PatientId("x")),
        Visit.key.get(patient_id=PatientId("x"), number=1),
    )
    assert_type(moment, Snapshot[tuple[Patient | None, Visit | None]])
    assert_type(repository.fetch(moment), tuple[Patient | None, Visit | None])
    several = Patient.key.get_each(patient_id=[PatientId("x"), PatientId("y")])
    assert_type(several, BatchGet[Patient])
    assert_type(repository.fetch(several), tuple[Patient | None, ...])
    both = collection(Patient.key, Visit.key).query(patient_id=PatientId("x"))
    assert_type(both, Query[Patient | Visit])
    assert_type(repository.fetch(both).of(Visit), tuple[Visit, ...])
    assert_type(repository.fetch(both.first()), Patient | Visit | None)
    three = collection(Patient.key, Visit.key, Note.key).query(patient_id=PatientId("x"))
    assert_type(three, Query[Patient | Visit | Note])
    page = repository.fetch(waiting_for(doctor).page(20, None))
    assert_type(page, Page[Visit])
    assert_type(page.items, tuple[Visit, ...])
    assert_type(page.cursor, str | None)
    assert_type(page.unreadable, tuple[InvalidStoredItem, ...])
    assert_type(query.first(), First[Visit])
    assert_type(repository.fetch(query.first()), Visit | None)
    assert_type(repository.iterate(query), Iterator[Visit])
    for visit in repository.iterate(waiting_for(doctor)):
        assert_type(visit, Visit)
        assert_type(visit.patient_id, PatientId)


def views(repository: Repository, doctor: DoctorId) -> None:
    """Some fields of an entity."""
    query = Visit.at_doctor.query(doctor_id=doctor)
    assert_type(query.only(Waiting), Query[Waiting])
    assert_type(repository.fetch(waiting(doctor)), Page[Waiting])
    assert_type(repository.fetch(query.only(Waiting).newest_first().first()), Waiting | None)
    assert_type(repository.fetch(query.only(Waiting).count()), int)
    assert_type(query.hydrated(), Query[Visit])
    assert_type(query.only(Waiting).hydrated().consistent(), Query[Waiting])
    assert_type(repository.fetch(query.hydrated()).missing, tuple[str, ...])
    get = Patient.key.get(patient_id=PatientId("x")).only(Named)
    assert_type(get, Get[Named])
    assert_type(repository.fetch(get), Named | None)
    several = Patient.key.get_each(patient_id=[PatientId("x")]).only(Named)
    assert_type(several, BatchGet[Named])
    assert_type(repository.fetch(several), tuple[Named | None, ...])
    scan = Patient.key.scan(because="There are few.").only(Named)
    assert_type(scan, Scan[Named])
    moment = snapshot(get, Visit.key.get(patient_id=PatientId("x"), number=1))
    assert_type(moment, Snapshot[tuple[Named | None, Visit | None]])
    seen = Waiting(patient_id=PatientId("x"), room="a")
    assert_type(seen.room, str)
    assert_type(seen.shown, str)


def writes(repository: Repository, ada: Patient, visit: Visit) -> None:
    """Changes and what they answer."""
    assert_type(create(ada), Create[Patient])
    assert_type(repository.write(create(ada)), Patient)
    assert_type(put(ada), Put[Patient])
    assert_type(repository.write(put(ada)), Patient)
    assert_type(update(ada, ada), Update[Patient])
    assert_type(repository.write(update(ada, ada)), Patient)
    change = Patient.key.patch(patient_id=PatientId("x")).set(name="Ada").at_version(1)
    assert_type(change, Patch[Patient])
    assert_type(repository.write(change), Patient)
    parts = change.set_at(attr("name"), "x").unset_at(attr("name")).add_at(attr("name"), 1)
    assert_type(parts.remove_at(attr("name"), {"x"}).append_at(attr("name"), [1]), Patch[Patient])
    assert_type(change.prepend_at(attr("name"), [1]).remove(a={"x"}).prepend(b=[1]), Patch[Patient])
    assert_type(change.set(name=attr("name")).once(), Transaction[Patient])
    assert_type(delete(ada, must_exist=True), Delete)
    assert_type(batch(put(ada), delete(visit)), Batch)
    assert_type(keep([visit], []), Batch)
    repository.write(keep([visit], []))
    assert_type(clear(Visit.key.query(patient_id=ada.patient_id)), Clear)
    assert_type(repository.write(clear(Visit.key.query(patient_id=ada.patient_id))), int)
    progress = repository.iterate(clear(Visit.key.query(patient_id=ada.patient_id)))
    assert_type(progress, Iterator[int])
    transacted = transaction(create(ada), create(visit))
    assert_type(transacted, Transaction[None])
    assert_type(transacted.returning(create(visit)), Transaction[Visit])
    assert_type(admit(ada, visit), Transaction[Patient])
    assert_type(repository.write(admit(ada, visit)), Patient)


def formats(scores: KeyAttribute) -> None:
    """How values are stored and keyed."""
    assert_type(instant("seconds", suffix="", separator=" "), Instant)
    assert_type(epoch("milliseconds", text=True), Epoch)
    assert_type(printed(0, text=True), Printed)
    assert_type(shaped("[A-Z]{3}", example="JFK", chronological=True), Shaped)
    assert_type(number("GSI1SK"), KeyAttribute)
    assert_type(stored_as(str, UUID), StoredAs)
    assert_type(stored_as(UUID.__str__, UUID, str), StoredAs)
    Table("clinic", instants="seconds").global_index("GSI1", partition_key=scores)
    Table("clinic", instants=epoch())
    Table("clinic", instants=instant("milliseconds"))
    check_format(printed(), [7, -12])


def declarations() -> None:
    """How a table is deployed, which items are in an index, and by what a partition is spread."""
    logs = Table("logs", deployment=Deployment(stream="KEYS_ONLY", max_units=(400, 200)))
    index = logs.global_index("GSI1", partition_key="GSI1PK", warm_units=(13000, 4500))
    index.key("OPEN#{shard}", when=attr("status").is_in("open"), shards=shards(4))
    index.key("ALL#{shard}", shards=shards(4, by=("city", "day")))


def stream_shapes(event: dict[str, object]) -> None:
    """A state is matched by its class; the changes of one entity are of its type."""
    for change in read_stream(event, clinic):
        match change.new:
            case Patient() as patient:
                assert_type(patient, Patient)
            case _:
                pass
    for visit in read_stream(event, clinic).of(Visit):
        assert_type(visit, Change[Visit])
        assert_type(visit.old, Visit | None)


def bound_shapes(repository: Repository, patient_id: PatientId) -> None:
    """A repository for one tenant is a repository; observers take what has ended."""
    bound = repository.for_tenant(patient_id=patient_id, shared=[Patient])
    assert_type(bound, Repository)

    def observe(observed: Observed) -> None:
        assert_type(observed.capacity, tuple[Capacity, ...])
        assert_type(observed.outcome, str)

    Repository(faulty(memory_transport(), throttle("Query")), clinic, observe=observe)
    Repository(memory_transport(), clinic, observe=(observe, log_operations(), open_telemetry()))
    assert_golden(Patient.key.get(patient_id=patient_id), path="golden")


def search_shapes(repository: Repository) -> None:
    """Matches are pairs of what is found and its score."""
    matches = repository.fetch(similar("acme", (0.1, 0.2, 0.3)))
    assert_type(matches, Matches[Article])
    assert_type(matches.items, tuple[Article, ...])
    assert_type(matches.scores, tuple[float, ...])
    for article, score in matches:
        assert_type(article, Article)
        assert_type(score, float)
        assert_type(article.embedding, tuple[float, ...] | None)
    assert_type(repository.fetch(titles((1, 0, 0))), Matches[Title])
    assert_type(whole((1, 0, 0)).nearest(5), Search[Article])
    vector: Vector = (0.1, 0.2, 0.3)
    search = Article.near.search(vector, tenant_id="acme", lang="en")
    assert_type(search.hydrated().excluding_expired(), Search[Article])
    assert_type(search.only(Title).tolerating_unreadable(), Search[Title])
