"""The keys of a table that nobody has described, as far as the names of attributes tell them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from singletable.design.ir import JsonObject

Item = Mapping[str, Any]

_PAIRS = (("pk", "sk"), ("partitionkey", "sortkey"), ("hashkey", "rangekey"), ("hash", "range"))
_OF_INDEX = re.compile(r"(?P<before>[A-Za-z]*[_-]?[0-9]*[_-]?)(?P<pk>pk)(?P<after>[0-9]*)", re.I)
_KEY_TYPES = frozenset({"S", "N", "B"})


def guess_keys(items: Sequence[Item]) -> JsonObject | None:
    """The keys of a table and of its indexes, as a design file has them; None where names do not
    tell them.

    Primary keys are attributes that every item has, and that no two items have alike.
    """
    primary = _primary(items)
    if primary is None:
        return None
    sides = {"partition": primary[0], "sort": list(primary[1:])}
    return sides | {"indexes": [*_indexes(items, primary)]}


def _primary(items: Sequence[Item]) -> tuple[str, ...] | None:
    counted = Counter(name for item in items for name, value in item.items() if _may_be_key(value))
    everywhere = [name for name, number in counted.items() if number == len(items)]
    by_name = {_plain(name): name for name in everywhere}
    for pair in _PAIRS:
        names = tuple(by_name[each] for each in pair if each in by_name)
        if names and names[0] == by_name.get(pair[0]) and _tells_apart(names, items):
            return names
    alone = [name for name in everywhere if _tells_apart((name,), items)]
    return (alone[0],) if len(alone) == 1 and len(items) > 1 else None


def _may_be_key(value: Any) -> bool:
    return isinstance(value, Mapping) and bool(_KEY_TYPES & value.keys())


def _plain(name: str) -> str:
    return re.sub("[^a-z]", "", name.lower()) if not re.search("[0-9]", name) else name


def _tells_apart(names: tuple[str, ...], items: Sequence[Item]) -> bool:
    keys = {tuple(str(item[name]) for name in names) for item in items}
    return len(keys) == len(items)


def _indexes(items: Sequence[Item], primary: tuple[str, ...]) -> Iterator[JsonObject]:
    """Attributes that are called like keys of indexes: `GSI1PK` and `GSI1SK`, `PK1` and `SK1`."""
    names = dict.fromkeys(name for item in items for name in item if name not in primary)
    for name in names:
        found = _OF_INDEX.fullmatch(name)
        if found is None:
            continue
        stem = re.sub("[_-]", "", found["before"] + found["after"])
        pk = found["pk"]
        sk = "SK" if pk.isupper() else "sk" if pk.islower() else "Sk"
        sort = f"{found['before']}{sk}{found['after']}"
        label = stem if len(stem) > 2 else f"GSI{stem}"
        yield {"name": label, "partition": name, "sort": [sort] if sort in names else []}
