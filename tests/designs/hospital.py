"""A hospital: patients, staff and rooms on a table and four indexes that several kinds share.

Ids say by their first letter whose they are, so that no key is another's. Where an index key alone
has a value, its attribute is the field. A treatment's hospital is read from the key of its index,
and stands beside it once it is written: of a field there, the engine keeps an attribute."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, NewType

from pydantic import Field

from singletable import IN_KEY, Entity, Query, Table, access_pattern, collection
from singletable.formats import instant, shaped
from singletable.patterns import queries

PatientId = NewType("PatientId", str)
DoctorId = NewType("DoctorId", str)
NurseId = NewType("NurseId", str)
RoomId = NewType("RoomId", str)
HospitalId = NewType("HospitalId", str)
Since = Annotated[str, Field(examples=["2020-02-01"])]
Until = Annotated[str, Field(examples=["2020-02-28"])]

PatientInKey = Annotated[PatientId, shaped(r"P\d+", example="P1"), IN_KEY]
Doctor1 = Annotated[DoctorId, shaped(r"D\d+", example="D1"), Field(serialization_alias="PK1")]
Nurse1 = Annotated[NurseId, shaped(r"N\d+", example="N1"), Field(serialization_alias="PK1")]
RoomKey = Annotated[RoomId, shaped(r"R\d+", example="R1")]
Words = Annotated[str, shaped(r"[a-z ]+", example="normal"), Field(serialization_alias="PK2")]
NumberInKey = Annotated[str, shaped(r"\d+", example="1"), IN_KEY]
InKey = Annotated[datetime, IN_KEY]

hospital = Table(
    "data",
    type_attribute="type",
    untagged="by key",  # all items are tagged; it also lets fields be read from key text
    instants=instant("seconds", suffix=""),
)
primary = hospital.primary
gsi1 = hospital.global_index("GSI1", partition_key="PK1", sort_key="SK1")
gsi2 = hospital.global_index("GSI2", partition_key="PK2", sort_key="SK2")
gsi3 = hospital.global_index("GSI3", partition_key="PK3", sort_key="SK3")
gsi4 = hospital.global_index("GSI4", partition_key="PK4", sort_key="SK4")


class Patient(Entity, table=hospital, name="patient"):
    """A patient."""

    patient_id: PatientInKey

    key = primary.key("{patient_id}", "A")


class Treatment(Entity, table=hospital, name="treatment"):
    """What a doctor did for a patient. Published, its id is another one than that of its key."""

    patient_id: PatientInKey
    at: datetime = Field(serialization_alias="timestamp")
    number: NumberInKey
    treatment_id: str = Field(serialization_alias="treatmentId")
    doctor_id: Doctor1
    hospital_id: HospitalId = Field(examples=["H1"])

    key = primary.key("{patient_id}", "{at}#T{number}")
    of_doctor = gsi1.key("{doctor_id}", "{at}")
    of_hospital = gsi2.key("{hospital_id}-T", "{at}")


class Medicine(Entity, table=hospital, name="medicine"):
    """What a doctor gave a patient."""

    patient_id: PatientInKey
    at: InKey
    number: NumberInKey
    doctor_id: Doctor1
    hospital_id: HospitalId = Field(examples=["H1"])

    key = primary.key("{patient_id}", "{at}#M{number}")
    of_doctor = gsi1.key("{doctor_id}", "{at}")
    of_hospital = gsi2.key("{hospital_id}-M", "{at}")


class Admission(Entity, table=hospital, name="admission"):
    """A patient's stay in a room. Published, its condition is another one than in its index."""

    patient_id: PatientInKey
    at: datetime = Field(serialization_alias="timestamp")
    room_id: RoomKey = Field(serialization_alias="roomId")
    nurse_id: Nurse1
    hospital_id: HospitalId = Field(serialization_alias="PK4", examples=["H1"])
    condition: str
    state: Words
    discharged_at: datetime | None = Field(None, serialization_alias="SK2")

    key = primary.key("{patient_id}", "{at}#{room_id}")
    of_nurse = gsi1.key("{nurse_id}", "{at}")
    in_state = gsi2.natural()
    in_room = gsi3.key("{room_id}", "{at}")
    of_hospital = gsi4.key("{hospital_id}", "{at}")


class Activity(Entity, table=hospital, name="activity"):
    """What a nurse did for a patient."""

    patient_id: PatientInKey
    at: InKey
    number: NumberInKey
    nurse_id: Nurse1

    key = primary.key("{patient_id}", "{at}#A{number}")
    of_nurse = gsi1.key("{nurse_id}", "{at}")


class Doctor(Entity, table=hospital, name="doctor"):
    """A doctor."""

    doctor_id: Doctor1
    specialty: Words
    hospital_id: HospitalId = Field(serialization_alias="SK2", examples=["H1"])

    key = primary.key("{doctor_id}", "A")
    of_doctor = gsi1.key("{doctor_id}", "A")
    by_specialty = gsi2.natural()


class Nurse(Entity, table=hospital, name="nurse"):
    """A nurse."""

    nurse_id: Nurse1

    key = primary.key("{nurse_id}", "A")
    of_nurse = gsi1.key("{nurse_id}", "A")


class Room(Entity, table=hospital, name="room"):
    """A room."""

    room_id: Annotated[RoomKey, IN_KEY]

    key = primary.key("{room_id}", "A")
    in_room = gsi3.key("{room_id}", "A")


admissions = queries(Admission.of_hospital, "The admissions of a hospital.")


@access_pattern
def patient(
    patient_id: PatientId,
) -> Query[Patient | Treatment | Medicine | Admission | Activity]:
    """A patient, and all that was done."""
    members = collection(Patient.key, Treatment.key, Medicine.key, Admission.key, Activity.key)
    return members.query(patient_id=patient_id)


@access_pattern
def history(
    patient_id: PatientId, since: Since, until: Until
) -> Query[Treatment | Medicine | Admission | Activity]:
    """What was done for a patient between two days or moments."""
    members = collection(Treatment.key, Medicine.key, Admission.key, Activity.key)
    return members.query(patient_id=patient_id).between(at=(since, until))


@access_pattern
def work_of_doctor(doctor_id: DoctorId) -> Query[Doctor | Treatment | Medicine]:
    """A doctor, and what they did."""
    members = collection(Doctor.of_doctor, Treatment.of_doctor, Medicine.of_doctor)
    return members.query(doctor_id=doctor_id)


@access_pattern
def work_of_nurse(nurse_id: NurseId) -> Query[Nurse | Admission | Activity]:
    """A nurse, and what they did."""
    members = collection(Nurse.of_nurse, Admission.of_nurse, Activity.of_nurse)
    return members.query(nurse_id=nurse_id)


@access_pattern
def treatments(
    hospital_id: Annotated[HospitalId, Field(examples=["H1"])], since: Since, until: Until
) -> Query[Treatment]:
    """The treatments of a hospital between two days or moments."""
    return Treatment.of_hospital.query(hospital_id=hospital_id).between(at=(since, until))


@access_pattern
def occupancy(room_id: RoomId) -> Query[Room | Admission]:
    """A room, and who was in it."""
    return collection(Room.in_room, Admission.in_room).query(room_id=room_id)
