"""Mistakes in an entity's declaration: each is refused while its module loads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from enum import Enum, Flag, IntEnum
from typing import Annotated, Any, Generic, TypeVar

import pytest
from pydantic import Field

from singletable import CREATED, TTL, UPDATED, VERSION, Entity, Table, number, shards, unique
from singletable.entity.declarations import IndexDeclaration
from singletable.errors import declaration as errors
from singletable.formats import integer, slug, text
from singletable.patterns import declarations_of
from singletable.table import KeyAttribute
from tests.singletable.clinic.making import make
from tests.singletable.raises import raises

T = TypeVar("T")
Rights = Flag("Rights", ["READ", "WRITE"])
Level = IntEnum("Level", ["LOW", "HIGH"])
Sign = Enum("Sign", {"A": "a#b", "B": "b"})


def ward(**fields: Any) -> Any:
    """An entity with these fields beside a sound key, on a table with every kind of index."""
    table = new_table()
    options = fields.pop("options", {})
    own = fields.pop("key", table.primary.key("WARD#{ward}", "WARD"))
    indexes = {index.label: IndexDeclaration(table, index) for index in table.indexes[1:]}
    made = {
        label: value(indexes) if isinstance(value, On) else value for label, value in fields.items()
    }
    named = {"ward": Annotated[str, slug()], "key": own, **made}
    return make(table, {k: v for k, v in named.items() if v is not None}, "Ward", **options)


class On:
    """A key on one of the table's indexes."""

    def __init__(self, index: str, *templates: str, **options: Any) -> None:
        self.index, self.templates, self.options = index, templates, options

    def __call__(self, indexes: Any) -> Any:
        return indexes[self.index].key(*self.templates, **self.options)


def new_table() -> Table:
    table = Table("clinic")
    table.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
    table.global_index("GSI2", partition_key="GSI1PK", sort_key="GSI2SK")
    table.global_index("ByFloor", partition_key="floor", sort_key=number("beds"))
    table.global_index("Inverted", partition_key="SK", sort_key="GSI3SK")
    table.global_index("ByHash", partition_key="hash")
    table.local_index("LSI1", sort_key="LSI1SK")
    table.global_index("ByTime", partition_key="GSI4PK", sort_key="at")
    table.global_index("ByBytes", partition_key=KeyAttribute("raw", "B"))
    return table


def with_fields(table: Table, *templates: str, **fields: Any) -> Any:
    return make(table, {**fields, "key": table.primary.key(*templates)}, "Other")


def generic_in_table() -> Any:
    class Box(Entity, Generic[T], table=Table("clinic")):
        """A box."""

        content: T


def owned() -> Any:
    table = Table("clinic")
    table.global_index("ByOwner", partition_key="owner")
    return with_fields(table, "T#{code}", "T", code=str, unique_code=unique("code"))


def late_index() -> Any:
    table = Table("clinic")
    with_fields(table, "T#{code}", "T", code=str)
    return table.global_index("LATE", partition_key="code")


def key_as_default() -> Any:
    class Bad(Entity, table=Table("clinic")):
        """A thing."""

        key: str = Table("clinic").primary.key("T#{x}", "T")  # type: ignore[assignment]


MISTAKES: dict[str, tuple[Any, ...]] = {
    "a format whose bounds are swapped": (
        errors.InvalidFormat,
        lambda: integer(9, 0),
        "from 9 to 0",
        "two whole numbers, the lower one first",
    ),
    "a format without a length": (
        errors.InvalidFormat,
        lambda: text(max_bytes=0),
        "a length of 0",
        "a whole number from 1",
    ),
    # name: class, declaration, a part of what was declared and, if it matters, of what is allowed
    # templates
    "an empty template": (
        errors.InvalidTemplate,
        lambda: ward(g=On("GSI1", "", "{ward}")),
        "empty",
    ),
    "a forgeable enum": (
        errors.InvalidTemplate,
        lambda: ward(s=Sign, g=On("GSI1", "{s}", "x")),
        "values of s may contain '#'",
    ),
    "an unknown field": (
        errors.UnknownTemplateField,
        lambda: ward(g=On("GSI1", "{wrad}", "x")),
        "names 'wrad'",
        "ward",
    ),
    "a shard without shards": (
        errors.UnknownTemplateField,
        lambda: ward(g=On("GSI1", "{shard}", "x")),
        "names 'shard'",
    ),
    "a shard in the sort key": (
        errors.UnknownTemplateField,
        lambda: ward(g=On("GSI1", "W#{shard}", "{shard}", shards=shards(2, by="ward"))),
        "names 'shard'",
    ),
    "a key attribute called as unique items call their owner": (
        errors.InvalidEntity,
        owned,
        "stores its owner in 'owner', a key attribute",
    ),
    "an index after an entity": (
        errors.InvalidTable,
        late_index,
        "index LATE is declared after Other",
    ),
    # fields in keys
    "a float in a key": (
        errors.UnusableKeyField,
        lambda: ward(x=float, g=On("GSI1", "{x}", "x")),
        "x is float, which needs a format",
    ),
    "a list in a key": (
        errors.UnusableKeyField,
        lambda: ward(x=list[str], g=On("GSI1", "{x}", "x")),
        "has no key text",
    ),
    "an IntEnum in a key": (
        errors.UnusableKeyField,
        lambda: ward(x=Level, g=On("GSI1", "{x}", "x")),
        "has no text",
    ),
    "a natural name for a template": (
        errors.UnusableKeyField,
        lambda: ward(floor=str, beds=int, g=On("ByFloor", "F#{floor}", "{beds}")),
        "floor is both the field floor and 'F#{floor}'",
    ),
    "a natural key of another type": (
        errors.UnusableKeyField,
        lambda: ward(floor=str, beds=str, g=On("ByFloor", "{floor}", "{beds}")),
        "beds is stored as S",
        "N, the type of beds",
    ),
    "a number made of text": (
        errors.UnusableKeyField,
        lambda: ward(floor=str, n=str, g=On("ByFloor", "{floor}", "{n}")),
        "n is stored as S",
        "N, the type of beds",
    ),
    "a number made of two fields": (
        errors.UnusableKeyField,
        lambda: ward(floor=str, n=int, m=int, g=On("ByFloor", "{floor}", "{n}{m}")),
        "beds is N, and '{n}{m}' its template",
        "one field, such as '{score}', that is stored as that type",
    ),
    "a natural time, which has no key text": (
        errors.UnusableKeyField,
        lambda: ward(at=time, g=On("ByTime", "W", "{at}")),
        "at is time, which needs a format",
    ),
    # entities
    "no docstring": (errors.InvalidEntity, lambda: ward(options={"doc": " "}), "no docstring"),
    "no primary key": (errors.InvalidEntity, lambda: ward(key=None), "it has no primary key"),
    "two keys on one index": (
        errors.InvalidEntity,
        lambda: ward(a=On("GSI1", "A", "{ward}"), b=On("GSI1", "B", "{ward}")),
        "it has 2 keys on GSI1",
        "one",
    ),
    "a key of another table": (
        errors.InvalidEntity,
        lambda: ward(key=Table("other").primary.key("WARD#{ward}", "W")),
        "Ward.key is a key of Table('other')",
        "indexes of Table('clinic')",
    ),
    "no sort key where there is one": (
        errors.InvalidTemplate,
        lambda: ward(g=On("GSI1", "W")),
        "no template for the sort key",
        "one for each attribute: GSI1SK",
    ),
    "a sort key where there is none": (
        errors.InvalidTemplate,
        lambda: ward(hash=str, g=On("ByHash", "{hash}", "x")),
        "1 template for the sort key",
    ),
    "a field named like the type attribute": (
        errors.InvalidEntity,
        lambda: ward(entity=str),
        "entity is stored as 'entity', like the table's type attribute",
    ),
    "two fields of one stored name": (
        errors.InvalidEntity,
        lambda: ward(a=str, b=Annotated[str, Field(alias="a")]),
        "b is stored as 'a', like a",
    ),
    "aliases crossed": (
        errors.InvalidEntity,
        lambda: ward(a=Annotated[str, Field(alias="b")], b=Annotated[str, Field(alias="a")]),
        "a has the alias 'b', the name of another field",
    ),
    "a field and a key of one name": (
        errors.InvalidEntity,
        key_as_default,
        "a class that is no entity of a table",
        "without annotation",
    ),
    "extra fields": (
        errors.InvalidEntity,
        lambda: ward(options={"extra": "allow"}),
        "extra fields, which would not be stored",
    ),
    "one attribute from two templates": (
        errors.InvalidEntity,
        lambda: ward(a=On("GSI1", "A", "{ward}"), b=On("GSI2", "B", "{ward}")),
        "Ward.b and Ward.a both make GSI1PK",
    ),
    "a primary attribute of another text": (
        errors.InvalidEntity,
        lambda: ward(a=On("Inverted", "OTHER", "{ward}")),
        "Ward.a makes SK of 'OTHER'",
        "'WARD', the primary key's",
    ),
    "in an index by accident": (
        errors.InvalidEntity,
        lambda: ward(floor=str, beds=int),
        "its items are in index ByFloor, by floor and beds, without a key there",
    ),
    "in a local index by accident": (
        errors.InvalidEntity,
        lambda: ward(x=Annotated[str, Field(alias="LSI1SK")]),
        "its items are in index LSI1, by PK and LSI1SK",
    ),
    "a field that a key attribute's type refuses": (
        errors.InvalidEntity,
        lambda: ward(beds=str),
        "beds is stored as S in beds, a key attribute of ByFloor",
    ),
    # roles
    "a version of text": (
        errors.InvalidEntity,
        lambda: ward(v=Annotated[str, VERSION]),
        "version v",
    ),
    "a version of fractions": (
        errors.InvalidEntity,
        lambda: ward(v=Annotated[float, VERSION]),
        "the version v is float",
        "an int that is never None",
    ),
    "an optional version": (
        errors.InvalidEntity,
        lambda: ward(v=Annotated[int | None, VERSION]),
        "the version v is int | None",
    ),
    "a version that is true": (
        errors.InvalidEntity,
        lambda: ward(v=Annotated[bool, VERSION]),
        "v is",
    ),
    "a ttl of seconds": (
        errors.InvalidEntity,
        lambda: ward(until=Annotated[int, TTL]),
        "the ttl until is int",
        "a datetime",
    ),
    "a ttl of days": (
        errors.InvalidEntity,
        lambda: ward(d=Annotated[date, TTL]),
        "the ttl d is date",
    ),
    "a stamp of text": (
        errors.InvalidEntity,
        lambda: ward(u=Annotated[str, UPDATED]),
        "the updated u is str",
    ),
    "a creation without time": (
        errors.InvalidEntity,
        lambda: ward(c=Annotated[date, CREATED]),
        "the created c is date",
    ),
    "two ttls": (
        errors.InvalidEntity,
        lambda: ward(a=Annotated[datetime, TTL], b=Annotated[datetime, TTL]),
        "a and b are both ttl",
        "one of them",
    ),
    # shards
    "sharded without {shard}": (
        errors.InvalidEntity,
        lambda: ward(g=On("GSI1", "W", "{ward}", shards=shards(2, by="ward"))),
        "'W' has no {shard}",
    ),
    "sharded by an unknown field": (
        errors.InvalidEntity,
        lambda: ward(g=On("GSI1", "W#{shard}", "{ward}", shards=shards(2, by="wrad"))),
        "Ward.g is sharded by 'wrad'",
    ),
    "a field named shard": (
        errors.InvalidEntity,
        lambda: ward(shard=str, g=On("GSI1", "W#{shard}", "{ward}", shards=shards(2, by="ward"))),
        "shard is a field",
    ),
    # annotations
    "a callable": (
        errors.UnsupportedAnnotation,
        lambda: ward(x=Callable[[], int]),
        "Callable[[], int]: is not supported",
    ),
    "a flag": (errors.UnsupportedAnnotation, lambda: ward(x=Rights), "Rights: is a Flag"),
    "a complex number": (errors.UnsupportedAnnotation, lambda: ward(x=complex), "complex"),
    "an open type variable": (errors.UnsupportedAnnotation, generic_in_table, "~T"),
    # unique fields
    "a unique field without text": (
        errors.UnusableKeyField,
        lambda: ward(x=float, u=unique("x")),
        "x is float, which needs a format",
    ),
    "a unique field that is none": (
        errors.UnknownTemplateField,
        lambda: ward(u=unique("wrad")),
        "names 'wrad'",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_contradiction_is_refused_where_it_stands(mistake: str) -> None:
    """The message says where, what was declared and what is allowed."""
    kind, declare, declared, *allowed = MISTAKES[mistake]
    with raises(kind, declared=declared, allowed="".join(allowed)) as caught:
        declare()
    assert caught.value.where
    assert caught.value.allowed


def _collisions() -> dict[str, Callable[[Table], Any]]:
    name = Annotated[str, slug()]
    return {
        "the same template": lambda t: with_fields(t, "WARD#{ward}", "WARD", ward=name),
        "another field": lambda t: with_fields(t, "WARD#{name}", "WARD", name=name),
        "a wider field": lambda t: with_fields(t, "{a}#{b}", "{c}", a=str, b=str, c=str),
        "a unique item's key": lambda t: with_fields(
            t, "UNIQUE#Ward#{a}#{b}", "UNIQUE", a=str, b=str
        ),
    }


@pytest.mark.parametrize("case", list(_collisions()))
def test_two_entities_that_can_share_a_key_are_refused(case: str) -> None:
    """And the table is left as it was."""
    table = Table("clinic")
    fields = {"ward": Annotated[str, slug()], "mail": str, "one": unique("mail")}
    first = make(table, {**fields, "key": table.primary.key("WARD#{ward}", "WARD")}, "Ward")
    before = dict(declarations_of(table).entities)
    with raises(errors.KeyCollision, declared="can be the same key"):
        _collisions()[case](table)
    assert declarations_of(table).entities == before
    assert list(declarations_of(table).entities) == ["Ward"]
    assert first(ward="x", mail="y")


def test_a_refused_entity_leaves_its_table_unchanged() -> None:
    """Its name is free for the corrected declaration."""
    table = Table("clinic")
    for fields in ({"x": complex}, {"key": table.primary.key("{wrad}", "W")}):
        with pytest.raises(errors.DeclarationError):
            make(table, {"ward": str, **fields}, "Ward")
        assert declarations_of(table).entities == {}
        assert declarations_of(table).patterns == {}
    make(table, {"ward": str, "key": table.primary.key("W#{ward}", "W")}, "Ward")
    assert list(declarations_of(table).entities) == ["Ward"]
    with raises(errors.InvalidEntity, declared="already has an entity named Ward"):
        make(table, {"x": str, "key": table.primary.key("X#{x}", "X")}, "Ward")


def test_every_declaration_error_is_provoked() -> None:
    """By two mistakes or more; those of patterns and whole designs are beside their tests."""
    kinds = [kind for kind, *_ in MISTAKES.values()]
    elsewhere = {
        errors.InvalidAcceptance,
        errors.InvalidTable,
        errors.KeyCollision,
        errors.InvalidView,
        errors.InvalidPattern,
        errors.ContradictoryPattern,
    }
    here = {
        kind
        for kind in errors.DeclarationError.__subclasses__()
        if kind.__module__ == errors.DeclarationError.__module__
    }
    for kind in here - elsewhere:
        assert kinds.count(kind) >= 2, kind
