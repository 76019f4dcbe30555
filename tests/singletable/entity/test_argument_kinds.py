"""Arguments of declarations that are of the wrong kind: one DeclarationError each, at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import pydantic
import pytest
from pydantic import Field

from singletable import KEYS_ONLY, VERSION, Entity, Table, include, number, shards, unique
from singletable.errors.declaration import (
    DeclarationError,
    InvalidEntity,
    InvalidTable,
    InvalidTemplate,
)
from tests.singletable.clinic.making import keyed

WRONG: tuple[Any, ...] = (5, b"a", ["a"], {"a"}, object(), "\ud800", 1.5)
TUPLES: tuple[Any, ...] = (("a", "b"), ("a",), ())


def declare(**options: Any) -> Any:
    table = Table("clinic")

    class Ward(Entity, **{"table": table, **options}):
        """A ward."""

        ward: str
        key = table.primary.key("WARD#{ward}", "WARD")

    return Ward


async def upgrade(item: Any) -> Any:
    return item


def upgrade_item(item: Any) -> Any:
    return item


def on_index(**options: Any) -> Any:
    return Table("clinic").global_index("GSI1", **{"partition_key": "P", **options})


ARGUMENTS: dict[str, tuple[Callable[[Any], Any], tuple[Any, ...]]] = {
    "Table(name)": (Table, (*WRONG, *TUPLES, None, "", "a", "a b", "a" * 256)),
    "Table(partition_key)": (
        lambda wrong: Table("clinic", partition_key=wrong),
        (*WRONG, *TUPLES, None, "", "a" * 256, "entity"),
    ),
    "Table(sort_key)": (
        lambda wrong: Table("clinic", sort_key=wrong),
        (*WRONG, *TUPLES, "", "PK", "entity"),
    ),
    "Table(delimiter)": (
        lambda wrong: Table("clinic", delimiter=wrong),
        (*WRONG, *TUPLES, None, "", "##", "{", "a", "1"),
    ),
    "Table(type_attribute)": (
        lambda wrong: Table("clinic", type_attribute=wrong),
        (*WRONG, *TUPLES, "", "PK"),
    ),
    "global_index(name)": (
        lambda wrong: Table("clinic").global_index(wrong, partition_key="P"),
        (*WRONG, *TUPLES, None, "", "ab"),
    ),
    "global_index(partition_key)": (
        lambda wrong: on_index(partition_key=wrong),
        (*WRONG, (), ("a", "a"), ("a", 5), None, "", number("entity")),
    ),
    "global_index(sort_key)": (
        lambda wrong: on_index(sort_key=wrong),
        (*WRONG, ("a", "a"), ("a", 5), ("P",), "", "P"),
    ),
    "global_index(projection)": (
        lambda wrong: on_index(projection=wrong),
        (*WRONG, *TUPLES, None, "ALL", include(), include("a", "a"), include("")),
    ),
    "local_index(sort_key)": (
        lambda wrong: Table("clinic").local_index("LSI1", sort_key=wrong),
        (*WRONG, *TUPLES, None, "", "PK"),
    ),
    "local_index(projection)": (
        lambda wrong: Table("clinic").local_index("LSI1", sort_key="S", projection=wrong),
        (*WRONG, *TUPLES, None, "KEYS_ONLY"),
    ),
    "key(partition_key)": (
        lambda wrong: Table("clinic").primary.key(wrong, "S"),
        (5, b"a", ["a"], (5,), ("a", "b"), None),
    ),
    "key(sort_key)": (
        lambda wrong: Table("clinic").primary.key("P", wrong),
        (5, b"a", ["a"], (5,), ("a", "b"), ()),
    ),
    "key(shards)": (
        lambda wrong: Table("clinic").primary.key("P{shard}", "S", shards=wrong),
        (*WRONG, *TUPLES),
    ),
    "shards(count)": (lambda wrong: shards(wrong, by="a"), (*WRONG[1:], None, True, 1, 201)),
    "shards(by)": (lambda wrong: shards(2, by=wrong), (5, b"a", None, ("a", 5))),
    "unique(field)": (unique, (5, b"a", None, ("a",), ["a"])),
    "unique(within)": (
        lambda wrong: unique("a", within=wrong),
        (5, b"a", None, ["a"], ("a", 5)),
    ),
    "number(name)": (number, (5, b"a", None, ("a",))),
    "include(names)": (
        lambda wrong: on_index(projection=include(wrong)),
        (5, b"a", None, ("a",), "\ud800"),
    ),
    "class(table)": (
        lambda wrong: declare(table=wrong),
        (*WRONG, *TUPLES, "clinic", Table("clinic").primary),
    ),
    "class(name)": (lambda wrong: declare(name=wrong), (*WRONG, *TUPLES, "")),
    "class(upgrade)": (
        lambda wrong: declare(upgrade=wrong, reaches=[]),
        (5, "a", ["a"], upgrade, None),
    ),
    "class(reaches)": (
        lambda wrong: declare(upgrade=upgrade_item, reaches=wrong),
        (None, 5, "a", b"a", [5], [""], {"a": "b"}),
    ),
    "class(renamed)": (
        lambda wrong: declare(renamed=wrong),
        (5, "a", ["a"], {"a": 5}, {5: "a"}, {"former": "nobody"}, {"PK": "a"}),
    ),
    "class(unknown)": (lambda wrong: declare(tabel=wrong), (5, "a", None)),
    "class(name) without a table": (lambda wrong: declare(table=None, name=wrong), ("a",)),
    "class(upgrade) without a table": (
        lambda wrong: declare(table=None, upgrade=wrong, reaches=[]),
        (id,),
    ),
}


@pytest.mark.parametrize("argument", ARGUMENTS)
def test_an_argument_of_a_wrong_kind_is_a_declaration_error(argument: str) -> None:
    """It says what is allowed; nothing else is raised, and nothing is declared."""
    declared, wrong = ARGUMENTS[argument]
    for value in wrong:
        with pytest.raises(DeclarationError) as refused:
            declared(value)
        assert refused.value.allowed


@pytest.mark.parametrize("argument", ["partition_key", "sort_key"])
def test_several_key_attributes_of_a_table_are_an_invalid_table(argument: str) -> None:
    """It has one of each kind."""
    several: Any = {argument: ("a", "b")}
    with pytest.raises(InvalidTable, check=lambda error: "('a', 'b')" in error.declared):
        Table("clinic", **several)
    with pytest.raises(InvalidTemplate):
        Table("clinic").primary.key("P", ("a", "b"))


@pytest.mark.parametrize(
    "annotation",
    [
        Annotated[int, pydantic.VERSION],
        Annotated[int, pydantic.VERSION, Field(ge=1)],
        Annotated[int, Field(ge=1), pydantic.VERSION],
        Annotated[Annotated[int, pydantic.VERSION], Field(ge=1)],
        Annotated[int | None, pydantic.VERSION],
        Annotated[int, pydantic.VERSION] | None,
        Annotated[int, "VERSION"],
        Annotated[int, ""],
    ],
)
def test_a_text_as_a_mark_does_not_import(annotation: Any) -> None:
    """pydantic.VERSION is text: with it, optimistic locking would be off without a word."""
    with pytest.raises(InvalidEntity, check=lambda error: "version" in error.declared):
        keyed("T#{id}", id=str, version=annotation)


def test_a_role_and_a_remark_are_no_text_alone() -> None:
    """Text beside other marks is a remark."""
    entity = keyed("T#{id}", id=str, version=Annotated[int, "counts the writes", VERSION])
    assert entity.key.schema.version.field == "version"


@pytest.mark.parametrize("name", ["self", "cls", "must_exist"])
def test_a_field_that_is_called_like_a_parameter_does_not_import(name: str) -> None:
    """Verbs could not take it by name; an alias keeps the stored name."""
    with pytest.raises(InvalidEntity, check=lambda error: name in error.declared):
        keyed("T#{id}", **{"id": str, name: int})
    entity = keyed("T#{id}", id=str, **{f"{name}_": Annotated[int, Field(alias=name)]})
    assert entity.key.schema.attribute(f"{name}_").stored == name


def test_the_projection_of_an_index_is_as_given() -> None:
    """KEYS_ONLY and names are no ALL."""
    table = Table("clinic")
    table.global_index("GSI1", partition_key="P", projection=KEYS_ONLY)
    table.local_index("LSI1", sort_key="S", projection=include("a", "b"))
    assert [index.projection.kind for index in table.indexes] == ["ALL", "KEYS_ONLY", "INCLUDE"]
