"""Reads type annotations: what stands behind `Annotated`, `| None` and Pydantic's stand-ins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

import pydantic

STANDS_FOR: Final[Mapping[Any, type]] = {
    pydantic.AwareDatetime: datetime,
    pydantic.PastDatetime: datetime,
    pydantic.FutureDatetime: datetime,
    pydantic.PastDate: date,
    pydantic.FutureDate: date,
    pydantic.EmailStr: str,
}


def accepts_symbol(expected: Any, given: Any) -> bool:
    """Like assignment to a type checker; `Annotated` and None are looked through."""
    wanted, offered = core_type(expected), core_type(given)
    if Any in (wanted, offered) or wanted == offered:
        return True
    if isinstance(wanted, type) and isinstance(offered, type):
        return issubclass(offered, wanted)
    supertype = getattr(offered, "__supertype__", None)
    return supertype is not None and accepts_symbol(wanted, supertype)


def core_type(annotation: Any) -> Any:
    """The annotation without `Annotated` and without `| None`."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return core_type(get_args(annotation)[0])
    if origin in (Union, UnionType):
        members = [member for member in get_args(annotation) if member is not NoneType]
        if len(members) == 1:
            return core_type(members[0])
    return STANDS_FOR.get(annotation, annotation) if isinstance(annotation, type) else annotation
