"""What an upgrade of older items gets, and what it may answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, Final, cast

from singletable.codec import AttributeValue
from singletable.codec.errors import short_repr
from singletable.codec.wire import is_list, is_mapping, is_name, is_well_formed
from singletable.schema.attribute import is_equal

Item = Mapping[str, AttributeValue]
Upgrade = Callable[[dict[str, AttributeValue]], dict[str, AttributeValue]]

_SCALARS: Final = frozenset({"S", "N", "B", "BOOL", "NULL"})


def apply_upgrade(upgrade: Upgrade, item: Item) -> Item:
    """What an upgrade makes of an item, the same one if it changes nothing.

    A `ValueError` says that it fails, or answers what is no item.
    """
    try:
        upgraded: object = upgrade(copy_item(item))
    except Exception as error:
        raise ValueError(f"its upgrade raises {type(error).__name__}: {error}") from error
    if is_equal(upgraded, item):
        return item
    problem = _problem_of(item, upgraded)
    if problem:
        raise ValueError(problem)
    return cast(Item, upgraded)


def find_names_read(upgrade: Upgrade, item: Item) -> list[str]:
    """The attributes that an upgrade asks an item for, whether they are there or not.

    Where it goes through the item as a whole, all that the item has.
    """
    watched = Watched(item)
    with suppress(Exception):  # it was read, so that it fails on no item as it is stored
        upgrade(watched)
    return [*watched.asked]


class Watched(dict[str, Any]):
    """A copy of an item that notes the names that are asked for."""

    def __init__(self, item: Item) -> None:
        super().__init__(copy_item(item))
        self.asked: dict[str, None] = {}
        self.is_seen_whole = False

    def __contains__(self, name: object) -> bool:
        return super().__contains__(self._note(name))

    def __getitem__(self, name: str) -> Any:
        return super().__getitem__(self._note(name))

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(self._note(name), default)

    def pop(self, name: str, *default: Any) -> Any:
        return super().pop(self._note(name), *default)

    def setdefault(self, name: str, default: Any = None) -> Any:
        return super().setdefault(self._note(name), default)

    def __delitem__(self, name: str) -> None:
        super().__delitem__(self._note(name))

    def __iter__(self) -> Iterator[str]:  # {**item} and dict(item) come here, too
        self._note_all()
        return super().__iter__()

    def keys(self) -> Any:
        self._note_all()
        return super().keys()

    def values(self) -> Any:
        self._note_all()
        return super().values()

    def items(self) -> Any:
        self._note_all()
        return super().items()

    def copy(self) -> dict[str, Any]:
        return dict(self)

    def __or__(self, other: Any) -> Any:
        return dict(self) | other

    def __ror__(self, other: Any) -> Any:
        return other | dict(self)

    def __len__(self) -> int:
        self._note_all()
        return super().__len__()

    def _note(self, name: Any) -> Any:
        self.asked[name] = None
        return name

    def _note_all(self) -> None:
        self.is_seen_whole = True
        self.asked |= dict.fromkeys(super().__iter__())


def _problem_of(item: Item, upgraded: object) -> str:
    """What keeps an upgrade's answer from being an item, if something does."""
    if not is_mapping(upgraded):
        return f"its upgrade returns {short_repr(upgraded)}, which is no item"
    for name in upgraded:
        is_kept = is_equal(upgraded[name], item.get(name))
        if not (is_kept or (is_name(name) and is_well_formed(upgraded[name]))):
            return f"its upgrade sets {short_repr(name)} to what is no attribute"
    return ""


def copy_item(item: Item) -> dict[str, Any]:
    """A copy down to the payloads: an upgrade may change what it gets, what was read must stay."""
    return {
        name: value.copy() if type(value) is dict and value.keys() <= _SCALARS else _copy(value)
        for name, value in item.items()
    }


def _copy(value: Any) -> Any:
    if is_mapping(value):
        return {name: _copy(inner) for name, inner in value.items()}
    return list(map(_copy, value)) if is_list(value) else value
