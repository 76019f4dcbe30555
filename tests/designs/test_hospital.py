"""Patients, staff and rooms are found on all indexes, as it was published."""

from __future__ import annotations

from singletable import collection
from tests.conftest import OpenBackend, without_moto
from tests.designs import hospital as design
from tests.designs.corpus import Item, load_design
from tests.designs.hospital import DoctorId, HospitalId, NurseId, PatientId, RoomId
from tests.designs.proofs import Asked, check_answers, check_published, put_again, raw

PUBLISHED = "14-hospital"
PRIMARY, GSI1, GSI2 = ("PK", "SK"), ("PK1", "SK1"), ("PK2", "SK2")
GSI3, GSI4 = ("PK3", "SK3"), ("PK4", "SK4")
ALL = collection(
    design.Patient.key,
    design.Treatment.key,
    design.Medicine.key,
    design.Admission.key,
    design.Activity.key,
    design.Doctor.key,
    design.Nurse.key,
    design.Room.key,
).scan(because="the test reads all")


def treatment(patient: str, at: str, number: str) -> Item:
    """By the seventh doctor in the house on the hill."""
    own = raw(PK=patient, SK=f"{at}#T{number}", type="treatment", timestamp=at)
    indexes = raw(PK1="D7", SK1=at, PK2="hill-T", SK2=at)
    return own | indexes | raw(treatmentId=f"T{number}")


def medicine(patient: str, at: str, number: str) -> Item:
    """By the same."""
    own = raw(PK=patient, SK=f"{at}#M{number}", type="medicine")
    return own | raw(PK1="D7", SK1=at, PK2="hill-M", SK2=at)


def admission(patient: str, at: str, room: str, until: str | None = None) -> Item:
    """With the ninth nurse."""
    own = raw(PK=patient, SK=f"{at}#{room}", type="admission", timestamp=at, roomId=room)
    indexes = raw(PK1="N9", SK1=at, PK2="stable", PK3=room, SK3=at, PK4="hill", SK4=at)
    return own | indexes | raw(condition="a cold") | (raw(SK2=until) if until else {})


def activity(patient: str, at: str, number: str) -> Item:
    """Of the ninth nurse."""
    own = raw(PK=patient, SK=f"{at}#A{number}", type="activity")
    return own | raw(PK1="N9", SK1=at)


MAY, JUNE, JULY = "2025-05-31T23:59:59", "2025-06-15T08:00:00", "2025-07-01T00:00:00"
LATER = "2025-07-01T00:00:01"
ITEMS = [
    raw(PK="P4", SK="A", type="patient"),
    raw(PK="P45", SK="A", type="patient"),
    treatment("P4", MAY, "1"),
    treatment("P45", JUNE, "2"),
    treatment("P4", JULY, "3"),
    medicine("P4", "2025-06-15T09:00:00", "1"),
    admission("P4", JUNE, "R2", "2025-06-20T12:00:00"),
    admission("P45", JULY, "R2"),
    admission("P4", LATER, "R21"),
    activity("P4", "2025-06-16T07:30:00", "12"),
    raw(PK="D7", SK="A", type="doctor", PK1="D7", SK1="A", PK2="surgery", SK2="hill"),
    raw(PK="N9", SK="A", type="nurse", PK1="N9", SK1="A"),
    raw(PK="R2", SK="A", type="room", PK3="R2", SK3="A"),
]
HILL = {"hospital_id": {"S": "hill"}}
"""What treatments and medicines are stored with, too, once the engine has written them."""


def stored(item: Item) -> Item:
    """An item as the engine stores it."""
    return item | HILL if item["type"]["S"] in {"treatment", "medicine"} else item


def is_in_june(text: str) -> bool:
    return "2025-06-01" <= text < "2025-07"


@without_moto
def test_each_pattern_finds_what_it_asks_for(open_backend: OpenBackend) -> None:
    p4, hill, first, last = PatientId("P4"), HospitalId("hill"), "2025-06-01", "2025-06"
    asked = {
        "AP1": Asked(design.patient(p4), PRIMARY, "P4"),
        "AP2": Asked(design.history(p4, first, last), PRIMARY, "P4", is_in_june),
        "AP3": Asked(design.work_of_doctor(DoctorId("D7")), GSI1, "D7"),
        "AP4": Asked(design.work_of_nurse(NurseId("N9")), GSI1, "N9"),
        "AP5": Asked(design.treatments(hill, first, last), GSI2, "hill-T", is_in_june),
        "AP6": Asked(design.admissions(hospital_id=hill), GSI4, "hill"),
        "AP7": Asked(design.occupancy(RoomId("R2")), GSI3, "R2"),
    }
    check_answers(open_backend(design.hospital), ITEMS, asked, stored)


@without_moto
def test_published_examples_have_their_answers(open_backend: OpenBackend) -> None:
    patient, place, first, last = (
        PatientId("P1"),
        HospitalId("hospitalId"),
        "2020-11-01",
        "2020-12-01",
    )
    asked = {
        "AP1": design.patient(patient),
        "AP2": design.history(patient, first, last),
        "AP3": design.work_of_doctor(DoctorId("D1")),
        "AP4": design.work_of_nurse(NurseId("N1")),
        "AP5": design.treatments(place, first, last),
        "AP6": design.admissions(hospital_id=place),
        "AP7": design.occupancy(RoomId("R1")),
    }
    check_published(open_backend(design.hospital), load_design(PUBLISHED), asked)


@without_moto
def test_published_items_stay_but_for_hospitals_that_only_an_index_has(
    open_backend: OpenBackend,
) -> None:
    differing = put_again(open_backend(design.hospital), load_design(PUBLISHED).items, ALL)
    written = (None, {"S": "hospitalId"})
    assert {key[1][-2:]: difference for key, difference in differing.items()} == {
        "T1": {"hospital_id": written},
        "M1": {"hospital_id": written},
    }
