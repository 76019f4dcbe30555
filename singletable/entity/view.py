"""The base class of views: some fields of an entity, to be read alone. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from types import UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Generic,
    Literal,
    NoReturn,
    Self,
    TypeVar,
    Union,
    get_args,
    get_origin,
)

from pydantic import BaseModel, ConfigDict
from pydantic.fields import FieldInfo

from singletable.annotations import alias_value, show_type
from singletable.codec.models import stored_name
from singletable.codec.vectors import VectorMark
from singletable.codec.wire import is_class
from singletable.entity.entity import (
    DECLARED,
    Entity,
    EntityMeta,
    check_class,
    place_of,
    schema_of,
)
from singletable.errors.base import abridge
from singletable.errors.declaration import InvalidView
from singletable.schema.attribute import is_equal
from singletable.schema.core_schema import build_core_schema
from singletable.schema.members import CONFIGURED
from singletable.schema.schema import AnySchema
from singletable.schema.view import VIEW, CompiledView

E = TypeVar("E", bound=Entity)


class View(BaseModel, Generic[E], metaclass=EntityMeta):
    """The base class of views: `class Due(View[Loan])`, with some of the entity's fields.

    Frozen, as entities are. How a field is stored, and its default, are said by the entity.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        ignored_types=DECLARED,
        revalidate_instances="always",
        validate_by_name=True,
        validate_by_alias=True,
    )

    if TYPE_CHECKING:

        @classmethod
        def __singletable_view__(cls) -> tuple[Self, list[E]]:
            """As of `ViewOf`; when running, the attribute holds the compiled view."""
            ...
    else:
        __get_pydantic_core_schema__ = classmethod(build_core_schema)

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if cls.__pydantic_generic_metadata__["origin"] is None:
            setattr(cls, VIEW, _compile(cls))


def _compile(cls: type[View[Any]]) -> CompiledView[Any]:
    """Compiles a view; an `InvalidView` names view and entity where they contradict each other."""
    schema = _entity_of(cls)
    check_class(cls, {})
    if schema.upgrade is not None:
        _refuse(
            cls,
            f"{schema.name} has an upgrade, which may need any attribute that older items have",
            "whole entities: queries by indexes that do not hold all of them are .hydrated()",
        )
    keys = [name for name, value in vars(cls).items() if isinstance(value, DECLARED)]
    if keys or not cls.model_fields:
        _refuse(
            cls,
            f"{keys[0]} is a key" if keys else "it has no fields",
            f"some fields of {schema.name}, and no keys",
        )
    _check_configuration(cls, schema)
    for name, info in cls.model_fields.items():
        _check_field(cls, schema, name, info)
    return CompiledView(cls, schema)


def _entity_of(cls: type[View[Any]]) -> AnySchema:
    """The schema of the entity that `View[...]` names among the bases."""
    said = (getattr(base, "__pydantic_generic_metadata__", {}) for base in cls.__mro__)
    found: list[object] = [
        argument for each in said if each.get("origin") is View for argument in each["args"]
    ]
    entity = found[0] if found else None
    if not is_class(entity) or not issubclass(entity, Entity):
        _refuse(cls, f"it is a view of {show_type(entity)}", "class Name(View[Entity])")
    return schema_of(entity)


def _check_configuration(cls: type[View[Any]], schema: AnySchema) -> None:
    """Checks that values are validated as the entity's are: folded, bounded, taken or not."""
    own, entity = cls.model_config, schema.model.model_config
    for option in CONFIGURED:
        said = entity.get(option)
        if own.get(option) != said:
            _refuse(
                cls,
                f"its configuration has {option}={own.get(option)!r}, and that of {schema.name}"
                f" {said!r}",
                f"model_config = ConfigDict({option}={said!r})",
            )


def _refuse(cls: type, declared: str, allowed: str) -> NoReturn:
    raise InvalidView(where=place_of(cls), declared=declared, allowed=allowed)


def _check_field(cls: type, schema: AnySchema, name: str, info: FieldInfo) -> None:
    """Checks that a field says nothing of its type, form or default that the entity does not."""
    attribute, known = schema.attributes.get(name), schema.model.model_fields.get(name)
    if attribute is None or known is None:
        fields = ", ".join(schema.attributes)
        _refuse(cls, f"{schema.name} has no field {name}", f"fields of {schema.name}: {fields}")
    own, whole = show_type(info.annotation), show_type(known.annotation)
    if _plain(info.annotation) != _plain(known.annotation):
        _refuse(cls, f"{name} is {own}, and that of {schema.name} is {whole}", f"{name}: {whole}")
    marks = [*_marks_of(known)]
    added = [mark for mark in _marks_of(info) if not _is_among(mark, marks)]
    if added:
        _refuse(
            cls,
            f"{name} has {abridge(added[0])}, and that of {schema.name} has not",
            f"{name}: {whole}, with what the entity says of it, or without",
        )
    named = (info.alias or info.serialization_alias) is not None
    if named and stored_name(name, info) != attribute.stored:
        _refuse(
            cls,
            f"{name} is called {stored_name(name, info)}, and stored as {attribute.stored} by"
            f" {schema.name}",
            f"{name} without an alias",
        )
    if not info.is_required() and not _has_default_of(info, known):
        _refuse(
            cls,
            f"{name} has a default that {schema.name} does not give it",
            f"{name} without a default: that of the entity counts, if it has one",
        )


def _has_default_of(info: FieldInfo, known: FieldInfo) -> bool:
    is_made_alike = info.default_factory is known.default_factory
    return is_made_alike and is_equal(info.default, known.default)


def _is_among(mark: object, marks: list[object]) -> bool:
    """Whether a mark is one of these; not all of Pydantic's compare as equal.

    A vector has its dimensions by the index of the entity.
    """
    if isinstance(mark, VectorMark):
        return any(isinstance(each, VectorMark) for each in marks)
    return any(mark is each or is_equal(mark, each) or repr(mark) == repr(each) for each in marks)


def _plain(annotation: object) -> object:
    """The type without `Annotated` and aliases, inside as well, in a form that compares."""
    bare = alias_value(annotation)
    origin, arguments = get_origin(bare), get_args(bare)
    if origin is Annotated:
        return _plain(arguments[0])
    if origin in (Union, UnionType):
        return frozenset(map(_plain, arguments))
    if origin is None or origin is Literal:
        return bare
    return origin, tuple(map(_plain, arguments))


def _marks_of(info: FieldInfo) -> Iterator[object]:
    yield from info.metadata
    yield from _marks_in(info.annotation)


def _marks_in(annotation: object) -> Iterator[object]:
    """What `Annotated` says anywhere inside a type."""
    bare = alias_value(annotation)
    arguments = get_args(bare)
    if get_origin(bare) is Annotated:
        yield from arguments[1:]
        arguments = arguments[:1]
    if get_origin(bare) is not Literal:
        for argument in arguments:
            yield from _marks_in(argument)
