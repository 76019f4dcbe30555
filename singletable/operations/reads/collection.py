"""Item collections: one query for the items of several entities that share a partition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import takewhile
from typing import Any, ClassVar, Self

from pydantic import BaseModel

from singletable.codec import AttributeValue
from singletable.errors.base import abridge
from singletable.errors.request import InvalidItem, InvalidOperation, InvalidStoredItem
from singletable.expressions import Scope
from singletable.operations.protocol import evolve
from singletable.operations.reads.key_conditions import KeyCondition, Range, sort_conditions
from singletable.operations.reads.key_query import KeyQuery
from singletable.operations.reads.reader import EntityReader, Item
from singletable.operations.reads.text_range import ends_of
from singletable.schema import Attribute, CompiledKey, KeyPart, Values
from singletable.schema.isolation import QueryShape, covering, leading
from singletable.schema.schema import AnySchema
from singletable.table import TableDefinition
from singletable.tracing import Symbol


@dataclass(frozen=True)
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
        given = leading(self.key.sort_fields, self.equals)
        if self.bounds is not None:
            return self._has_one_form(given)
        goes_on = {len(key.sort_fields) > given for key in self.members}
        begun = {_beginning(key, key.sort, given, is_next_alike=False) for key in self.members}
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
        of_each = [sort_conditions(key, self._known_of(key), self.bounds) for key in self.members]
        return tuple(_widest(each, self.bounds) for each in zip(*of_each, strict=True))

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
        return len({_range_form(key, key.sort, count) for key in self.members}) == 1


def _key_text(attribute: Attribute, value: object) -> str:
    """The key text of a value, or the value itself where it is none, such as a beginning."""
    try:
        kept = attribute.validate(value)
    except InvalidItem:
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


def label_of(members: tuple[CompiledKey, ...]) -> str:
    """The keys as shown in errors and documents: `Game.key + Player.key`."""
    return " + ".join(key.label for key in members)


def _beginning(
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


def _range_form(key: CompiledKey, parts: tuple[KeyPart, ...], count: int) -> tuple[object, ...]:
    """The same for a range on the next field. A text of no fixed width needs to end alike, too."""
    ranged = [each for part in parts for each in part.template.parts][count : count + 1]
    if not ranged:
        return (key.label,)
    end = "" if ranged[0].format.fixed_width else ranged[0].after[:1]
    return (*_beginning(key, parts, count), end)


def _widest(conditions: tuple[KeyCondition, ...], bounds: Range) -> KeyCondition:
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
    """Raises `InvalidOperation` unless the members are different entities on one index."""
    first, *others = members
    for other in others:
        if other.index is not first.index:
            problem = f"{other.label} is a key on another index than {first.label}"
            raise _invalid_members(members, problem)
        if other.entity == first.entity:
            raise _invalid_members(members, f"{other.label} is a key of {first.entity}, too")


def check_partitions(members: tuple[CompiledKey, ...]) -> None:
    """Raises `InvalidOperation` unless the items of all members can share a partition."""
    first, *others = members
    for other in others:
        if _partition_form(other) != _partition_form(first):
            problem = f"the partition key of {other.label} is not made as that of {first.label}"
            raise _invalid_members(members, problem)


def _invalid_members(members: tuple[CompiledKey, ...], problem: str) -> InvalidOperation:
    allowed = "keys of different entities on one index; for queries with partition keys alike"
    return InvalidOperation(where=label_of(members), declared=problem, allowed=allowed)


def _partition_form(key: CompiledKey) -> tuple[object, ...]:
    form = _beginning(key, key.partition, len(key.partition_fields))
    return (*form, key.shards.count if key.shards else 1)


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
        found = {known[name] for known in positions if name in known}
        own = names.get(found.pop()) if len(found) == 1 else None
        if own is None or own in renamed:
            raise InvalidOperation(
                where=label_of(members),
                declared=f"{name} " + ("stands for several parts" if own else "is no shared part"),
                allowed=", ".join(known_names) or "nothing: the keys are constant",
            )
        renamed[own] = value
    return renamed


@dataclass(frozen=True)
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
        return tuple(schema.model for schema in self.schemas)

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
        for reader, own in zip(self.readers, self.keys, strict=True):
            reader.check_readable(own)

    def projected(self, key: CompiledKey) -> tuple[str, ...]:
        return ()

    def load(self, item: Item, key: CompiledKey | None = None) -> Any:
        members = tuple(zip(self.readers, self.keys, strict=True))
        found = next((each for each in members if each[0].schema.is_typed(item)), None)
        found = found or next((each for each in members if each[0].may_load(item)), None)
        if found is not None:
            reader, own = found
            return reader.load(item, key and own)
        problems = self.schemas[0].type_text(item)
        raise InvalidStoredItem(entity=self._shown, key=self.key_text(item), problems=problems)

    def is_expired(self, item: Item, now: datetime) -> bool:
        return any(reader.is_expired(item, now) for reader in self.readers)

    def key_text(self, item: Item) -> str:
        return self.readers[0].key_text(item)
