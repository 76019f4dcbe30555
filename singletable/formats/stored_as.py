"""`stored_as`: functions of the user's that say what a value is stored as."""

from __future__ import annotations

from collections.abc import Callable
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.errors import PydanticInvalidForJsonSchema, PydanticSchemaGenerationError
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from singletable.records import record

V = TypeVar("V")
S = TypeVar("S")


@record(sealed=True)
class StoredAs:
    """The mark of a type whose values are stored as what `encode` gives, and read by `decode`.

    `kind`: the type of what is stored; None where `encode` does not say it.
    """

    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]
    kind: Any

    def keep(self, value: object) -> object:
        """The value itself; Pydantic's schema names this, so that the mark is found in it."""
        return value

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        try:
            schema = handler(source)
        except PydanticSchemaGenerationError:
            schema = _instances_of(source)
        return core_schema.no_info_after_validator_function(self.keep, schema)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        try:
            return handler(schema)
        except PydanticInvalidForJsonSchema:
            return {}


def _instances_of(source: Any) -> CoreSchema:
    """The schema of a type that Pydantic does not know: its instances, or None if it says so."""
    members = get_args(source) if get_origin(source) in (Union, UnionType) else (source,)
    kinds = tuple(get_origin(kind) or kind for kind in members if kind is not NoneType)
    if not all(isinstance(kind, type) for kind in kinds):
        return core_schema.any_schema()
    choices: list[Any] = [core_schema.is_instance_schema(kind) for kind in kinds]
    schema: Any = choices[0] if len(choices) == 1 else core_schema.union_schema(choices)
    return core_schema.nullable_schema(schema) if NoneType in members else schema


def stored_as(
    encode: Callable[[V], S], decode: Callable[[S], V], kind: type[S] | None = None
) -> StoredAs:
    """Says what values of a type are stored as: `Annotated[Version, stored_as(str, Version)]`.

    `encode` gives the same for equal values, of any type that can be stored: the one that its
    annotation says, or `kind`. `decode` makes the value of it again. Neither is called with None.
    """
    return StoredAs(encode, decode, _returned_type(encode) if kind is None else kind)


def _returned_type(encode: Callable[..., Any]) -> Any:
    if isinstance(encode, type):
        return encode
    try:
        found = get_type_hints(encode, include_extras=True).get("return")
    except (TypeError, NameError, AttributeError):
        return None
    return None if isinstance(found, TypeVar) else found
