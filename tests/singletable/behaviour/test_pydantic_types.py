"""Types, aliases, validators and options of Pydantic, as its documentation lists them.

Each comes back exactly as it was constructed, by every verb, or is refused by name at import.
"""

from __future__ import annotations

import collections
import ipaddress
import re
import typing
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, Flag, IntEnum, StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Final, Generic, Literal, NamedTuple, NewType, TypeVar
from uuid import UUID

import pydantic
import pytest
from pydantic import (
    AfterValidator,
    AliasChoices,
    AliasGenerator,
    AliasPath,
    AnyUrl,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    HttpUrl,
    IPvAnyAddress,
    PlainSerializer,
    PlainValidator,
    PrivateAttr,
    RootModel,
    StringConstraints,
    Tag,
    WrapSerializer,
    WrapValidator,
    computed_field,
    conlist,
    field_serializer,
    model_serializer,
)
from pydantic.alias_generators import to_camel
from typing_extensions import TypeAliasType, TypedDict

from singletable import Entity, Table, create, put, update
from singletable.design.examples import field_example
from singletable.errors.declaration import DeclarationError, InvalidEntity, UnsupportedAnnotation
from tests.conftest import OpenBackend
from tests.singletable.clinic.making import keyed, make

T = TypeVar("T")
ListOf = TypeAliasType("ListOf", list[int])
UserId = NewType("UserId", str)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Shape(Enum):
    ROUND = "round"
    SQUARE = "square"


class Cat(BaseModel):
    kind: Literal["cat"] = "cat"
    lives: int


class Dog(BaseModel):
    kind: Literal["dog"] = "dog"
    name: str | None = None
    friend: Cat | Dog | None = None


class Bird(BaseModel):
    kind: Literal[Colour.RED, Colour.BLUE]


class Address(BaseModel):
    model_config = ConfigDict(populate_by_name=True)
    zip_code: str = Field(alias="zipCode")
    tags: set[str] = set()


class Camel(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)
    first_name: str


class Box(BaseModel, Generic[T]):
    content: T


class Remembering(BaseModel):
    seen: int
    _times: int = PrivateAttr(default_factory=lambda: 3)


class Point(NamedTuple):
    x: int
    y: str | None = "d"


Pair = collections.namedtuple("Pair", ["one", "other"])


@dataclass(frozen=True)
class Size:
    width: Annotated[int, Field(ge=0)]
    depth: int | None = 5


class Slug(str):
    __slots__ = ()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        return handler(str)


def tag_of(value: Any) -> str:
    return str(value["kind"] if isinstance(value, dict) else value.kind)


KEPT: dict[str, tuple[Any, Any, Any]] = {
    "text": (str, "", "é\U0001f600"),
    "bytes": (bytes, b"", b"\x00\xff"),
    "bool": (bool, True, False),
    "whole numbers": (int, -(10**38) + 1, 110111111111111110000000000000000000000),
    "the greatest whole number": (int, 10**125, -(10**125)),
    "floats": (float, 0.1, 1e125),
    "decimals": (Decimal, Decimal("1.15"), Decimal("1E-130")),
    "moments": (AwareDatetime, NOON, NOON + timedelta(microseconds=1)),
    "dates": (date, date(1, 1, 1), date(9999, 12, 31)),
    "times": (time, time(0), time(23, 59, 59, 999999)),
    "durations": (timedelta, timedelta(0), timedelta(days=-1, microseconds=1)),
    "ids": (UUID, UUID(int=0), UUID(int=1)),
    "text enums": (Colour, Colour.RED, Colour.BLUE),
    "number enums": (Level, Level.LOW, Level.HIGH),
    "plain enums": (Shape, Shape.ROUND, Shape.SQUARE),
    "literals": (Literal["a", 1, True, None], "a", True),
    "new types": (UserId, "a", "b"),
    "aliases of types": (ListOf, [1], []),
    "optional": (int | None, 1, None),
    "optional in the old spelling": (typing.Optional[int], 1, None),  # noqa: UP045
    "lists": (list[int], [], [1]),
    "lists of lists": (list[list[str | None]], [[None]], [["a"], []]),
    "bounded lists": (conlist(int, min_length=1), [1], [1, 2]),  # type: ignore[valid-type]
    "tuples": (tuple[int, ...], (), (1, 2)),
    "tuples of a fixed length": (tuple[int, str], (1, "a"), (2, "")),
    "sequences": (Sequence[int], [1], []),
    "double-ended queues": (deque[int], deque([1]), deque([2, 1])),
    "sets": (set[int], {1}, set()),
    "frozen sets": (frozenset[str], frozenset({"a"}), frozenset()),
    "sets of bytes": (set[bytes], {b"a"}, {b"b"}),
    "dicts": (dict[str, int], {}, {"a": 1}),
    "dicts by number": (dict[int, str], {1: "a", -2: "b"}, {}),
    "dicts by decimal": (dict[Decimal, str], {Decimal("1.5"): "a"}, {}),
    "dicts by enum": (dict[Colour, int], {Colour.RED: 1}, {}),
    "dicts by number enum": (dict[Level, int], {Level.HIGH: 1}, {}),
    "dicts by date": (dict[date, int], {date(2026, 3, 1): 1}, {}),
    "dicts by moment": (dict[AwareDatetime, int], {NOON: 1}, {}),
    "dicts by id": (dict[UUID, int], {UUID(int=1): 1}, {}),
    "mappings": (Mapping[int, list[str]], {1: ["a"]}, {}),
    "plain values": (Any, {"a": [1, None, Decimal("1.5")]}, "x"),
    "json values": (pydantic.JsonValue, {"a": [1, None]}, True),
    "urls": (HttpUrl, HttpUrl("http://a.b/ü?c=d#e"), HttpUrl("https://a.b")),
    "any urls": (AnyUrl, AnyUrl("ftp://a.b/c"), AnyUrl("data:x")),
    "ip addresses": (
        ipaddress.IPv4Address,
        ipaddress.IPv4Address("10.0.0.1"),
        ipaddress.IPv4Address("10.0.0.2"),
    ),
    "ip addresses of both kinds": (
        IPvAnyAddress,
        ipaddress.ip_address("::1"),
        ipaddress.ip_address("1.2.3.4"),
    ),
    "ip networks": (
        ipaddress.IPv6Network,
        ipaddress.IPv6Network("2001:db8::/32"),
        ipaddress.IPv6Network("::/0"),
    ),
    "ip interfaces": (
        ipaddress.IPv4Interface,
        ipaddress.IPv4Interface("10.0.0.1/8"),
        ipaddress.IPv4Interface("10.0.0.1/9"),
    ),
    "paths": (Path, Path("/a/b"), Path()),
    "models": (Address, Address(zip_code="04524"), Address(zip_code="1", tags={"a"})),
    "models with generated aliases": (Camel, Camel(firstName="a"), Camel(firstName="b")),
    "lists of models": (list[Address], [Address(zip_code="1")], []),
    "generic models": (Box[int], Box[int](content=1), Box[int](content=2)),
    "models with private attributes": (Remembering, Remembering(seen=1), Remembering(seen=2)),
    "discriminated unions": (
        Annotated[Cat | Dog, Field(discriminator="kind")],
        Cat(lives=9),
        Dog(name="Rex", friend=Dog(friend=Cat(lives=1))),
    ),
    "discriminated unions in containers": (
        dict[str, list[Annotated[Cat | Dog | Bird, Field(discriminator="kind")]]],
        {"a": [Cat(lives=9), Dog(), Bird(kind=Colour.RED)]},
        {},
    ),
    "unions by a function": (
        Annotated[Annotated[Cat, Tag("cat")] | Annotated[Dog, Tag("dog")], Discriminator(tag_of)],
        Cat(lives=9),
        Dog(),
    ),
    "unions of models and others": (Cat | Dog | str | None, "a", Cat(lives=1)),
    "unions by stored type": (int | str | list[str] | None, 1, "1"),
    "named tuples": (Point, Point(1), Point(2, None)),
    "named tuples without types": (Pair, Pair(1, "a"), Pair(None, [1])),
    "dataclasses": (Size, Size(1), Size(2, None)),
    "bounds": (Annotated[int, Field(ge=0, multiple_of=2)], 0, 2),
    "idempotent changes of text": (
        Annotated[str, StringConstraints(to_lower=True, strip_whitespace=True)],
        " Kim ",
        "Lee",
    ),
    "after validators": (Annotated[int, AfterValidator(abs)], -1, 2),
    "before validators": (Annotated[str, BeforeValidator(str)], 5, "a"),
    "plain validators": (Annotated[int, PlainValidator(int)], "5", 6),
    "wrap validators": (Annotated[int, WrapValidator(lambda v, h: h(v))], 5, 6),
    "strict": (Annotated[int, Field(strict=True)], 5, 6),
    "numbers as text": (Annotated[str, Field(coerce_numbers_to_str=True)], 5, "6"),
    "frozen": (Annotated[int, Field(frozen=True)], 5, 6),
    "final": (Final[int], 5, 6),
    "without a place in dumps": (Annotated[int, Field(exclude=True)], 5, 6),
    "an alias": (Annotated[int, Field(alias="theThing")], 5, 6),
    "a name of storage": (Annotated[int, Field(serialization_alias="t")], 5, 6),
    "an alias of constructors": (
        Annotated[int, Field(validation_alias="given", serialization_alias="t")],
        5,
        6,
    ),
    "text with a class of its own": (Slug, "a", "b"),
}


@pytest.fixture(scope="module")
def design() -> tuple[Table, dict[str, Any]]:
    """A table with an entity for each kept type."""
    table = Table("types")
    by_kind = table.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
    entities = {
        name: make(
            table,
            {
                "id": int,
                "value": annotation,
                "key": table.primary.key(f"T{at}", "T"),
                "listed": by_kind.key(f"T{at}#LIST", "T"),
            },
            f"T{at}",
            defaults={"id": 1},
        )
        for at, (name, (annotation, _, _)) in enumerate(KEPT.items())
    }
    return table, entities


def test_every_kept_type_comes_back_as_constructed(
    open_backend: OpenBackend, design: tuple[Table, dict[str, Any]]
) -> None:
    """What create, put and update store is what they answer, and what get and a page read."""
    table, entities = design
    repository, wrong = open_backend(table).repository, dict[str, object]()
    for name, (_, one, other) in KEPT.items():
        model = entities[name]
        info = model.model_fields["value"]
        given = info.validation_alias if isinstance(info.validation_alias, str) else "value"
        first, second = model(**{given: one}), model(**{given: other})
        steps = [create(first), update(first, second), put(first), update(first, second)]
        for step, expected in zip(steps, [first, second, first, second], strict=True):
            answered = repository.write(step)
            read = repository.fetch(model.key.get())
            [listed] = repository.fetch(model.listed.query()).items
            for found in (answered, read, listed):
                if repr(found) != repr(expected) or found != expected:
                    wrong[name] = found
    assert wrong == {}


EXAMPLES = [
    *["urls", "any urls", "ip addresses", "ip networks", "ip interfaces", "paths"],
    *["sequences", "double-ended queues", "mappings", "dicts by number", "dicts by enum"],
]


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_documentation_has_an_example_of_a_type(
    design: tuple[Table, dict[str, Any]], name: str
) -> None:
    """One that is no empty value, and that can be stored."""
    schema = design[1][name].key.schema
    example = field_example(schema, "value")
    assert schema.attribute("value").encode(example) not in ({"L": []}, {"M": {}}, {"S": ""}, None)


class Secretive(BaseModel):
    pin: str

    @field_serializer("pin")
    def hidden(self, pin: str) -> str:
        return "*" * len(pin)


class Nested(BaseModel):
    inner: Nested | None = None
    pin: Annotated[str, PlainSerializer(len)]


class OddNames(BaseModel):
    type: str
    default: Annotated[str, PlainSerializer(len)]


class Whole(BaseModel):
    pin: str

    @model_serializer
    def hidden(self) -> dict[str, str]:
        return {}


class Secret(str):
    """Text that serializes as something else."""

    __slots__ = ()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        schema = handler(str)
        schema["serialization"] = {"type": "function-plain", "function": len}
        return schema


class Two(BaseModel):
    kind: Literal["cat"] = "cat"
    legs: int


class Loose(BaseModel):
    model_config = ConfigDict(extra="allow")


class Strict(BaseModel):
    model_config = ConfigDict(strict=True)
    x: int


class Root(RootModel[int]):
    pass


class Keyed(TypedDict):
    x: int


@dataclass
class Given:
    x: int
    y: InitVar[int]


@dataclass
class Computed:
    x: int = field(init=False)


@pydantic.dataclasses.dataclass
class Foreign:
    x: int


class Choosing(BaseModel):
    name: str = Field("", validation_alias=AliasChoices("name", "fullName"))


class Unsaid(BaseModel):
    name: str = Field("", validation_alias="fullName")


class UnsaidBefore(BaseModel):
    model_config = ConfigDict(alias_generator=AliasGenerator(validation_alias=to_camel))
    first_name: str = ""


REFUSED: dict[str, Any] = {
    "base64 bytes": pydantic.Base64Bytes,
    "base64 text": pydantic.Base64Str,
    "base64 for urls": pydantic.Base64UrlBytes,
    "encoded in a list": list[pydantic.Base64Str],
    "secret text": pydantic.SecretStr,
    "secret bytes": pydantic.SecretBytes,
    "secrets": pydantic.Secret[int],
    "json": pydantic.Json[list[int]],
    "imports": pydantic.ImportString,
    "future dates": pydantic.FutureDate,
    "future moments": list[pydantic.FutureDatetime],
    "files": pydantic.FilePath,
    "directories": pydantic.DirectoryPath | None,
    "new files": pydantic.NewPath,
    "instances": pydantic.InstanceOf[Cat],
    "serialized": Annotated[str, PlainSerializer(len)],
    "serialized by a wrapper": list[Annotated[str, WrapSerializer(lambda v, h: h(v))]],
    "serialized for JSON": Annotated[str, PlainSerializer(len, when_used="json")],
    "a class that serializes": Secret,
    "a model that serializes a field": Secretive,
    "a model that serializes itself": list[Whole],
    "a model inside itself that serializes a field": Nested | None,
    "a model with fields called as core schemas call theirs": OddNames,
    "models that look alike": Cat | Two,
    "models and dicts": Cat | dict[str, int],
    "models without a discriminator": Address | Camel,
    "a model with extra fields": Loose,
    "a strict model": Strict,
    "a strict field of a model": Annotated[Cat, Field(strict=True)],
    "a root model": Root,
    "a typed dict": Keyed,
    "a dataclass that takes more": Given,
    "a dataclass that computes": Computed,
    "a dataclass of Pydantic's": Foreign,
    "several aliases": Annotated[str, Field(validation_alias=AliasChoices("value", "v"))],
    "a path": Annotated[str, Field(validation_alias=AliasPath("v", 0))],
    "an alias of constructors alone": Annotated[str, Field(validation_alias="v")],
    "a model with several aliases": Choosing,
    "a model with an alias of constructors alone": Unsaid,
    "a model with generated aliases of constructors": UnsaidBefore,
    "a flag": Flag("Rights", ["READ", "WRITE"]),
    "dicts by bool": dict[bool, int],
    "dicts by two types": dict[int | str, int],
    "sets of lists": set[tuple[int, ...]],
    "unions of one stored type": str | date,
    "unions of numbers": int | Decimal,
    "addresses of both kinds": ipaddress.IPv4Address | ipaddress.IPv6Address,
    "complex numbers": complex,
    "fractions": Fraction,
    "patterns": re.Pattern[str],
    "counters": collections.Counter[str],
    "ordered dicts": collections.OrderedDict[str, int],
    "default dicts": collections.defaultdict[str, int],
    "iterables": typing.Iterable[int],
    "abstract sets": typing.AbstractSet[int],
    "callables": typing.Callable[[int], int],
    "classes": type[int],
    "type variables": T,
    "hashables": typing.Hashable,
    "database urls": pydantic.PostgresDsn,
}


@pytest.mark.parametrize("annotation", REFUSED.values(), ids=REFUSED)
def test_a_type_that_would_not_come_back_does_not_import(annotation: Any) -> None:
    """The refusal names the field."""
    with pytest.raises((InvalidEntity, UnsupportedAnnotation)) as refused:
        keyed("T#{id}", id=str, value=annotation)
    assert "value" in f"{refused.value.where} {refused.value.declared}"


@pytest.mark.parametrize(
    "default", ["A", 5, None, []], ids=["changed", "another type", "none", "a list"]
)
def test_a_default_that_its_validators_would_change_does_not_import(default: Any) -> None:
    """Pydantic does not validate defaults: each item would be refused or be another when read."""
    table = Table("odd")
    fields = {
        "id": str,
        "name": Annotated[str, StringConstraints(to_lower=True)],
        "key": table.primary.key("T#{id}", "T"),
    }
    with pytest.raises(InvalidEntity, check=lambda error: "name" in error.declared):
        make(table, fields, "Odd", defaults={"name": default})


def test_serializers_of_an_entity_do_not_import() -> None:
    """They would not be used: what is to be encrypted would be stored as it is."""
    with pytest.raises(InvalidEntity, check=lambda error: "pin" in error.declared):

        class Part(Entity, table=Table("odd")):
            """Has a serializer for a field."""

            pin: str
            key = Table("odd").primary.key("T#{pin}", "T")

            @field_serializer("pin")
            def hidden(self, pin: str) -> str:
                return "*"

    table = Table("odd")
    with pytest.raises(InvalidEntity, check=lambda error: "serializer" in error.declared):

        class All(Entity, table=table):
            """Has a serializer for the whole."""

            pin: str
            key = table.primary.key("T#{pin}", "T")

            @model_serializer
            def hidden(self) -> dict[str, str]:
                return {}


OPTIONS: dict[str, ConfigDict] = {
    "extra": ConfigDict(extra="ignore"),
    "text": ConfigDict(str_strip_whitespace=True, str_to_upper=True, str_max_length=9),
    "enum values": ConfigDict(use_enum_values=True),
    "dumps": ConfigDict(ser_json_bytes="base64", ser_json_timedelta="float"),
    "aliases": ConfigDict(alias_generator=to_camel),
    "defaults": ConfigDict(validate_default=True),
    "strict": ConfigDict(strict=True),
    "late": ConfigDict(defer_build=True),
    "numbers": ConfigDict(coerce_numbers_to_str=True, allow_inf_nan=False),
}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_an_option_of_the_model_keeps_what_was_constructed(
    open_moto: OpenBackend, options: ConfigDict
) -> None:
    """Whatever the model makes of values when it is constructed comes back."""
    table = Table("options")

    class Thing(Entity, table=table, **options):
        """A thing."""

        thing_id: str
        colour: Colour = Colour.RED
        first_name: str = "A"
        took: timedelta = timedelta(seconds=1)

        key = table.primary.key("THING#{thing_id}", "THING")

        @computed_field
        def twice(self) -> str:
            return self.first_name * 2

    repository = open_moto(table).repository
    made = Thing(thing_id=" a", first_name=" b ", colour=Colour.BLUE)
    assert repository.write(create(made)) == made
    assert repository.fetch(Thing.key.get(thing_id=made.thing_id)) == made
    renamed = repository.write(update(made, made.model_copy(update={"first_name": "C"})))
    assert repository.fetch(Thing.key.get(thing_id=made.thing_id)) == renamed


def test_a_mistake_in_a_declaration_is_one_kind_of_error() -> None:
    """Whatever a class of the user's raises while its values are listed."""

    class Odd(Enum):
        A = "a"

        def __hash__(self) -> int:
            raise RuntimeError("no hash")

    with pytest.raises(DeclarationError):
        keyed("T#{id}", id=str, value=Odd)


def test_an_enum_may_keep_its_value(open_backend: OpenBackend) -> None:
    """`use_enum_values`: the field is the value, and keys have its text."""
    table = Table("signals")
    index = table.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")

    class Colour(Enum):
        RED = "red"
        GREEN = "green"

    class Signal(Entity, table=table):
        """A signal of a colour."""

        model_config = ConfigDict(use_enum_values=True)
        signal_id: str
        colour: Colour
        key = table.primary.key("SIGNAL#{signal_id}", "SIGNAL")
        by_colour = index.key("COLOUR#{colour}", "{signal_id}")

    db = open_backend(table)
    written = db.repository.write(create(Signal(signal_id="1", colour=Colour.RED)))
    assert written.colour == "red"
    for asked in (Colour.RED, "red"):
        assert list(db.repository.fetch(Signal.by_colour.query(colour=asked))) == [written]
    moved = Signal.key.patch(signal_id="1").set(colour=Colour.GREEN)
    assert db.repository.write(moved).colour == "green"
    assert not db.repository.fetch(Signal.by_colour.query(colour="red")).items
