"""What an in-memory DynamoDB holds: tables of immutable items, and recent transactions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from singletable.testing.errors import TransportError, build_missing_table, build_validation
from singletable.testing.indexes import SortedIndex
from singletable.testing.parameters import Parameters, require_text
from singletable.testing.schemas import Key, TableSchema
from singletable.testing.values import Item, item_size
from singletable.testing.vector_schemas import Vector, VectorSchema

_ITEM_BYTES = 400 * 1024


@dataclass(frozen=True, slots=True)
class Record:
    """A stored item and its size in bytes."""

    item: Item
    size: int


@dataclass(frozen=True, slots=True)
class Write:
    """A change of one item that has been checked and can no longer fail."""

    table: Table
    key: Key
    old: Record | None
    new: Record | None


@dataclass(eq=False)
class Table:
    schema: TableSchema
    options: Parameters
    created: float
    number: int
    ttl_attribute: str | None = None
    records: dict[Key, Record] = field(default_factory=dict[Key, Record])

    def __post_init__(self) -> None:
        self.primary = SortedIndex(self.schema.primary)
        self.secondary = [SortedIndex(each) for each in self.schema.indexes.values()]
        self._vectors: dict[str, dict[Key, Vector | None]] = {}
        self.indexes = {index.schema.name: index for index in (self.primary, *self.secondary)}

    def vectors_of(self, index: VectorSchema) -> Iterator[tuple[Key, Vector, Item]]:
        """The items of a vector index, with their keys and vectors."""
        known = self._vectors.setdefault(index.name, {})
        for key, record in self.records.items():
            if key not in known:
                known[key] = index.vector_of(record.item)
            vector = known[key]
            if vector is not None:
                yield key, vector, record.item

    @property
    def size(self) -> int:
        return sum(record.size for record in self.records.values())

    def find(self, key: Key) -> Record | None:
        return self.records.get(key)

    def prepare(self, key: Key, new: Item | None) -> Write:
        """The write that leaves `new` at a key; refuses an item that is too big."""
        old = self.records.get(key)
        if new is None:
            return Write(self, key, old, None)
        record = Record(new, item_size(new))
        check_size(record.size, "to update ")
        return Write(self, key, old, record)

    def carry_out(self, write: Write) -> None:
        old, new = write.old, write.new
        for known in self._vectors.values():
            known.pop(write.key, None)
        if new is None:
            self.records.pop(write.key, None)
        else:
            self.records[write.key] = new
        for index in self._indexes_to_change(old, new):
            if old is not None:
                index.remove(old.item, write.key)
            if new is not None:
                index.add(new.item, write.key)

    def _indexes_to_change(self, old: Record | None, new: Record | None) -> Iterator[SortedIndex]:
        if old is None or new is None:
            yield self.primary
            yield from self.secondary
            return
        for index in self.secondary:
            if index.place_of(old.item, ()) != index.place_of(new.item, ()):
                yield index


def check_size(size: int, about: str = "") -> None:
    if size > _ITEM_BYTES:
        raise build_validation(f"Item size {about}has exceeded the maximum allowed size")


_TOKEN_SECONDS = 600


class Store:
    """`clock` gives seconds since the epoch."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.tables: dict[str, Table] = {}
        self.created = 0
        self._tokens: dict[str, tuple[float, str]] = {}

    def table(self, parameters: Parameters) -> Table:
        """The table that a request names."""
        table = self.tables.get(require_text(parameters, "TableName"))
        if table is None:
            raise build_missing_table()
        return table

    def is_repeated(self, token: str, fingerprint: str) -> bool:
        """Whether this transaction was committed within ten minutes under this token."""
        self._forget_old_tokens()
        if token not in self._tokens:
            return False
        if self._tokens[token][1] != fingerprint:
            raise TransportError(
                "IdempotentParameterMismatchException",
                "Request parameters do not match those of the first request with this token",
            )
        return True

    def remember(self, token: str, fingerprint: str) -> None:
        self._tokens[token] = (self.clock(), fingerprint)

    def _forget_old_tokens(self) -> None:
        oldest = self.clock() - _TOKEN_SECONDS
        while self._tokens:
            token = next(iter(self._tokens))
            if self._tokens[token][0] > oldest:
                return
            del self._tokens[token]
