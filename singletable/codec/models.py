"""Lists the fields of a model, dataclass or named tuple, with the names they are stored under.

Knows no attribute value. Raises ValueError, with the reason, for what could not be read back.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard, get_type_hints

from pydantic import BaseModel, RootModel
from pydantic.dataclasses import is_pydantic_dataclass
from pydantic.fields import FieldInfo

from singletable.codec.formatted import annotation_of
from singletable.records import record


@record
class Field:
    name: str
    stored: str
    loaded: str
    annotation: object


def fields_of(kind: type[object]) -> tuple[list[Field], bool]:
    """The fields of a record class, and whether it forbids other names."""
    if issubclass(kind, BaseModel):
        return _model_fields(kind), kind.model_config.get("extra") == "forbid"
    if _is_named_tuple(kind):
        hints = _hints(kind)
        return [Field(name, name, name, hints.get(name, Any)) for name in kind._fields], True
    return list(_dataclass_fields(kind)), True


def is_record(kind: type[object]) -> bool:
    is_class = issubclass(kind, BaseModel) or hasattr(kind, "__dataclass_fields__")
    return is_class or _is_named_tuple(kind)


def _is_named_tuple(kind: Any) -> TypeGuard[Any]:
    return tuple in kind.__mro__ and hasattr(kind, "_fields")


def _hints(kind: type[Any]) -> dict[str, Any]:
    try:
        return get_type_hints(kind, include_extras=True)
    except NameError as error:
        raise ValueError(f"is not complete: {error}") from None


def _model_fields(model: type[BaseModel]) -> list[Field]:
    if issubclass(model, RootModel):
        raise ValueError("is a RootModel: declare its root type instead")
    if model.model_config.get("extra") == "allow":
        raise ValueError("allows extra fields, whose types are not declared")
    if not model.__pydantic_complete__:
        raise ValueError("is not complete: a type it refers to is not defined yet")
    by_name = bool({"validate_by_name", "populate_by_name"} & _enabled_options(model.model_config))
    fields = [_model_field(name, info, by_name) for name, info in model.model_fields.items()]
    if len({field.stored for field in fields}) != len(fields):
        raise ValueError("stores two fields under one name")
    return fields


def _enabled_options(config: Mapping[str, object]) -> set[str]:
    return {option for option, value in config.items() if value is True}


def _model_field(name: str, info: FieldInfo, by_name: bool) -> Field:
    if info.exclude or info.exclude_if:
        raise ValueError(f"excludes its field {name}, which would not come back")
    loaded = accepted_name(name, info)
    return Field(name, stored_name(name, info), name if by_name else loaded, annotation_of(info))


def stored_name(name: str, info: FieldInfo) -> str:
    """The one name under which a model's field is stored."""
    return info.serialization_alias or info.alias or name


def accepted_name(name: str, info: FieldInfo) -> str:
    """The one name that constructors take beside the field's own.

    Refuses several, and one that is not said to be stored under another: what is stored under a
    name that the model takes, and the engine does not read, would be passed over in silence.
    """
    alias = info.validation_alias
    if alias is None:
        return name
    if not isinstance(alias, str):
        raise ValueError(
            f"takes its field {name} by {type(alias).__name__}, and stored items have one name:"
            " give it a plain alias, and rename older items with `upgrade`"
        )
    if alias != stored_name(name, info) and info.serialization_alias is None:
        raise ValueError(
            f"takes its field {name} as {alias!r} and stores it as {name!r}:"
            " use alias=, or say by serialization_alias= how it is stored"
        )
    return alias


def _dataclass_fields(kind: type[Any]) -> Iterator[Field]:
    if is_pydantic_dataclass(kind):
        raise ValueError("is a Pydantic dataclass: use a BaseModel or a standard dataclass")
    hints = _hints(kind)
    given = [name for name, hint in hints.items() if isinstance(hint, dataclasses.InitVar)]
    if given:
        raise ValueError(f"takes {given[0]} as InitVar, which could not be given back")
    for field in dataclasses.fields(kind):
        if not field.init:
            raise ValueError(f"computes its field {field.name}, which could not be given back")
        yield Field(field.name, field.name, field.name, hints[field.name])
