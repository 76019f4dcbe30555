"""`Schema`: an entity's attributes, keys and constraints; encodes and decodes its items."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeAlias, TypeVar

from pydantic import BaseModel, ValidationError

from singletable.codec import MISSING, AttributeValue, is_attribute_value
from singletable.codec.wire import is_mapping
from singletable.errors.request import InvalidItem, InvalidOperation, InvalidStoredItem
from singletable.expressions import Scope
from singletable.schema.attribute import Attribute, describe
from singletable.schema.key import CompiledKey
from singletable.schema.revalidation import blame, revalidate
from singletable.schema.unique import Unique
from singletable.table import TableDefinition

E = TypeVar("E", bound=BaseModel)
M = TypeVar("M", bound=BaseModel)
Item = Mapping[str, AttributeValue]
Upgrade = Callable[[dict[str, AttributeValue]], dict[str, AttributeValue]]


@dataclass(frozen=True)
class Schema(Generic[E]):
    """A compiled entity: attributes and keys by Python name; `upgrade` gets items in wire form."""

    model: type[E]
    name: str
    table: TableDefinition
    attributes: Mapping[str, Attribute]
    keys: Mapping[str, CompiledKey]
    uniques: tuple[Unique, ...]
    roles: Mapping[str, str]
    whole_model_checks: bool
    upgrade: Upgrade | None = None

    @cached_property
    def primary(self) -> CompiledKey:
        return next(key for key in self.keys.values() if key.index.kind == "primary")

    @cached_property
    def secondary(self) -> tuple[CompiledKey, ...]:
        return tuple(key for key in self.keys.values() if key.index.kind != "primary")

    @cached_property
    def implied(self) -> Mapping[str, AttributeValue]:
        """Stored name → the value that its absence stands for."""
        known = self.attributes.values()
        return {each.stored: each.implied for each in known if each.implied is not None}

    @cached_property
    def scope(self) -> Scope:
        """The names that expressions may use: the fields, validated and encoded as stored."""

        def encode(field: str, value: object) -> AttributeValue | None:
            attribute = self.attribute(field)
            return attribute.encode(attribute.validate(value))

        return Scope(self.name, lambda field: self.attribute(field).stored, encode)

    @cached_property
    def rebuilt(self) -> frozenset[str]:
        """The fields whose objects, such as models, Pydantic builds anew when they are read."""
        return frozenset(name for name, each in self.attributes.items() if each.coder.is_rebuilt)

    @property
    def version(self) -> Attribute | None:
        return self._in_role("version")

    @property
    def ttl(self) -> Attribute | None:
        return self._in_role("ttl")

    @property
    def created(self) -> Attribute | None:
        return self._in_role("created")

    @property
    def updated(self) -> Attribute | None:
        return self._in_role("updated")

    def _in_role(self, role: str) -> Attribute | None:
        return self.attributes[self.roles[role]] if role in self.roles else None

    def attribute(self, field: str) -> Attribute:
        """The field's attribute; `InvalidOperation` lists the fields there are."""
        if field in self.attributes:
            return self.attributes[field]
        raise InvalidOperation(
            where=self.name,
            declared=f"there is no field {field!r}",
            allowed=", ".join(self.attributes),
        )

    def values(self, entity: BaseModel) -> dict[str, object]:
        """Field values by name; `InvalidItem` for an entity that was constructed without some."""
        held = vars(entity)
        if held.keys() == self.attributes.keys():
            return dict(held)
        try:
            return {field: getattr(entity, field) for field in self.attributes}
        except AttributeError:
            missing = [field for field in self.attributes if not hasattr(entity, field)]
            raise InvalidItem(entity=self.name, problems=f"{', '.join(missing)} missing") from None

    def revalidate(self, entity: M) -> M:
        """Validates an entity in full: it has to come back from storage as it is."""
        return revalidate(self, entity)

    def encode(self, entity: BaseModel) -> dict[str, AttributeValue]:
        """Encodes the item: attributes, type, primary key and every index key that it has."""
        return self.item(self.revalidate(entity))

    def item(self, entity: BaseModel) -> dict[str, AttributeValue]:
        """Encodes the item of an entity from `revalidate`, which is not validated once more."""
        values = self.values(entity)
        item: dict[str, AttributeValue] = {self.table.type_attribute: {"S": self.name}}
        for field, attribute in self.attributes.items():
            encoded = attribute.encode(values[field])
            if encoded is not None:
                item[attribute.stored] = encoded
        item |= self.primary.render(values)
        for key in self.secondary:
            if not key.is_absent(values):
                item |= key.render(values)
        return item

    def decode(self, item: Item) -> E:
        """Decodes an item; `InvalidStoredItem` names the key and every field that does not fit."""
        kind = item.get(self.table.type_attribute)
        if kind != {"S": self.name}:
            found = kind.get("S") if is_mapping(kind) else kind
            raise self._invalid(item, f"its {self.table.type_attribute} is {found!r}")
        stored = self._upgrade_item(item)
        fields, problems = dict[str, object](), list[str]()
        for field, attribute in self.attributes.items():
            try:
                value = self._load(attribute, stored)
            except ValueError as error:
                problems.append(f"{field}: {error}")
                continue
            if value is not MISSING:
                fields[field] = value
        if problems:
            raise self._invalid(item, "; ".join(problems))
        try:
            return self.model.model_validate(fields)
        except ValidationError as error:
            raise self._invalid(item, describe(error)) from None
        except Exception as error:
            raise self._invalid(item, blame(self.attributes, fields, error)) from error

    def _upgrade_item(self, item: Item) -> Item:
        if self.upgrade is None:
            return item
        try:
            upgraded: object = self.upgrade(dict(item))
        except Exception as error:
            shown = f"its upgrade raises {type(error).__name__}: {error}"
            raise self._invalid(item, shown) from error
        if not is_mapping(upgraded):
            raise self._invalid(item, f"its upgrade returns {upgraded!r}, which is no item")
        return upgraded

    @staticmethod
    def _load(attribute: Attribute, stored: Item) -> object:
        if attribute.stored not in stored:
            return attribute.coder.absent
        return attribute.coder.decode(stored[attribute.stored])

    def _invalid(self, item: Item, problems: str) -> InvalidStoredItem:
        return InvalidStoredItem(entity=self.name, key=self.key_text(item), problems=problems)

    def key_text(self, item: Item) -> str:
        """The primary key as shown in errors: `POST#1 / POST`."""
        return " / ".join(
            _content_text(item.get(name)) for name in self.table.primary_index.attribute_names
        )

    def is_expired(self, item: Item, moment: float) -> bool:
        """Whether the item's TTL has passed at `moment`, in epoch seconds."""
        expiry = item.get(self.ttl.stored) if self.ttl else None
        if not is_attribute_value(expiry) or "N" not in expiry:
            return False
        return float(expiry["N"]) <= moment


def _content_text(value: object) -> str:
    """The content of a key attribute as text, also of a malformed one."""
    if is_mapping(value) and len(value) == 1:
        return str(next(iter(value.values())))
    return "?"


AnySchema: TypeAlias = Schema[Any]
