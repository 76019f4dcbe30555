"""Merges the needs of access patterns into few permissions, none wider than they are.

Knows no policy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from singletable.design.ir import PRIMARY, Need, Pattern

Claims = Mapping[Need, Set[str]]
Place = tuple[str, str]
"""An index, and a pattern of its partition keys; empty where any will do."""

_SPECIAL = re.compile(r"[*?$]")


@dataclass(frozen=True)
class Permission:
    """Actions that are allowed on these indexes at these keys; no key: at any."""

    actions: tuple[str, ...]
    indexes: tuple[str, ...]
    keys: tuple[str, ...]
    patterns: tuple[str, ...]


def merge_needs(table: str, patterns: Iterable[Pattern]) -> list[Permission]:
    """Merges the needs of these patterns on a table: each action on each key once."""
    listed = list(patterns)
    order = {pattern.name: at for at, pattern in enumerate(listed)}
    permissions = _permissions(_claims(table, listed), order)
    return sorted(permissions, key=lambda each: (order[each.patterns[0]], each.actions))


def key_pattern(key: Sequence[str]) -> str:
    """The key for IAM's StringLike: signs that mean something there are written as variables."""
    return "*".join(_SPECIAL.sub(lambda sign: f"${{{sign[0]}}}", text) for text in key)


def covers_key(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether all that fits `other` fits `one`. NUL, which no key holds, stands for anything."""
    return fits_wildcards([re.escape(text) for text in one], "\0".join(other))


def fits_wildcards(expressions: Sequence[str], text: str) -> bool:
    """Whether the text is what these match one after the other, with anything between them.

    Each takes the first place where it fits and never another: time grows with the text alone.
    """
    first, *others = expressions
    between = "".join(f"(?>.*?{each})" for each in others[:-1])
    last = f".*{others[-1]}" if others else ""
    return re.fullmatch(first + between + last, text, re.DOTALL) is not None


def _claims(table: str, patterns: Iterable[Pattern]) -> Claims:
    """Every need and the patterns that have it; what another need covers goes to that one."""
    claims = dict[Need, set[str]]()
    for pattern in patterns:
        for need in pattern.needs:
            if need.table == table:
                claims.setdefault(need, set()).add(pattern.name)
    for need in sorted(claims, key=_rank):
        wider = [each for each in sorted(claims, key=_rank) if each != need and _covers(each, need)]
        if wider:
            claims[wider[0]] |= claims.pop(need)
    return claims


def _rank(need: Need) -> tuple[bool, str, str, str]:
    """Sorts the table before its indexes."""
    return need.index != PRIMARY, need.index, "\0".join(need.key), need.action


def _covers(one: Need, other: Need) -> bool:
    same = (one.action, one.index) == (other.action, other.index)
    return same and covers_key(one.key, other.key)


def _permissions(claims: Claims, order: Mapping[str, int]) -> Iterator[Permission]:
    """Groups keys that allow the same actions, and indexes with the same keys."""
    indexes = dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]]()
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
        yield Permission(actions, tuple(some), keys, tuple(sorted(owners, key=order.__getitem__)))


def _together(
    claims: Claims,
) -> Mapping[tuple[str, tuple[str, ...], bool], Sequence[Place]]:
    """Places of an index by what may be done there; those of any key are never with others."""
    allowed = dict[Place, list[str]]()
    for need in sorted(claims, key=_rank):
        allowed.setdefault(_place(need), []).append(need.action)
    together = dict[tuple[str, tuple[str, ...], bool], list[Place]]()
    for (index, key), actions in allowed.items():
        together.setdefault((index, tuple(actions), bool(key)), []).append((index, key))
    return together


def _place(need: Need) -> Place:
    """The place of a need; where any key will do, keys are not restricted."""
    return need.index, "" if not any(need.key) else key_pattern(need.key)
