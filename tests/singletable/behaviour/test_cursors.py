"""Cursors of queries: bound to the question, made of exactly the keys that continue it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from singletable import Page, Query, Repository, access_pattern, attr
from singletable.errors.request import InvalidCursor
from singletable.operations import Context
from tests.singletable.clinic.design import DoctorId, Patient, Stage, Visit, clinic
from tests.singletable.clinic.making import item_of

pytestmark = pytest.mark.quick_on_local

ULID = "01JD9GZ2J0V5X7Q3M8K4T6B1RA"
NOON = datetime(2020, 2, 1, 12, tzinfo=UTC)
SECRET = b"sixteen bytes at least"


@access_pattern
def seen_by(doctor_id: DoctorId) -> Query[Visit]:
    """Who was seen."""
    return Visit.at_doctor.query(doctor_id=doctor_id, stage=Stage.SEEN)


@access_pattern
def also_seen_by(doctor_id: DoctorId) -> Query[Visit]:
    """The same question under another name."""
    return Visit.at_doctor.query(doctor_id=doctor_id, stage=Stage.SEEN)


def visit(number: int, doctor: str = "ada") -> dict[str, Any]:
    return item_of(
        Visit(
            patient_id=ULID,
            number=number,
            doctor_id=doctor,
            stage=Stage.SEEN,
            level="1-low",
            room="hall",
            seen_at=NOON,
        )
    )


class Stored:
    """A transport that answers every query with three items, two of them on the first page."""

    def __init__(self, *items: dict[str, Any]) -> None:
        self.items = items or (visit(1), visit(2), visit(3))
        self.starts: list[Any] = []

    def __call__(self, operation: str, parameters: Any) -> Any:
        self.starts.append(parameters.get("ExclusiveStartKey"))
        return {"Items": list(self.items)}


def page(query: Query[Any], transport: Any = None) -> Page[Any]:
    return Repository(transport or Stored(), clinic, cursor_secret=SECRET).fetch(query)


def test_r6_a_cursor_continues_its_own_question() -> None:
    """In any process that knows the secret, and for another size of page."""
    first = page(seen_by(DoctorId("ada")).page(2))
    transport = Stored(visit(3))
    second = page(seen_by(DoctorId("ada")).page(5, first.cursor), transport)
    assert [each.number for each in (*first, *second)] == [1, 2, 3]
    assert second.is_last
    assert transport.starts[0] is not None


CURSOR = page(seen_by(DoctorId("ada")).page(2)).cursor or ""
OTHERS = {
    "another partition": seen_by(DoctorId("bob")),
    "another pattern": also_seen_by(DoctorId("ada")),
    "no pattern": Visit.at_doctor.query(doctor_id="ada", stage=Stage.SEEN),
    "another direction": seen_by(DoctorId("ada")).newest_first(),
    "another range": seen_by(DoctorId("ada")).at_least(seen_at=NOON),
    "a filter": seen_by(DoctorId("ada")).where(attr("room").equals("hall")),
    "another key": Visit.key.query(patient_id=ULID),
}


@pytest.mark.parametrize("other", OTHERS)
def test_r6_a_cursor_opens_no_other_question(other: str) -> None:
    """One clear error, before anything is sent."""
    transport = Stored()
    with pytest.raises(InvalidCursor):
        page(OTHERS[other].page(2, CURSOR), transport)
    assert transport.starts == []


@pytest.mark.parametrize(
    "edited",
    ["", "x", "null", CURSOR[:-1], CURSOR + "A", CURSOR + "=", CURSOR.swapcase(), "\u00e9"],
)
def test_r6_an_edited_cursor_is_refused(edited: str) -> None:
    """Never an error of the SDK, never a TypeError."""
    with pytest.raises(InvalidCursor):
        page(seen_by(DoctorId("ada")).page(2, edited))


def test_r6_a_cursor_of_another_secret_is_refused() -> None:
    """Such as that of another stage."""
    with pytest.raises(InvalidCursor):
        Repository(Stored(), clinic, cursor_secret=b"another secret of 16").fetch(
            seen_by(DoctorId("ada")).page(2, CURSOR)
        )


def test_r7_a_cursor_holds_the_keys_of_index_and_table() -> None:
    """Exactly those, from the item as it is stored, and no other attribute."""
    transport = Stored(visit(3))
    page(seen_by(DoctorId("ada")).page(2, CURSOR), transport)
    raw = visit(2)
    assert transport.starts == [{name: raw[name] for name in ("GSI1PK", "GSI1SK", "PK", "SK")}]


def test_r7_natural_keys_are_taken_from_the_raw_item() -> None:
    """Also where the index projects little else."""
    ada = item_of(Patient(patient_id=ULID, name="Ada", born=date(1815, 12, 10)))
    query = Patient.by_name.query()
    first = page(query.page(1), Stored(ada, ada))
    transport = Stored(ada)
    page(query.page(1, first.cursor), transport)
    assert transport.starts[0] == {name: ada[name] for name in ("GSI3PK", "name", "PK", "SK")}


def test_u9_a_request_made_twice_is_the_same_request() -> None:
    """And the operation that made it is not changed."""
    query = seen_by(DoctorId("ada")).where(attr("room").is_in("hall", "hall"))
    context = Context(None, NOON)
    assert query.requests(context) == query.requests(context)
    assert query.page(3) == query.page(3)
    assert query.items_in_all is None


def test_u8_equal_values_have_placeholders_of_their_own() -> None:
    """Named after the attribute, then numbered: nothing is shared, nothing clashes."""
    query = Visit.key.query(patient_id=ULID).where(
        attr("room").is_in("True", "1", "1") & attr("level").equals("1-low")
    )
    (request,) = query.requests(Context())
    values = request.parameters["ExpressionAttributeValues"]
    assert [each["S"] for each in list(values.values())[2:]] == ["True", "1", "1", "1-low"]
    assert list(values) == [":PK", ":SK", ":room", ":room_2", ":room_3", ":level"]
