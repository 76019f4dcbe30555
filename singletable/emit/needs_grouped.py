"""Needs of many access patterns as few groups, none wider than they are. Knows no IAM."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from singletable.emit.needs import Need, needs_of
from singletable.patterns import Pattern
from singletable.table import Table

Claims = Mapping[Need, Set[str]]
Place = tuple[str | None, str]
"""An index, None for the table, and a pattern of its partition keys; empty where any will do."""


@dataclass(frozen=True)
class Group:
    """Actions that are allowed on these indexes at these keys; no key: at any."""

    actions: tuple[str, ...]
    indexes: tuple[str | None, ...]
    keys: tuple[str, ...]
    patterns: tuple[str, ...]


def grouped(table: Table, patterns: Iterable[Pattern]) -> list[Group]:
    """What these patterns need, each action on each key in one group only, in their order."""
    asked = list(patterns)
    order = {pattern.name: at for at, pattern in enumerate(asked)}
    groups = _groups(_claims(table, asked), order)
    return sorted(groups, key=lambda group: (order[group.patterns[0]], group.actions))


def _claims(table: Table, patterns: Iterable[Pattern]) -> Claims:
    """Every need and the patterns that have it; what another need covers goes to that one."""
    claims = dict[Need, set[str]]()
    for pattern in patterns:
        for need in needs_of(pattern, table):
            claims.setdefault(need, set()).add(pattern.name)
    for need in sorted(claims, key=_rank):
        wider = [each for each in sorted(claims, key=_rank) if each != need and _covers(each, need)]
        if wider:
            claims[wider[0]] |= claims.pop(need)
    return claims


def _rank(need: Need) -> tuple[str, str, str]:
    return need.index or "", need.key, need.action


def _covers(one: Need, other: Need) -> bool:
    same = (one.action, one.index) == (other.action, other.index)
    return same and one.key.covers(other.key)


def _groups(claims: Claims, order: Mapping[str, int]) -> Iterator[Group]:
    """Keys that allow the same actions stand together, and so do indexes with the same keys."""
    indexes = dict[tuple[tuple[str, ...], tuple[str, ...]], list[str | None]]()
    for (index, actions, _), places in _together(claims).items():
        keys = tuple(key for _, key in places if key)
        indexes.setdefault((actions, keys), []).append(index)
    for (actions, keys), some in indexes.items():
        held = {(index, key) for index in some for key in keys or ("",)}
        owners = {
            name
            for need, names in claims.items()
            if need.action in actions and _place(need) in held
            for name in names
        }
        yield Group(actions, tuple(some), keys, tuple(sorted(owners, key=order.__getitem__)))


def _together(
    claims: Claims,
) -> Mapping[tuple[str | None, tuple[str, ...], bool], Sequence[Place]]:
    """Places of an index by what may be done there; those of any key are never with others."""
    allowed = dict[Place, list[str]]()
    for need in sorted(claims, key=_rank):
        allowed.setdefault(_place(need), []).append(need.action)
    together = dict[tuple[str | None, tuple[str, ...], bool], list[Place]]()
    for (index, key), actions in allowed.items():
        together.setdefault((index, tuple(actions), bool(key)), []).append((index, key))
    return together


def _place(need: Need) -> Place:
    return need.index, "" if need.key.is_anything else need.key.pattern
