"""Consumed capacity: 4 KB read, 1 KB written, half for eventual reads, twice in transactions."""

from __future__ import annotations

from singletable.testing.indexes import SortedIndex
from singletable.testing.parameters import Parameters, optional_choice
from singletable.testing.schemas import IndexSchema
from singletable.testing.tables import Record, Write
from singletable.testing.values import Item, equals, item_size

_READ_BYTES, _WRITE_BYTES = 4096, 1024
_LABELS = {"local": "LocalSecondaryIndexes", "global": "GlobalSecondaryIndexes"}


def read_units(size: int, *, consistent: bool) -> float:
    return max(1, -(-size // _READ_BYTES)) * (1.0 if consistent else 0.5)


def write_units(size: int) -> float:
    return float(max(1, -(-size // _WRITE_BYTES)))


class Meter:
    """Adds up a request's units, if the request wants to know them.

    `transaction` is Read or Write for a transaction: it costs twice, and its units are also told
    as ReadCapacityUnits or WriteCapacityUnits.
    """

    def __init__(self, parameters: Parameters, *, transaction: str = "") -> None:
        self._mode = optional_choice(
            parameters, "ReturnConsumedCapacity", "NONE", "TOTAL", "INDEXES"
        )
        self._transaction = transaction
        self._units: dict[str, dict[tuple[str, str], float]] = {}

    def count(self, table: str, index: IndexSchema, units: float) -> None:
        if self._mode != "NONE":
            of_table = self._units.setdefault(table, {("primary", ""): 0.0})
            place = (index.kind, index.name)
            of_table[place] = of_table.get(place, 0.0) + units * (2 if self._transaction else 1)

    def count_write(self, write: Write) -> None:
        if self._mode == "NONE":
            return
        old, new = write.old, write.new
        sizes = [record.size for record in (old, new) if record is not None]
        name = write.table.schema.name
        self.count(name, write.table.schema.primary, write_units(max(sizes, default=0)))
        for index in write.table.secondary:
            units = _index_units(index, write)
            if units:
                self.count(name, index.schema, units)

    def one(self) -> dict[str, object]:
        """The response's part for the only table."""
        tables = self._tables()
        return {"ConsumedCapacity": tables[0]} if tables else {}

    def many(self) -> dict[str, object]:
        """The response's part for several tables."""
        tables = self._tables()
        return {"ConsumedCapacity": tables} if tables else {}

    def _tables(self) -> list[dict[str, object]]:
        return [self._describe(name, units) for name, units in self._units.items()]

    def _describe(self, name: str, units: dict[tuple[str, str], float]) -> dict[str, object]:
        described: dict[str, object] = {"TableName": name, **self._show(sum(units.values()))}
        if self._mode != "INDEXES":
            return described
        described["Table"] = self._show(units["primary", ""])
        for kind, label in _LABELS.items():
            indexes = {
                index: self._show(number)
                for (of_kind, index), number in units.items()
                if of_kind == kind
            }
            if indexes:
                described[label] = indexes
        return described

    def _show(self, units: float) -> dict[str, float]:
        shown = {"CapacityUnits": units}
        if self._transaction:
            shown[f"{self._transaction}CapacityUnits"] = units
        return shown


def _index_units(index: SortedIndex, write: Write) -> float:
    """An entry that moves is removed and added; one that stays the same costs nothing."""
    old, new = _entry(index, write, write.old), _entry(index, write, write.new)
    if old is None or new is None:
        return sum(write_units(entry[1]) for entry in (old, new) if entry is not None)
    if old[0] != new[0]:
        return write_units(old[1]) + write_units(new[1])
    if equals(old[2], new[2]):
        return 0.0
    return write_units(max(old[1], new[1]))


def _entry(
    index: SortedIndex, write: Write, record: Record | None
) -> tuple[object, int, Item] | None:
    place = index.place_of(record.item, write.key) if record is not None else None
    if record is None or place is None:
        return None
    cut = index.schema.cut(record.item)
    return place, item_size(cut), cut
