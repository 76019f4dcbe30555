"""Holds the vectors of an entity to the vector indexes that they are in."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from singletable.annotations import show_type
from singletable.codec.models import stored_name
from singletable.codec.vectors import VectorMark
from singletable.errors.declaration import InvalidEntity
from singletable.schema.attribute import Attribute
from singletable.schema.checks import Attributes, Keys, Refuse
from singletable.schema.markers import metadata_of
from singletable.table import Index, TableDefinition, VectorSearch


def use_vectors(model: type[BaseModel], table: TableDefinition) -> None:
    """Builds the model anew where fields are the vectors of an index."""
    vectors = [index.vector for index in table.indexes if index.vector is not None]
    names = {vector.attribute for vector in vectors}
    if not names or not model.__pydantic_complete__:
        return
    fields = model.__pydantic_fields__
    changed = {
        name: _for_indexes(model, name, info, [v for v in vectors if v.attribute == stored])
        for name, info in fields.items()
        if (stored := stored_name(name, info)) in names
    }
    if changed:
        fields |= changed
        model.model_rebuild(force=True)


def _for_indexes(
    model: type[BaseModel], name: str, info: FieldInfo, vectors: Sequence[VectorSearch]
) -> FieldInfo:
    """The field with what its indexes ask of its mark; `InvalidEntity` for one without mark."""
    found = copy(info)
    found.metadata = [_mark_for(mark, vectors) for mark in info.metadata]
    found.annotation = _annotation_for(info.annotation, vectors)
    marks = [mark for mark in metadata_of(found) if isinstance(mark, VectorMark)]
    if not marks or any(mark.dimensions is None for mark in marks):
        raise InvalidEntity(
            where=f"{model.__module__}.{model.__qualname__}",
            declared=f"{name} is {show_type(info.annotation)}, and the vector of an index",
            allowed="Vector, or Vector | None, of singletable.vectors",
        )
    return found


def _mark_for(mark: object, vectors: Sequence[VectorSearch]) -> object:
    if not isinstance(mark, VectorMark):
        return mark
    is_direction = any(vector.distance == "cosine" for vector in vectors)
    return mark.for_index(vectors[0].dimensions, is_direction=is_direction)


def _annotation_for(annotation: Any, vectors: Sequence[VectorSearch]) -> Any:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return Annotated[arguments[0], *(_mark_for(mark, vectors) for mark in arguments[1:])]
    if origin in (Union, UnionType):
        return Union[tuple(_annotation_for(each, vectors) for each in arguments)]  # noqa: UP007
    return annotation


def check_vectors(
    table: TableDefinition, attributes: Attributes, keys: Keys, refuse: Refuse
) -> None:
    """Checks for the vector of each key on a vector index, and that filters have their types."""
    stored = {each.stored: each for each in attributes.values() if not each.in_key}
    for key in keys.values():
        vector = key.index.vector
        if vector is not None and vector.attribute not in stored:
            raise refuse(
                f"{key.label} is a key on {key.index.label}, and no field is stored as"
                f" {vector.attribute}",
                f"a field {vector.attribute}: Vector",
            )
    for index in table.indexes:
        _check_filters(index, stored, refuse)


def _check_filters(index: Index, stored: dict[str, Attribute], refuse: Refuse) -> None:
    for each in index.filters:
        field = stored.get(each.name)
        if field is not None and field.coder.tags != frozenset({each.type}):
            raise refuse(
                f"{field.field} is stored as {', '.join(sorted(field.coder.tags))} in {each.name},"
                f" a filter of {index.label}",
                f"{each.type}, or another stored name",
            )


def vector_field(attributes: Attributes, index: Index) -> str | None:
    """The field that is the vector of an index."""
    if index.vector is None:
        return None
    name = index.vector.attribute
    return next((each.field for each in attributes.values() if each.stored == name), None)
