"""Where in their indexes reads look, and where writes put items: for caches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from pydantic import BaseModel

from singletable.codec import AttributeValue
from singletable.operations.protocol import Context, Operation
from singletable.operations.reads.batch_get import is_batch_get
from singletable.operations.reads.get import is_get
from singletable.operations.reads.query import query_of
from singletable.operations.reads.scan import scan_of
from singletable.operations.reads.search import is_search
from singletable.operations.reads.snapshot import is_snapshot
from singletable.operations.writes.delete import Check, is_delete
from singletable.operations.writes.partial_update import PartialUpdate
from singletable.operations.writes.put import Create, Put
from singletable.operations.writes.update import Update
from singletable.operations.writes.write import Write, check_is_write
from singletable.records import record
from singletable.schema import CompiledKey
from singletable.schema.origin import origin_of
from singletable.schema.schema import AnySchema

AnyOperation: TypeAlias = Operation[object]
AnyWrite: TypeAlias = Write[Any]
KeyValues: TypeAlias = tuple[str | bytes, ...]
"""Contents of key attributes, in the order of the index: the partition key's first."""


@record
class IndexPlace:
    """Where items of an entity stand in an index: one item, a partition, or anywhere in it.

    `values` are those of the whole key, of the partition key alone, or none.
    """

    entity: str
    index: str
    values: KeyValues


def places_read(operation: AnyOperation) -> tuple[IndexPlace, ...]:
    """The places that a read looks at: the item of a get, each partition of a query or a search,
    an index."""
    if is_get(operation):
        return (_place_of(operation.key, operation.identity),)
    if is_batch_get(operation):
        return tuple(_place_of(operation.key, each) for each in operation.identities)
    if is_snapshot(operation):
        return tuple(_place_of(get.key, get.identity) for get in operation.gets)
    return tuple(_places_in_index(operation))


def _places_in_index(operation: AnyOperation) -> Iterator[IndexPlace]:
    """The places of a search, a scan, a query."""
    scanned, asked = scan_of(operation), query_of(operation)
    if is_search(operation):
        key = operation.key
        values = _contents(key.render_partition(operation.asked))
        yield IndexPlace(key.entity, key.index.label, values)
    elif scanned is not None:
        for key in scanned.key_query.members:
            yield IndexPlace(key.entity, key.index.label, ())
    elif asked is not None:
        for key in asked.key_query.members:
            for each in asked.key_query.partitions:
                yield IndexPlace(key.entity, key.index.label, _contents(each))


def _place_of(key: CompiledKey, identity: Mapping[str, object]) -> IndexPlace:
    return IndexPlace(key.entity, key.index.label, _contents(key.render(identity).values()))


def places_written(write: AnyWrite, context: Context) -> frozenset[IndexPlace]:
    """The places of the item before and after the write, by item and by partition.

    The whole index where a write cannot know in which partition the item stood; nothing for a
    mere check.
    """
    check_is_write("places_written", write)
    if isinstance(write, Check):
        return frozenset()
    schema, found = write.schema, set[IndexPlace]()
    states = _states(write, context)
    for values in states or [identity(write)]:
        found |= _item_places(schema.primary, values)
    for key in schema.secondary:
        for values in states:
            if not key.is_absent(values):
                partition = _contents(key.render_partition(values))
                found.add(IndexPlace(schema.name, key.index.label, partition))
        former = _stored_partition(write, key)
        if former is not None:
            found.add(IndexPlace(schema.name, key.index.label, former))
        if not _knows_former_keys(write):
            found.add(IndexPlace(schema.name, key.index.label, ()))
    return frozenset(found)


def identity(write: AnyWrite) -> Mapping[str, object]:
    """The values of the primary key's fields of the item that is written."""
    check_is_write("identity", write)
    if is_delete(write) or isinstance(write, (Check, PartialUpdate)):
        known: Any = write
        fields: Mapping[str, object] = known.identity
        return fields
    entity = _entity_of(write)
    return {name: getattr(entity, name) for name in write.schema.primary.fields}


def _states(write: AnyWrite, context: Context) -> list[Mapping[str, object]]:
    """The values of the item that are certain, before and after."""
    schema: AnySchema = write.schema
    if isinstance(write, Update):
        made = write
        return [schema.values(made.before), schema.values(made.build_entity(context))]
    if isinstance(write, (Create, Put)):
        whole = write
        return [schema.values(whole.build_entity(context))]
    if is_delete(write) and write.entity is not None:
        return [schema.values(write.entity)]
    return []


def _stored_partition(write: AnyWrite, key: CompiledKey) -> KeyValues | None:
    """The partition key that is stored of an entity that was read: that of its older form, too."""
    before = write.before if isinstance(write, Update) else None
    before = write.entity if is_delete(write) else before
    origin = None if before is None else origin_of(before)
    if origin is None:
        return None
    values = [origin.stored.get(part.attribute.name) for part in key.partition]
    return None if None in values else _contents(value for value in values if value is not None)


def _entity_of(write: AnyWrite) -> BaseModel:
    made: Any = write
    entity: BaseModel = made.after if isinstance(write, Update) else made.entity
    return entity


def _knows_former_keys(write: AnyWrite) -> bool:
    """Whether the item cannot have stood anywhere else: the write would have been refused."""
    if isinstance(write, Create):
        return True
    is_versioned = write.schema.version is not None
    if is_delete(write):
        return write.entity is not None and not write.ignores_version and is_versioned
    return isinstance(write, Update) and is_versioned


def _item_places(key: CompiledKey, values: Mapping[str, object]) -> set[IndexPlace]:
    whole = _contents(key.render(values).values())
    partition = whole[: len(key.partition)]
    return {IndexPlace(key.entity, key.index.label, each) for each in (whole, partition)}


def _contents(values: Iterable[AttributeValue]) -> KeyValues:
    return tuple(content for value in values for content in value.values())
