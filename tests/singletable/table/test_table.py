"""What a table and its indexes may be, by DynamoDB's limits and the engine's conventions."""

from __future__ import annotations

from typing import Any

import pytest

from singletable import KEYS_ONLY, Table, create_table, include, number, shards
from singletable.errors import DeclarationError
from singletable.errors.declaration import InvalidTable
from singletable.table import KeyAttribute
from tests.singletable.raises import raises

NONE: Any = None
FIVE: Any = 5
HALF: Any = 2.5
BOOLEAN: Any = "BOOL"


def full(kind: str, count: int) -> Table:
    """A table with this many indexes."""
    table = Table("clinic")
    for at in range(count):
        if kind == "global":
            table.global_index(f"G{at:02}", partition_key=f"G{at:02}PK")
        else:
            table.local_index(f"L{at:02}", sort_key=f"L{at:02}SK")
    return table


def added(name: str = "GSI1", **options: Any) -> Any:
    return Table("clinic").global_index(name, **{"partition_key": "GSI1PK", **options})


MISTAKES: dict[str, tuple[Any, ...]] = {
    # name: declaration, a part of what was declared and, if it matters, of what is allowed
    "a name too short": (lambda: Table("ab"), "table name 'ab'", "3 to 255"),
    "a name too long": (lambda: Table("a" * 256), "table name 'aaa", "3 to 255"),
    "no name": (lambda: Table(NONE), "table name None", "3 to 255"),
    "a number as name": (lambda: Table(FIVE), "table name 5"),
    "a name with a space": (lambda: Table("a clinic"), "table name 'a clinic'"),
    "no delimiter at all": (lambda: Table("clinic", delimiter=NONE), "the delimiter is None"),
    "an empty type attribute": (
        lambda: Table("clinic", type_attribute=""),
        "the type attribute is ''",
        "a name of 1 to 255 bytes",
    ),
    "a number as partition key": (
        lambda: Table("clinic", partition_key=FIVE),
        "the key attribute 5",
        "its name, or number(name)",
    ),
    "no partition key": (
        lambda: Table("clinic", partition_key=NONE),
        "primary has no partition key",
    ),
    "an attribute of another type": (
        lambda: KeyAttribute("beds", BOOLEAN),
        "'beds' of type 'BOOL'",
        "a name, and the type S, N or B",
    ),
    "an index without partition key": (
        lambda: added(partition_key=None),
        "GSI1 has no partition key",
    ),
    "a local index of nothing": (
        lambda: Table("clinic").local_index("L01", sort_key=NONE),
        "L01 has no sort key",
    ),
    "a projection as text": (
        lambda: added(projection="ALL"),
        "GSI1 projects 'ALL'",
        "ALL, KEYS_ONLY or include(names)",
    ),
    "a number included": (lambda: added(projection=include(FIVE)), "GSI1 projects"),
    "no delimiter": (lambda: Table("clinic", delimiter=""), "the delimiter is ''"),
    "a long delimiter": (lambda: Table("clinic", delimiter="##"), "the delimiter is '##'"),
    "a letter as delimiter": (lambda: Table("clinic", delimiter="x"), "'x'", "one sign"),
    "a brace as delimiter": (lambda: Table("clinic", delimiter="{"), "'{'", "one sign"),
    "one attribute for both keys": (
        lambda: Table("clinic", partition_key="PK", sort_key="PK"),
        "primary has PK twice",
    ),
    "a nameless key attribute": (lambda: Table("clinic", partition_key=""), "key attribute ''"),
    "the type attribute as key": (
        lambda: Table("clinic", partition_key="entity"),
        "key attribute 'entity'",
    ),
    "a 21st global index": (lambda: full("global", 21), "G20 is global index 21", "20"),
    "a sixth local index": (lambda: full("local", 6), "L05 is local index 6", "5"),
    "a local index without sort key": (
        lambda: Table("clinic", sort_key=None).local_index("L01", sort_key="at"),
        "L01 is a local index",
        "tables that have a sort key",
    ),
    "an index declared twice": (
        lambda: full("global", 1).global_index("G00", partition_key="x"),
        "index G00 is declared twice",
    ),
    "an index named like the primary one": (lambda: added("primary"), "primary is declared twice"),
    "a bad index name": (lambda: added("by ward"), "index name 'by ward'"),
    "an index of one attribute": (lambda: added(sort_key="GSI1PK"), "GSI1 has GSI1PK twice"),
    "two types of one attribute": (
        lambda: added(partition_key=number("PK")),
        "GSI1 declares PK as N",
        "S, as declared before",
    ),
    "21 included names": (
        lambda: added(projection=include(*map(str, range(21)))),
        "includes 21 names",
        "1 to 20",
    ),
    "nothing included": (lambda: added(projection=include()), "includes 0 names"),
    "a name included twice": (lambda: added(projection=include("a", "a")), "a name twice"),
    "half a shard": (lambda: shards(HALF, by="x"), "2.5 shards", "2 to 200"),
    "no shards": (lambda: shards(NONE, by="x"), "None shards"),
    "the table of nothing": (lambda: create_table(NONE, "clinic"), "None", "a Table"),
    "a real name with a space": (
        lambda: create_table(Table("clinic"), "a b!"),
        "table name 'a b!'",
        "3 to 255",
    ),
    "one shard": (lambda: shards(1, by="x"), "1 shards", "2 to 200"),
    "too many shards": (lambda: shards(201, by="x"), "201 shards", "2 to 200"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_table_beyond_the_limits_is_refused(mistake: str) -> None:
    """The message says where, what was declared and what is allowed."""
    declare, declared, *allowed = MISTAKES[mistake]
    with raises(InvalidTable, declared=declared, allowed="".join(allowed)) as caught:
        declare()
    assert caught.value.where
    assert isinstance(caught.value, DeclarationError)


def test_the_limits_themselves_are_allowed() -> None:
    """20 global indexes, 5 local ones, 20 included names, names of 3 characters."""
    assert len(full("global", 20).indexes) == 21
    assert len(full("local", 5).indexes) == 6
    assert len(added(projection=include(*map(str, range(20)))).index.projection.names) == 20
    assert Table("abc").name == "abc"


def test_a_refused_index_is_not_part_of_the_table() -> None:
    """The declaration stays as it was."""
    table = full("global", 20)
    with pytest.raises(InvalidTable):
        table.global_index("late", partition_key="x")
    assert "late" not in {index.label for index in table.indexes}


def test_a_local_index_shares_the_partition_key_of_its_table() -> None:
    """And a table knows every key attribute once."""
    table = Table("clinic", partition_key="name", sort_key=number("visit"))
    local = table.local_index("by-doctor", sort_key="doctor", projection=KEYS_ONLY)
    assert local.index.attribute_names == ("name", "doctor")
    types = {name: attribute.type for name, attribute in table.key_attributes.items()}
    assert types == {"name": "S", "visit": "N", "doctor": "S"}
