"""Keeps the names in stored maps that the models here do not know, when a value is replaced.

Programs that are newer store them. Only maps of records have such names: the entries of a dict are
its value, all of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import takewhile
from typing import Protocol

from singletable.codec.wire import AttributeValue, Keep, Payload, is_list


class Part(Protocol):
    """What is needed of the coder of an element, an entry or a field."""

    @property
    def keep(self) -> Keep | None: ...


def keep_in_record(parts: Mapping[str, Part], *, closed: bool) -> Keep | None:
    """For the fields of one class, by stored name; a closed one has no other names."""
    inner = {name: part.keep for name, part in parts.items() if part.keep is not None}
    if closed and not inner:
        return None

    def keep(stored: Payload, known: Payload, new: Payload) -> Payload:
        changed = {
            name: keep_inside(inner[name], stored[name], known[name], new[name])
            for name in inner
            if name in stored and name in known and name in new
        }
        unknown = {name: value for name, value in stored.items() if name not in parts}
        return {**unknown, **new, **changed}

    return _of("M", keep)


def keep_in_map(part: Part, known_name: Callable[[str], str]) -> Keep | None:
    """For the entries of a dict, whose names may be stored in another spelling."""
    inner = part.keep
    if inner is None:
        return None

    def keep(stored: Payload, known: Payload, new: Payload) -> Payload:
        old = _by_known_name(stored, known, known_name)
        return {
            name: keep_inside(inner, old[name], known[name], value)
            if name in old and name in known
            else value
            for name, value in new.items()
        }

    return _of("M", keep)


def _by_known_name(
    stored: Payload, known: Payload, known_name: Callable[[str], str]
) -> dict[str, AttributeValue]:
    """The stored entries; those that a validator gives another name have their order alone."""
    old = {known_name(name): value for name, value in stored.items()}
    renamed, others = ([name for name in old if name not in known], known.keys() - old.keys())
    if len(renamed) == len(others):
        in_order = (name for name in known if name in others)
        old |= {name: old[former] for name, former in zip(in_order, renamed, strict=True)}
    return old


def keep_in_list(part: Part) -> Keep | None:
    """For the elements of a list, as `match` finds them."""
    inner = part.keep
    if inner is None:
        return None

    def keep(stored: Payload, known: Payload, new: Payload) -> Payload:
        if len(stored) != len(known):
            return new
        found, old = match(known, new), _as_known(stored, known)
        return [
            keep_inside(inner, old[found[at]], known[found[at]], element)
            if at in found
            else element
            for at, element in enumerate(new)
        ]

    return _of("L", keep)


def _as_known(
    stored: Sequence[AttributeValue], known: Sequence[AttributeValue]
) -> list[AttributeValue]:
    """The stored elements in the order in which the model has them, which a validator may sort."""
    names = frozenset[str]().union(*(each.get("M", ()) for each in known))
    shown = [
        {"M": {name: value for name, value in each["M"].items() if name in names}}
        if "M" in each
        else each
        for each in stored
    ]
    found = match(shown, known)
    return [stored[found[at]] if at in found else each for at, each in enumerate(known)]


def keep_in_tuple(parts: Sequence[Part]) -> Keep | None:
    """For the elements of a tuple, each in its place."""
    inner = [part.keep for part in parts]
    if not any(inner):
        return None

    def keep(stored: Payload, known: Payload, new: Payload) -> Payload:
        each = zip(inner, stored, known, new, strict=True)
        return [keep_inside(*values) for values in each]

    return _of("L", keep)


def keep_in_union(by_tag: Mapping[str, Part]) -> Keep | None:
    """For the members of a union that are told apart by their tags."""
    if not any(part.keep for part in by_tag.values()):
        return None

    def keep(stored: AttributeValue, known: AttributeValue, new: AttributeValue) -> AttributeValue:
        [tag] = new
        return keep_inside(by_tag[tag].keep, stored, known, new)

    return keep


def keep_in_variants(variant: Callable[[Payload], Part | None]) -> Keep:
    """For records of which one stays the one that it was; another one has names of its own."""

    def keep(stored: AttributeValue, known: AttributeValue, new: AttributeValue) -> AttributeValue:
        if not ("M" in stored and "M" in new):
            return new
        part = variant(new["M"])
        is_same = part is not None and part is variant(stored["M"])
        return keep_inside(part.keep, stored, known, new) if part and is_same else new

    return keep


def keep_inside(
    keep: Keep | None, stored: AttributeValue, known: AttributeValue, new: AttributeValue
) -> AttributeValue:
    """The new value with what is kept of the stored one, if there may be something."""
    return new if keep is None or stored == known else keep(stored, known, new)


def _of(tag: str, keep: Callable[[Payload, Payload, Payload], Payload]) -> Keep:
    """For values of one tag; where there was none before, nothing is kept."""

    def keep_all(
        stored: AttributeValue, known: AttributeValue, new: AttributeValue
    ) -> AttributeValue:
        if not (tag in stored and tag in known and tag in new):
            return new
        return {tag: keep(stored[tag], known[tag], new[tag])}

    return keep_all


def match(old: Sequence[AttributeValue], new: Sequence[AttributeValue]) -> dict[int, int]:
    """For elements of a new list, by position: the old element that each was, at most once.

    That is its equal, or in a list that is as long as before the one in its place, if that has no
    equal. Equal elements are matched from both ends, then in order.
    """
    is_as_long = len(old) == len(new)
    olds, news = list(map(_hashable, old)), list(map(_hashable, new))
    first = _count_same(olds, news)
    last = _count_same(reversed(olds[first:]), reversed(news[first:]))
    found = {at: at for at in range(first)}
    found |= {len(news) - at: len(olds) - at for at in range(1, last + 1)}
    places, wanted = (_places(each, first, len(each) - last) for each in (olds, news))
    for value, positions in wanted.items():
        found |= _match_equals(places[value], positions, in_place=is_as_long)
    if is_as_long:
        taken = set(found.values())
        found |= {at: at for at in range(len(new)) if at not in found and at not in taken}
    return found


def _match_equals(old: Sequence[int], new: Sequence[int], *, in_place: bool) -> dict[int, int]:
    """In order; where some of them were changed in place, those that stay go first."""
    is_changed = in_place and len(old) != len(new)
    stay = set(old).intersection(new) if is_changed else set[int]()
    others = ([at for at in each if at not in stay] for each in (new, old))
    return {at: at for at in stay} | dict(zip(*others, strict=False))


def _count_same(one: Iterable[object], other: Iterable[object]) -> int:
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _places(values: Sequence[object], start: int, end: int) -> defaultdict[object, list[int]]:
    places = defaultdict[object, list[int]](list)
    for at in range(start, end):
        places[values[at]].append(at)
    return places


def _hashable(value: AttributeValue) -> object:
    [(tag, payload)] = value.items()
    if tag == "M":
        return tag, frozenset((name, _hashable(each)) for name, each in payload.items())
    if tag == "L":
        return tag, tuple(map(_hashable, payload))
    return tag, tuple(payload) if is_list(payload) else payload
