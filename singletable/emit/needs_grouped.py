"""Needs of many access patterns as few groups, none wider than they are. Knows no IAM."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from singletable.emit.needs import Need, needs_of
from singletable.pattern import Pattern
from singletable.table import Table

Claims = Mapping[Need, Sequence[str]]


@dataclass(frozen=True)
class Group:
    """Actions that are allowed on these indexes at these keys; no key: at any."""

    actions: tuple[str, ...]
    indexes: tuple[str | None, ...]
    keys: tuple[str, ...]
    patterns: tuple[str, ...]


def grouped(table: Table, patterns: Iterable[Pattern]) -> list[Group]:
    """What these patterns need, each action on each key in one group only, in their order."""
    return _grouped(_claims(table, patterns))


def _claims(table: Table, patterns: Iterable[Pattern]) -> Claims:
    """Every need and the patterns that have it; what another need covers goes to that one."""
    claims = dict[Need, list[str]]()
    for pattern in patterns:
        for need in sorted(needs_of(pattern, table), key=_rank):
            claims.setdefault(need, []).append(pattern.name)
    for need in list(claims):
        wider = [each for each in claims if each != need and _covers(each, need)]
        if wider:
            names = claims.pop(need)
            claims[wider[0]] += [name for name in names if name not in claims[wider[0]]]
    return claims


def _rank(need: Need) -> tuple[str, str, str]:
    return need.index or "", need.key, need.action


def _covers(one: Need, other: Need) -> bool:
    same = (one.action, one.index) == (other.action, other.index)
    return same and one.key.covers(other.key)


def _grouped(claims: Claims) -> list[Group]:
    """Keys that allow the same actions stand together, and so do indexes with the same keys."""
    allowed = dict[tuple[str | None, str], set[str]]()
    for need in sorted(claims, key=_rank):
        key = "" if need.key.is_anything else need.key.pattern
        allowed.setdefault((need.index, key), set()).add(need.action)
    together = dict[tuple[str | None, bool, tuple[str, ...]], list[str]]()
    for (index, key), some in allowed.items():
        together.setdefault((index, bool(key), tuple(sorted(some))), []).append(key)
    groups = dict[tuple[tuple[str, ...], tuple[str, ...]], list[str | None]]()
    for (index, _, actions), keys in together.items():
        groups.setdefault((actions, tuple(filter(None, keys))), []).append(index)
    made = [
        Group(actions, tuple(indexes), keys, _patterns_of(claims, actions, indexes, keys))
        for (actions, keys), indexes in groups.items()
    ]
    order = list(dict.fromkeys(name for names in claims.values() for name in names))
    return sorted(made, key=lambda group: min(map(order.index, group.patterns)))


def _patterns_of(
    claims: Claims, actions: Sequence[str], indexes: Sequence[str | None], keys: Sequence[str]
) -> tuple[str, ...]:
    """In the order in which they are declared."""
    names = [
        names
        for need, names in claims.items()
        if need.action in actions
        and need.index in indexes
        and (need.key.pattern in keys or (not keys and need.key.is_anything))
    ]
    return tuple(dict.fromkeys(name for some in names for name in some))
