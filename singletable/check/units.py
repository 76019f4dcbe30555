"""What a call of each pattern takes in read and write units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, floor, inf
from operator import mul
from typing import Literal

from singletable.check.index_writes import UpdatedEntry
from singletable.check.sizes import Sizes
from singletable.check.volumes import Volumes
from singletable.design import ir

_READ_BYTES, _WRITE_BYTES, _PAGE_BYTES = 4096, 1024, 1024**2
_BATCH_GETS = frozenset({"BatchGetItem", "BatchGet"})
_TRANSACTIONS = frozenset({"Transaction", "Check", "TransactWriteItems"})
_BATCHES = frozenset({"Batch", "BatchWriteItem", "Clear"})
_IN_TRANSACTIONS = frozenset({"TransactGetItems", "Snapshot"})
_KINDS: Mapping[str, Literal["Put", "Update", "Delete"]] = {
    "PutItem": "Put",
    "UpdateItem": "Update",
    "DeleteItem": "Delete",
    "TransactWriteItems": "Put",
    "BatchWriteItem": "Put",
}
"""What the writes of a design in a file do, which names no actions."""


def read_units(size: float, price: float = 0.5) -> float:
    """Units of reading so many bytes at once: 0.5 for 4 KB, 1 if consistent, 2 in a transaction."""
    return max(1, ceil(round(size / _READ_BYTES, 9))) * price


def write_units(size: float) -> int:
    """Units of writing one item of so many bytes: 1 for 1 KB."""
    return max(1, ceil(round(size / _WRITE_BYTES, 9)))


@dataclass(frozen=True)
class Charge:
    """Units that one call takes on one index. `key` and `conditions` say of which partition; there
    is no key where it is of all."""

    kind: Literal["read", "write"]
    table: str
    index: str
    units: float
    key: ir.Key | None = None
    conditions: tuple[ir.KeyCondition, ...] = ()
    is_one_item: bool = False


@dataclass(frozen=True)
class PatternUnits:
    """Units of one call, if nothing is `missing`: figures by their place in the file of volumes.

    `assumed`: what the design leaves open, and how it was taken: at the most.
    """

    pattern: str
    charges: tuple[Charge, ...]
    missing: tuple[str, ...]
    assumed: tuple[str, ...]

    def units(self, kind: Literal["read", "write"]) -> float:
        return sum(each.units for each in self.charges if each.kind == kind)


def units_of(design: ir.Design, volumes: Volumes) -> list[PatternUnits]:
    """The units of each pattern of a design."""
    return [_Call(design, pattern, volumes).units() for pattern in design.patterns]


class _Call(Sizes):
    """Adds up one call of one pattern."""

    def __init__(self, design: ir.Design, pattern: ir.Pattern, volumes: Volumes) -> None:
        super().__init__(design, volumes)
        self.pattern, self.operation = pattern, pattern.operation
        self.volume = volumes.pattern(pattern.name)
        self.entities = {each.name: each for each in design.entities}
        self.meant = [self.entities[name] for name in pattern.operation.entities]

    def units(self) -> PatternUnits:
        charges = [charge for read in self.operation.reads for charge in self._read(read)]
        charges += self._writes()
        if not self.operation.kind:
            self.missing["no operation"] = None
        return PatternUnits(
            self.pattern.name,
            () if self.missing else tuple(charges),
            tuple(self.missing),
            tuple(self.assumed),
        )

    def _at(self, word: str) -> str:
        return f"patterns.{self.pattern.name}.{word}"

    # Reads.

    def _read(self, read: ir.Read) -> Iterator[Charge]:
        table = self.design.table(read.table)
        keys = self._keys_of(read, table)
        if read.distance is not None:
            self.missing["a price of vector searches, which are paid by bytes"] = None
        elif read.is_scan:
            yield self._scan(read, keys)
        elif not keys:
            self.missing[f"an entity that is in {read.index} and returned"] = None
        elif self.operation.gets_items:
            yield from self._gets(read, keys)
        else:
            yield from self._query(read, keys)

    def _keys_of(self, read: ir.Read, table: ir.Table) -> list[tuple[ir.Entity, ir.Key]]:
        """The keys that are asked, with their entities; those of all entities for a scan."""
        named = (
            self.volume.returned
            if isinstance(self.volume.returned, Mapping)
            else dict[str, float]()
        )
        found = [
            (entity, key)
            for entity in self.design.entities_of(table)
            for key in entity.keys
            if key.index == read.index
        ]
        if read.is_scan:
            return found
        asked = [pair for pair in found if pair[1].label in read.keys]
        asked = asked or [pair for pair in found if pair[0] in self.meant]
        return asked + [pair for pair in found if pair[0].name in named and pair not in asked]

    def _price(self, read: ir.Read) -> float:
        if self.operation.kind in _IN_TRANSACTIONS:
            return 2
        return 1 if read.consistent else 0.5

    def _gets(self, read: ir.Read, keys: Sequence[tuple[ir.Entity, ir.Key]]) -> Iterator[Charge]:
        """Each item rounded up by itself; of each entity one, unless it is a batch."""
        is_batch = self.operation.kind in _BATCH_GETS
        counts = self._counts(read, keys) if is_batch else [1.0] * len(keys)
        for (entity, key), count in zip(keys, counts, strict=True):
            units = count * read_units(self.item(entity), self._price(read))
            yield self._charge_of(read, units, key, is_one_item=not is_batch)

    def _query(self, read: ir.Read, keys: Sequence[tuple[ir.Entity, ir.Key]]) -> Iterator[Charge]:
        counts = self._counts(read, keys)
        sizes = [self.entry(entity, key) for entity, key in keys]
        count = sum(counts)
        size = sum(map(mul, counts, sizes)) / count if count else 0
        units = self._requests(read, count, size)
        yield self._charge_of(read, units, keys[0][1])
        if read.hydration is not None:
            price = 1 if read.hydration.consistent else 0.5
            units = sum(
                number * read_units(self.item(entity), price)
                for (entity, _), number in zip(keys, counts, strict=True)
            )
            yield Charge("read", read.table, ir.PRIMARY, units)

    def _requests(self, read: ir.Read, count: float, size: float) -> float:
        """Units of a query that reads so many items of a size: each page is rounded up."""
        page = min(
            read.items_per_request or inf, max(1, floor(_PAGE_BYTES / size)) if size else inf
        )
        each = count / read.requests
        if read.requests > 1 and read.items_per_request and self.volume.read is None:
            # Every shard is asked for a whole page.
            each = max(each, min(count, read.items_per_request))
        full = floor(each / page) if page < inf else 0
        rest = each - full * page if full else each
        price = self._price(read)
        units = full * read_units(page * size, price) if full else 0
        if rest or not full:
            units += read_units(rest * size, price)
        return units * read.requests

    def _scan(self, read: ir.Read, keys: Sequence[tuple[ir.Entity, ir.Key]]) -> Charge:
        """All of the index, unless it is said how much a call reads."""
        if self.volume.read is not None:
            counts = self._counts(read, keys)
        else:
            counts = [float(self.count(entity, key)) for entity, key in keys]
        sizes = [float(self.entry(entity, key)) for entity, key in keys]
        size = sum(map(mul, counts, sizes))
        return Charge("read", read.table, read.index, read_units(size, self._price(read)))

    def _charge_of(
        self, read: ir.Read, units: float, key: ir.Key, *, is_one_item: bool = False
    ) -> Charge:
        return Charge("read", read.table, read.index, units, key, read.conditions, is_one_item)

    def _counts(self, read: ir.Read, keys: Sequence[tuple[ir.Entity, ir.Key]]) -> list[float]:
        """How many items of each entity are read in a call."""
        returned = self.volume.returned
        if isinstance(returned, Mapping):
            counts = [float(returned.get(entity.name, 0)) for entity, _ in keys]
            total = sum(counts)
            scale = self.volume.read / total if self.volume.read is not None and total else 1
            return [each * scale for each in counts]
        count = self._count_in_all(read, returned)
        if len(keys) == 1:
            return [count]
        weights = [float(self.count(entity, key)) for entity, key in keys]
        return [count * each / (sum(weights) or 1) for each in weights]

    def _count_in_all(self, read: ir.Read, returned: float | None) -> float:
        if self.volume.read is not None:
            return self.volume.read
        most = 1 if self.operation.kind == "First" else read.items_in_all
        if returned is None and most is not None:
            returned = most
            self.assumed[f"{self._at('returned')} is {most}, the most that is asked"] = None
        if read.filter is not None:
            self.assumed["the filter leaves nothing out; say `read`"] = None
        count = self.figure(returned, self._at("returned"))
        # The engine asks for one item more, the proof that there are more.
        is_full = read.keys and not read.items_per_request and most is not None and count >= most
        return count + 1 if is_full else count

    # Writes.

    def _actions(self) -> Sequence[ir.Action]:
        """The writes; of a design in a file one of each entity. Unique items whose value does not
        change are left alone."""
        said = self.volume.changed
        if self.operation.writes:
            return [
                each
                for each in self.operation.writes
                if not each.conditional or said is None or self._unique_field(each) in said
            ]
        kind = _KINDS.get(self.operation.kind)
        if kind is None:
            return ()
        if kind == "Put" and self.operation.kind != "PutItem":
            self.assumed["each item is taken to be put for the first time"] = None
        return [
            ir.Action(verb=kind, kind=kind, table=entity.table, entity=entity.name)
            for entity in self.meant
        ]

    def _unique_field(self, action: ir.Action) -> str:
        uniques = self.entities[action.entity].uniques
        return next(each.field for each in uniques if each.label == action.unique)

    def _writes(self) -> list[Charge]:
        actions = self._actions()
        is_batch = self.operation.kind in _BATCHES
        has_unique = any(each.unique is not None for each in actions)
        twice = self.operation.kind in _TRANSACTIONS or has_unique
        if any(each.conditional for each in actions) and self.volume.changed is None:
            self.assumed["the unique fields change; say `changed`"] = None
        charges = [charge for action in actions for charge in self._write(action)]
        charges += self._index_writes(actions)
        times: float = 2 if twice else 1
        if is_batch:
            times *= self._written() / sum(1 for each in actions if each.unique is None)
        return [replace(each, units=each.units * times) for each in charges]

    def _written(self) -> float:
        if self.operation.kind != "Clear" or self.volume.written is not None:
            return self.figure(self.volume.written, self._at("written"))
        returned = self.volume.returned
        total = sum(returned.values()) if isinstance(returned, Mapping) else returned
        return self.figure(total, self._at("returned"))

    def _write(self, action: ir.Action) -> Iterator[Charge]:
        """The write of the item itself; a condition that is checked costs as much."""
        entity = self.entities[action.entity]
        if action.unique is not None:
            units = write_units(self.unique(entity, action.unique))
            yield Charge("write", action.table, ir.PRIMARY, units)
        elif entity.keys:
            units = write_units(self.item(entity))
            yield Charge("write", action.table, ir.PRIMARY, units, entity.primary, action.key, True)
        else:
            self.missing[f"the keys of {entity.name}"] = None

    def _index_writes(self, actions: Iterable[ir.Action]) -> Iterator[Charge]:
        """The writes to each index; as often as it is said, where that is."""
        written = dict[tuple[str, str], None]()
        for action in actions:
            entity = self.entities[action.entity]
            for key in entity.keys if action.unique is None else ():
                if key.index == ir.PRIMARY or action.kind == "ConditionCheck":
                    continue
                if self.design.table(entity.table).index(key.index).kind == "vector":
                    self.missing["a price of vectors that are written"] = None
                    continue
                times = self.volume.writes.get(key.index)
                if times is None:
                    times = self._times(action, entity, key)
                elif (entity.table, key.index) in written:
                    times = 0
                written[entity.table, key.index] = None
                if times:
                    units = times * write_units(self.entry(entity, key))
                    yield Charge("write", entity.table, key.index, units, key)

    def _times(self, action: ir.Action, entity: ir.Entity, key: ir.Key) -> int:
        """Writes to an index: one to put or to remove an item there, two to move it, one where what
        it has of the item changes."""
        if action.kind != "Update":
            times = 1
        else:
            table = self.design.table(entity.table)
            changed = self.volume.changed
            if changed is None and action.update is None and action.changes:
                changed = [each.field for each in action.changes]
            times = UpdatedEntry(changed, action, entity, key, table.index(key.index)).times
            if changed is None and _is_open(action):
                self.assumed["all fields are taken to change; say `changed`"] = None
        if times and key.is_sparse:
            said = f"the item is in {key.index}: {times} of its writes; say `writes` if it is not"
            self.assumed[said] = None
        return times


def _is_open(action: ir.Action) -> bool:
    return action.update is None or any(each.kind == "replaced" for each in action.changes)
