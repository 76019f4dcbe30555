"""The keys of an item collection, compared: what its members have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from singletable.codec import AttributeValue
from singletable.errors.request import InvalidOperation
from singletable.operations.protocol import evolve
from singletable.operations.reads.key_conditions import KeyCondition, Range
from singletable.schema import CompiledKey, KeyPart
from singletable.schema.key import Position


def label_of(members: tuple[CompiledKey, ...]) -> str:
    """The keys as shown in errors and documents: `Game.key + Player.key`."""
    return " + ".join(key.label for key in members)


def beginning(
    key: CompiledKey, parts: tuple[KeyPart, ...], count: int, *, is_next_alike: bool = True
) -> tuple[object, ...]:
    """What decides a key's text up to its first `count` fields, and the next field if asked."""
    found = list[object]()
    for part in parts:
        found += [part.is_text_of_template, part.template.literal]
        for placeholder in part.template.parts:
            if count > 0 or is_next_alike:
                found += [key.positions.get(placeholder.field), placeholder.format]
            if count == 0:
                return tuple(found)
            found.append(placeholder.after)
            count -= 1
    return tuple(found)


def range_form(key: CompiledKey, parts: tuple[KeyPart, ...], count: int) -> tuple[object, ...]:
    """What decides a range on the next field. A text of no fixed width needs to end alike, too."""
    ranged = [each for part in parts for each in part.template.parts][count : count + 1]
    if not ranged:
        return (key.label,)
    end = "" if ranged[0].format.fixed_width else ranged[0].after[:1]
    return (*beginning(key, parts, count), end)


def widest(conditions: tuple[KeyCondition, ...], bounds: Range) -> KeyCondition:
    """The condition of one member, with ends that suit all: the greatest, as what is behind the
    last value may go on in any way, but for an upper end that is left out, before its value."""
    first = conditions[0]
    if all(each == first for each in conditions):
        return first
    low, *high = zip(*(each.values for each in conditions), strict=True)
    pick = min if bounds.excludes_high else max
    ends = (max(low, key=_text_of), *(pick(values, key=_text_of) for values in high))
    return evolve(first, values=ends)


def _text_of(value: AttributeValue) -> str:
    return str(value["S"])


def check_members(members: tuple[CompiledKey, ...]) -> None:
    """Raises `InvalidOperation` unless the keys are those of different entities on one index."""
    first, *others = members
    for other in others:
        if other.index is not first.index:
            apart = "table" if other.index.label == first.index.label else "index"
            problem = f"{other.label} is a key on another {apart} than {first.label}"
            raise _unfit(members, problem, "keys on one index")
        if other.entity == first.entity:
            problem = f"{other.label} is a key of {first.entity}, too"
            raise _unfit(members, problem, "keys of different entities")


def check_partitions(members: tuple[CompiledKey, ...]) -> None:
    """Raises `InvalidOperation` unless the items of all members can share a partition."""
    first, *others = members
    for other in others:
        if _partition_form(other) != _partition_form(first):
            problem = f"the partition key of {other.label} is not made as that of {first.label}"
            raise _unfit(members, problem, "keys whose partition keys are alike, or a scan")


def _unfit(members: tuple[CompiledKey, ...], declared: str, allowed: str) -> InvalidOperation:
    return InvalidOperation(where=label_of(members), declared=declared, allowed=allowed)


def _partition_form(key: CompiledKey) -> tuple[object, ...]:
    form = beginning(key, key.partition, len(key.partition_fields))
    return (*form, key.shards.count if key.shards else 1)


def _positions_of(name: str, positions: Sequence[Mapping[str, Position]]) -> set[Position]:
    """Where the field of this name stands in each of the keys that have one."""
    return {known[name] for known in positions if name in known}


def _is_shared(name: str, positions: Sequence[Mapping[str, Position]]) -> bool:
    """Whether the name stands for one part, which each of the keys has."""
    found = _positions_of(name, positions)
    return len(found) == 1 and all(found <= {*known.values()} for known in positions)


def rename_values(
    members: tuple[CompiledKey, ...], equals: Mapping[str, object]
) -> dict[str, object]:
    """The values of a query under the first member's names, by their position in the key.

    `InvalidOperation` for a name that no member has, or that stands for different parts.
    """
    positions = [key.positions for key in members]
    names = {at: name for name, at in positions[0].items()}
    known_names = dict.fromkeys(name for each in positions for name in each)
    renamed = dict[str, object]()
    for name, value in equals.items():
        found = _positions_of(name, positions)
        own = names.get(min(found)) if len(found) == 1 else None
        if own is None or own in renamed:
            single = [each for each in known_names if _is_shared(each, positions)]
            is_several = own is not None or len(found) > 1
            problem = "stands for several parts" if is_several else "is no shared part"
            allowed = ", ".join(single) or "nothing: the keys are constant"
            raise _unfit(members, f"{name} {problem}", allowed)
        renamed[own] = value
    return renamed
