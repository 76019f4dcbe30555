"""What a field with a format takes: values of its kind, and never a number for something else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from pydantic import AwareDatetime, BeforeValidator, TypeAdapter, ValidationError

from singletable import Table
from singletable.errors import InvalidItem
from singletable.formats import (
    Format,
    day,
    flag,
    instant,
    integer,
    one_of,
    slug,
    text,
    uuid_text,
)
from singletable.operations import Context
from tests.singletable.clinic.making import item_of, make


class Side(StrEnum):
    LEFT = "left"
    RIGHT = "right"


MOMENT = datetime(2020, 2, 1, tzinfo=UTC)
TAKEN: list[tuple[Any, Format, Any, Any]] = [
    (int, integer(0, 99), 1, 1),
    (str, text(), "x", "x"),
    (str, slug(), Side.LEFT, "left"),
    (bool, flag(), True, True),
    (Side, one_of(tuple(Side)), Side.LEFT, Side.LEFT),
    (Side, one_of(tuple(Side)), "left", Side.LEFT),
    (Literal["a", "b"], one_of(("a", "b")), "a", "a"),
    (AwareDatetime, instant(), MOMENT, MOMENT),
    (AwareDatetime, instant(), "2020-02-01T00:00:00Z", MOMENT),
    (date, day(), date(2020, 2, 1), date(2020, 2, 1)),
    (date, day(), "2020-02-01", date(2020, 2, 1)),
    (UUID, uuid_text(), UUID(int=7), UUID(int=7)),
    (UUID, uuid_text(), str(UUID(int=7)), UUID(int=7)),
]
REFUSED: list[tuple[Any, Format, Any]] = [
    *((int, integer(0, 99), value) for value in (True, "1", 1.0, Decimal(1), b"1")),
    *((str, text(), value) for value in (b"x", bytearray(b"x"))),
    (str, slug(), b"x"),
    *((bool, flag(), value) for value in (1, 0, 1.0, "true", "yes", b"1", Decimal(1))),
    *((Side, one_of(tuple(Side)), value) for value in (1, b"left", True)),
    *((AwareDatetime, instant(), value) for value in (1580515200, 1.5, True, Decimal(1), b"2020")),
    *((date, day(), value) for value in (1580515200, 0, 86400.0, True, b"2020-02-01")),
    *((UUID, uuid_text(), value) for value in (7, UUID(int=7).bytes)),
]


@pytest.mark.parametrize(("kind", "format_", "value", "taken"), TAKEN)
def test_a_value_of_the_formats_kind_is_taken(
    kind: Any, format_: Format, value: Any, taken: Any
) -> None:
    """Also the text of an enum's member, an instant or a UUID, as JSON bodies have them."""
    adapter: TypeAdapter[Any] = TypeAdapter(Annotated[kind, format_])
    assert adapter.validate_python(value) == taken


@pytest.mark.parametrize(("kind", "format_", "value"), REFUSED)
def test_no_other_kind_becomes_one_of_the_formats(kind: Any, format_: Format, value: Any) -> None:
    """Pydantic would make 1 of `True`, `"1"` and `1.0` before the format sees it."""
    adapter: TypeAdapter[Any] = TypeAdapter(Annotated[kind, format_])
    with pytest.raises(ValidationError):
        adapter.validate_python(value)
    optional: TypeAdapter[Any] = TypeAdapter(Annotated[kind, format_] | None)
    assert optional.validate_python(None) is None
    with pytest.raises(ValidationError):
        optional.validate_python(value)


@pytest.mark.parametrize(
    ("kind", "format_", "json", "taken"),
    [
        (int, integer(0, 99), "1", 1),
        (AwareDatetime, instant(), '"2020-02-01T00:00:00Z"', MOMENT),
        (AwareDatetime, instant(), "1580515200", MOMENT),
        (date, day(), '"2020-02-01"', date(2020, 2, 1)),
        (Side, one_of(tuple(Side)), '"left"', Side.LEFT),
        (bool, flag(), "true", True),
        (UUID, uuid_text(), f'"{UUID(int=7)}"', UUID(int=7)),
    ],
)
def test_json_is_read_as_json(kind: Any, format_: Format, json: str, taken: Any) -> None:
    """Moments and identifiers are texts there, and a moment may be a number."""
    adapter: TypeAdapter[Any] = TypeAdapter(Annotated[kind, format_])
    assert adapter.validate_json(json) == taken


@pytest.mark.parametrize("json", ['"1"', "true", "1.0", "null"])
def test_json_has_whole_numbers_too(json: str) -> None:
    """A text of digits is none."""
    adapter: TypeAdapter[int] = TypeAdapter(Annotated[int, integer(0, 99)])
    with pytest.raises(ValidationError):
        adapter.validate_json(json)


@pytest.fixture(scope="module")
def bed() -> Any:
    """An entity whose fields have formats by their types alone, but for the number."""
    table = Table("clinic")
    fields: dict[str, Any] = {
        "n": Annotated[int, integer(0, 99)],
        "name": str,
        "side": Side,
        "at": AwareDatetime,
        "on": date,
        "id": UUID,
        "open": bool,
        "key": table.primary.key("BED#{n}#{name}#{side}#{open}", "{at}#{on}#{id}"),
    }
    return make(table, fields, "Bed")


IDENTITY: dict[str, Any] = {
    "n": 1,
    "name": "x",
    "side": Side.LEFT,
    "open": True,
    "at": MOMENT,
    "on": date(2020, 2, 1),
    "id": UUID(int=7),
}
OTHERS: dict[str, list[Any]] = {
    "n": [True, "1", 1.0, Decimal(1)],
    "name": [b"x", 7],
    "side": [1, b"left"],
    "open": [1, "true", 1.0],
    "at": [1580515200, 1.5, True],
    "on": [1580515200, 0, True],
    "id": [7, UUID(int=7).bytes],
}
CASES = [(field, value) for field, values in OTHERS.items() for value in values]
VERBS: dict[str, Callable[[Any, dict[str, Any]], object]] = {
    "get": lambda bed, known: bed.key.get(**known),
    "query": lambda bed, known: bed.key.query(**known),
    "patch": lambda bed, known: bed.key.patch(**known),
    "delete": lambda bed, known: bed.key.delete(**known),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(("field", "value"), CASES)
def test_no_verb_makes_a_key_of_another_kind_of_value(
    bed: Any, verb: str, field: str, value: Any
) -> None:
    """Whether the format is declared, or follows from the type."""
    with pytest.raises(InvalidItem) as caught:
        VERBS[verb](bed, {**IDENTITY, field: value})
    assert caught.value.problems.startswith(f"{field}: ")


def test_verbs_take_the_texts_of_moments_members_and_identifiers(bed: Any) -> None:
    """They name the same item as the values do."""
    texts = {"side": "left", "at": "2020-02-01T01:00:00+01:00", "on": "2020-02-01"}
    texts["id"] = str(IDENTITY["id"])
    (request,) = bed.key.get(**IDENTITY).requests(Context())
    (same,) = bed.key.get(**IDENTITY | texts).requests(Context())
    assert request.parameters == same.parameters
    assert item_of(bed(**IDENTITY | texts)) == item_of(bed(**IDENTITY))


def test_a_validator_of_the_fields_own_comes_first() -> None:
    """Who says how another kind becomes one of the field's has it so."""
    table = Table("clinic")
    name = Annotated[str, BeforeValidator(lambda value: f"n{value}" if value == 7 else value)]
    thing = make(table, {"name": name, "key": table.primary.key("T#{name}", "T")})
    (request,) = thing.key.get(name=7).requests(Context())
    assert request.parameters["Key"]["PK"] == {"S": "T#n7"}  # type: ignore[index]
