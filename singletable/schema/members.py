"""What stands inside the fields of an entity: members of models, elements, and their defaults."""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Set
from datetime import date, time
from itertools import chain
from types import NoneType, UnionType
from typing import Any, Final, NamedTuple, Union, cast, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel, ConfigDict, JsonValue, TypeAdapter, create_model
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from singletable.codec import MISSING, AttributeValue, compile_coder, same_value
from singletable.codec.coder import safe_to_print
from singletable.codec.field_checks import field_check, settle_absence
from singletable.codec.formatted import annotation_of
from singletable.codec.models import fields_of, is_record
from singletable.codec.names import unwrap
from singletable.codec.wire import is_class, is_mapping
from singletable.errors.declaration import UnsupportedAnnotation
from singletable.errors.request import UnstorableValue
from singletable.formats import Format
from singletable.schema.attribute import Attribute, default_form, validates_default
from singletable.schema.markers import metadata_in, metadata_of
from singletable.tracing import Symbol

_ANYTHING: Final = (Any, object, JsonValue)


class Member(NamedTuple):
    """A field inside: as an attribute, what `Annotated` says of it, its default, the
    configuration that it is validated by, and whether a factory makes its default of others."""

    attribute: Attribute
    metadata: tuple[object, ...]
    default: AttributeValue | None
    config: ConfigDict | None
    is_made: bool


def field_with_default(annotation: object, seen: frozenset[object] = frozenset()) -> str:
    """A field of a model inside a type that is read as a default where a map lacks it; or none."""
    for kind in types_in(annotation):
        if is_class(kind) and is_record(kind) and kind not in seen:
            for field in fields_of(kind)[0]:
                if _has_default(kind, field.name, field.annotation):
                    return field.name
                if inner := field_with_default(field.annotation, seen | {kind}):
                    return f"{field.name}.{inner}"
        for argument in get_args(kind):
            if inner := field_with_default(argument, seen):
                return inner
    return ""


def _has_default(kind: Any, name: str, annotation: object) -> bool:
    """Whether a field has a default other than what absence is stored for: None, an empty set."""
    info = info_of(kind, name)
    coder = settle_absence(compile_coder(annotation, name), kind, name, annotation)
    return not info.is_required() and coder.absent is MISSING


def member_of(holder: Attribute, kind: Any, name: str, config: ConfigDict | None) -> Member:
    """The type of a field of a model, dataclass or named tuple inside an entity.

    `config` is that of the model around it, which dataclasses and named tuples without one share.
    """
    label, info = f"{holder.field}.{name}", info_of(kind, name)
    config = config_of(kind, config)
    if issubclass(kind, BaseModel):
        metadata = metadata_of(info)
        annotation: Any = info.annotation
        coder = compile_coder(annotation_of(info), label, holder.instants)
        check = field_check(kind, name, lambda: info)
    else:
        (annotation,) = (each.annotation for each in fields_of(kind)[0] if each.name == name)
        metadata = tuple(metadata_in(annotation))
        bare = attribute_of(holder.entity, label, annotation, config, holder.instants)
        coder, check = bare.coder, bare.check
    coder = settle_absence(coder, kind, name, annotation)
    attribute = Attribute(
        entity=holder.entity,
        field=label,
        stored=name,
        annotation=annotation,
        coder=coder,
        format=None,
        required=info.is_required(),
        implied=default_form(kind, info, coder, check),
        check=check,
        instants=holder.instants,
    )
    default, is_made = default_of(kind, attribute, info), info.default_factory_takes_validated_data
    return Member(attribute, metadata, default, config, bool(is_made))


def config_of(kind: Any, around: ConfigDict | None) -> ConfigDict | None:
    """The configuration of a record's fields; one without its own has that of the model around."""
    if issubclass(kind, BaseModel):
        around = kind.model_config
    found: ConfigDict | None = getattr(kind, "__pydantic_config__", around)
    return found


def info_of(kind: Any, name: str) -> FieldInfo:
    """A model's field; of a dataclass's or named tuple's the default, as models say it."""
    if issubclass(kind, BaseModel):
        own_info: FieldInfo = kind.model_fields[name]
        return own_info
    if not dataclasses.is_dataclass(kind):
        return FieldInfo(default=kind._field_defaults.get(name, PydanticUndefined))
    (own,) = (field for field in dataclasses.fields(kind) if field.name == name)
    if own.default_factory is not dataclasses.MISSING:
        return FieldInfo(default_factory=own.default_factory)
    has_default = own.default is not dataclasses.MISSING
    return FieldInfo(default=own.default if has_default else PydanticUndefined)


def default_of(kind: type[object], attribute: Attribute, info: FieldInfo) -> AttributeValue | None:
    """The stored form of what absence is read as; None where that is nothing, or not known."""
    is_alone = info.default_factory is None or info.default_factory_takes_validated_data
    if is_alone or attribute.coder.absent is not MISSING:
        return attribute.implied
    return _made_alike(kind, attribute, info)


def _made_alike(kind: type[object], attribute: Attribute, info: FieldInfo) -> AttributeValue | None:
    """What a factory makes, if it makes the same twice, and no moment or identifier is in it."""
    try:
        one, other = (info.get_default(call_default_factory=True) for _ in range(2))
        if validates_default(kind, info):
            one, other = attribute.check(one), attribute.check(other)
    except Exception:  # noqa: BLE001 - a factory or validator of the user's may raise anything
        return None
    if _has_moment(one):
        return None
    made = attribute.encode(one)
    return made if same_value(made, attribute.encode(other)) else None


def _has_moment(value: object) -> bool:
    """Whether there is a moment or an identifier in a value."""
    if isinstance(value, (date, time, UUID)):
        return True
    if is_mapping(value):
        return any(map(_has_moment, chain(value, value.values())))
    if isinstance(value, (list, tuple, deque, Set)):
        return any(map(_has_moment, cast("Iterable[object]", value)))
    fields = fields_of(type(value))[0] if is_record(type(value)) else ()
    return any(_has_moment(getattr(value, each.name, None)) for each in fields)


def attribute_of(
    entity: str,
    where: str,
    annotation: object,
    config: ConfigDict | None = None,
    instants: Format | None = None,
) -> Attribute:
    """What stands at a place that no field declares: validated and encoded by its type.

    `config` is that of the model whose field it stands in, which may fold texts.
    """
    if is_anything(annotation):
        return _anything(entity, where)
    return Attribute(
        entity=entity,
        field=where,
        stored=where,
        annotation=annotation,
        coder=compile_coder(annotation, where, instants),
        format=None,
        required=True,
        implied=None,
        check=_check_of(annotation, config or {}),
        instants=instants,
    )


CONFIGURED: Final = (
    "str_to_lower",
    "str_to_upper",
    "str_strip_whitespace",
    "str_min_length",
    "str_max_length",
    "allow_inf_nan",
    "coerce_numbers_to_str",
    "strict",
    "use_enum_values",
    "regex_engine",
    "val_temporal_unit",
)
"""What a model's configuration says of the values inside its fields, as Pydantic passes it on."""


def _check_of(annotation: Any, config: ConfigDict) -> Callable[[object], object]:
    known = {name: value for name, value in config.items() if name in CONFIGURED}
    if not known:
        return TypeAdapter(annotation).validate_python
    name, definition, inner = "the item", cast(Any, (annotation, ...)), cast(ConfigDict, known)
    validate = create_model("Part", __config__=inner, **{name: definition}).__pydantic_validator__
    return lambda value: validate.validate_python({name: value}).__dict__[name]


def _anything(entity: str, where: str) -> Attribute:
    coder = dataclasses.replace(compile_coder(Any, where), encode=_encode_by_type)
    return Attribute(entity, where, where, Any, coder, None, True, None, lambda value: value)


def _encode_by_type(value: object) -> AttributeValue | None:
    """The wire form that the value's own type implies."""
    try:
        kind: Any = str if isinstance(value, Symbol) else type(value)
        return compile_coder(kind, "condition").encode(value)
    except UnsupportedAnnotation as error:
        raise UnstorableValue(
            where="condition",
            value=safe_to_print(value),
            reason=f"has no stored form: {error.declared}",
        ) from None


def types_in(annotation: object) -> Iterator[object]:
    """The types that values of an annotation may have, without None."""
    bare = unwrap(annotation)
    if get_origin(bare) in (Union, UnionType):
        for member in get_args(bare):
            yield from types_in(member)
    elif bare not in (None, NoneType):
        yield bare


def is_anything(kind: object) -> bool:
    return any(kind is each for each in _ANYTHING)
