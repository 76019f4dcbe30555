"""Where answers are read from, and where writes write: what makes a page out of date.

Known from the operations alone, before anything is sent. Knows no Redis and no pattern.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeGuard

from singletable.design.kinds import is_get, is_update, query_of, writes_of
from singletable.operations import Check, Context, Create, Delete, Put, Query, Write
from singletable.operations.reads.query_request import QueryRequests
from singletable.operations.writes.partial_update import Change
from singletable.schema import CompiledKey, Schema

ANYWHERE: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Tag:
    """A place in an index: a partition, or an item where `place` is a whole key.

    Without a place it is the whole index, as far as the entity's items stand in it.
    """

    entity: str
    index: str
    place: tuple[Any, ...]


def tags_of_read(operation: object, context: Context) -> tuple[Tag, ...]:
    """Where a get or a query reads; nothing for other operations."""
    if is_get(operation):
        key = operation.schema.primary
        return (_place(operation.schema, key, key.render(operation.identity)),)
    query = query_of(operation)
    return tuple(_of_query(query, context)) if query is not None else ()


def tags_of_write(operation: object, context: Context) -> frozenset[Tag]:
    """Wherever items stand before and after; whole indexes where a write cannot know it."""
    return frozenset(tag for write in writes_of(operation) for tag in _of_write(write, context))


def _of_query(query: Query[Any], context: Context) -> Iterator[Tag]:
    schema, key = query.schema, query.key
    for partition in QueryRequests(query, context).partitions:
        yield Tag(schema.name, key.index.label, _values(partition))
    if key.index.kind != "primary":
        yield _whole(schema, key)


def _of_write(write: Write[Any], context: Context) -> Iterator[Tag]:
    if isinstance(write, Check):
        return
    schema = write.schema
    states = _states(write, context)
    for values in states or [_identity(write)]:
        yield from _of_item(schema, schema.primary, values)
    for key in schema.secondary:
        for values in states:
            if not key.is_absent(values):
                yield _partition(schema, key, key.render(values))
        if not _knows_former_keys(write):
            yield _whole(schema, key)


def _of_item(schema: Schema[Any], key: CompiledKey, values: Mapping[str, Any]) -> Iterator[Tag]:
    rendered = key.render(values)
    yield _place(schema, key, rendered)
    yield _partition(schema, key, rendered)


def _states(write: Write[Any], context: Context) -> Sequence[Mapping[str, Any]]:
    """The values of the item that are certain, before and after."""
    schema = write.schema
    if is_update(write):
        return [schema.values(write.before), schema.values(write.stored(context))]
    if _is_whole(write):
        return [schema.values(write.stored(context))]
    if isinstance(write, Delete) and write.entity is not None:
        return [schema.values(write.entity)]
    return []


def _identity(write: Write[Any]) -> Mapping[str, Any]:
    if isinstance(write, Delete) or _is_change(write):
        return write.identity
    raise TypeError(f"it is not known which item a {type(write).__name__} writes")


def _knows_former_keys(write: Write[Any]) -> bool:
    """Whether the item cannot have stood anywhere else: the write would have been refused."""
    if isinstance(write, Create):
        return True
    if isinstance(write, Delete):
        is_known = write.entity is not None and not write.ignores_version
        return is_known and write.schema.version is not None
    return is_update(write) and write.schema.version is not None


def _is_whole(write: object) -> TypeGuard[Create[Any] | Put[Any]]:
    return isinstance(write, (Create, Put))


def _is_change(write: object) -> TypeGuard[Change[Any]]:
    return isinstance(write, Change)


def _whole(schema: Schema[Any], key: CompiledKey) -> Tag:
    return Tag(schema.name, key.index.label, ANYWHERE)


def _partition(schema: Schema[Any], key: CompiledKey, rendered: Mapping[str, Any]) -> Tag:
    place = _values(rendered[key.partition.attribute.name])
    return Tag(schema.name, key.index.label, place)


def _place(schema: Schema[Any], key: CompiledKey, rendered: Mapping[str, Any]) -> Tag:
    tag = _partition(schema, key, rendered)
    if key.sort is None:
        return tag
    return replace(tag, place=(*tag.place, *_values(rendered[key.sort.attribute.name])))


def _values(attribute: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(attribute.values())
