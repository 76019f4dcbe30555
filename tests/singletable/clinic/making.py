"""Makes tables and entities for one test each. Knows no design of its own."""

from __future__ import annotations

import types
from typing import Any

from singletable import Entity, Table
from singletable.entity import schema_of
from singletable.operations import Context
from singletable.table import UniqueDeclaration

CONTEXT = Context()


def make(table: Table, fields: dict[str, Any], name: str = "Thing", /, **options: Any) -> Any:
    """An entity class of `table`; `fields` are annotations, or keys and other class attributes.

    `bases` and `doc` are the class statement's, other options its keyword arguments.
    """
    bases, doc = options.pop("bases", (Entity,)), options.pop("doc", "A thing.")
    body = {label: value for label, value in fields.items() if _is_no_annotation(value)}
    annotated = {label: value for label, value in fields.items() if label not in body}
    defaults = options.pop("defaults", {})

    def fill(namespace: dict[str, Any]) -> None:
        namespace |= {"__annotations__": annotated, "__module__": __name__, "__doc__": doc}
        namespace |= body | defaults

    return types.new_class(name, bases, {"table": table, **options}, fill)


def _is_no_annotation(value: object) -> bool:
    return isinstance(value, UniqueDeclaration) or hasattr(type(value), "__get__")


def keyed(partition: str, sort: str = "THING", /, table: Table | None = None, **fields: Any) -> Any:
    """An entity of a fresh table with this primary key."""
    table = table or Table("clinic")
    return make(table, {**fields, "key": table.primary.key(partition, sort)})


def key_of(entity: Any) -> tuple[str, str]:
    """The primary key of the stored item, as text."""
    item = schema_of(type(entity)).encode(entity)
    return item["PK"]["S"], item["SK"]["S"]


def item_of(entity: Any) -> dict[str, Any]:
    """The whole stored item."""
    return dict(schema_of(type(entity)).encode(entity))


def sent(operation: Any) -> dict[str, Any]:
    """The parameters of the one request that an operation opens with."""
    (request,) = operation.requests(CONTEXT)
    return dict(request.parameters)
