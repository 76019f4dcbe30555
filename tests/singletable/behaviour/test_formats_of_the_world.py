"""Moments as other programs write them: fields, keys, ranges and conditions alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import pytest
from pydantic import Field

from singletable import TTL, Entity, Table, attr, create, number, put, update
from singletable.errors import InvalidItem, InvalidOperation, InvalidStoredItem
from singletable.errors.request import InvalidKeyValue
from singletable.formats import epoch, instant, shaped
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.clinic.making import item_of, sent

MOMENT = datetime(2020, 4, 24, 14, 40, 0, 123_456, tzinfo=UTC)
SECOND = MOMENT.replace(microsecond=0)

states = Table(
    "device-states", partition_key="DeviceID", sort_key="State#Date", type_attribute=None
)
by_date = states.global_index("ByDate", partition_key="DeviceID", sort_key="Date")


class State(Entity, table=states):
    """What a device said, with the time as most published tables have it: to the second, bare."""

    device: Annotated[str, shaped("d#[0-9]{5}", example="d#12345")] = Field(
        serialization_alias="DeviceID"
    )
    date: Annotated[datetime, instant("seconds", suffix="")] = Field(serialization_alias="Date")
    state: str = Field(serialization_alias="State")

    key = states.primary.key("{device}", "{state}#{date}")
    at_date = by_date.key("{device}", "{date}")


played = Table("played")
in_order = played.global_index("GSI1", partition_key="GSI1PK", sort_key=number("GSI1SK"))
by_end = played.global_index("GSI2", partition_key="player", sort_key=number("ended"))


class Round(Entity, table=played):
    """A round of a game: moments as numbers, as text of digits, and as text with an offset."""

    player: str
    started: Annotated[datetime, epoch("seconds")]
    ended: Annotated[datetime, epoch("milliseconds")] | None = None
    noted: Annotated[datetime, epoch("seconds", text=True)] | None = None
    saved: Annotated[datetime, instant(suffix="+0000", separator=" ")] | None = None
    marks: dict[str, Annotated[datetime, epoch()]] = Field(default={})
    gone: Annotated[datetime, TTL] | None = None

    key = played.primary.key("ROUND#{player}", "AT#{started}")
    started_in_order = in_order.key("ROUNDS", "{started}")
    ended_in_order = by_end.key("{player}", "{ended}")


notes = Table("notes")


class Note(Entity, table=notes):
    """A note."""

    note_id: str
    at: Annotated[datetime, instant("seconds", suffix="")]
    body: str = ""
    key = notes.primary.key("NOTE#{note_id}", "NOTE")


def device(**fields: Any) -> State:
    return State(**{"device": "d#12345", "date": MOMENT, "state": "NORMAL", **fields})


def round_(number: int = 0, **fields: Any) -> Round:
    moment = MOMENT + timedelta(minutes=number)
    return Round(**{"player": "kim", "started": moment, "ended": moment, **fields})


def published(minute: int, state: str) -> dict[str, Any]:
    """An item as it was published, with an attribute that we do not know."""
    at = f"2020-04-24T14:{minute}:00"
    return {
        "DeviceID": "d#12345",
        "State#Date": f"{state}#{at}",
        "Date": at,
        "State": state,
        "Operator": "Liz",
    }


@pytest.fixture
def devices(open_backend: OpenBackend) -> Backend:
    db = open_backend(states)
    for minute, state in ((40, "WARNING1"), (45, "WARNING1"), (50, "NORMAL")):
        db.put(**published(minute, state))
    return db


@pytest.fixture
def rounds(open_backend: OpenBackend) -> Backend:
    db = open_backend(played)
    for at in range(5):
        db.repository.write(create(round_(at)))
    return db


def minutes(found: Any) -> list[int]:
    return [each.date.minute for each in found]


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        ("2020-04-24T14:41", "2020-04-24T14:45", [45]),
        ("2020-04", "2020-05", [40, 45, 50]),
        (datetime(2020, 4, 24, 14, 45, tzinfo=UTC), datetime(2020, 5, 1, tzinfo=UTC), [45, 50]),
        (datetime(2020, 4, 24, 14, 45, 0, 7, tzinfo=UTC), "2020-04-24", [45, 50]),
    ],
)
def test_published_items_are_found_by_time(
    devices: Backend, low: Any, high: Any, expected: list[int]
) -> None:
    """By beginnings and by moments, which are cut to what the format keeps."""
    asked = State.at_date.query(device="d#12345").between(date=(low, high))
    assert minutes(devices.repository.fetch(asked.page(9)).items) == expected


def test_a_published_item_is_patched_and_nothing_else_changes(devices: Backend) -> None:
    """Byte for byte."""
    moment = datetime(2020, 4, 24, 14, 50, tzinfo=UTC)
    key = {"device": "d#12345", "state": "NORMAL", "date": moment}
    read = devices.repository.fetch(State.key.get(**key))
    assert read == State(**key)  # type: ignore[arg-type]
    devices.repository.write(put(read))
    stored = {name: {"S": text} for name, text in published(50, "NORMAL").items()}
    del stored["Operator"]  # a put replaces the item
    assert (
        devices.raw(**{"DeviceID": "d#12345", "State#Date": "NORMAL#2020-04-24T14:50:00"}) == stored
    )


def test_every_verb_cuts_a_moment_alike(devices: Backend) -> None:
    """Attribute, key, index key and the entity itself agree; asked for with what was cut off."""
    repository = devices.repository
    made = repository.write(create(device()))
    assert made.date == SECOND
    assert repository.fetch(State.key.get(device="d#12345", state="NORMAL", date=MOMENT)) == made
    stored = devices.raw(**{"DeviceID": "d#12345", "State#Date": "NORMAL#2020-04-24T14:40:00"})
    assert stored is not None
    assert stored["Date"] == {"S": "2020-04-24T14:40:00"}
    same = made.model_copy(update={"date": MOMENT})
    assert repository.write(put(same)).date == SECOND
    assert repository.write(update(made, same)).date == SECOND


@pytest.mark.parametrize(
    "condition",
    [
        attr("date").equals(MOMENT),
        attr("date").is_in(MOMENT, MOMENT + timedelta(days=1)),
        attr("date").between(MOMENT, MOMENT),
        attr("date").at_least(MOMENT) & attr("date").at_most(MOMENT),
        ~attr("date").differs_from(MOMENT),
        attr("date").begins_with("2020-04-24T14:40"),
    ],
)
def test_filters_cut_a_moment_as_keys_do(devices: Backend, condition: Any) -> None:
    """A moment with a fraction is the second that it lies in, wherever it is asked for."""
    asked = State.key.query(device="d#12345").where(condition)
    assert minutes(devices.repository.fetch(asked.page(9)).items) == [40]


@pytest.mark.parametrize(
    ("text", "is_read"),
    [
        ("2020-04-24T14:40:00Z", True),
        ("2020-04-24 14:40:00", True),
        ("2020-04-24T16:40:00.000+02:00", True),
        ("2020-04-24T14:40:00.000000+0000", True),
        ("2020-04-24T14:40:00.000000000Z", True),
        ("2020-04-24T14:40:00.000000001Z", False),
        ("2020-04-24T14:40:0000Z", False),
        ("2020-04-24T14:40:00.5", False),
        ("2020-04-24", False),
        ("1587739200", False),
    ],
)
def test_another_spelling_is_read_if_nothing_is_lost(
    open_backend: OpenBackend, text: str, is_read: bool
) -> None:
    """And written again by an update of something else, without a conflict."""

    db = open_backend(notes)
    db.put(PK="NOTE#1", SK="NOTE", entity="Note", note_id="1", at=text)
    asked = Note.key.get(note_id="1")
    if not is_read:
        with pytest.raises(InvalidStoredItem, check=lambda error: "at: " in error.problems):
            db.repository.fetch(asked)
        return
    read = db.repository.fetch(asked)
    assert read is not None
    assert read.at == SECOND
    changed = read.model_copy(update={"body": "x"})
    assert db.repository.write(update(read, changed)).body == "x"
    db.repository.write(put(read))
    stored = db.raw(PK="NOTE#1", SK="NOTE")
    assert stored is not None
    assert stored["at"] == {"S": "2020-04-24T14:40:00"}


def test_moments_are_stored_as_their_formats_say(rounds: Backend) -> None:
    """Numbers, text of digits, PynamoDB's text; a TTL is epoch seconds whatever others are."""
    moment = MOMENT + timedelta(days=1)
    fields = {"noted": moment, "saved": moment, "marks": {"x": moment}, "gone": moment}
    made = rounds.repository.write(create(round_(9, **fields)))
    stored = rounds.raw(PK="ROUND#kim", SK="AT#1587739740")
    assert stored == {
        "entity": {"S": "Round"},
        "PK": {"S": "ROUND#kim"},
        "SK": {"S": "AT#1587739740"},
        "GSI1PK": {"S": "ROUNDS"},
        "GSI1SK": {"N": "1587739740"},
        "player": {"S": "kim"},
        "started": {"N": "1587739740"},
        "ended": {"N": "1587739740123"},
        "noted": {"S": "1587825600"},
        "saved": {"S": "2020-04-25 14:40:00.123456+0000"},
        "marks": {"M": {"x": {"N": "1587825600"}}},
        "gone": {"N": "1587825600"},
    }
    assert rounds.repository.fetch(Round.key.get(player="kim", started=made.started)) == made
    assert made.marks["x"] == moment.replace(microsecond=0)
    assert made.saved == moment


def test_moments_as_numbers_are_ranged_and_paged(rounds: Backend) -> None:
    """In key text, in a number key of another name, and in one that is the field."""
    fetch = rounds.repository.fetch
    since = MOMENT + timedelta(minutes=2)
    assert [
        each.started.minute
        for each in fetch(
            Round.key.query(player="kim").at_least(started=since).newest_first().page(9)
        ).items
    ] == [44, 43, 42]
    asked = Round.started_in_order.query().at_most(started=since)
    first = fetch(asked.page(2))
    second = fetch(asked.page(2, first.cursor))
    assert [each.started.minute for each in (*first.items, *second.items)] == [40, 41, 42]
    assert second.cursor is None
    by_end = Round.ended_in_order.query(player="kim").between(ended=(since, since))
    assert [each.started.minute for each in fetch(by_end.page(9)).items] == [42]


def test_conditions_compare_moments_as_numbers(rounds: Backend) -> None:
    """Also inside, and field against field."""
    repository = rounds.repository
    known = {"player": "kim", "started": MOMENT}
    late = attr("ended").greater_than(MOMENT + timedelta(days=1))
    patch = Round.key.patch(**known)
    changed = repository.write(
        patch.set(noted=MOMENT, ended=MOMENT + timedelta(seconds=5)).when(~late)
    )
    assert changed.noted == SECOND
    changed = repository.write(patch.set(marks={"x": MOMENT}))
    again = patch.unset("ended").when(attr("marks")["x"].equals(MOMENT))
    assert repository.write(again).ended is None


@pytest.mark.parametrize(
    "condition",
    [
        attr("started").less_than(attr("ended")),
        attr("noted").equals(attr("saved")),
        attr("saved").less_than(attr("player")),
    ],
)
def test_fields_of_different_formats_are_not_compared(condition: Any) -> None:
    """DynamoDB would compare seconds with milliseconds, or digits with dates."""
    with pytest.raises(InvalidOperation):
        sent(Round.key.query(player="kim").where(condition))
    assert sent(Round.key.query(player="kim").where(attr("started").less_than(attr("gone"))))


OUTSIDE = [datetime(1969, 12, 31, tzinfo=UTC), datetime(2286, 11, 20, 17, 46, 40, tzinfo=UTC)]


@pytest.mark.parametrize("moment", OUTSIDE)
def test_a_number_is_any_moment_and_key_text_those_of_ten_digits(moment: datetime) -> None:
    """Other moments are refused before anything is sent."""
    assert item_of(round_(ended=moment))["ended"] == {"N": str(int(moment.timestamp()) * 1000)}
    with pytest.raises(InvalidKeyValue, check=lambda error: error.field == "started"):
        sent(create(round_(started=moment)))
    with pytest.raises(ValueError, match="outside the years 1970 to 2286"):
        round_(noted=moment)


@pytest.mark.parametrize(
    "value", ["2020-04-24", "1587739200", 1587739200, 1587739200.5, NAIVE := datetime(2020, 1, 1)]
)
def test_a_moment_is_given_as_a_moment(value: Any) -> None:
    """Of a number nobody sees the unit, of a naive moment nobody knows the zone."""
    for field in ("started", "noted", "saved"):
        with pytest.raises(ValueError):
            round_(**{field: value})
    with pytest.raises((InvalidItem, InvalidOperation)):
        Round.key.query(player="kim").at_least(started=value)


@pytest.mark.parametrize(
    ("wire", "is_read"),
    [
        ({"N": "1587739200"}, True),
        ({"N": "1.5877392E9"}, True),
        ({"N": "1587739200.0"}, True),
        ({"N": "-1"}, True),
        ({"N": "0.5"}, False),
        ({"N": "1E30"}, False),
        ({"S": "1587739200"}, False),
    ],
)
def test_a_stored_number_is_read_strictly(
    rounds: Backend, wire: dict[str, str], is_read: bool
) -> None:
    """However it is written; fractions, text and what is no moment are refused with the place."""
    item = rounds.raw(PK="ROUND#kim", SK="AT#1587739200")
    assert item is not None
    rounds.put(**{**item, "marks": {"M": {"x": wire}}})
    asked = Round.key.get(player="kim", started=MOMENT)
    if is_read:
        assert rounds.repository.fetch(asked) is not None
        return
    with pytest.raises(InvalidStoredItem, check=lambda error: "marks" in error.problems):
        rounds.repository.fetch(asked)
