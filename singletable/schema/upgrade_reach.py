"""What an upgrade may look at and change, as far as its code and a first run of it tell.

A partial update has not read the item: what an upgrade would make of it is not known then.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import Any, Final, cast

from singletable.codec import AttributeValue
from singletable.codec.wire import is_mapping, is_name
from singletable.schema.upgrades import Item, Upgrade, Watched, copy_item

_TAGS: Final = frozenset({"S", "N", "B", "SS", "NS", "BS", "M", "L", "BOOL", "NULL"})
_MOST_LOOKED_AT: Final = 2000
_NAME_BYTES: Final = 255


@dataclass(frozen=True)
class Reach:
    """What an upgrade reaches: `former` are attributes of no field that it may look at.

    `touched`: the attributes of fields that it may change; None for any. `renames`: former name to
    present one, where renaming is all that it does; else empty.
    """

    former: tuple[str, ...]
    touched: frozenset[str] | None
    renames: Mapping[str, str]

    def former_names_of(self, stored: str) -> list[str]:
        """The attributes that it renames to this one."""
        return [former for former, present in self.renames.items() if present == stored]

    def is_unknown(self, stored: str) -> bool:
        """Whether it may make something of this attribute that no partial update foresees."""
        is_touched = self.touched is None or stored in self.touched
        return is_touched and stored not in self.renames.values()


def find_reach(
    upgrade: Upgrade, bare: Item, owned: Collection[str], fields: Collection[str]
) -> Reach:
    """Finds what an upgrade reaches: by the texts in its code, and by a run on a `bare` item.

    `owned`: all attributes that the entity writes; `fields`: those of its fields.
    """
    watched, fails = Watched(bare), False
    try:
        upgrade(watched)
    except Exception:  # noqa: BLE001 (a function of the user's may raise anything)
        fails = True
    asked = [name for name in watched.asked if name not in bare]
    named = [text for text in dict.fromkeys(_texts_in(upgrade)) if _may_be_name(text)]
    names = dict.fromkeys((*asked, *named))
    touched = None if watched.is_seen_whole else frozenset(names).intersection(fields)
    if not (fails or watched.is_seen_whole or any(name in owned for name in asked)):
        renames = {name: _renamed_to(upgrade, bare, name) for name in asked}
        known = {name: present for name, present in renames.items() if present is not None}
        if len(known) == len(renames):
            return Reach(tuple(asked), touched, known)
    former = tuple(name for name in names if name not in owned and name not in bare)
    return Reach(former, touched, {})


def _may_be_name(text: str) -> bool:
    return text not in _TAGS and is_name(text) and len(text.encode()) <= _NAME_BYTES


def _renamed_to(upgrade: Upgrade, bare: Item, name: str) -> str | None:
    """The attribute that an upgrade moves the value of another one to, if it does just that."""
    value: AttributeValue = {"S": "a value that it knows nothing of"}
    try:
        item: object = upgrade({**copy_item(bare), name: value})
    except Exception:  # noqa: BLE001
        return None
    if not is_mapping(item) or name in item:
        return None
    found = [each for each in item if bare.get(each) != item[each]]
    return found[0] if len(found) == 1 and item[found[0]] == value else None


def _texts_in(upgrade: object) -> Iterator[str]:
    """All texts that a function refers to: constants, what it closes over, globals, functions."""
    seen, left = set[int](), [upgrade]
    while left and len(seen) < _MOST_LOOKED_AT:
        value = left.pop()
        if isinstance(value, str):
            yield value
        elif id(value) not in seen:
            seen.add(id(value))
            left += _parts_of(value)


def _parts_of(value: Any) -> Iterator[object]:
    if isinstance(value, Mapping):
        known = cast(Mapping[object, object], value)
        yield from (*known.keys(), *known.values())
    elif isinstance(value, (tuple, list, set, frozenset)):
        yield from cast(Collection[object], value)
    elif isinstance(value, CodeType):
        yield from (each for each in value.co_consts if not _is_said_of(value, each))
    elif isinstance(value, FunctionType):
        yield from () if _is_of_library(value) else _parts_of_function(value)
    elif isinstance(value, (MethodType, partial)):
        names = ("__func__", "func", "args", "keywords")
        yield from (getattr(cast(object, value), name, ()) for name in names)
    elif not isinstance(value, type):
        call: object = getattr(cast(type[object], type(value)), "__call__", None)  # noqa: B004
        if isinstance(call, FunctionType):
            yield from (call, getattr(value, "__dict__", ()))


def _is_said_of(code: CodeType, constant: object) -> bool:
    """Whether a constant is the documentation or the name of a function, and none of its texts."""
    if not isinstance(constant, str):
        return False
    is_first = constant == code.co_consts[0] and " " in constant
    return is_first or "<" in constant


def _is_of_library(function: FunctionType) -> bool:
    return (function.__module__ or "").partition(".")[0] in sys.stdlib_module_names


def _parts_of_function(function: FunctionType) -> Iterator[object]:
    yield from (function.__code__, function.__defaults__ or (), function.__kwdefaults__ or ())
    for cell in function.__closure__ or ():
        with suppress(ValueError):  # it is not filled yet
            yield cell.cell_contents
    known = function.__globals__
    names = [name for each in _codes_in(function.__code__) for name in each.co_names]
    for holder in (known[name] for name in names if name in known):
        yield holder
        if isinstance(holder, (type, ModuleType)):
            yield from (vars(holder)[name] for name in names if name in vars(holder))


def _codes_in(code: CodeType) -> Iterator[CodeType]:
    yield code
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield from _codes_in(each)
