"""An entity's vectors in a vector index, as patterns search them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar

from pydantic import BaseModel
from typing_extensions import ParamSpec

from singletable.codec.vectors import Vector, VectorMark
from singletable.entity.key import check_names
from singletable.errors.request import InvalidOperation
from singletable.operations.reads.reader import EntityReader
from singletable.operations.reads.search import Search
from singletable.schema import CompiledKey, Schema
from singletable.schema.vectors import vector_field

E = TypeVar("E", bound=BaseModel)
F = ParamSpec("F", default=...)


class VectorKey(Generic[E, F]):
    """An entity's vectors in a vector index, `Post.near`: searched by a vector. `F` as of `Key`."""

    def __init__(self, schema: Schema[E], compiled: CompiledKey) -> None:
        self.schema = schema
        self.compiled = compiled
        self._vector = vector_field(schema.attributes, compiled.index) or ""

    def search(self, vector: Vector, /, *unnamed: F.args, **equals: F.kwargs) -> Search[E]:
        """Searches for the vectors that are nearest to this one.

        By the fields of the partition key, which are all given; and by those of the index's filters
        that are, each of which leaves out what has another value.
        """
        check_names(self, "search", unnamed)
        self._check_given(equals)
        known = {
            name: self.schema.attribute(name).validate(value)
            for name, value in {**equals, self._vector: self._shortened(vector)}.items()
        }
        absent = [name for name, value in known.items() if value is None]
        if absent:
            raise self._invalid(f"{absent[0]}=None, by which no item is found", "a value")
        return Search(self.compiled, EntityReader(self.schema), known)

    def _shortened(self, vector: object) -> object:
        """The vector as its field would have it, which the field's validation need not change."""
        mark = self.schema.attribute(self._vector).coder.transform
        return mark.try_to_accept(vector) if isinstance(mark, VectorMark) else vector

    def _check_given(self, equals: Mapping[str, object]) -> None:
        index, needed = self.compiled.index, self.compiled.partition_fields
        missing = [name for name in needed if name not in equals]
        if missing:
            raise self._invalid(
                f"search without {', '.join(missing)}, in the partition key of {index.label}",
                f"all of {', '.join(needed)}",
            )
        filters = {each.name for each in index.filters}
        usable = [name for name, each in self.schema.attributes.items() if each.stored in filters]
        others = [name for name in equals if name not in needed and name not in usable]
        if others:
            names = ", ".join((*needed, *usable)) or "none"
            raise self._invalid(f"search by {', '.join(others)}", f"the vector, and {names}")

    def _invalid(self, declared: str, allowed: str) -> InvalidOperation:
        return InvalidOperation(where=self.compiled.label, declared=declared, allowed=allowed)

    def __repr__(self) -> str:
        return self.compiled.label
