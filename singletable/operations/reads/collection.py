"""Item collections: one query for the items of several entities that share a partition."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime
from functools import cached_property
from itertools import takewhile
from typing import Any, ClassVar, Self

from pydantic import BaseModel

from singletable.codec.wire import class_of
from singletable.errors.base import abridge
from singletable.errors.request import (
    InvalidItem,
    InvalidOperation,
    InvalidStoredItem,
    UnstorableValue,
)
from singletable.expressions import Scope
from singletable.operations.protocol import evolve
from singletable.operations.reads.collection_keys import (
    beginning,
    label_of,
    range_form,
    rename_values,
    widest,
)
from singletable.operations.reads.key_conditions import KeyCondition, sort_conditions
from singletable.operations.reads.key_query import KeyQuery
from singletable.operations.reads.reader import EntityReader, Item
from singletable.operations.reads.text_range import ends_of
from singletable.records import record
from singletable.schema import Attribute, CompiledKey, Values
from singletable.schema.isolation import QueryShape, covering, leading
from singletable.schema.schema import AnySchema
from singletable.table import TableDefinition
from singletable.tracing import Symbol


@record
class CollectionQuery(KeyQuery):
    """A query of several keys that share a partition; `equals` has the names of the first.

    Where the members' sort keys begin alike, it asks for that beginning, or a range after it, as
    a query of one key does; else for what is between their least and their greatest text.
    """

    others: tuple[CompiledKey, ...] = ()

    @property
    def members(self) -> tuple[CompiledKey, ...]:
        return (self.key, *self.others)

    def rename(self, values: Values) -> Values:
        return rename_values(self.members, values)

    def shape(self, skipped: tuple[str, ...]) -> QueryShape:
        entities = (*(key.entity for key in self.members), *skipped)
        if self._begins_alike:
            return super().shape(skipped)._replace(entities=entities, key=self.label)
        interval = covering(key.sort[0].template for key in self.members)
        return QueryShape(entities, self.label, 0, interval=interval)

    @cached_property
    def _begins_alike(self) -> bool:
        """Whether the sort keys are made alike as far as the query knows their fields.

        With a range on the next field, that one is made alike, too.
        """
        known = leading(self.key.sort_fields, self.equals)
        if self.bounds is not None:
            return self._has_one_form(known)
        goes_on = {len(key.sort_fields) > known for key in self.members}
        begun = {beginning(key, key.sort, known, is_next_alike=False) for key in self.members}
        return len(goes_on) == len(begun) == 1

    @cached_property
    def sort_conditions(self) -> tuple[KeyCondition, ...]:
        if self._begins_alike:
            return self._shared_conditions()
        own = [name for name in self.key.sort_fields if name not in self.key.partition_fields]
        asked = [name for name in own if name in self.equals]
        asked += [self.bounds.field] if self.bounds else []
        if asked:
            raise InvalidOperation(
                where=self.label,
                declared=f"{asked[0]} is asked for, and the sort keys do not begin alike up to it",
                allowed="fields of the partition key, or a query of one entity",
            )
        return tuple(self._interval())

    def _shared_conditions(self) -> tuple[KeyCondition, ...]:
        """Those of all members; what follows the field of a range may be another text in each."""
        if self.bounds is None:
            return sort_conditions(self.key, self.equals, None)
        count = leading(self.key.sort_fields, self.equals) + 1
        going_on = {beginning(key, key.sort, count): key for key in reversed(self.members)}
        of_each = [
            sort_conditions(key, self._known_of(key), self.bounds) for key in going_on.values()
        ]
        return tuple(widest(each, self.bounds) for each in zip(*of_each, strict=True))

    def _interval(self) -> Iterator[KeyCondition]:
        """The condition that the sort key is between the least and the greatest of all members."""
        attribute = self.key.sort[0].attribute
        if attribute.type != "S":
            return
        ends = [ends_of(key.sort[0], self._known_of(key)) for key in self.members]
        low, high = min(low for low, _ in ends), max(high for _, high in ends)
        if low:
            yield KeyCondition(attribute.name, "BETWEEN", ({"S": low}, {"S": high}))

    def _known_of(self, key: CompiledKey) -> Values:
        """The values of a member's fields, under its own names."""
        values = {at: self.equals.get(name) for name, at in self.key.positions.items()}
        known = {name: values[at] for name, at in key.positions.items() if at in values}
        return {name: value for name, value in known.items() if value is not None}

    @property
    def free_fields(self) -> tuple[str, ...]:
        """The fields that order all items alike, before each member goes on by its own."""
        free = super().free_fields
        given = len(self.key.sort_fields) - len(free)
        alike = takewhile(lambda at: self._has_one_form(given + at), range(len(free)))
        return tuple(free[at] for at in alike)

    def _has_one_form(self, count: int) -> bool:
        """Whether the sort keys are made and compared alike up to this field, and with it."""
        return len({range_form(key, key.sort, count) for key in self.members}) == 1


def _key_text(attribute: Attribute, value: object) -> str:
    """The key text of a value, or the value itself where it is none, such as a beginning."""
    try:
        kept = attribute.validate(value)
    except (InvalidItem, UnstorableValue):
        kept = value
    try:
        return attribute.format.encode(kept) if attribute.format else abridge(kept)
    except ValueError:
        return abridge(kept)


def _declaration(schema: AnySchema, field: str) -> tuple[object, ...]:
    """What decides how a field is stored and read."""
    info = schema.model.model_fields[field]
    decorators = schema.model.__pydantic_decorators__.field_validators.values()
    known = [each.func for each in decorators if {field, "*"} & set(each.info.fields)]
    validators = [getattr(func, "__func__", func) for func in known]
    stored = schema.attribute(field).stored
    return stored, info.annotation, repr(info), validators, schema.model.model_config


@record
class CollectionReader:
    """Loads the items of several entities, each as what its type attribute, or its key, says."""

    readers: tuple[EntityReader[Any], ...]
    keys: tuple[CompiledKey, ...]
    skipped: tuple[str, ...] = ()
    is_partial: ClassVar[bool] = False

    def skipping(self, names: tuple[str, ...]) -> Self:
        return evolve(self, skipped=names)

    @property
    def schemas(self) -> tuple[AnySchema, ...]:
        return tuple(reader.schema for reader in self.readers)

    @property
    def models(self) -> tuple[type[BaseModel], ...]:
        return tuple([reader.schema.model for reader in self.readers])

    @property
    def table(self) -> TableDefinition:
        return self.readers[0].table

    @property
    def expiry(self) -> str | None:
        return next((each.expiry for each in self.readers if each.expiry), None)

    @property
    def _shown(self) -> str:
        return " | ".join(schema.name for schema in self.schemas)

    def validate(self, field: str, value: object) -> object:
        """A value of a key field of the first member, as all members keep it.

        An argument is of the type of any of them.
        """
        if not isinstance(value, Symbol):
            self.check_alike(field, value)
            return self.schemas[0].attribute(field).validate(value)
        for attribute in self._attributes_at(field):
            with suppress(InvalidItem):
                return attribute.bind(value)
        return self.schemas[0].attribute(field).bind(value)

    def check_alike(self, field: str, value: object) -> None:
        """Raises `InvalidOperation` if a value of a key field is another text in each member."""
        texts = {_key_text(attribute, value) for attribute in self._attributes_at(field)}
        if len(texts) > 1:
            raise InvalidOperation(
                where=label_of(self.keys),
                declared=f"{field}={abridge(value)} is {' or '.join(sorted(texts))}",
                allowed="a value that the fields of all members keep alike",
            )

    def _attributes_at(self, field: str) -> Iterator[Attribute]:
        """Each member's attribute at the position that a field of the first one has."""
        at = self.keys[0].positions.get(field)
        for schema, key in zip(self.schemas, self.keys, strict=True):
            names = [name for name, position in key.positions.items() if position == at]
            yield from (schema.attribute(name) for name in names)

    def attribute(self, field: str) -> Attribute:
        """The attribute of a field that all members store and read alike."""
        first, *others = self.schemas
        attribute = first.attribute(field)
        for other in others:
            other.attribute(field)
            if _declaration(other, field) != _declaration(first, field):
                raise InvalidOperation(
                    where=self._shown,
                    declared=f"{field} of {other.name} is not declared as that of {first.name}",
                    allowed="fields that all members declare alike",
                )
        return attribute

    def scope(self) -> Scope:
        return self.readers[0].scope()

    def check_readable(self, key: CompiledKey) -> None:
        for reader, own in self._members:
            reader.check_readable(own)

    def projected(self, key: CompiledKey) -> tuple[str, ...]:
        return ()

    @cached_property
    def _members(self) -> tuple[tuple[EntityReader[Any], CompiledKey], ...]:
        return tuple(zip(self.readers, self.keys, strict=True))

    def load(self, item: Item) -> Any:
        reader, _ = self._member_of(item)
        return reader.load(item)

    def loader(self, key: CompiledKey) -> Callable[[Item], Any]:
        """By the type that items say they are of, which nearly all do."""
        name = self.table.type_attribute or ""
        known = {reader.schema.name: reader.loader(own) for reader, own in self._members}

        def load(item: Item) -> Any:
            kind: Any = item.get(name)
            text = kind.get("S") if class_of(kind) is dict and len(kind) == 1 else None
            load_one = known.get(text) if isinstance(text, str) else None
            if load_one is None:
                reader, own = self._member_of(item)
                load_one = reader.loader(own)
            return load_one(item)

        return load

    def _member_of(self, item: Item) -> tuple[EntityReader[Any], CompiledKey]:
        """The entity of an item, and its key; `InvalidStoredItem` if it is none of them."""
        found = next((each for each in self._members if each[0].schema.is_typed(item)), None)
        found = found or next((each for each in self._members if each[0].may_load(item)), None)
        if found is not None:
            return found
        problems = self.schemas[0].type_text(item)
        raise InvalidStoredItem(entity=self._shown, key=self.key_text(item), problems=problems)

    def is_expired(self, item: Item, now: datetime) -> bool:
        return any(reader.is_expired(item, now) for reader in self.readers)

    def key_text(self, item: Item) -> str:
        return self.readers[0].key_text(item)
