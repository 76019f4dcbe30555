"""Reads the events of a stream: those of DynamoDB Streams and of Kinesis Data Streams, as Lambda
gives them, and the records of `GetRecords`.

Items of no entity, such as unique items, are left out; those that cannot be read are reported.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any, Literal, TypeAlias, cast

from pydantic import BaseModel

from singletable.codec.wire import is_list, is_mapping
from singletable.errors.base import abridge
from singletable.errors.request import InvalidOperation, InvalidStoredItem, RequestError
from singletable.records import record
from singletable.schema.registry import registry_of
from singletable.schema.schema import AnySchema, Item
from singletable.streams.changes import Change, Changes
from singletable.streams.records import Record, read_record
from singletable.table import SHARD, TableDefinition

Event: TypeAlias = Mapping[str, Any] | Sequence[Mapping[str, Any]]
Tables: TypeAlias = TableDefinition | Mapping[TableDefinition, str]
BatchAnswer: TypeAlias = dict[Literal["batchItemFailures"], list[dict[str, str]]]

_log = logging.getLogger("singletable")


def read_stream(event: Event, tables: Tables) -> Changes:
    """Reads the records of an event: all as one table's, or each as that of its real name.

    Raises nothing for a record, whatever it holds.
    """
    read = list(_read(event, tables))
    known = [change for change in read if change is not None]
    return Changes(
        tuple(change for change in known if not change.problems),
        tuple(change for change in known if change.problems),
        len(read) - len(known),
    )


def handle_stream(event: Event, tables: Tables, work: Callable[[Change], object]) -> BatchAnswer:
    """Has `work` done for each change in order; returns Lambda's partial batch answer.

    It ends at the first change that cannot be read, or for which `work` raises an exception: that
    is logged, and Lambda brings this record again with all that follow it.
    """
    for change in _read(event, tables):
        if change is None:
            continue
        try:
            if change.problems:
                raise change.problems[0]
            work(change)
        except Exception:  # noqa: BLE001 - whatever it is, the record comes again
            _log.exception("%s %s in the stream failed", change.entity.__name__, change.key)
            return {"batchItemFailures": [{"itemIdentifier": change.sequence_number}]}
    return {"batchItemFailures": []}


def _read(event: object, tables: object) -> Iterator[Change | None]:
    """The change of each record; None for one of no entity."""
    found = _table_finder(tables)
    for raw in _records_of(event):
        record = read_record(raw)
        table = None if record is None else found(record)
        yield None if record is None or table is None else _change(record, table)


def _records_of(event: object) -> Sequence[object]:
    records = event.get("Records", ()) if is_mapping(event) else event
    if is_list(records):
        return records
    if isinstance(records, tuple):
        return cast("tuple[object, ...]", records)
    raise InvalidOperation(
        where="read_stream",
        declared=f"{abridge(event)} is given",
        allowed='an event with "Records", or a list of records',
    )


def _table_finder(tables: object) -> Callable[[Record], TableDefinition | None]:
    if isinstance(tables, TableDefinition):
        only = tables
        return lambda _: only
    if not is_mapping(tables) or not all(isinstance(each, TableDefinition) for each in tables):
        raise InvalidOperation(
            where="read_stream",
            declared=f"the tables {abridge(tables)}",
            allowed='a Table, or a mapping: {blog: "blog-prod"}',
        )
    by_name = {str(name).rpartition(":table/")[2]: table for table, name in tables.items()}
    return lambda record: by_name.get(record.table)


@record(frozen=False)
class _Images:
    """What was read of a record so far."""

    schema: AnySchema | None = None
    problems: list[InvalidStoredItem] = field(default_factory=list[InvalidStoredItem])

    def load(self, item: Item | None, keys: Item, table: TableDefinition) -> BaseModel | None:
        """The entity of an image; None for no image, and for one of no entity."""
        if item is None:
            return None
        try:
            schema = _schema_of(item, keys, table)
            if schema is None:
                return None
            self.schema = schema
            loaded: BaseModel = schema.decode(item)
        except InvalidStoredItem as error:
            self.problems.append(error)
            return None
        return loaded


def _change(record: Record, table: TableDefinition) -> Change | None:
    images = _Images()
    old = images.load(record.old, record.keys, table)
    new = images.load(record.new, record.keys, table)
    schema = images.schema
    if schema is None and (images.problems or (record.old is None and record.new is None)):
        schema = _schema_by_key(record.keys, table)
    if schema is None:
        return None
    return Change(
        kind=record.kind,
        entity=schema.model,
        identity=_identity(schema, record.keys, new or old),
        key=schema.key_text(record.keys),
        old=old,
        new=new,
        at=record.at,
        event_id=record.event_id,
        sequence_number=record.sequence_number,
        problems=tuple(images.problems),
    )


def _schema_of(item: Item, keys: Item, table: TableDefinition) -> AnySchema | None:
    """The entity that an image is of, by its type attribute, or else by its key.

    `InvalidStoredItem` where the upgrade that may tell fails.
    """
    kind = item.get(table.type_attribute or "")
    name = kind.get("S") if is_mapping(kind) else None
    named = registry_of(table).entities.get(name) if isinstance(name, str) else None
    if named is not None and table.type_attribute is not None:
        return named
    schema = _schema_by_key(keys, table)
    if schema is None or kind is None or table.type_attribute is None:
        return schema
    return schema if schema.is_typed(schema.upgrade_item(item)) else None


def _schema_by_key(keys: Item, table: TableDefinition) -> AnySchema | None:
    """The one entity whose primary key this may be; the templates of two have none in common."""
    known = registry_of(table).entities.values()
    return next((schema for schema in known if schema.primary.matches(keys)), None)


def _identity(schema: AnySchema, keys: Item, entity: BaseModel | None) -> Mapping[str, object]:
    """The fields of the primary key, of an entity or as far as the key's text tells them; none of a
    foreign text."""
    if isinstance(entity, schema.model):
        return {name: getattr(entity, name) for name in schema.primary.fields}
    try:
        parts = schema.primary.parts
        found = [(part.told_fields, part.parse(keys[part.attribute.name])) for part in parts]
        values = {name: each[name] for told, each in found for name in told if name != SHARD}
        return {name: schema.attribute(name).validate(value) for name, value in values.items()}
    except (KeyError, TypeError, ValueError, RequestError):
        return {}
