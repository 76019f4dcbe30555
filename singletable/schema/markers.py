"""Roles a field can have beside its value, given as `Annotated[datetime, TTL]`.

In capitals, so that no field of the same name hides them while annotations are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from types import UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

import pydantic
from pydantic import GetCoreSchemaHandler
from pydantic.fields import FieldInfo
from pydantic_core import CoreSchema, core_schema

from singletable.codec.names import unwrap_once
from singletable.records import record

Role = Literal["ttl", "version", "created", "updated", "in_key"]


@record
class Marker:
    """The marker of a role, which one field of an entity may have; of `in_key` any number."""

    role: Role

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        schema = handler(source)
        if self.role != "ttl":
            return schema
        return core_schema.no_info_after_validator_function(_whole_seconds, schema)


def _whole_seconds(moment: datetime | None) -> datetime | None:
    """Cuts a moment to seconds, as DynamoDB's TTL stores them."""
    if moment is None:
        return None
    if moment.utcoffset() is None:
        raise ValueError("has no time zone")
    return moment.replace(microsecond=0)


def check_marks(
    field: str, metadata: Iterable[object], refuse: Callable[[str, str], Exception]
) -> None:
    """Refuses text as a mark: Pydantic has a VERSION too, which is text and marks nothing."""
    marks = tuple(metadata)
    texts = [mark for mark in marks if isinstance(mark, str)]
    if texts and (len(texts) == len(marks) or pydantic.VERSION in texts):
        raise refuse(
            f"{field} is marked with the text {texts[0]!r}",
            "a role such as singletable.VERSION; pydantic.VERSION is another. A remark is given by"
            " Field(description=...)",
        )


TTL = Marker("ttl")
"""A datetime after which the item is expired: stored as epoch seconds, for DynamoDB to delete."""

VERSION = Marker("version")
"""A whole number that every write checks and increments: optimistic locking."""

CREATED = Marker("created")
"""A datetime that `upsert` writes once only."""

UPDATED = Marker("updated")
"""A datetime that every write sets to the moment of the request."""

IN_KEY = Marker("in_key")
"""A field that is stored in the text of a key alone, and read from it."""


def metadata_of(info: FieldInfo) -> tuple[object, ...]:
    """What `Annotated` says of a field itself, and not of its elements."""
    return (*metadata_in(info.annotation), *info.metadata)


def metadata_in(annotation: object) -> Iterator[object]:
    """What `Annotated` says of a type: also inside `X | None`, an alias, or a new type."""
    origin = None if isinstance(annotation, type) else get_origin(annotation)
    if origin is Annotated:
        inner, *extra = get_args(annotation)
        yield from metadata_in(inner)
        yield from extra
    elif origin in (Union, UnionType):
        for member in get_args(annotation):
            yield from metadata_in(member)
    elif (named := unwrap_once(annotation)) is not annotation:
        yield from metadata_in(named)
