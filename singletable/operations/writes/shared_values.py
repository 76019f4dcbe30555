"""Values that two states of an entity share, so that a change in place is in both of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Set
from typing import cast

from pydantic import BaseModel

from singletable.codec.wire import class_of, is_mapping
from singletable.schema.origin import origin_of
from singletable.schema.revalidation import find_unchecked
from singletable.schema.schema import AnySchema


def find_unseen(schema: AnySchema, before: BaseModel, after: BaseModel) -> list[str]:
    """The fields of equal states in which a change in place is seen by nothing: they share it.

    Of an entity that was read, what is stored tells. Of what was built by hand a copy that was
    given values says itself what was to change.
    """
    if _given(after) - _given(before):
        return []
    origin = origin_of(before)
    is_read = origin is not None and not origin.changed & set(schema.primary.fields)
    fields = origin.changed if origin is not None and is_read else schema.attributes
    return [
        name
        for name in schema.attributes
        if name in fields and _objects(getattr(before, name)) & _objects(getattr(after, name))
    ]


def _given(entity: BaseModel) -> Set[str]:
    unchecked = find_unchecked(entity)
    return frozenset[str]() if unchecked is None else unchecked.fields


def _objects(value: object) -> Set[int]:
    """The identities of the mutable objects in a value, itself included."""
    return {id(each) for each in _walk(value) if not _is_frozen(each)}


def _walk(value: object) -> Iterator[object]:
    parts = _parts(value)
    if parts is None:
        return
    yield value
    for part in parts:
        yield from _walk(part)


def _parts(value: object) -> Iterable[object] | None:
    """What is inside a value that has others inside; sets have only what is immutable."""
    if is_mapping(value):
        return value.values()
    if isinstance(value, list | tuple | deque | set):
        return cast(Iterable[object], value)
    if isinstance(value, BaseModel):
        return vars(value).values()
    fields: Iterable[str] | None = getattr(class_of(value), "__dataclass_fields__", None)
    return None if fields is None else [getattr(value, name) for name in fields]


def _is_frozen(value: object) -> bool:
    if isinstance(value, BaseModel):
        return bool(value.model_config.get("frozen"))
    parameters = getattr(type(value), "__dataclass_params__", None)
    return isinstance(value, tuple) if parameters is None else bool(parameters.frozen)
