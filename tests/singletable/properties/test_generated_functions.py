"""What generated functions make of items and entities, valid and spoilt: what the coders make."""

from __future__ import annotations

import linecache
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, is_dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum
from functools import partial
from random import Random
from types import MappingProxyType
from typing import Annotated, Any, Literal, NamedTuple
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, JsonValue, create_model

from singletable import IN_KEY, TTL, Entity, Table, View, attr, include, number, shards
from singletable.codec.source import LONGEST
from singletable.entity import schema_of
from singletable.errors import InvalidStoredItem
from singletable.formats import escaped_text, instant, integer, slug
from singletable.schema import CompiledKey
from singletable.schema.origin import origin_of
from singletable.schema.schema import AnySchema, Schema
from singletable.schema.view import view_of
from singletable.tracing import Symbol
from tests.singletable.properties.generated.values import Pool
from tests.singletable.properties.test_generated_designs import some_designs
from tests.singletable.raises import raises

SOME = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


class Colour(Enum):
    """A choice of texts."""

    RED = "red"
    BLUE = "blue"


class Grade(IntEnum):
    """A choice of numbers."""

    LOW = 1
    HIGH = 2


class Part(BaseModel):
    """A record with names of its own, and fields that may be absent."""

    title: str = Field(alias="t")
    size: int = 0
    labels: frozenset[str] = frozenset()
    at: datetime | None = None
    sub: list[dict[str, Decimal]] = []


class Closed(BaseModel, extra="forbid"):
    """A record that forbids other names."""

    ratio: float
    colours: dict[str, Colour] = {}


class Cat(BaseModel):
    """One variant of a union."""

    kind: Literal["cat"] = "cat"
    lives: int = 9


class Dog(BaseModel):
    """Another variant, of two kinds."""

    kind: Literal["dog", "wolf"] = "dog"
    name: str | None = None


class Tree(BaseModel):
    """A record inside itself."""

    name: str
    children: list[Tree] = []


@dataclass(frozen=True)
class Spot:
    """A dataclass."""

    x: int
    y: float | None = None


class Pair(NamedTuple):
    """A named tuple."""

    one: str
    other: bool


def _lower(value: str) -> str:
    return value.lower()


def _count(item: dict[str, Any]) -> dict[str, Any]:
    """Counts from 0 what has no number."""
    if "count" not in item:
        item["count"] = {"N": "0"}
    return item


def _folded(value: Any) -> Any:
    if value == "fail":
        raise RuntimeError("no text")
    return value.strip() if isinstance(value, str) else value


Folded = Annotated[str, BeforeValidator(_folded)]


yard = Table("generated-functions")
by_kind = yard.global_index("BYKIND", partition_key="KPK", sort_key="KSK")
ranks = yard.global_index("BYNUMBER", partition_key="colour", sort_key=number("rank"))
some = yard.global_index(
    "SOME", partition_key="SPK", sort_key="SSK", projection=include("rank", "entity")
)


class Thing(Entity, table=yard):
    """With a field of every kind."""

    thing_id: Annotated[str, slug()]
    place: Annotated[str, escaped_text()]
    colour: Colour
    rank: Annotated[int, integer(0, 999)]
    name: Annotated[str, AfterValidator(_lower)]
    grade: Grade = Grade.LOW
    mixed: Literal["a", 1, True] = "a"
    is_open: bool = False
    ratio: float = 0.5
    price: Decimal = Decimal(1)
    code: bytes = b"x"
    uid: UUID = UUID(int=1)
    at: datetime
    to_second: Annotated[datetime, instant("seconds")] | None = None
    to_milli: Annotated[datetime, instant("milliseconds", suffix="+00:00")] | None = None
    due: date | None = None
    clock: time | None = None
    took: timedelta = timedelta()
    ends: Annotated[datetime | None, TTL] = None
    note: str = ""
    texts: list[str] = Field(default_factory=list[str])
    numbers: set[int] = Field(default_factory=set[int])
    labels: frozenset[str] = frozenset()
    pair: tuple[str, int] | None = None
    floats: tuple[float, ...] = ()
    last: deque[bool] = Field(default_factory=deque[bool])
    links: dict[str, str | None] = Field(default_factory=dict[str, str | None])
    by_number: dict[int, str] = Field(default_factory=dict[int, str])
    anything: JsonValue = None
    either: str | int | list[str] = ""
    part: Part | None = None
    parts: list[Part] = Field(default=[], serialization_alias="parts_")
    closed: Closed | None = None
    pet: Cat | Dog | None = None
    pets: list[Cat | Dog] = Field(default_factory=list[Cat | Dog])
    tree: Tree | None = None
    spot: Spot | None = None
    named: Pair | None = None

    key = yard.primary.key("YARD#{thing_id}", "{place}#{rank}")
    in_kind = by_kind.key("K#{colour}#{shard}", "{at}#{name}", shards=shards(3))
    in_number = ranks.key("{colour}", "{rank}")
    in_some = some.key("S#{due}", "{to_second}#{thing_id}", when=attr("is_open").equals(True))


class Renamed(Entity, table=yard, renamed={"title": "name"}, upgrade=_count, reaches=["count"]):
    """With older forms."""

    renamed_id: Annotated[str, AfterValidator(_lower)]
    name: str
    count: int = 0

    key = yard.primary.key("RENAMED#{renamed_id}", "{name}")


untyped = Table("generated-functions-untyped", type_attribute=None)
lists = untyped.global_index("LISTS", partition_key="LPK", sort_key="name")


class Told(Entity, table=untyped):
    """Told by its key alone, which also tells a field that may be stored nowhere else."""

    one: Annotated[str, IN_KEY]
    other: UUID
    name: Folded = "x"

    key = untyped.primary.key("TOLD#{one}", "{other}")
    in_list = lists.key("L", "{name}")


class Short(View[Thing]):
    """Some fields of a thing."""

    thing_id: Annotated[str, slug()]
    rank: Annotated[int, integer(0, 999)]
    due: date | None
    is_open: bool
    name: Annotated[str, AfterValidator(_lower)]


class Shortest(View[Thing]):
    """Texts alone, of which keys are made."""

    thing_id: Annotated[str, slug()]
    colour: Colour
    place: Annotated[str, escaped_text()]


TEXTS = st.text(max_size=6)
PLAIN = st.text("abcXYZ-_. $", min_size=1, max_size=6)
MOMENTS = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))]))
IN_CENTURY = st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC))
NUMBERS = st.integers(-(10**38) + 1, 10**38 - 1)
FRACTIONS = st.floats(-1e30, 1e30).filter(lambda each: each == 0 or abs(each) > 1e-100)
PARTS = st.builds(
    Part,
    t=TEXTS,
    size=NUMBERS,
    labels=st.frozensets(TEXTS, max_size=2),
    at=st.none() | MOMENTS,
    sub=st.lists(st.dictionaries(PLAIN, st.decimals(-99, 99, places=2), max_size=2), max_size=2),
)
TREES = st.recursive(
    st.builds(Tree, name=TEXTS), lambda inner: st.builds(Tree, name=TEXTS, children=st.lists(inner))
)
PETS = st.builds(Cat, lives=NUMBERS) | st.builds(
    Dog, kind=st.sampled_from(["dog", "wolf"]), name=st.none() | TEXTS
)
THINGS = st.builds(
    Thing,
    thing_id=st.from_regex("[a-z0-9]{1,3}(-[a-z]{1,2})?", fullmatch=True),
    place=st.text(min_size=1, max_size=5),
    colour=st.sampled_from(Colour),
    rank=st.integers(0, 999),
    name=PLAIN,
    grade=st.sampled_from(Grade),
    mixed=st.sampled_from(["a", 1, True]),
    is_open=st.booleans(),
    ratio=FRACTIONS,
    price=st.decimals(-(10**9), 10**9, places=3),
    code=st.binary(max_size=4),
    uid=st.uuids(),
    at=MOMENTS.filter(lambda moment: 2 < moment.year < 9998),
    to_second=st.none() | IN_CENTURY.map(lambda moment: moment.replace(microsecond=0)),
    to_milli=st.none() | IN_CENTURY,
    due=st.none() | st.dates(),
    clock=st.none() | st.times(),
    took=st.timedeltas(timedelta(-9), timedelta(9)),
    ends=st.none() | IN_CENTURY.map(lambda moment: moment.replace(microsecond=0)),
    note=TEXTS,
    texts=st.lists(TEXTS, max_size=3),
    numbers=st.sets(NUMBERS, max_size=3),
    labels=st.frozensets(TEXTS, max_size=3),
    pair=st.none() | st.tuples(TEXTS, NUMBERS),
    floats=st.lists(FRACTIONS, max_size=2).map(tuple),
    last=st.lists(st.booleans(), max_size=2).map(deque),
    links=st.dictionaries(PLAIN | TEXTS.filter(bool), st.none() | TEXTS, max_size=2),
    by_number=st.dictionaries(st.integers(-9, 9), TEXTS, max_size=2),
    anything=st.none() | TEXTS | st.integers(-9, 9) | st.lists(st.booleans(), max_size=2),
    either=TEXTS | NUMBERS | st.lists(TEXTS, max_size=2),
    part=st.none() | PARTS,
    parts=st.lists(PARTS, max_size=2),
    closed=st.none()
    | st.builds(
        Closed,
        ratio=FRACTIONS,
        colours=st.dictionaries(PLAIN, st.sampled_from(Colour), max_size=2),
    ),
    pet=st.none() | PETS,
    pets=st.lists(PETS, max_size=2),
    tree=st.none() | TREES,
    spot=st.none() | st.builds(Spot, x=NUMBERS, y=st.none() | FRACTIONS),
    named=st.none() | st.builds(Pair, one=TEXTS, other=st.booleans()),
)
OTHERS = st.builds(Renamed, renamed_id=PLAIN, name=PLAIN, count=NUMBERS) | st.builds(
    Told, one=PLAIN, other=st.uuids(), name=PLAIN.filter(str.strip)
)
LONE_SURROGATE = "\ud800"


class OwnText(str):
    """A text of a class of one's own."""


class OwnMoment(datetime):
    """A moment of a class of one's own."""


STRANGE: list[Any] = [
    *(None, "", "x", "#", "é", LONE_SURROGATE, OwnText("own"), "a" * 3000, "red", "RED", "1"),
    *(0, True, 7, 10**38, 10**130, -1, 0.0, -0.0, 1e300, 1e-200, float("nan"), Decimal("1.50")),
    *(b"", bytearray(b"a"), [], [None], ["a", 1], {}, {"": "a"}, {1: "a"}, {"é": "b"}, set()),
    *({"a"}, {1}, frozenset({"b"}), (), ("a",), ("a", 1), deque([True]), Colour.RED),
    *([LONE_SURROGATE], {LONE_SURROGATE: "a"}, {"a": LONE_SURROGATE}, {"a": "b"}, ["é"]),
    *(Grade.HIGH, datetime(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC), date(2026, 1, 1)),
    OwnMoment(2026, 1, 1, tzinfo=UTC),
    datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=1))),
    datetime(2026, 1, 1, 1, 1, 1, 5, tzinfo=timezone.max),
    *(time(1), UUID(int=3), Part(t="t"), Cat(), Dog(), Spot(1), Pair("a", True), object),
]
"""Values that most fields do not take."""

STORED: list[Any] = [
    *({"S": each} for each in ("", "x", "é", OwnText("own"), "a#b", "red", "cat", 7, None, b"x")),
    *({"S": f"2026-01-02T03:04:05{each}"} for each in ("Z", ".5Z", ".678901Z", ".678901+00:00")),
    *({"S": f"2026-01-02T03:04:05{each}"} for each in (".1234567Z", ".678901", ",678901Z")),
    *({"S": each} for each in ("2026-W01-1T03:04:05.678901Z", "2026-01-02T030405.67890123Z")),
    *({"S": each} for each in ("2026-13-02T03:04:05.678901Z", "2026-01-02 03:04:05.678901Z")),
    *({"S": each} for each in ("2026-01-02", "2026-1-2", "03:04:05.5", "20260102", "0" * 32)),
    *({"N": each} for each in ("0", "-0", "007", "1.0", "1.5", "+5", "-1", "1E2", "1e-3", ".5")),
    *({"N": each} for each in ("5.", " 5", "٣", "", "-", "1_0", "9" * 38, "9" * 39, "9" * 130)),
    *(
        {"N": each}
        for each in ("1E126", "1E-131", "1E99999", "nan", 5, None, "99999999999999999999")
    ),
    *({"B": b"x"}, {"B": "x"}, {"BOOL": True}, {"BOOL": 1}, {"NULL": True}, {"NULL": False}),
    *({"L": []}, {"L": [{"S": "a"}, {"N": "1"}]}, {"L": ({"S": "a"},)}, {"L": [None]}, {"L": {}}),
    *({"M": {}}, {"M": {"a": {"S": "b"}}}, {"M": {1: {"S": "b"}}}, {"M": {"": {"NULL": True}}}),
    *({"SS": []}, {"SS": ["a", "a"]}, {"SS": ["a", 1]}, {"NS": ["1", "2.0"]}, {"BS": [b"a"]}),
    *({}, {"S": "x", "N": "1"}, {"X": "x"}, None, "x", [], 7),
    *(MappingProxyType({"S": "red"}), MappingProxyType({"N": "1"}), {"M": MappingProxyType({})}),
]
"""What other programs may have stored, or what is no attribute value."""


def compare(made: Callable[[Any], Any], expected: Callable[[Any], Any], given: Any) -> None:
    """Compares what two functions make of the same."""
    assert outcome(made, given) == outcome(expected, given)


def outcome(make: Callable[[Any], Any], given: Any) -> Any:
    """What is made, with its exact types, or the error."""
    try:
        made = make(given)
    except Exception as error:  # noqa: BLE001 - whatever it is, both have to raise it
        return type(error), str(error), type(error.__cause__)
    return shape(made)


def shape(value: Any) -> Any:
    """A value as one that is equal if all types in it, and the order of dicts, are the same."""
    if isinstance(value, BaseModel):
        origin = origin_of(value)
        fields = [(name, shape(each)) for name, each in vars(value).items()]
        return type(value), fields, value.model_fields_set, shape(origin and tuple(origin))
    if is_dataclass(value) and not isinstance(value, type):
        return type(value), shape(vars(value))
    if isinstance(value, Mapping):
        return type(value), [(shape(name), shape(each)) for name, each in value.items()]
    if isinstance(value, (set, frozenset)):
        return type(value), sorted(map(repr, map(shape, value)))
    if isinstance(value, (list, tuple, deque)):
        return type(value), [shape(each) for each in value]
    return type(value), repr(value)


def read_alike(schema: AnySchema, item: Any, keys: Iterable[CompiledKey] | None = None) -> None:
    """Compares what is made of an item that any of these keys has found; by default, of all."""
    for key in schema.keys.values() if keys is None else keys:
        compare(schema.reader(key), partial(by_coders, schema, key), item)


def by_coders(schema: AnySchema, key: CompiledKey, item: Any) -> BaseModel:
    return schema.decode_by_coders(item, schema.upgrade_item(item), key)


def spoil(item: dict[str, Any], random: Random) -> dict[str, Any]:
    """The item with some values that are others, or not there."""
    spoilt = {**item}
    for _ in range(random.randint(1, 2)):
        name = random.choice([*item, "name", "title", "new"])
        spoilt[name] = spoil_value(spoilt.get(name), random)
        if random.random() < 0.2:
            del spoilt[name]
    return spoilt


def spoil_value(value: Any, random: Random) -> Any:
    if isinstance(value, dict) and random.random() < 0.6:
        inner = value.get("M") or value.get("L")
        if isinstance(inner, dict) and inner:
            return {"M": spoil(inner, random)}
        if isinstance(inner, list) and inner:
            at = random.randrange(len(inner))
            return {"L": [*inner[:at], spoil_value(inner[at], random), *inner[at + 1 :]]}
    return random.choice(STORED)


@SOME
@given(THINGS | OTHERS, st.randoms(use_true_random=False))
def test_items_are_read_as_by_the_coders(entity: Any, random: Random) -> None:
    """Valid ones, and spoilt ones of the same form."""
    schema = schema_of(type(entity))
    item = schema.item_by_coders(entity)
    read_alike(schema, item)
    for _ in range(5):
        read_alike(schema, spoil(item, random))
    read_alike(schema, MappingProxyType(item))


@SOME
@given(THINGS | OTHERS)
def test_entities_are_written_as_by_the_coders(entity: Any) -> None:
    """Valid ones."""
    schema = schema_of(type(entity))
    compare(schema.item, schema.item_by_coders, entity)


@SOME
@given(THINGS | OTHERS, st.randoms(use_true_random=False))
def test_keys_are_rendered_as_by_their_parts(entity: Any, random: Random) -> None:
    """Also of values that are none of their fields', or not there."""
    schema = schema_of(type(entity))
    values = {name: getattr(entity, name) for name in schema.attributes}
    odd = [None, "", "a#b", "é", "x" * 3000, 7, Symbol("{x}", "x", str)]
    for key in schema.keys.values():
        compare(key.render, key.render_parts, values)
        for name in key.fields:
            compare(key.render, key.render_parts, {**values, name: random.choice(odd)})
            compare(key.render, key.render_parts, {at: values[at] for at in values if at != name})


FULL = Thing(
    thing_id="a-b",
    place="#1",
    colour=Colour.BLUE,
    rank=7,
    name="name",
    is_open=True,
    at=datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC),
    to_second=datetime(2026, 1, 2, tzinfo=UTC),
    to_milli=datetime(2026, 1, 2, 3, 4, 5, 6000, tzinfo=UTC),
    due=date(2026, 1, 2),
    clock=time(1, 2, 3, 4),
    took=timedelta(1, 2, 3),
    ends=datetime(2026, 1, 2, tzinfo=UTC),
    note="é",
    texts=["a", "b"],
    numbers={1, 2},
    labels=frozenset("ab"),
    pair=("a", 1),
    floats=(0.5, 1e21),
    last=deque([True]),
    links={"a": "b", "c": None},
    by_number={1: "a"},
    anything={"a": [1, None]},
    either=["a"],
    part=Part(t="t", labels=frozenset("a"), at=datetime(2026, 1, 2, tzinfo=UTC)),
    parts=[Part(t="t", sub=[{"a": Decimal("1.5")}])],
    closed=Closed(ratio=0.5, colours={"a": Colour.RED}),
    pet=Dog(name="a"),
    pets=[Cat(), Dog(kind="wolf")],
    tree=Tree(name="a", children=[Tree(name="b")]),
    spot=Spot(1, 0.5),
    named=Pair("a", True),
)
SAMPLES = {
    type(each): each
    for each in (
        FULL,
        Renamed(renamed_id="a", name="b"),
        Told(one="a", other=UUID(int=1), name="b"),
    )
}
ATTRIBUTES = [
    (kind, name) for kind, each in SAMPLES.items() for name in schema_of(kind).item_by_coders(each)
]
FIELDS = [(kind, name) for kind in SAMPLES for name in kind.model_fields]


def replaced(value: Any) -> Iterator[Any]:
    """The values that stand for this one with each of `STORED` in one place of it, or nothing."""
    yield from STORED
    for tag, payload in value.items():
        if tag == "M":
            yield {"M": payload | {"new": {"S": "x"}}}
            for name, inner in payload.items():
                yield {"M": {at: each for at, each in payload.items() if at != name}}
                yield from ({"M": payload | {name: each}} for each in replaced(inner))
        if tag == "L":
            for at, inner in enumerate(payload):
                yield {"L": payload[:at]}
                for each in replaced(inner):
                    yield {"L": [*payload[:at], each, *payload[at + 1 :]]}


@pytest.mark.parametrize(("kind", "name"), ATTRIBUTES)
def test_every_form_of_an_attribute_is_read_as_by_the_coders(kind: Any, name: str) -> None:
    """Also inside of it, and where it is absent."""
    schema = schema_of(kind)
    item = schema.item_by_coders(SAMPLES[kind])
    read_alike(schema, {at: each for at, each in item.items() if at != name})
    keys = [key for key in schema.keys.values() if name in key.index.attribute_names]
    for value in replaced(item[name]):
        read_alike(schema, item | {name: value}, keys or [schema.primary])


def test_names_stand_in_quotes() -> None:
    """Stored names, and those of fields that are words of Python."""
    inner = create_model("in ner", **{"class": (str, "x"), "é": (int, 1)})
    quoted: Any = Field(serialization_alias='a\'] = "{0}"\n#', default_factory=inner)
    body = {
        "__annotations__": {"odd_id": str, "odd": inner},
        "odd": quoted,
        "key": yard.primary.key("ODD'{{{odd_id}", '"'),
        "__module__": __name__,
        "__doc__": "Odd.",
    }
    odd: Any = type(Entity)("Odd Thing", (Entity,), body, table=yard)
    schema = schema_of(odd)
    entity = odd(odd_id="a")
    item = schema.item(entity)
    assert item["PK"] == {"S": "ODD'{a"}
    assert item['a\'] = "{0}"\n#'] == {"M": {"class": {"S": "x"}, "é": {"N": "1"}}}
    compare(schema.item, schema.item_by_coders, entity)
    read_alike(schema, item)


def test_what_would_make_long_functions_is_left_to_coders() -> None:
    """The lines of a function are limited, whatever the entity has."""
    fields = {f"field_{at}": list[dict[str, list[int]]] for at in range(200)}
    body = {
        "__annotations__": {"long_id": str, **fields},
        "key": yard.primary.key("LONG#{long_id}", "LONG"),
        "__module__": __name__,
        "__doc__": "Long.",
    }
    long: Any = type(Entity)("Long", (Entity,), body, table=yard)
    schema = schema_of(long)
    entity = long(long_id="a", **{name: [{"a": [1]}] for name in fields})
    compare(schema.item, schema.item_by_coders, entity)
    read_alike(schema, schema.item(entity))
    written = [
        lines for file, (_, _, lines, _) in _cached() if "Long" in file and "renders" not in file
    ]
    assert len(written) == 2
    assert all(LONGEST < len(lines) < 2 * LONGEST for lines in written)


def _cached() -> list[Any]:
    """The generated functions, as `linecache` has them."""
    return [(file, each) for file, each in linecache.cache.items() if "singletable:" in file]


def test_another_identity_is_refused_as_by_the_coders() -> None:
    """One that a validator makes of what attribute and key both say."""
    schema = schema_of(Renamed)
    item = schema.item_by_coders(SAMPLES[Renamed])
    item |= {"renamed_id": {"S": "A"}, "PK": {"S": "RENAMED#A"}}
    read_alike(schema, item)
    with raises(InvalidStoredItem, key="RENAMED#A / b"):
        schema.decode(item)


@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_every_value_of_a_field_is_written_as_by_the_coders(kind: Any, name: str) -> None:
    """Also of such that no validator has seen, and of none."""
    schema = schema_of(kind)
    values = vars(SAMPLES[kind])
    every = [values | {name: each} for each in STRANGE]
    for each in (*every, {at: each for at, each in values.items() if at != name}):
        entity = SAMPLES[kind].model_copy()
        object.__setattr__(entity, "__dict__", each)
        compare(schema.item, schema.item_by_coders, entity)


@pytest.mark.parametrize("kind", SAMPLES)
def test_usual_items_are_left_to_no_coder(kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither read ones nor written ones."""
    item = schema_of(kind).item(SAMPLES[kind])
    for name in ("decode_by_coders", "item_by_coders"):
        monkeypatch.setattr(Schema, name, lambda *_: pytest.fail("a coder is asked"))
    schema = replace(schema_of(kind))  # which has generated nothing yet
    assert schema.item(SAMPLES[kind]) == item
    assert schema.decode(item) == SAMPLES[kind]


@SOME
@given(THINGS, st.sampled_from([Short, Shortest]), st.randoms(use_true_random=False))
def test_views_are_read_as_by_the_coders(thing: Any, view: Any, random: Random) -> None:
    """Of any index, in which attributes may lack."""
    known = view_of(view)
    assert known is not None
    item = schema_of(Thing).item_by_coders(thing)
    for key in schema_of(Thing).keys.values():
        reader = known.on(key)
        held = {name: each for name, each in item.items() if key.held is None or name in key.held}
        for each in (held, *(spoil(held, random) for _ in range(3))):
            compare(reader.decode, reader.read_by_coders, each)


@SOME
@given(st.randoms(use_true_random=False))
def test_generated_designs_are_read_and_written_as_by_the_coders(random: Random) -> None:
    """Of any form of keys, with the views of their entities."""
    declared = random.choice(some_designs())
    plan = random.choice(declared.plans)
    pool = Pool(random, declared.design.delimiter)
    kind, view = (declared.classes[f"{plan.name}{end}"] for end in ("", "View"))
    schema = schema_of(kind)
    entity = kind(**pool.given(plan))
    compare(schema.item, schema.item_by_coders, entity)
    item, shown = schema.item_by_coders(entity), view_of(view)
    readers = [shown.on(key) for key in schema.keys.values()] if shown else []
    for each in (item, *(spoil(item, random) for _ in range(5))):
        read_alike(schema, each)
        for reader in readers:
            compare(reader.decode, reader.read_by_coders, each)
