"""Whether a partition or an item is asked more often a second than DynamoDB serves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, prod
from typing import Literal

from singletable.check.findings import Finding, Rule
from singletable.check.units import Charge, units_of
from singletable.check.volumes import Volumes
from singletable.design import ir

READ_LIMIT, WRITE_LIMIT = 3000, 1000
"""Units a second of one partition, and so of one item."""
ITEM_BYTES = 400 * 1024
_LIMITS = {"read": READ_LIMIT, "write": WRITE_LIMIT}

HOT_PARTITION = Rule(
    "hot-partition",
    "warning",
    "One partition key is asked more often than a partition serves",
    "A partition serves 3,000 units of reading and 1,000 of writing a second; what is more is"
    " throttled, and of a global index the writes of its table are.",
    "Spread the key over as many shards as the finding says, or over values of another field.",
)
HOT_ITEM = Rule(
    "hot-item",
    "warning",
    "One item is asked more often than a partition serves",
    "An item is in one partition, which serves 3,000 units of reading and 1,000 of writing a"
    " second; no other key is to be had for it.",
    "Cache what is read, and split what is counted into several items that are added up.",
)
ITEM_TOO_LARGE = Rule(
    "item-too-large",
    "error",
    "Items are larger than DynamoDB stores",
    "An item has 400 KB at most, with the names of its attributes; larger ones are refused.",
    "Split the item, or keep the large part elsewhere, such as in S3.",
)
RULES = (HOT_PARTITION, HOT_ITEM, ITEM_TOO_LARGE)

_Kind = Literal["read", "write"]
_Shape = tuple[str, str, str, tuple[str, ...]]


def shards_for(units: float, kind: _Kind) -> int:
    """The least number of partitions that serve so many units a second."""
    return ceil(round(units / _LIMITS[kind], 9))


def heat_findings(design: ir.Design, volumes: Volumes) -> Iterator[Finding]:
    """What is too hot, or too large, as far as figures are given."""
    yield from _large_items(design, volumes)
    loads = [*_loads(design, volumes)]
    yield from _hot_items(loads)
    yield from _hot_partitions(design, loads)


def _large_items(design: ir.Design, volumes: Volumes) -> Iterator[Finding]:
    for entity in design.entities:
        size = volumes.entity(entity.name).size
        if size is not None and size > ITEM_BYTES:
            declared = f"{size:,} bytes, where {ITEM_BYTES:,} is most"
            yield Finding(ITEM_TOO_LARGE, entity.name, declared, place=entity.place)


@dataclass(frozen=True)
class _Load:
    """Units a second that a pattern takes of the hottest partition key, all its shards together.

    `is_fixed`: the primary key is the same in every call.
    """

    pattern: ir.Pattern
    charge: Charge
    key: ir.Key
    units: float
    is_fixed: bool


def _loads(design: ir.Design, volumes: Volumes) -> Iterator[_Load]:
    patterns = {each.name: each for each in design.patterns}
    for units in units_of(design, volumes):
        calls = volumes.pattern(units.pattern).most
        for charge in units.charges if calls is not None else ():
            share = None if charge.key is None else _share(charge, charge.key, volumes)
            if charge.key is None or share is None or calls is None:
                continue
            load = calls * charge.units * share
            is_fixed = charge.is_one_item and _is_fixed(charge, charge.key.templates)
            yield _Load(patterns[units.pattern], charge, charge.key, load, is_fixed)


def _is_fixed(charge: Charge, templates: Sequence[ir.Template]) -> bool:
    """Whether these key attributes have one text in all calls."""
    stated = {each.attribute: each for each in charge.conditions if each.operator == "="}
    return all(
        not template.parts
        or (
            template.attribute in stated
            and all(each.kind == "text" for each in stated[template.attribute].operands[0].segments)
        )
        for template in templates
    )


def _share(charge: Charge, key: ir.Key, volumes: Volumes) -> float | None:
    """The share of the hottest partition key, its shards together; None if nobody says it."""
    if _is_fixed(charge, key.partition):
        return 1
    parts = [p for each in key.partition for p in each.parts if p.field in key.fields]
    said = volumes.key(key.label)
    if not parts:
        return 1
    if said.skew is not None:
        return said.skew
    if said.values is not None:
        return 1 / said.values
    if all(part.format.members for part in parts):
        return 1 / prod(len(part.format.members) for part in parts)
    return None


def _hot_items(loads: Sequence[_Load]) -> Iterator[Finding]:
    for load in loads:
        limit = _LIMITS[load.charge.kind]
        if load.is_fixed and load.units > limit:
            declared = (
                f"{load.units:,.0f} {load.charge.kind} units a second, where {limit:,} is most"
            )
            yield Finding(HOT_ITEM, load.pattern.name, declared, place=load.pattern.place)


@dataclass(frozen=True)
class Heat:
    """What is asked of one partition key at the peak: the hottest one, its shards together.

    `units` are units a second, and `limit` what its partitions serve of them.
    """

    key: ir.Key
    kind: _Kind
    units: float
    limit: int
    patterns: tuple[str, ...]

    @property
    def source(self) -> str:
        return " / ".join(each.source for each in self.key.partition)

    @property
    def share(self) -> float:
        """Of the limit."""
        return self.units / self.limit


def heat_of(design: ir.Design, volumes: Volumes) -> list[Heat]:
    """The heat of each partition key template of which enough is said, the hottest first."""
    return _heat([*_loads(design, volumes)])


def _heat(loads: Sequence[_Load]) -> list[Heat]:
    """Adds up what is asked of one partition key, by its template; single items aside."""
    grouped = defaultdict[tuple[_Kind, _Shape], list[_Load]](list)
    for load in loads:
        if not load.is_fixed and load.units:
            grouped[load.charge.kind, _shape(load)].append(load)
    heat = [
        Heat(
            key=found[0].key,
            kind=kind,
            units=sum(each.units for each in found),
            limit=_LIMITS[kind] * (found[0].key.shards.count if found[0].key.shards else 1),
            patterns=tuple(dict.fromkeys(each.pattern.name for each in found)),
        )
        for (kind, _), found in grouped.items()
    ]
    return sorted(heat, key=lambda each: -each.share)


def _hot_partitions(design: ir.Design, loads: Sequence[_Load]) -> Iterator[Finding]:
    entities = {key.label: each for each in design.entities for key in each.keys}
    for heat in _heat(loads):
        if heat.share <= 1:
            continue
        limit = _LIMITS[heat.kind]
        declared = (
            f"{heat.units:,.0f} {heat.kind} units a second of one {heat.source}, where {limit:,} is"
            f" most of each of {heat.limit // limit}: at least {shards_for(heat.units, heat.kind)}"
            f" shards; by {', '.join(heat.patterns)}"
        )
        place = entities[heat.key.label].place
        yield Finding(HOT_PARTITION, heat.key.label, declared, place=place)


def _shape(load: _Load) -> _Shape:
    """What partition keys of several entities have in common, if it is the same one."""
    texts = (
        text
        for template in load.key.partition
        for text in (template.literal, *(part.after for part in template.parts))
    )
    return load.charge.table, load.charge.index, str(load.key.shards), tuple(texts)
