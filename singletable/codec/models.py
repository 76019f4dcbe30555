"""Lists the fields of a Pydantic model or a dataclass, with the names they are stored under.

Knows no attribute value. Raises ValueError, with the reason, for what could not be read back.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_type_hints

from pydantic import AliasChoices, BaseModel, RootModel
from pydantic.dataclasses import is_pydantic_dataclass
from pydantic.fields import FieldInfo


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    stored: str
    loaded: str
    annotation: object


def fields_of(kind: type[object]) -> tuple[list[Field], bool]:
    """The fields of a record class, and whether it forbids other names."""
    if issubclass(kind, BaseModel):
        return _model_fields(kind), kind.model_config.get("extra") == "forbid"
    return list(_dataclass_fields(kind)), True


def is_record(kind: type[object]) -> bool:
    return issubclass(kind, BaseModel) or hasattr(kind, "__dataclass_fields__")


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
    stored = info.serialization_alias or info.alias or name
    loaded = name if by_name else _validation_name(name, info)
    return Field(name, stored, loaded, info.annotation)


def _validation_name(name: str, info: FieldInfo) -> str:
    alias = info.validation_alias
    candidates = alias.choices if isinstance(alias, AliasChoices) else [alias or name]
    for candidate in candidates:
        if isinstance(candidate, str):
            return candidate
    raise ValueError(f"reads its field {name} from a path only: give it a plain alias as well")


def _dataclass_fields(kind: type[Any]) -> Iterator[Field]:
    if is_pydantic_dataclass(kind):
        raise ValueError("is a Pydantic dataclass: use a BaseModel or a standard dataclass")
    try:
        hints = get_type_hints(kind, include_extras=True)
    except NameError as error:
        raise ValueError(f"is not complete: {error}") from None
    for field in dataclasses.fields(kind):
        if not field.init:
            raise ValueError(f"computes its field {field.name}, which could not be given back")
        yield Field(field.name, field.name, field.name, hints[field.name])
