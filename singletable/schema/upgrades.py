"""How stored items of older shapes become present ones: attributes renamed, then a function."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import field
from typing import Any, Final, cast

from singletable.codec import AttributeValue
from singletable.codec.errors import short_repr
from singletable.codec.wire import is_list, is_mapping, is_name, is_well_formed
from singletable.expressions import Condition, attribute_exists, attribute_not_exists
from singletable.expressions.condition import all_of, join, stored_equals
from singletable.records import record
from singletable.schema.attribute import is_equal
from singletable.table import TableDefinition

Item = Mapping[str, AttributeValue]
UpgradeFunction = Callable[[dict[str, AttributeValue]], dict[str, AttributeValue]]

_SCALARS: Final = frozenset({"S", "N", "B", "BOOL", "NULL"})


@record
class Upgrade:
    """How items of older shapes are read. Names are those of attributes.

    `renamed`: former name to present one. `function` gets what that makes of an item, and may look
    at and change the attributes that `reaches` names, and `kept` ones, which tell what an item is.
    """

    renamed: Mapping[str, str] = field(default_factory=dict[str, str])
    function: UpgradeFunction | None = None
    reaches: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()

    def apply(self, item: Item) -> Item:
        """What becomes of an item, the same one if nothing changes.

        A `ValueError` says that the function fails, or answers what is no item, or reaches more
        than was declared.
        """
        renamed = self._rename(item)
        if self.function is None:
            return renamed
        given = Watched(renamed)
        try:
            upgraded: object = self.function(given)
        except Exception as error:
            raise ValueError(f"its upgrade raises {type(error).__name__}: {error}") from error
        asked = frozenset(given.asked)  # what it is looked at for from here on is not its doing
        is_copied = given.is_seen_whole
        problem = _problem_of(renamed, upgraded) or self._find_beyond(asked, renamed, upgraded)
        if is_copied and not problem:
            problem = self._find_unseen(renamed, upgraded)
        if problem:
            raise ValueError(problem)
        if is_equal(upgraded, item):
            return item
        return dict(cast(Item, upgraded)) if isinstance(upgraded, Watched) else cast(Item, upgraded)

    def names_read(self, item: Item) -> list[str]:
        """The attributes that decide what becomes of an item, whether they are there or not."""
        names = dict.fromkeys(self.renamed)
        names |= dict.fromkeys(self.renamed[name] for name in self.renamed if name in item)
        if self.function is not None:
            watched = Watched(self._rename(item))
            with suppress(Exception):  # it was read, so that it fails on no item as it is stored
                self.function(watched)
            whole = sorted(self.reaches) if watched.is_seen_whole else ()
            names |= dict.fromkeys((*watched.asked, *whole))
        return [*names]

    def former_names(self, owned: Collection[str]) -> list[str]:
        """The attributes beside `owned` ones that it may look at."""
        names = dict.fromkeys((*self.renamed, *sorted(self.reaches)))
        return [name for name in names if name not in owned]

    def former_names_of(self, name: str) -> list[str]:
        """The attributes that are renamed to this one."""
        return [former for former, present in self.renamed.items() if present == name]

    def conditions_on_absence(self, names: Iterable[str], implied: Item) -> list[Condition]:
        """The conditions that values are under these names, and not made of other attributes:
        what is asked of them would be answered by their absence.

        `implied`: what absence stands for; a former name may have that.
        """
        found = list[Condition]()
        for name in names:
            absent = [_is_implied(each, implied.get(name)) for each in self.former_names_of(name)]
            if name in self.reaches:
                found.append(attribute_exists(name))
            elif absent:
                found.append(join("OR", attribute_exists(name), all_of(absent)))
        return found

    def is_unknown(self, name: str) -> bool:
        """Whether the function may make something of this attribute that no partial update
        foresees, which has not read the item."""
        return name in self.reaches

    def _rename(self, item: Item) -> Item:
        """Where both names are there, the present one holds."""
        if self.renamed.keys().isdisjoint(item):
            return item
        renamed = dict(item)
        for former, present in self.renamed.items():
            if former in renamed:
                renamed.setdefault(present, renamed.pop(former))
        return renamed

    def _find_beyond(self, asked: frozenset[str], item: Item, upgraded: object) -> str:
        """What the function was seen to reach beyond `reaches`, if anything.

        That is what it `asked` for by name, and what it changed.
        """
        seen = {*asked}
        if is_mapping(upgraded):
            known = {*item, *upgraded}
            seen |= {name for name in known if item.get(name) != upgraded.get(name)}
        others = sorted(seen - self.reaches - self.kept)
        return _beyond(others) if others else ""

    def _find_unseen(self, item: Item, upgraded: object) -> str:
        """What the function looked at in a copy of the item beyond `reaches`, if anything: without
        it, the function makes something else of the item."""
        others = sorted(item.keys() - self.reaches - self.kept)
        differing = self._differs_without(others, item, upgraded) if others else frozenset[str]()
        if not differing:
            return ""
        # What it makes another of each time, such as an identifier, says nothing.
        varying = self._differs_without([], item, upgraded)
        found = [each for each in others if self._differs_without([each], item, upgraded) - varying]
        if not found and differing - varying:
            found = others
        return _beyond(found) if found else ""

    def _differs_without(self, names: Collection[str], item: Item, upgraded: Any) -> frozenset[str]:
        """Of which attributes the function makes something else where the item lacks `names`."""
        known = self.reaches | self.kept
        rest = {name: value for name, value in item.items() if name not in names}
        try:
            made: Any = self.function(copy_item(rest)) if self.function else rest
            return frozenset(name for name in known if made.get(name) != upgraded.get(name))
        except Exception:  # noqa: BLE001 - a function of the user's, which misses something
            return known


def _beyond(names: Collection[str]) -> str:
    return f"its upgrade reaches {', '.join(names)}: name it in reaches=[...]"


def _is_implied(former: str, implied: AttributeValue | None) -> Condition:
    """The condition that nothing, or what absence stands for, is under a former name."""
    absent = attribute_not_exists(former)
    return absent if implied is None else join("OR", absent, stored_equals(former, implied))


NO_UPGRADE: Final = Upgrade()


def declare_upgrade(
    table: TableDefinition,
    renamed: Mapping[str, str] | None,
    function: UpgradeFunction | None,
    reaches: Collection[str] | None,
) -> Upgrade | None:
    """The upgrade of an entity that declares this of older items; None if it declares nothing."""
    if not renamed and function is None:
        return None
    # Where items without a type are told by their keys, every write adds it: it tells no shape.
    kind = None if table.knows_by_key else table.type_attribute
    known = {*table.primary_index.attribute_names, kind}
    kept = frozenset(name for name in known if name is not None)
    return Upgrade(dict(renamed or {}), function, frozenset(reaches or ()), kept)


class Watched(dict[str, Any]):
    """A copy of an item that notes the names that are asked for.

    Where it is gone through as a whole, that is noted, and no names: a copy asks for each of them.
    """

    def __init__(self, item: Item) -> None:
        super().__init__(copy_item(item))
        self.asked: dict[str, None] = {}
        self.is_seen_whole = False

    def __contains__(self, name: object) -> bool:
        return super().__contains__(self._note(name))

    def __getitem__(self, name: str) -> Any:
        return super().__getitem__(name if self.is_seen_whole else self._note(name))

    def get(self, name: str, default: Any = None) -> Any:
        is_copied = self.is_seen_whole and super().__contains__(name)
        return super().get(name if is_copied else self._note(name), default)

    def pop(self, name: str, *default: Any) -> Any:
        return super().pop(self._note(name), *default)

    def setdefault(self, name: str, default: Any = None) -> Any:
        return super().setdefault(self._note(name), default)

    def __setitem__(self, name: str, value: Any) -> None:
        super().__setitem__(self._note(name), value)

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

    def __reduce__(self) -> tuple[Any, ...]:  # copies by `copy` and `pickle` are plain ones
        return dict, (dict(self),)

    def __or__(self, other: Any) -> Any:
        return dict(self) | other

    def __ror__(self, other: Any) -> Any:
        return other | dict(self)

    def __eq__(self, other: object) -> bool:
        self._note_all()
        return super().__eq__(other)

    __hash__ = None  # as of any dict

    def __ne__(self, other: object) -> bool:
        self._note_all()
        return super().__ne__(other)

    def __repr__(self) -> str:
        self._note_all()
        return super().__repr__()

    def __reversed__(self) -> Iterator[str]:
        self._note_all()
        return super().__reversed__()

    def popitem(self) -> Any:
        self._note_all()
        return super().popitem()

    def __len__(self) -> int:
        self._note_all()
        return super().__len__()

    def _note(self, name: Any) -> Any:
        self.asked[name] = None
        return name

    def _note_all(self) -> None:
        self.is_seen_whole = True


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
