"""Validates one field by itself; tells whether it takes what its absence would stand for."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import replace
from inspect import signature
from typing import Any, TypeVar, get_args

from pydantic import BaseModel, TypeAdapter, ValidationError, create_model, field_validator
from pydantic.fields import FieldInfo

from singletable.codec.wire import MISSING

Check = Callable[[object], object]
C = TypeVar("C", bound=Any)


def field_check(model: type[BaseModel], name: str, info: FieldInfo) -> Check:
    """Validates one field by itself, with the model's own field validators.

    A model of that field alone does it. It is built when it is first needed: most never are, and
    all of them would take half of the time that an import takes.
    """
    run: Callable[[object], Any] | None = None
    alias = None if model.model_config.get("validate_by_alias") is False else info.validation_alias
    accepted = alias if isinstance(alias, str) else name

    def check(value: object) -> object:
        nonlocal run
        if run is None:
            run = _field_model(model, name, info).__pydantic_validator__.validate_python
        return run({accepted: value}).__dict__[name]

    return check


def _field_model(model: type[BaseModel], name: str, info: FieldInfo) -> type[BaseModel]:
    """A model of one field. Pydantic keeps validators bound to the model; here they are static."""
    decorators = model.__pydantic_decorators__.field_validators
    validators: dict[str, Any] = {
        key: field_validator(name, mode=decorators[key].info.mode)(
            staticmethod(decorators[key].func)
        )
        for key in _validators_of(model, name)
    }
    definition: Any = (info.annotation, info)
    return create_model(
        f"{model.__name__}.{name}",
        __config__=model.model_config,
        __validators__=validators,
        **{name: definition},
    )


def _validators_of(model: type[BaseModel], name: str) -> list[str]:
    """The names of the field's validators."""
    decorators = model.__pydantic_decorators__.field_validators
    return [key for key, each in decorators.items() if {name, "*"} & {*each.info.fields}]


def settle_absence(coder: C, kind: type[Any], name: str, annotation: Any) -> C:
    """The coder of a field; where the field refuses None, or the empty set, it must be stored.

    A validator that looks at other fields is not asked: it sees none of them here.
    """
    if coder.absent is MISSING:
        return coder
    check = _refusing_check(kind, name, annotation)
    try:
        if check is not None:
            check(copy(coder.absent))
    except ValidationError:
        return replace(coder, absent=MISSING)
    except Exception:  # noqa: BLE001 - a validator of the user's may raise anything
        return coder
    return coder


def _refusing_check(kind: type[Any], name: str, annotation: Any) -> Check | None:
    """The validation of a field that may refuse None or the empty set, though its type has it."""
    if not issubclass(kind, BaseModel):
        marks = get_args(annotation)[1:]
        return TypeAdapter[Any](annotation).validate_python if _may_refuse(marks) else None
    info, decorators = kind.model_fields[name], kind.__pydantic_decorators__.field_validators
    own = [decorators[key] for key in _validators_of(kind, name)]
    if any(_looks_around(each.func, each.info.mode) for each in own):
        return None
    return field_check(kind, name, info) if own or _may_refuse(info.metadata) else None


def _may_refuse(marks: Any) -> bool:
    """Whether there is a validator among them, or a least length."""
    flat = [inner for mark in marks for inner in (mark, *getattr(mark, "metadata", ()))]
    return any(hasattr(mark, "func") or hasattr(mark, "min_length") for mark in flat)


def _looks_around(function: Callable[..., Any], mode: str) -> bool:
    """Whether a validator is given the other fields, too."""
    return len(signature(function).parameters) > (2 if mode == "wrap" else 1)
