"""Random designs as data, and the Python code that declares them. Builds no class."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.singletable.properties.generated.kinds import Kind

HEADER = """
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from singletable import (
    CREATED, IN_KEY, KEYS_ONLY, TTL, UPDATED, VERSION,
    Entity, Table, View, attr, include, number, shards, unique,
)
from singletable.formats import (
    epoch, escaped_text, instant, integer, printed, shaped, slug, text,
)
"""
NAMES = ("Dog", "DogTag", "Do", "Cat")
"""Some begin alike, as their literals in keys do."""


@dataclass(frozen=True)
class IndexPlan:
    """An index; the names of number attributes are in `numbers`. `projected`: None for all."""

    name: str
    kind: str
    partition: tuple[str, ...]
    sort: tuple[str, ...]
    numbers: frozenset[str] = frozenset()
    projected: tuple[str, ...] | None = None

    @property
    def attributes(self) -> tuple[str, ...]:
        return (*self.partition, *self.sort)


def _plan(name: str, partition: str, sort: str, **more: Any) -> IndexPlan:
    """Attributes that are numbers are written `N:name`."""
    sides = [side.replace("N:", "").split() for side in (partition, sort)]
    numbers = frozenset(re.findall(r"N:(\w+)", f"{partition} {sort}"))
    return IndexPlan(name, more.pop("kind", "global"), *map(tuple, sides), numbers, **more)


PRIMARIES = [
    _plan("primary", "PK", "SK", kind="primary"),
    _plan("primary", "PK", "", kind="primary"),
    _plan("primary", "team", "item", kind="primary"),
    _plan("primary", "PK", "N:SKN", kind="primary"),
]
LOCALS = [
    _plan("LSI1", "", "LSK1", kind="local"),
    _plan("LSI2", "", "N:LSK2", kind="local"),
    _plan("LSI3", "", "N:score", kind="local"),
]
GLOBALS = [
    _plan("GSI1", "GSI1PK", "GSI1SK"),
    _plan("GSI2", "GSI2PK", ""),
    _plan("GSI3", "GSI3PK", "N:GSI3SK"),
    _plan("GSI4", "GSI4PK1 GSI4PK2", "GSI4SK1 N:GSI4SK2 GSI4SK3"),
    _plan("GSI5", "team", "N:score"),
    _plan("GSI6", "team GSI6PK", "item GSI6SK"),
    _plan("GSI7", "GSI7PK", "GSI7SK", projected=()),
    _plan("GSI8", "GSI8PK", "GSI8SK", projected=("f1", "f2")),
    _plan("GSI9", "entity", "GSI9SK"),
    _plan("GSI10", "GSI10PK", "GSI1SK"),
    _plan("GSI11", "GSI11PK", "LSK1"),
]


@dataclass(frozen=True)
class FieldPlan:
    """A field; `stored` is the name of its attribute, if another. With a `default`, the code of
    one, that is the first value of its kind."""

    name: str
    kind: Kind
    is_optional: bool = False
    default: str | None = None
    is_in_key: bool = False
    stored: str = ""

    @property
    def annotation(self) -> str:
        own = (
            f"Annotated[{self.kind.annotation}, IN_KEY]" if self.is_in_key else self.kind.annotation
        )
        return f"{own} | None" if self.is_optional else own

    @property
    def code(self) -> str:
        default = "None" if self.is_optional else self.default
        if self.stored:
            given = (
                f"default={default}, " if default else ""
            ) + f"serialization_alias={self.stored!r}"
            return f"{self.name}: {self.annotation} = Field({given})"
        return f"{self.name}: {self.annotation}" + (f" = {default}" if default else "")


@dataclass(frozen=True)
class When:
    """The condition of a key: a field that is one of some values, or is there (`()`)."""

    field: str
    values: tuple[Any, ...]

    @property
    def code(self) -> str:
        values = ", ".join(map(repr, self.values))
        return f"attr({self.field!r})." + (f"is_in({values})" if values else "exists()")

    def holds(self, values: dict[str, Any]) -> bool:
        found = values[self.field]
        return found in self.values if self.values else found is not None


@dataclass(frozen=True)
class KeyPlan:
    """A key of an entity: a template for each attribute of the index.

    Shards go by a field, or by those of the primary key.
    """

    name: str
    index: IndexPlan
    partition: tuple[str, ...]
    sort: tuple[str, ...]
    shards: int = 0
    by: str | None = None
    when: When | None = None

    @property
    def code(self) -> str:
        sides = [self.partition, *([self.sort] if self.index.sort else [])]
        shown = ", ".join(repr(side[0] if len(side) == 1 else side) for side in sides)
        by = f", by={self.by!r}" if self.by else ""
        more = f", shards=shards({self.shards}{by})" if self.shards else ""
        more += f", when={self.when.code}" if self.when else ""
        return f"{self.name} = {self.index.name.lower()}.key({shown}{more})"

    @property
    def partition_fields(self) -> list[str]:
        return fields_of(self.partition)

    @property
    def sort_fields(self) -> list[str]:
        return fields_of(self.sort)


def fields_of(templates: tuple[str, ...]) -> list[str]:
    """The fields that templates name, in their order, without the shard."""
    found = re.findall(r"{(\w+)}", " ".join(templates))
    return [name for name in dict.fromkeys(found) if name != "shard"]


@dataclass(frozen=True)
class EntityPlan:
    """An entity; the first key is the primary one. `uniques`: a field, and within which other."""

    name: str
    fields: dict[str, FieldPlan]
    keys: tuple[KeyPlan, ...]
    uniques: tuple[tuple[str, str | None], ...] = ()
    seen: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        lines = [
            each.code for each in sorted(self.fields.values(), key=lambda each: "=" in each.code)
        ]
        lines += [key.code for key in self.keys]
        for name, within in self.uniques:
            more = f", within={within!r}" if within else ""
            lines.append(f"unique_{name} = unique({name!r}{more})")
        body = "\n".join(f"    {line}" for line in lines)
        return f'class {self.name}(Entity, table=table):\n    """Generated."""\n\n{body}\n'

    @property
    def view_code(self) -> str:
        lines = [f"    {name}: {self.fields[name].annotation}" for name in self.seen]
        opening = f'class {self.name}View(View[{self.name}]):\n    """Generated."""\n\n'
        return opening + "\n".join(lines) + "\n"

    @property
    def identity(self) -> list[str]:
        key = self.keys[0]
        return list(dict.fromkeys([*key.partition_fields, *key.sort_fields]))

    @property
    def deciding(self) -> set[str]:
        """The fields outside the primary key that index keys are made of, or go by."""
        names = set[str]()
        for key in self.keys[1:]:
            names |= {*key.partition_fields, *key.sort_fields}
            names |= {key.when.field} if key.when else set()
            names |= {key.by} if key.by else set()
        return names - set(self.identity)


@dataclass(frozen=True)
class Design:
    """A table with its indexes, and entities."""

    primary: IndexPlan
    indexes: tuple[IndexPlan, ...]
    options: dict[str, Any]
    entities: list[EntityPlan] = field(default_factory=list)

    @property
    def delimiter(self) -> str:
        return self.options.get("delimiter", "#")

    @property
    def table_code(self) -> str:
        return HEADER + "\n".join(self._declarations()) + "\n"

    @property
    def code(self) -> str:
        return "\n\n".join(
            [self.table_code, *(each.code + each.view_code for each in self.entities)]
        )

    def _declarations(self) -> Iterator[str]:
        options = [f"{name}={value!r}" for name, value in self.options.items()]
        for side in ("partition", "sort"):
            names = self._attributes(self.primary, side)
            options.append(f"{side}_key={names[0] if names else None}")
        yield f"table = Table('generated', {', '.join(options)})"
        yield "primary = table.primary"
        for index in self.indexes:
            options = list(self._index(index))
            yield f"{index.name.lower()} = table.{index.kind}_index({', '.join(options)})"

    def _index(self, index: IndexPlan) -> Iterator[str]:
        yield repr(index.name)
        for side in ("partition", "sort"):
            names = self._attributes(index, side)
            if names:
                yield f"{side}_key=" + (names[0] if len(names) == 1 else f"({', '.join(names)})")
        if index.projected is not None:
            names = ", ".join(map(repr, index.projected))
            yield "projection=" + (f"include({names})" if names else "KEYS_ONLY")

    @staticmethod
    def _attributes(index: IndexPlan, side: str) -> list[str]:
        names: tuple[str, ...] = getattr(index, side)
        return [f"number({name!r})" if name in index.numbers else repr(name) for name in names]
