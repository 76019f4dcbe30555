"""Validates one field by itself; tells whether it takes what its absence would stand for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import replace
from enum import Enum
from inspect import signature
from types import NoneType, UnionType
from typing import Any, Final, TypeVar, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic import BaseModel, TypeAdapter, ValidationError, create_model, field_validator
from pydantic.fields import FieldInfo

from singletable.codec.wire import MISSING, class_of, is_class
from singletable.formats.base import InputCheck

CONFIGURED_TEXT: Final = frozenset(
    {
        "str_to_lower",
        "str_to_upper",
        "str_strip_whitespace",
        "str_min_length",
        "str_max_length",
    }
)
"""What a configuration may say of all texts: how they are changed, or how long they are."""

Check = Callable[[object], object]
C = TypeVar("C", bound=Any)


def field_check(model: type[BaseModel], name: str, find_info: Callable[[], FieldInfo]) -> Check:
    """Validates one field by itself, with the model's own field validators.

    A model of that field alone does it. It is built when it is first needed: most never are, and
    all of them would take half of the time that an import takes. Values that it would certainly
    keep do not need it.
    """
    keeps: Callable[[object], bool] | None = None
    run: Check | None = None

    def check(value: object) -> object:
        nonlocal keeps, run
        if keeps is None:
            keeps = _keeps(model, name, find_info())
        if keeps(value):
            return value
        if run is None:
            run = _validation(model, name, find_info())
        return run(value)

    return check


_BOUNDS: Final[Mapping[type, Callable[[Any, Any], bool]]] = {
    MinLen: lambda mark, value: len(value) >= mark.min_length,
    MaxLen: lambda mark, value: len(value) <= mark.max_length,
    Ge: lambda mark, value: value >= mark.ge,
    Gt: lambda mark, value: value > mark.gt,
    Le: lambda mark, value: value <= mark.le,
    Lt: lambda mark, value: value < mark.lt,
}


_HOOKS = ("__get_pydantic_core_schema__", "__get_validators__")
"""Of classes that tell Pydantic how they are validated; the latter is that of Pydantic 1."""


def _keeps(model: type[BaseModel], name: str, info: FieldInfo) -> Callable[[object], bool]:
    """Whether the validation of a field would certainly answer a value itself."""
    kept = _kept_class(model, name, info)
    is_text = kept is str
    bounds = [(_BOUNDS[type(mark)], mark) for mark in info.metadata if type(mark) in _BOUNDS]

    def keeps(value: Any) -> bool:
        if class_of(value) is not kept or (is_text and not value.isascii()):
            return False
        try:
            return all(fits(mark, value) for fits, mark in bounds)
        except TypeError:  # a bound that cannot be asked of it: the model has the words for that
            return False

    return keeps


def _kept_class(model: type[BaseModel], name: str, info: FieldInfo) -> type[object] | None:
    """The class whose values a field takes as they are, within its bounds; None if it may not."""
    kind: Any = info.annotation
    config = model.model_config
    marks = [mark for mark in info.metadata if not isinstance(mark, InputCheck)]
    if _validators_of(model, name) or any(type(mark) not in _BOUNDS for mark in marks):
        return None
    if kind is str:
        return None if CONFIGURED_TEXT & config.keys() else str
    if kind is int or (kind is bool and not marks):
        return kind
    if not marks and get_origin(kind) in (Union, UnionType) and NoneType in get_args(kind):
        return NoneType
    if marks or not is_class(kind) or not issubclass(kind, Enum):
        return None
    is_own = any(hasattr(kind, hook) for hook in _HOOKS) or config.get("use_enum_values")
    return None if is_own else kind


def _validation(model: type[BaseModel], name: str, info: FieldInfo) -> Check:
    """Validates by a model of the field alone."""
    alias = None if model.model_config.get("validate_by_alias") is False else info.validation_alias
    accepted = alias if isinstance(alias, str) else name
    validate = _field_model(model, name, info).__pydantic_validator__.validate_python
    return lambda value: validate({accepted: value}).__dict__[name]


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
    return field_check(kind, name, lambda: info) if own or _may_refuse(info.metadata) else None


def _may_refuse(marks: Any) -> bool:
    """Whether there is a validator among them, or a least length."""
    flat = [inner for mark in marks for inner in (mark, *getattr(mark, "metadata", ()))]
    return any(hasattr(mark, "func") or hasattr(mark, "min_length") for mark in flat)


def _looks_around(function: Callable[..., Any], mode: str) -> bool:
    """Whether a validator is given the other fields, too."""
    return len(signature(function).parameters) > (2 if mode == "wrap" else 1)
