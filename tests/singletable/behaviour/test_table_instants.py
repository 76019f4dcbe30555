"""A table says how moments are stored and stand in keys where a field does not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, ClassVar, NewType

import pytest
from pydantic import AwareDatetime, BaseModel, Field
from typing_extensions import TypeAliasType

from singletable import (
    CREATED,
    TTL,
    UPDATED,
    Entity,
    Patch,
    Table,
    access_pattern,
    attr,
    create,
    number,
    update,
)
from singletable.errors import (
    ContradictoryPattern,
    InvalidEntity,
    InvalidOperation,
    InvalidTable,
    UnstorableValue,
    UnsupportedAnnotation,
)
from singletable.formats import Format, epoch, instant, printed
from tests.conftest import OpenBackend
from tests.singletable.clinic.making import CONTEXT, item_of, keyed, make, sent

MOMENT = datetime(2020, 4, 24, 14, 40, 0, 123_456, tzinfo=UTC)
SECOND = MOMENT.replace(microsecond=0)


@dataclass(frozen=True, kw_only=True)
class Minute(Format):
    """A minute of the day, in keys."""

    value_type: ClassVar[type] = datetime
    name: str = "minute"
    alphabet: frozenset[str] | None = frozenset("0123456789")
    min_bytes: int = 4
    max_bytes: int | None = 4

    def encode(self, value: object) -> str:
        if not isinstance(value, datetime):
            raise ValueError("is no datetime")
        return f"{value:%H%M}"

    def decode(self, text: str) -> datetime:
        raise ValueError("has no date")

    def example(self, field: str) -> datetime:
        return SECOND


class Stay(BaseModel):
    """Inside an entity."""

    since: datetime
    until: Annotated[datetime, epoch("milliseconds")] | None = None


At = NewType("At", datetime)
MaybeAt = TypeAliasType("MaybeAt", datetime | None)
hotel = Table("hotel", instants="seconds")
in_time = hotel.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")


class Guest(Entity, table=hotel):
    """Moments of many kinds, none of which says how it is stored but one."""

    guest_id: str
    at: At
    perhaps: MaybeAt = None
    aware: AwareDatetime | None = None
    each: list[datetime] = Field(default=[])
    by_name: dict[str, datetime | None] = Field(default={})
    pair: tuple[datetime, str] | None = None
    seen: set[datetime] = Field(default=set())
    by_time: dict[datetime, int] = Field(default={})
    own: Annotated[datetime, epoch("milliseconds")] | None = None
    stay: Stay | None = None
    stays: list[Stay] = Field(default=[])
    made: Annotated[datetime, CREATED] | None = None
    changed: Annotated[datetime, UPDATED] | None = None
    gone: Annotated[datetime, TTL] | None = None

    key = hotel.primary.key("GUEST#{guest_id}", "AT#{at}")
    in_time = in_time.key("GUESTS", "{perhaps}#{gone}")


def guest(**fields: Any) -> Guest:
    return Guest(**{"guest_id": "kim", "at": MOMENT, **fields})


def test_a_table_says_how_its_moments_are_stored(open_backend: OpenBackend) -> None:
    """At the top, in lists, dicts, sets and models; a field's own format and a TTL stay."""
    db = open_backend(hotel)
    stay = Stay(since=SECOND, until=MOMENT)
    moments = dict.fromkeys(("perhaps", "aware", "own", "gone"), MOMENT)
    lists = {"each": [MOMENT], "by_name": {"x": MOMENT, "y": None}, "pair": (MOMENT, "x")}
    inside = {"seen": {MOMENT}, "by_time": {MOMENT: 1}, "stay": stay, "stays": [stay]}
    made = db.repository.write(create(guest(**moments, **lists, **inside)))
    text, millis, now = (
        {"S": "2020-04-24T14:40:00Z"},
        {"N": "1587739200123"},
        "2026-03-01T12:30:15Z",
    )
    as_map = {"M": {"since": text, "until": millis}}
    assert db.raw(PK="GUEST#kim", SK="AT#2020-04-24T14:40:00Z") == {
        "entity": {"S": "Guest"},
        "PK": {"S": "GUEST#kim"},
        "SK": {"S": "AT#2020-04-24T14:40:00Z"},
        "GSI1PK": {"S": "GUESTS"},
        "GSI1SK": {"S": "2020-04-24T14:40:00Z#2020-04-24T14:40:00Z"},
        "guest_id": {"S": "kim"},
        **dict.fromkeys(("at", "perhaps", "aware"), text),
        "each": {"L": [text]},
        "by_name": {"M": {"x": text, "y": {"NULL": True}}},
        "pair": {"L": [text, {"S": "x"}]},
        "seen": {"SS": [text["S"]]},
        "by_time": {"M": {text["S"]: {"N": "1"}}},
        "own": millis,
        "stay": as_map,
        "stays": {"L": [as_map]},
        "made": {"S": now},
        "changed": {"S": now},
        "gone": {"N": "1587739200"},
    }
    assert db.repository.fetch(Guest.key.get(guest_id="kim", at=At(MOMENT))) == made
    changed = made.model_copy(update={"aware": None, "each": [MOMENT, MOMENT]})
    assert db.repository.write(update(made, changed)).each == [SECOND, SECOND]
    is_so = attr("each").contains(MOMENT) & attr("stay")["since"].equals(SECOND)
    patch = Guest.key.patch(guest_id="kim", at=At(MOMENT)).when(
        is_so & attr("perhaps").at_most(MOMENT)
    )
    assert db.repository.write(
        patch.given(gone=MOMENT).set(perhaps=MOMENT + timedelta(seconds=1.5))
    ).perhaps == (SECOND + timedelta(seconds=1))
    found = db.repository.fetch(
        Guest.in_time.query().between(perhaps=("2020-04-24T14:40:01", "2021")).page(2)
    )
    assert len(found.items) == 1


def test_inside_a_model_a_moment_that_is_not_kept_whole_is_refused() -> None:
    """The table's format does not reach what a model of the user's makes of it."""
    with pytest.raises(UnstorableValue, check=lambda error: error.where.endswith(".stay.since")):
        sent(create(guest(stay=Stay(since=MOMENT))))
    with pytest.raises(UnstorableValue):
        patch = Guest.key.patch(guest_id="kim", at=At(MOMENT)).set(made=None)
        sent(patch.when(attr("stay")["since"].equals(MOMENT)))


def test_a_table_takes_epoch_for_all(open_backend: OpenBackend) -> None:
    """Keys of number type, too; a TTL stays epoch seconds."""
    table = Table("counted", instants=epoch("milliseconds"), sort_key=number("SK"))

    class Tick(Entity, table=table):
        """A tick."""

        clock: str
        at: datetime
        gone: Annotated[datetime, TTL] | None = None
        key = table.primary.key("CLOCK#{clock}", "{at}")

    db = open_backend(table)
    for step in range(3):
        db.repository.write(
            create(Tick(clock="x", at=MOMENT + timedelta(seconds=step), gone=MOMENT))
        )
    assert {item["SK"]["N"] for item in db.items()} == {f"158773920{step}123" for step in range(3)}
    assert {item["gone"]["N"] for item in db.items()} == {"1587739200"}
    asked = Tick.key.query(clock="x").at_least(at=MOMENT + timedelta(seconds=1))
    assert len(db.repository.fetch(asked.page(9)).items) == 2


def test_what_contradicts_is_refused_at_import() -> None:
    """A TTL in another unit, a table's format that is none, a default that would be cut."""
    for wrong in (epoch("milliseconds"), epoch(text=True)):
        with pytest.raises(InvalidEntity):
            keyed("A#{a}", a=str, gone=Annotated[datetime, TTL, wrong])
    assert keyed("A#{a}", a=str, gone=Annotated[datetime, TTL, epoch()])
    for wrong_table in ("minutes", printed(), 5, datetime):
        with pytest.raises(InvalidTable):
            Table("hotel", instants=wrong_table)  # type: ignore[arg-type]
    with pytest.raises(UnsupportedAnnotation):
        keyed("A#{a}", a=str, b=Annotated[datetime, epoch()] | int)
    assert keyed("A#{a}", a=str, b=Annotated[datetime, epoch()] | str)


def test_a_format_that_says_nothing_of_storage_leaves_it_to_the_type() -> None:
    """A format of one's own, for keys alone: the moment is stored whole."""
    table = Table("hotel", instants="seconds")
    thing = keyed("A#{at}", table=table, at=Annotated[datetime, Minute()], other=datetime)
    item = item_of(thing(at=MOMENT, other=MOMENT))
    assert item["PK"] == {"S": "A#1440"}
    assert item["at"] == {"S": "2020-04-24T14:40:00.123456Z"}
    assert item["other"] == {"S": "2020-04-24T14:40:00Z"}
    with pytest.raises(InvalidOperation):
        sent(thing.key.patch(at=MOMENT).when(attr("at").equals(attr("other"))).set(other=MOMENT))


FACTORIES: dict[str, tuple[Any, Table]] = {
    "a TTL": (Annotated[datetime, TTL], Table("hotel")),
    "a format": (Annotated[datetime, instant("seconds")], Table("hotel")),
    "a format inside": (Annotated[datetime, epoch()] | None, Table("hotel")),
    "the table's": (datetime, Table("hotel", instants="seconds")),
    "the table's inside": (datetime | None, Table("hotel", instants=epoch("seconds"))),
}


@pytest.mark.parametrize(("annotation", "table"), FACTORIES.values(), ids=FACTORIES)
def test_what_a_factory_makes_is_cut(annotation: Any, table: Table) -> None:
    """Such as the present moment, which nobody gives."""
    fields = {"a": str, "at": annotation, "key": table.primary.key("A#{a}", "THING")}
    thing = make(table, fields, defaults={"at": Field(default_factory=lambda: MOMENT)})
    assert thing(a="x").at == SECOND
    assert sent(create(thing(a="x")))["Item"] == item_of(thing(a="x"))


def test_arguments_of_patterns_are_annotated_as_fields_are_declared() -> None:
    """Without the format, which the table alone knows; other types are refused as ever."""

    def saw(guest_id: str, at: At, each: list[datetime], seen: set[datetime]) -> Patch[Guest]:
        """Notes when a guest was seen."""
        return Guest.key.patch(guest_id=guest_id, at=at).set(each=each, seen=seen)

    pattern = access_pattern(saw)
    (request,) = pattern("kim", At(MOMENT), [MOMENT], {MOMENT}).requests(CONTEXT)
    values = request.parameters["ExpressionAttributeValues"].values()
    assert {"L": [{"S": "2020-04-24T14:40:00Z"}]} in values

    def wrong(guest_id: str, at: At, each: list[str]) -> Patch[Guest]:
        """Texts for moments."""
        return Guest.key.patch(guest_id=guest_id, at=at).set(each=each)

    with pytest.raises(ContradictoryPattern):
        access_pattern(wrong)


BY_TIME: dict[str, Any] = {
    "by the table": (Table("kept", instants="seconds"), dict[AwareDatetime, int]),
    "by the field": (Table("kept"), dict[Annotated[datetime, instant("seconds")], int] | None),
    "in seconds since 1970": (Table("kept", instants=epoch()), dict[str, dict[datetime, int]]),
}


@pytest.mark.parametrize("case", BY_TIME)
def test_no_entry_of_a_map_is_lost_where_moments_are_cut(case: str) -> None:
    """Its key alone would be cut, as any moment is."""
    table, annotation = BY_TIME[case]
    day = keyed("DAY#{day}", table=table, day=str, counts=annotation)

    def counted(*moments: datetime) -> Any:
        entries = dict.fromkeys(moments, 1)
        return day(day="1", counts={"a": entries} if "1970" in case else entries)

    with pytest.raises(ValueError, match="two of its keys are one moment"):
        counted(MOMENT, SECOND)
    assert item_of(counted(MOMENT)) == item_of(counted(SECOND))
    assert str(counted(SECOND, SECOND + timedelta(seconds=1)).counts).count("datetime(") == 2
