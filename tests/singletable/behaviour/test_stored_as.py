"""`stored_as`: a type that storage does not know is stored as what a function makes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, NewType

import pytest
from pydantic import BaseModel, Field, SecretStr

from singletable import (
    IN_KEY,
    TTL,
    VERSION,
    Entity,
    Patch,
    Query,
    Table,
    access_pattern,
    attr,
    create,
    put,
    unique,
    update,
)
from singletable.errors.declaration import (
    ContradictoryPattern,
    InvalidEntity,
    UnsupportedAnnotation,
    UnusableKeyField,
)
from singletable.errors.request import (
    InvalidItem,
    InvalidOperation,
    InvalidStoredItem,
    UniqueTaken,
    UnstorableValue,
)
from singletable.formats import slug, stored_as
from singletable.inspect import Context, changed_fields
from tests.backends import Backend
from tests.conftest import OpenBackend

paints = Table("paints")


class Colour:
    """A class that neither Pydantic nor storage knows."""

    def __init__(self, red: int, green: int, blue: int) -> None:
        self.parts = (red, green, blue)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Colour) and self.parts == other.parts

    def __hash__(self) -> int:
        return hash(self.parts)


def to_text(colour: Colour) -> str:
    return bytes(colour.parts).hex()


def from_text(text: str) -> Colour:
    return Colour(*bytes.fromhex(text))


@dataclass
class Size:
    width: int
    height: int = 1


class Mixed(BaseModel):
    real: int = 0
    imaginary: int = 0


Hue = Annotated[Colour, stored_as(to_text, from_text)]
Tint = NewType("Tint", Colour)
RED, BLUE, DARK = Colour(255, 0, 0), Colour(0, 0, 255), Colour(0, 0, 16)


def to_mixed(value: complex) -> Mixed:
    return Mixed(real=int(value.real), imaginary=int(value.imag))


def from_mixed(value: Mixed) -> complex:
    return complex(value.real, value.imaginary)


def to_bytes(colour: Colour) -> bytes:
    return bytes(colour.parts)


def from_bytes(parts: bytes) -> Colour:
    return Colour(*parts)


def to_size(text: str) -> Size:
    return Size(*map(int, text.split("x")))


Secret = Annotated[SecretStr, stored_as(SecretStr.get_secret_value, SecretStr, str)]
Cents = Annotated[int, stored_as(lambda each: each * 100, lambda each: each // 100, int)]
Sized = Annotated[Size, stored_as(lambda each: f"{each.width}x{each.height}", to_size, str)]
Turned = stored_as(lambda each: each[::-1], lambda each: each[::-1], str)


class Paint(Entity, table=paints):
    """A paint, whose parts are stored as functions make them."""

    name: str
    hue: Hue = RED
    maybe: Hue | None = None
    inside: Annotated[Colour | None, stored_as(to_text, from_text)] = None
    hues: list[Hue] = []  # noqa: RUF012
    used: set[Hue] = set()  # noqa: RUF012
    by_hue: dict[Hue, int] = {}  # noqa: RUF012
    secret: Secret = SecretStr("")
    cents: Cents = 1
    raw: Annotated[Colour, stored_as(to_bytes, from_bytes)] = RED
    size: Sized = Field(default_factory=lambda: Size(2))
    mixed: Annotated[complex, stored_as(to_mixed, from_mixed)] = 1j

    key = paints.primary.key("PAINT", "{name}")


PAINT = Paint(
    name="p",
    hue=BLUE,
    maybe=RED,
    inside=DARK,
    hues=[RED, BLUE],
    used={RED},
    by_hue={RED: 1},
    secret=SecretStr("s"),
    cents=3,
    size=Size(3, 4),
    mixed=2 + 3j,
)


def patch() -> Patch[Paint]:
    return Paint.key.patch(name="p")


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    """With one paint."""
    backend = open_backend(paints)
    backend.repository.write(create(PAINT))
    return backend


def stored(db: Backend) -> dict[str, Any]:
    item = db.raw(PK="PAINT", SK="p")
    assert item is not None
    return item


def test_what_encode_gives_is_stored_and_decode_reads_it(db: Backend) -> None:
    """Text, numbers, bytes, models; in lists, sets, keys of dicts, and beside None."""
    item = stored(db)
    assert item["hue"] == {"S": "0000ff"}
    assert item["hues"] == {"L": [{"S": "ff0000"}, {"S": "0000ff"}]}
    assert item["used"] == {"SS": ["ff0000"]}
    assert item["by_hue"] == {"M": {"ff0000": {"N": "1"}}}
    assert item["secret"] == {"S": "s"}
    assert item["cents"] == {"N": "300"}
    assert bytes(item["raw"]["B"]) == b"\xff\x00\x00"
    assert item["size"] == {"S": "3x4"}
    assert item["mixed"] == {"M": {"real": {"N": "2"}, "imaginary": {"N": "3"}}}
    assert db.repository.fetch(Paint.key.get(name="p")) == PAINT


def test_none_is_no_attribute_and_a_default_stands_in(db: Backend) -> None:
    """Neither function is called with None."""
    bare = db.repository.write(create(Paint(name="bare")))
    item = db.raw(PK="PAINT", SK="bare")
    assert item is not None
    assert item.keys().isdisjoint({"maybe", "inside"})
    del item["hue"]
    db.put(**item)
    assert db.repository.fetch(Paint.key.get(name="bare")) == bare


def test_every_write_encodes(db: Backend) -> None:
    """What did not change is not written."""
    read = db.repository.fetch(Paint.key.get(name="p"))
    assert read is not None
    changes = update(read, read.model_copy(update={"hue": DARK, "maybe": None}))
    assert changed_fields(changes) == ("hue", "maybe")
    changed = db.repository.write(changes)
    assert (changed.hue, changed.maybe) == (DARK, None)
    several = patch().set(hue=RED, maybe=attr("hue")).set_at(attr("hues")[0], DARK)
    changed = db.repository.write(several.add(used={BLUE}))
    assert (changed.hue, changed.maybe, changed.hues) == (RED, DARK, [DARK, BLUE])
    assert changed.used == {RED, BLUE}
    assert db.repository.write(patch().remove(used={RED})).used == {BLUE}
    assert db.repository.write(put(PAINT)) == PAINT


FOUND: list[Any] = [
    attr("hue").equals(BLUE),
    attr("hue").is_in(BLUE, RED),
    attr("hue").differs_from(RED),
    attr("maybe").equals(attr("hues")[0]),
    attr("hues").contains(RED),
    attr("used").contains(RED),
    attr("maybe").exists(),
    attr("cents").equals(3),
    attr("mixed").equals(2 + 3j),
]


@pytest.mark.parametrize("at", range(len(FOUND)))
def test_conditions_ask_whether_the_encoded_form_is_equal(db: Backend, at: int) -> None:
    """Defaults count as ever."""
    query = Paint.key.query()
    assert db.repository.fetch(query.where(FOUND[at])).items == (PAINT,)
    assert db.repository.fetch(query.where(~FOUND[at])).items == ()


REFUSED: dict[str, Callable[[], Any]] = {
    "order": lambda: patch().when(attr("cents").less_than(3)),
    "between": lambda: patch().when(attr("cents").between(1, 2)),
    "a beginning": lambda: patch().when(attr("hue").begins_with("ff")),
    "a part": lambda: patch().when(attr("hue").contains("ff")),
    "a size": lambda: patch().when(attr("hue").size().equals(6)),
    "a step": lambda: patch().when(attr("mixed")["real"].equals(1)),
    "another form": lambda: patch().when(attr("hue").equals(attr("name"))),
    "a sum": lambda: patch().add(cents=1),
    "a change inside": lambda: patch().set_at(attr("mixed")["real"], 1),
    "what another form is": lambda: patch().set(hue=attr("raw")),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_goes_by_order_or_parts_is_refused(name: str) -> None:
    """They would be those of the encoded form."""
    with pytest.raises(InvalidOperation):
        REFUSED[name]().requests(Context())


@access_pattern
def of_hue(hue: Colour) -> Query[Paint]:
    """Paints of a hue."""
    return Paint.key.query().where(attr("hue").equals(hue))


def test_a_pattern_takes_such_an_argument(db: Backend) -> None:
    """Filters by order do not import."""
    assert db.repository.fetch(of_hue(BLUE)).items == (PAINT,)

    def cheap(cents: int) -> Query[Paint]:
        """Paints that cost less."""
        return Paint.key.query().where(attr("cents").less_than(cents))

    with pytest.raises(ContradictoryPattern):
        access_pattern(cheap)


def test_what_does_not_decode_is_an_invalid_stored_item(db: Backend) -> None:
    """It names the field, and what the function raised."""
    db.put(**{**stored(db), "hue": {"S": "no colour"}})
    with pytest.raises(InvalidStoredItem) as caught:
        db.repository.fetch(Paint.key.get(name="p"))
    assert "hue: " in caught.value.problems
    assert "ValueError" in caught.value.problems


class Lossy(Entity, table=paints):
    """Functions that are no way there and back."""

    name: str
    lower: Annotated[str, stored_as(str.lower, str, str)] = ""
    broken: Annotated[int, stored_as(lambda each: 1 // each, lambda each: each, int)] = 1
    unread: Annotated[int, stored_as(str, lambda each: int(each, 2))] = 1
    other: Annotated[int, stored_as(lambda each: [each], lambda each: each[0], str)] | None = None

    key = paints.primary.key("LOSSY", "{name}")


UNSTORABLE = {
    "lower": ("A", "is decoded as another value"),
    "broken": (0, "is not encoded: ZeroDivisionError"),
    "unread": (2, "is not decoded again: ValueError"),
    "other": (1, "is no str"),
}


@pytest.mark.parametrize("field", UNSTORABLE)
def test_a_value_that_would_not_come_back_is_not_written(field: str) -> None:
    """Whoever writes it: the round trip is made before anything is sent."""
    value, reason = UNSTORABLE[field]
    for write in (
        lambda: create(Lossy(name="x", **{field: value})),
        lambda: Lossy.key.patch(name="x").set(**{field: value}),
    ):
        with pytest.raises((UnstorableValue, InvalidItem)) as caught:
            write().requests(Context())
        if isinstance(caught.value, UnstorableValue):
            assert reason in caught.value.reason


class Badge(Entity, table=paints):
    """Key text has a format of its own, the attribute its functions."""

    name: Annotated[str, slug(), Turned]
    login: Annotated[str, slug(), Turned]

    key = paints.primary.key("BADGE#{name}", "BADGE")
    unique_login = unique("login")


def test_keys_and_unique_values_go_by_the_format(db: Backend) -> None:
    """And what is read fits its key."""
    badge = db.repository.write(create(Badge(name="abc", login="kim")))
    item = db.raw(PK="BADGE#abc", SK="BADGE")
    assert item is not None
    assert (item["name"], item["login"]) == ({"S": "cba"}, {"S": "mik"})
    assert db.repository.fetch(Badge.key.get(name="abc")) == badge
    with pytest.raises(UniqueTaken):
        db.repository.write(create(Badge(name="def", login="kim")))
    changed = update(badge, badge.model_copy(update={"login": "lee"}))
    assert db.repository.write(changed).login == "lee"
    assert db.repository.write(create(Badge(name="def", login="kim"))).login == "kim"


def to_colour(red: int) -> Colour:
    return Colour(red, 0, 0)


DECLARED: dict[str, tuple[dict[str, Any], type[Exception]]] = {
    "a key without a format": (
        {"name": Annotated[str, stored_as(str.lower, str, str)]},
        UnusableKeyField,
    ),
    "in the key alone": (
        {"name": Annotated[str, IN_KEY, slug(), stored_as(str.lower, str, str)]},
        InvalidEntity,
    ),
    "a version": ({"name": str, "n": Annotated[int, VERSION, stored_as(str, int)]}, InvalidEntity),
    "a TTL": ({"name": str, "n": Annotated[Any, TTL, stored_as(str, int)]}, InvalidEntity),
    "no type": (
        {"name": str, "n": Annotated[Colour, stored_as(lambda each: each, lambda each: each)]},
        UnsupportedAnnotation,
    ),
    "what may be None": (
        {"name": str, "n": Annotated[int, stored_as(lambda each: each, int, int | None)]},  # type: ignore[arg-type]
        UnsupportedAnnotation,
    ),
    "what is not stored either": (
        {
            "name": str,
            "n": Annotated[int, stored_as(to_colour, hash)],
        },
        UnsupportedAnnotation,
    ),
    "two classes": (
        {"name": str, "n": Annotated[int | str, stored_as(str, str)]},
        UnsupportedAnnotation,
    ),
}


@pytest.mark.parametrize("name", DECLARED)
def test_what_contradicts_itself_does_not_import(name: str) -> None:
    fields, error = DECLARED[name]
    tables = Table("tests")
    body = {
        "__doc__": "A test.",
        "__module__": __name__,
        "__annotations__": fields,
        "key": tables.primary.key("TEST#{name}", "TEST"),
    }
    with pytest.raises(error):
        type(Entity)("Test", (Entity,), body, table=tables)
