"""A value for documentation of any storable type, the same in every run. Knows no entity."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from types import UnionType
from typing import Any, Literal, Union, cast, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel

from singletable.annotations import core_type

MOMENT = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
"""The moment at which every example is asked."""

_BY_TYPE: tuple[tuple[type, object], ...] = (
    (bool, False),
    (int, 7),
    (float, 0.5),
    (Decimal, Decimal("1.5")),
    (bytes, b"bytes"),
    (datetime, MOMENT),
    (date, MOMENT.date()),
    (time, MOMENT.time()),
    (timedelta, timedelta(hours=1)),
    (UUID, UUID("018f3c5e-7a20-7c11-9b1e-3f6d2a4b5c6d")),
)
_CONTAINERS = (list, dict, set, frozenset, tuple)


def plain_example(annotation: Any, name: str) -> Any:
    """A value of the type; text is the field's name. None for what it does not know."""
    kind = bare_type(annotation)
    origin = get_origin(kind) or kind
    if origin is Literal:
        return get_args(kind)[0]
    if origin in (Union, UnionType):
        return plain_example(get_args(kind)[0], name)
    if origin in _CONTAINERS:
        return _of_container(origin, get_args(kind), name)
    return _of_class(origin, name) if isinstance(origin, type) else None


def _of_container(kind: type, arguments: tuple[Any, ...], name: str) -> Any:
    """With one element: empty sets are stored as no attribute and compare with nothing."""
    elements = [plain_example(each, name) for each in arguments if each is not ...]
    if None in elements or not elements:
        return cast(object, kind())
    return cast(object, kind([tuple(elements)] if kind is dict else elements))


def _of_class(kind: type, name: str) -> Any:
    if issubclass(kind, Enum):
        return next(iter(kind))
    if issubclass(kind, BaseModel):
        return _of_model(kind)
    if issubclass(kind, str):
        return name.replace("_", "-")
    return next((value for base, value in _BY_TYPE if issubclass(kind, base)), None)


def _of_model(model: type[BaseModel]) -> dict[str, Any]:
    """Input for a model inside an entity: its required fields."""
    return {
        info.validation_alias if isinstance(info.validation_alias, str) else name: (
            info.examples[0] if info.examples else plain_example(info.annotation, name)
        )
        for name, info in model.model_fields.items()
        if info.is_required()
    }


def bare_type(annotation: Any) -> Any:
    """Without `Annotated`, `| None` and new types' names."""
    kind = core_type(annotation)
    supertype = getattr(kind, "__supertype__", None)
    return kind if supertype is None else bare_type(supertype)
