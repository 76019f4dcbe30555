"""A clinic: patients, their visits, and the doctors that see them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, NewType

from singletable import KEYS_ONLY, TTL, VERSION, Entity, Table, include
from singletable.formats import integer, one_of, slug, text, ulid

PatientId = NewType("PatientId", str)
DoctorId = NewType("DoctorId", str)


class Stage(StrEnum):
    WAITING = "waiting"
    SEEN = "seen"


clinic = Table("clinic")
by_doctor = clinic.global_index("ByDoctor", partition_key="GSI1PK", sort_key="GSI1SK")
slim = clinic.global_index("Slim", partition_key="GSI2PK", sort_key="GSI2SK", projection=KEYS_ONLY)
named = clinic.global_index(
    "Named",
    partition_key="GSI3PK",
    sort_key="name",
    projection=include("entity", "patient_id", "born", "notes_until", "version"),
)
LEVELS = ("1-low", "2-high")


class Patient(Entity, table=clinic):
    """Somebody who comes to the clinic."""

    patient_id: Annotated[PatientId, ulid()]
    name: Annotated[str, text(max_bytes=200)]
    born: date
    notes_until: Annotated[datetime | None, TTL] = None
    version: Annotated[int, VERSION] = 1

    key = clinic.primary.key("PATIENT#{patient_id}", "PATIENT")
    by_name = named.key("PATIENTS", "{name}")


class Visit(Entity, table=clinic):
    """One visit of a patient to a doctor."""

    patient_id: Annotated[PatientId, ulid()]
    number: Annotated[int, integer(1, 9999)]
    doctor_id: Annotated[DoctorId, slug()]
    stage: Stage
    level: Annotated[str, one_of(LEVELS)]
    room: str
    seen_at: datetime | None = None

    key = clinic.primary.key("PATIENT#{patient_id}", "VISIT#{number}")
    at_doctor = by_doctor.key("DOCTOR#{doctor_id}", "VISIT#{stage}#{seen_at}#{number}")
    in_room = slim.key("ROOM#{room}", "{stage}#{number}")
