"""`Schema`: an entity's attributes, keys and constraints; encodes and decodes its items."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from copy import copy
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final, Generic, NoReturn, TypeAlias, TypeVar

from pydantic import BaseModel, ValidationError

from singletable.codec import MISSING, AttributeValue, is_attribute_value
from singletable.codec.wire import is_mapping
from singletable.errors.base import abridge
from singletable.errors.request import (
    InvalidItem,
    InvalidKeyValue,
    InvalidOperation,
    InvalidStoredItem,
)
from singletable.expressions import Scope
from singletable.records import record
from singletable.schema.attribute import Attribute, describe
from singletable.schema.folded_keys import FoldedKeys
from singletable.schema.key import CompiledKey
from singletable.schema.key_check import KeyCheck, build_key_check, fields_in_keys
from singletable.schema.limits import Limits, limits_of
from singletable.schema.members import default_of
from singletable.schema.origin import Origin, remember
from singletable.schema.paths import places_of
from singletable.schema.revalidation import blame, revalidate, validator_of
from singletable.schema.unique import Unique
from singletable.schema.upgrades import NO_UPGRADE, Upgrade
from singletable.table import SHARD, TableDefinition
from singletable.tracing import Symbol

if TYPE_CHECKING:
    from singletable.schema.generated import Read, Write

E = TypeVar("E", bound=BaseModel)
M = TypeVar("M", bound=BaseModel)
Item = Mapping[str, AttributeValue]
_TEXT: Final = frozenset({"S"})
SCHEMA = "__singletable_schema__"
"""The attribute of a model class that holds its schema."""


@record
class Schema(Generic[E]):
    """A compiled entity: attributes and keys by Python name.

    `stated_identity`: the fields that are said to tell two items apart, whatever the key has.

    There is one for each model. It is copied and pickled by reference to the model.
    """

    model: type[E]
    name: str
    table: TableDefinition
    attributes: Mapping[str, Attribute]
    keys: Mapping[str, CompiledKey]
    uniques: tuple[Unique, ...]
    roles: Mapping[str, str]
    whole_model_checks: bool
    upgrade: Upgrade | None = None
    stated_identity: tuple[str, ...] | None = None

    def __reduce__(self) -> tuple[Callable[..., object], tuple[type[E]]]:
        return schema_by_model, (self.model,)

    def __repr__(self) -> str:
        return f"Schema({self.name})"

    @cached_property
    def primary(self) -> CompiledKey:
        return next(key for key in self.keys.values() if key.index.kind == "primary")

    @cached_property
    def secondary(self) -> tuple[CompiledKey, ...]:
        return tuple(key for key in self.keys.values() if key.index.kind != "primary")

    @cached_property
    def implied(self) -> Mapping[str, AttributeValue]:
        """Stored name → the value that its absence stands for."""
        known = self.by_stored_name
        return {name: each.implied for name, each in known.items() if each.implied is not None}

    @cached_property
    def by_stored_name(self) -> Mapping[str, Attribute]:
        return {each.stored: each for each in self.attributes.values() if not each.in_key}

    @cached_property
    def owned_names(self) -> frozenset[str]:
        """Every stored name that this entity writes; all others are another program's."""
        keys = {name for key in self.keys.values() for name in key.index.attribute_names}
        return frozenset({*self.by_stored_name, *keys, *self.type_item})

    @cached_property
    def names_in_indexes(self) -> frozenset[str]:
        """The attributes of fields that are key attributes of an index alone."""
        names = {name for key in self.secondary for name in key.index.attribute_names}
        names.difference_update(self.primary.index.attribute_names)
        return frozenset(names & self.by_stored_name.keys())

    @cached_property
    def implied_parts(self) -> Mapping[str, frozenset[str]]:
        """By name of an index key, its attributes that are fields with a default: an older item may
        lack them."""
        known = self.by_stored_name
        names = frozenset(
            name for name in self.names_in_indexes if self.start(known[name].field) is not None
        )
        return {key.name: names.intersection(key.index.attribute_names) for key in self.secondary}

    @cached_property
    def type_item(self) -> Mapping[str, AttributeValue]:
        """The attribute that says which entity an item is; none where its key does."""
        name = self.table.type_attribute
        return {} if name is None else {name: {"S": self.name}}

    @cached_property
    def _key_checks(self) -> Mapping[str, KeyCheck]:
        return {name: build_key_check(key, self.attributes) for name, key in self.keys.items()}

    @cached_property
    def scope(self) -> Scope:
        """The names that expressions may use: fields, and what is inside them."""
        return places_of(self.model, self.name, self.attributes)

    @cached_property
    def rebuilt(self) -> frozenset[str]:
        """The fields whose objects, such as models, Pydantic builds anew when they are read."""
        return frozenset(name for name, each in self.attributes.items() if each.coder.is_rebuilt)

    @cached_property
    def version(self) -> Attribute | None:
        return self._in_role("version")

    @cached_property
    def ttl(self) -> Attribute | None:
        return self._in_role("ttl")

    @cached_property
    def created(self) -> Attribute | None:
        return self._in_role("created")

    @cached_property
    def updated(self) -> Attribute | None:
        return self._in_role("updated")

    def _in_role(self, role: str) -> Attribute | None:
        return self.attributes[self.roles[role]] if role in self.roles else None

    @cached_property
    def made_of(self) -> Mapping[str, tuple[Attribute, ...]]:
        """The fields whose default a factory may make of others, with those before them that may
        change. Where absence stands for None or the empty set, no default is made."""
        found, before = dict[str, tuple[Attribute, ...]](), list[Attribute]()
        for field, info in self.model.model_fields.items():
            attribute = self.attributes[field]
            if info.default_factory_takes_validated_data and attribute.coder.absent is MISSING:
                found[field] = tuple(before)
            if field not in self.primary.fields:
                before.append(attribute)
        return found

    @cached_property
    def _known_limits(self) -> dict[str, Limits]:
        return {}

    def limits(self, field: str) -> Limits:
        """What the model asks of a value that DynamoDB computes for the field."""
        if field not in self._known_limits:
            self._known_limits[field] = limits_of(self.model, field)
        return self._known_limits[field]

    @cached_property
    def _known_starts(self) -> dict[str, AttributeValue | None]:
        return {}

    def start(self, field: str) -> AttributeValue | None:
        """What an absent attribute counts as where DynamoDB computes the new value."""
        if field not in self._known_starts:
            info = self.model.model_fields[field]
            self._known_starts[field] = default_of(self.model, self.attributes[field], info)
        return self._known_starts[field]

    def attribute(self, field: str) -> Attribute:
        """The field's attribute; `InvalidOperation` lists the fields there are."""
        try:
            return self.attributes[field]
        except (KeyError, TypeError):
            declared = f"there is no field {abridge(field)}"
        raise InvalidOperation(
            where=self.name,
            declared=declared,
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

    @cached_property
    def validate(self) -> Callable[[object], object]:
        """Validates field values as the model does."""
        return validator_of(self.model)

    def revalidate(self, entity: M) -> M:
        """Validates an entity in full: it has to come back from storage as it is."""
        return revalidate(self, entity)

    def encode(self, entity: BaseModel) -> dict[str, AttributeValue]:
        """Encodes the item: attributes, type, primary key and every index key that it has."""
        return self.item(self.revalidate(entity))

    def encode_before(self, entity: BaseModel) -> dict[str, AttributeValue]:
        """Encodes the first of two states. What it has may be no text for a key that was declared
        later: it is not in that index then."""
        checked = self.revalidate(entity)
        values = self.values(checked)
        item = self._item_of(values)
        for key in self.secondary:
            with suppress(InvalidKeyValue):
                item |= {} if key.is_absent(values) else key.render_parts(values)
        return item

    def item(self, entity: BaseModel) -> dict[str, AttributeValue]:
        """Encodes the item of an entity from `revalidate`, which is not validated once more."""
        # A design is imported with symbols in its patterns, of which no function knows anything.
        if "_write" not in vars(self) and Symbol in map(type, vars(entity).values()):
            return self.item_by_coders(entity)
        return self._write(entity)

    @cached_property
    def _write(self) -> Write:
        from singletable.schema.generated import generate_writer  # noqa: PLC0415 - at first use

        return generate_writer(self, self.item_by_coders)

    def item_by_coders(self, entity: BaseModel) -> dict[str, AttributeValue]:
        """Encodes the item as `item` has to, whatever the entity has."""
        values = self.values(entity)
        item = self._item_of(values)
        for key in self.secondary:
            if not key.is_absent(values):
                item |= key.render_parts(values)
        return item

    def _item_of(self, values: Mapping[str, object]) -> dict[str, AttributeValue]:
        """Encodes the item of these values but for its index keys."""
        item = dict(self.type_item)
        for name, attribute in self.by_stored_name.items():
            encoded = attribute.encode(values[attribute.field])
            if encoded is not None:
                item[name] = encoded
        item |= self.primary.render_parts(values)
        return item

    def decode(self, item: Item, key: CompiledKey | None = None) -> E:
        """Decodes an item; `InvalidStoredItem` names the key and every field that does not fit.

        `key` is the one by which the item was found. A stale key of an index is an error there
        alone: what was read otherwise can be written, which mends the key.
        """
        name = None if key is None else key.name
        read = self._readers.get(name)
        if read is None:
            known = key or self.primary
            read = self._readers.get(known.name) or self._generate_reader(known)
            self._readers[known.name] = self._readers[name] = read
        entity: E = read(item)
        return entity

    def reader(self, key: CompiledKey) -> Read:
        """What decodes items that are found by this key; it is generated with the first of them."""
        return self._readers.get(key.name) or partial(self.decode, key=key)

    @cached_property
    def _readers(self) -> dict[str | None, Read]:
        """By the name of the key; by None, what reads items that were found otherwise."""
        return {}

    def _generate_reader(self, key: CompiledKey) -> Read:
        from singletable.schema.generated import ReadPlan, generate_reader  # noqa: PLC0415

        texts = self._key_checks[self.primary.name].texts
        if key is not self.primary:
            texts = texts.beside(self._key_checks[key.name].texts)
        plan = ReadPlan(
            (self.primary, *self.secondary),
            self._in_key,
            needs_all=False,
            texts=texts if self._are_texts(texts.stored_names) else None,
            check=lambda item, entity: self._check_keys(key, item, item, entity),
            remembers=True,
        )
        return generate_reader(
            self, plan, lambda item, stored: self.decode_by_coders(item, stored, key)
        )

    def _are_texts(self, stored: Collection[str]) -> bool:
        """Whether all of these are attributes, and none is anything but text."""
        known = self.by_stored_name
        return all(name in known and known[name].coder.tags == _TEXT for name in stored)

    def decode_by_coders(self, item: Item, stored: Item, key: CompiledKey) -> E:
        """Decodes an item as `decode` has to, whatever it holds; `stored` is its upgraded form."""
        if not self.is_typed(stored):
            raise self._invalid(item, self.type_text(stored))
        entity = self._load(item, stored)
        self._check_keys(key, item, stored, entity)
        remember(entity, item if stored is item else Origin(item, stored))
        return entity

    def _check_keys(self, key: CompiledKey, item: Item, upgraded: Item, entity: E) -> None:
        """Refuses key text that contradicts the fields; an older form has its older index keys."""
        found = self._key_checks[self.primary.name].contradiction(item, entity)
        if not found and key is not self.primary and upgraded is item:
            found = self._key_checks[key.name].contradiction(item, entity)
        if found:
            raise self._invalid(item, found)

    def type_text(self, item: Item) -> str:
        """What the item says it is: `its entity is 'Post'`."""
        name = self._type_name(item)
        if name is None:
            return f"its key is no {self.primary.label}"
        kind = item.get(name)
        found = kind.get("S") if is_mapping(kind) else kind
        return f"its {name} is {abridge(found)}"

    def is_typed(self, item: Item) -> bool:
        """Whether an item in its present shape is one of this entity."""
        name = self._type_name(item)
        return self.primary.matches(item) if name is None else item.get(name) == {"S": self.name}

    def _type_name(self, item: Item) -> str | None:
        """The attribute that says which entity an item is; None where its key tells."""
        name = self.table.type_attribute
        return None if name is None or (name not in item and self.table.knows_by_key) else name

    @property
    def told_by(self) -> str | None:
        """The attribute that tells items of this entity, where they have it; None: their key."""
        return self.table.type_attribute

    @cached_property
    def type_forms(self) -> tuple[AttributeValue | None, ...]:
        """What an item of this entity may have in the type attribute; None: nothing."""
        return (*self.type_item.values(), *([None] if self.table.knows_by_key else []))

    @cached_property
    def names_without_owner(self) -> frozenset[str]:
        """The attributes that tell one's own unique items where these have no owner.

        Their fields, and the TTL, which is written to them too.
        """
        free = [unique for unique in self.uniques if not unique.has_owner]
        told = [self.attribute(field) for unique in free for field in unique.fields]
        expiry = [self.ttl] if free and self.ttl is not None else []
        return frozenset(each.stored for each in (*told, *expiry))

    @cached_property
    def names_made_anew(self) -> frozenset[str]:
        """The attributes that writes make whatever is changed: of index keys, stamp, and type."""
        made = {name for key in self.secondary for name in key.own_attributes}
        made |= {self.updated.stored} if self.updated is not None else set()
        return frozenset(made | ({*self.type_item} if self.table.knows_by_key else set()))

    @property
    def reach(self) -> Upgrade:
        """The upgrade; one of nothing where there is none."""
        return self.upgrade or NO_UPGRADE

    def upgrade_item(self, item: Item) -> Item:
        """The item in its present shape, the same one if it has that already.

        `InvalidStoredItem` if the upgrade fails, or answers what is no item.
        """
        if self.upgrade is None:
            return item
        try:
            return self.upgrade.apply(item)
        except ValueError as error:
            raise self._invalid(item, str(error)) from error.__cause__

    def _load(self, item: Item, stored: Item) -> E:
        """The entity of an item in its present shape; `item` is what errors are about."""
        fields = self._decode_fields(item, stored)
        try:
            entity = self.model.model_validate(fields)
        except Exception as error:  # noqa: BLE001 - a validator of the user's may raise anything
            self.refuse(item, fields, error)
        self.check_folded(item, fields)
        return entity

    def refuse(self, item: Item, fields: Mapping[str, object], error: Exception) -> NoReturn:
        """Raises `InvalidStoredItem` for the fields of an item that do not validate."""
        if isinstance(error, ValidationError):
            raise self._invalid(item, describe(error)) from None
        raise self._invalid(item, blame(self.attributes, fields, error)) from error

    @property
    def folds_keys(self) -> bool:
        """Whether its maps have keys that validators may make one."""
        return self._folded_keys.may_fold

    def check_folded(self, item: Item, fields: Mapping[str, object]) -> None:
        """Raises `InvalidStoredItem` for a map in which two names are validated as one key."""
        folded = self._folded_keys.describe(fields)
        if folded:
            raise self._invalid(item, folded)

    def _decode_fields(self, item: Item, stored: Item) -> dict[str, object]:
        fields, problems = dict[str, object](), list[str]()
        for attribute in self.by_stored_name.values():
            try:
                value = _value_of(attribute, stored)
            except ValueError as error:
                problems.append(f"{attribute.field}: {error}")
                continue
            if value is not MISSING:
                fields[attribute.field] = value
        if self._read_from_keys and (lacking := self._read_from_keys - fields.keys()):
            fields |= fields_in_keys((self.primary, *self.secondary), stored, lacking)
            untold = sorted(self._in_key - fields.keys())
            if untold and self.told_by_index.isdisjoint(untold):
                problems.append(f"its key is no {self.primary.label}")
            elif untold:
                problems.append(f"{', '.join(untold)}: no key text of it tells")
        if problems:
            raise self._invalid(item, "; ".join(problems))
        return fields

    @cached_property
    def _folded_keys(self) -> FoldedKeys:
        return FoldedKeys(self.attributes, self.model.model_config)

    @cached_property
    def _in_key(self) -> frozenset[str]:
        return frozenset(field for field, each in self.attributes.items() if each.in_key)

    @cached_property
    def told_by_index(self) -> frozenset[str]:
        """The fields that the text of an index key alone has, which may change."""
        return self._in_key.difference(self.primary.fields)

    @cached_property
    def telling_attributes(self) -> frozenset[str]:
        """The attributes of index keys that alone tell a field."""
        parts = [part for key in self.secondary for part in key.made]
        hidden = self.told_by_index
        return frozenset(part.attribute.name for part in parts if hidden.intersection(part.fields))

    @cached_property
    def _read_from_keys(self) -> frozenset[str]:
        """The fields that are read from key text where no attribute has them."""
        return self._in_key.union(self.may_be_in_key.values())

    @cached_property
    def may_be_in_key(self) -> Mapping[str, str]:
        """The attributes that other programs' items may lack, as key text has their values.

        By stored name, with the field.
        """
        if not self.table.knows_by_key:
            return {}
        parts = [part for key in self.keys.values() for part in key.made]
        told = (name for part in parts for name in part.told_fields if name != SHARD)
        known = (self.attributes[name] for name in told)
        return {each.stored: each.field for each in known if each.required and not each.in_key}

    def _invalid(self, item: Item, problems: str) -> InvalidStoredItem:
        return InvalidStoredItem(entity=self.name, key=self.key_text(item), problems=problems)

    def key_text(self, item: Item) -> str:
        """The primary key as shown in errors: `POST#1 / POST`."""
        return " / ".join(
            _content_text(item.get(name)) for name in self.table.primary_index.attribute_names
        )

    def is_expired(self, item: Item, moment: float) -> bool:
        """Whether the item's TTL has passed at `moment`, in epoch seconds, as a query asks it."""
        expiry = item.get(self.ttl.stored) if self.ttl else None
        if not is_attribute_value(expiry) or "N" not in expiry:
            return False
        return float(expiry["N"]) <= int(moment)


def schema_by_model(model: type[BaseModel]) -> AnySchema | None:
    """The schema of a model class; None for one that is no entity of a table."""
    found: AnySchema | None = vars(model).get(SCHEMA)
    return found


def _value_of(attribute: Attribute, stored: Item) -> object:
    if attribute.stored not in stored:
        return copy(attribute.coder.absent)
    return attribute.coder.decode(stored[attribute.stored])


def _content_text(value: object) -> str:
    """The content of a key attribute as text, also of a malformed one."""
    if is_mapping(value) and len(value) == 1:
        return str(next(iter(value.values())))
    return "?"


AnySchema: TypeAlias = Schema[Any]
