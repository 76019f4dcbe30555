"""One write: read from its parameters, checked against the stored item, made ready to carry out."""

from __future__ import annotations

from dataclasses import dataclass

from singletable.testing.conditions import Condition, Values
from singletable.testing.errors import build_conditional_failure, build_validation
from singletable.testing.parameters import Parameters, optional_choice, require_mapping
from singletable.testing.schemas import Key
from singletable.testing.scope import Scope
from singletable.testing.tables import Record, Store, Table, Write, check_size
from singletable.testing.updates import Update
from singletable.testing.values import Item, decode_item, encode_item, item_size


@dataclass(frozen=True, slots=True)
class WriteRequest:
    """A Put has an item, an Update may have changes; a Delete and a ConditionCheck have neither.

    `given_key` is None for a Put, whose key is in its item. A key that does not match the schema
    is found by `key`: within a transaction it is a reason to cancel.
    """

    kind: str
    table: Table
    given_key: Item | None
    condition: Condition | None
    values: Values
    item: Item | None = None
    update: Update | None = None
    shows_item: bool = False

    @property
    def key(self) -> Key:
        if self.given_key is not None:
            return self.table.schema.lookup_key(self.given_key)
        return self.table.schema.key_of(self.item or {})

    def prepare(self) -> Write:
        """The write, if its condition holds and its item may be stored."""
        key = self.key
        if self.item is not None:
            self.table.schema.check_index_keys(self.item)
        old = self.table.find(key)
        if self.condition is not None:
            self._check_condition(self.condition, old)
        self._check_key_stays()
        if self.kind == "ConditionCheck":
            return Write(self.table, key, old, old)
        return self.table.prepare(key, self.item or self._apply_update(key, old))

    def _check_condition(self, condition: Condition, old: Record | None) -> None:
        if not condition.holds(old.item if old else {}, self.values):
            shown = encode_item(old.item) if old and self.shows_item else None
            raise build_conditional_failure(shown)

    def _apply_update(self, key: Key, old: Record | None) -> Item | None:
        if self.kind != "Update":
            return None
        names = self.table.schema.primary.attributes
        item = old.item if old else dict(zip(names, key, strict=True))
        if self.update is not None:
            item = self.update.apply(item, self.values)
            self.table.schema.check_index_keys(item)
        return item

    def _check_key_stays(self) -> None:
        for path in self.update.paths if self.update else ():
            if path[0] in self.table.schema.primary.attributes:
                raise build_validation(
                    "One or more parameter values were invalid: "
                    f"Cannot update attribute {path[0]}. This attribute is part of the key"
                )


def read_write(store: Store, kind: str, parameters: Parameters) -> WriteRequest:
    """The write of a request or of a transaction's action; refuses what no item could mend."""
    table = store.table(parameters)
    scope = Scope(parameters)
    item = _read_item(table, parameters) if kind == "Put" else None
    key = _read_key(table, parameters) if item is None else None
    update = scope.update("UpdateExpression") if kind == "Update" else None
    condition = scope.condition("ConditionExpression")
    scope.close()
    failure = optional_choice(parameters, "ReturnValuesOnConditionCheckFailure", "NONE", "ALL_OLD")
    return WriteRequest(
        kind, table, key, condition, scope.values, item, update, shows_item=failure == "ALL_OLD"
    )


def _read_item(table: Table, parameters: Parameters) -> Item:
    item = decode_item(require_mapping(parameters, "Item"))
    check_size(item_size(item))
    table.schema.check_key_not_empty(item)
    return item


def _read_key(table: Table, parameters: Parameters) -> Item:
    key = decode_item(require_mapping(parameters, "Key"))
    table.schema.check_key_not_empty(key)
    return key


def find_key(table: Table, parameters: Parameters) -> Key:
    """The primary key that a read names."""
    return table.schema.lookup_key(_read_key(table, parameters))
