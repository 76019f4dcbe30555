"""What is stored of an entity, as far as is known: guards and differences go by it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple, TypeAlias

from pydantic import BaseModel

from singletable.codec import MISSING, AttributeValue, same_value
from singletable.errors.request import InvalidItem, InvalidStoredItem, RequestError
from singletable.records import record
from singletable.schema import Attribute
from singletable.schema.origin import origin_of
from singletable.schema.schema import AnySchema
from singletable.tracing import Symbol

Item = Mapping[str, AttributeValue]
Spellings: TypeAlias = tuple[AttributeValue | None, ...]
"""The wire forms that a stored attribute may have; None: it is absent."""

_MOST_COMPARED = 100
"""How many attributes are compared in two states; a condition has 300 operators at most."""

State: TypeAlias = Mapping[str, Spellings]
"""Attributes by stored name, each in one of these wire forms."""


class Guard(NamedTuple):
    """What a write relies on: each attribute of `known`, and all those of one of `states`.

    The states are none, or the older form, and the present one unless that makes the condition too
    long.
    """

    known: State
    states: tuple[State, ...] = ()


@record
class StoredForm:
    """An entity's item as it is stored and as its upgrade turned it, and what it encodes to.

    All three are the same for an entity that was built by hand.
    """

    schema: AnySchema
    stored: Item
    upgraded: Item
    encoded: Item

    @property
    def is_read(self) -> bool:
        """Whether more is known than what the entity encodes to."""
        return self.stored is not self.encoded

    def spellings(self, name: str) -> Spellings:
        """The forms of an attribute that leave what was read as it was."""
        is_owned = name in self.schema.owned_names
        encoded = (self.encoded if is_owned else self.upgraded).get(name)
        known = spellings_of(self.schema, name, encoded)
        if name in self.schema.names_without_owner:
            return (self.stored.get(name),)
        if not self.is_read:
            return known
        stored = self.stored.get(name)
        return (stored, *(each for each in known if not same_value(each, stored)))

    def guard(self, names: Collection[str]) -> Guard:
        """What must be stored for these attributes to be as they were read.

        What the upgrade changed is all as it was stored, or all as it was upgraded: attribute by
        attribute, one that was renamed would pass as removed, too. As stored means whatever the
        upgrade looked at: it might make something else of the item today.

        Of absent ones, what they are read from instead is asked for, too, and what decides whether
        the upgrade makes something of that.
        """
        told, together = self._with_telling(names), self.names_together()
        telling = [name for name in told if name not in names]
        names = dict.fromkeys((*told, *self.names_deciding(telling)))
        kind = self.schema.table.type_attribute
        if not any(name in names for name in together if name != kind):
            return Guard({name: self.spellings(name) for name in names})
        others = [name for name in names if name not in together or name == kind]
        looked_at = dict.fromkeys((*together, *self._without_made(self._names_asked)))
        states: list[State] = [{name: (self.stored.get(name),) for name in looked_at}]
        if len(looked_at) + len(together) <= _MOST_COMPARED:
            states.append({name: self._upgraded_spellings(name) for name in together})
        return Guard({name: self.spellings(name) for name in others}, tuple(states))

    def _with_telling(self, names: Collection[str]) -> dict[str, None]:
        """These attributes, and those that tell the values of absent ones: the fields that a
        factory may make a default of, and index keys in whose text a value stands."""
        schema, stored = self.schema, self.upgraded
        known = schema.by_stored_name
        absent = [known[name] for name in names if name in known and name not in stored]
        made_of = [other for each in absent for other in schema.made_of.get(each.field, ())]
        absent += [each for each in made_of if each.in_key or each.stored not in stored]
        in_keys = {*schema.told_by_index, *schema.may_be_in_key.values()}
        told = [each for each in absent if each.field in in_keys and each.coder.absent is MISSING]
        keys = [name for each in told for name in self._telling(each)]
        return dict.fromkeys((*names, *(each.stored for each in made_of if not each.in_key), *keys))

    def _telling(self, attribute: Attribute) -> Iterator[str]:
        """The attributes of index keys down to the first that tells the value of an absent one."""
        primary = self.schema.primary
        for key in (primary, *self.schema.secondary):
            for part in (part for part in key.made if attribute.field in part.told_fields):
                if key is not primary:
                    yield part.attribute.name
                if part.matches(self.upgraded.get(part.attribute.name)):
                    return

    def names_together(self) -> list[str]:
        """What the upgrade changed, but for what every write makes anew: index keys, a stamp."""
        names = self.upgraded_names()
        return self._without_made(names) if names else names

    @cached_property
    def _names_asked(self) -> list[str]:
        """What the upgrade asks the stored item for, whether it is there or not."""
        upgrade = self.schema.upgrade
        return [] if upgrade is None else upgrade.names_read(self.stored)

    def names_looked_at(self, item: Item) -> list[str]:
        """The attributes that the upgrade asks for: of what is stored, and of `item`, which is to
        be stored; but for its identity, and what every write makes anew.

        Were one of them another by now, it would make other values of what is written.
        """
        upgrade = self.schema.upgrade
        if upgrade is None:
            return []
        asked = (*self._names_asked, *upgrade.names_read(item))
        names = dict.fromkeys((*asked, *upgrade.former_names(self.schema.owned_names)))
        return self._without_made([name for name in names if name not in upgrade.kept])

    def names_deciding(self, names: Collection[str]) -> list[str]:
        """The attributes that decide whether the upgrade makes something of these, or leaves them:
        their former names, and all that its function looks at if it reaches one of them."""
        upgrade = self.schema.reach
        if upgrade.reaches.isdisjoint(names):
            return [former for name in names for former in upgrade.former_names_of(name)]
        return self.names_looked_at(self.stored)

    def marks(self, item: Item) -> dict[str, AttributeValue]:
        """The attributes of no field without which the upgrade would look at `item` otherwise:
        those that it made, and those that it asks for."""
        if not self.is_read:  # it has attributes of fields and keys alone
            return {}
        made = {name: value for name, value in self.foreign_changes().items() if value is not None}
        owned = self.schema.owned_names
        asked = [name for name in self.names_looked_at(item) if name not in owned]
        return made | {name: self.upgraded[name] for name in asked if name in self.upgraded}

    def _without_made(self, names: list[str]) -> list[str]:
        schema = self.schema
        made = {name for key in schema.keys.values() for name in key.own_attributes}
        if schema.updated is not None:
            made.add(schema.updated.stored)
        return [name for name in names if name not in made]

    def _upgraded_spellings(self, name: str) -> Spellings:
        """An attribute as it was upgraded, and as an update writes it that does not change it."""
        upgraded, attribute = self.upgraded.get(name), self.schema.by_stored_name.get(name)
        written = self.encoded.get(name) if name in self.schema.owned_names else upgraded
        if attribute is not None and written is not None and upgraded is not None:
            written = keep_unknown(attribute, upgraded, written)
        return (upgraded,) if same_value(upgraded, written) else (upgraded, written)

    def type_names(self) -> list[str]:
        """The type attribute, if it is known how it is stored."""
        return [*self.schema.type_item] if self.is_read else []

    def foreign_changes(self) -> dict[str, AttributeValue | None]:
        """What the upgrade did to attributes of no field, such as the mark that it was there."""
        owned = self.schema.owned_names
        return {
            name: self.upgraded.get(name) for name in self.upgraded_names() if name not in owned
        }

    def upgraded_names(self) -> list[str]:
        """The attributes that the upgrade set, changed or removed."""
        if self.stored is self.upgraded:
            return []
        names = dict.fromkeys((*self.stored, *self.upgraded))
        return [
            name for name in names if not same_value(self.stored.get(name), self.upgraded.get(name))
        ]


def spellings_of(schema: AnySchema, name: str, value: AttributeValue | None) -> Spellings:
    """The value, and absence where that is read as the value.

    Where there is an upgrade it is not: it may be stored under a former name. A default may be what
    a factory makes alike each time.
    """
    attribute = None if value is None or schema.upgrade else schema.by_stored_name.get(name)
    implied = None if attribute is None else schema.start(attribute.field)
    if value is None or implied is None or not same_value(implied, value):
        return (value,)
    return (None, value)


def stored_form(schema: AnySchema, entity: BaseModel, encoded: Item) -> StoredForm:
    """The stored form of an entity that encodes to this item."""
    origin = origin_of(entity)
    if origin is None or origin.changed & set(schema.primary.fields):
        return StoredForm(schema, encoded, encoded, encoded)
    if not origin.changed:
        return StoredForm(schema, origin.stored, origin.upgraded, encoded)
    stored, upgraded = origin.stored, origin.upgraded
    replaced = _names_of(schema, origin.changed)
    made = {name for name in replaced if not same_value(stored.get(name), upgraded.get(name))}
    upgraded = _with_values_of(upgraded, encoded, replaced)
    if origin.stored is origin.upgraded or any(
        not same_value(encoded.get(name), origin.upgraded.get(name)) for name in made
    ):
        # What it says of them was written in between: by an update, which wrote all of the upgrade.
        return StoredForm(schema, upgraded, upgraded, encoded)
    # What the upgrade makes of other attributes is not stored under these names yet.
    return StoredForm(schema, _with_values_of(stored, encoded, replaced - made), upgraded, encoded)


def form_as_read(
    schema: AnySchema, entity: BaseModel, encoded: Item, fields: Collection[str]
) -> StoredForm:
    """The stored form of an entity of which only these fields matter, whatever else was changed."""
    origin = origin_of(entity)
    if origin is None or origin.changed.intersection((*fields, *schema.primary.fields)):
        return stored_form(schema, entity, encoded)
    return StoredForm(schema, origin.stored, origin.upgraded, encoded)


def _with_values_of(item: Item, other: Item, names: Collection[str]) -> Item:
    """The item with the attributes of these names that another one has."""
    kept = {name: value for name, value in item.items() if name not in names}
    return kept | {name: other[name] for name in names if name in other}


def _names_of(schema: AnySchema, fields: frozenset[str]) -> set[str]:
    """The stored names of fields, and of the index keys made of them."""
    names = {schema.attributes[field].stored for field in fields if field in schema.attributes}
    for key in schema.secondary:
        if fields & set(key.deciding_fields):
            names |= key.own_attributes
    return names


def check_kept(schema: AnySchema, entity: BaseModel, item: Item) -> None:
    """Raises `InvalidItem` if the upgrade would make another entity of a new item."""
    if schema.upgrade is None or Symbol in map(type, vars(entity).values()):
        return
    try:
        upgraded = schema.upgrade_item(item)
    except InvalidStoredItem as error:
        raise InvalidItem(entity=schema.name, problems=error.problems) from error.__cause__
    names = schema.by_stored_name
    changed = [
        attribute.field
        for name, attribute in names.items()
        if not same_value(item.get(name), upgraded.get(name))
    ]
    if changed:
        problems = f"{', '.join(changed)}: the upgrade makes another value of it when it is read"
        raise InvalidItem(entity=schema.name, problems=problems)


def meaning(attribute: Attribute, value: AttributeValue | None) -> AttributeValue | None:
    """The form in which the model itself stores what it reads from this one, if it can read it."""
    if value is None:
        return attribute.implied
    try:
        return attribute.encode(attribute.validate(attribute.coder.decode(value)))
    except (ValueError, RequestError):
        return value


def values_with_unknown_names(
    schema: AnySchema, entity: BaseModel, encoded: Item, fields: Iterable[str]
) -> dict[str, AttributeValue]:
    """Nested values of an entity that was read, with the names in them that its model lacks.

    By stored name; of these fields, where there are such names.
    """
    origin = origin_of(entity)
    if origin is None or origin.changed & set(schema.primary.fields):
        return {}
    kept = dict[str, AttributeValue]()
    for attribute in map(schema.attribute, fields):
        value, stored = (item.get(attribute.stored) for item in (encoded, origin.upgraded))
        if value is None or stored is None:
            continue
        whole = keep_unknown(attribute, stored, value)
        if not same_value(whole, value):
            kept[attribute.stored] = whole
    return kept


def keep_unknown(
    attribute: Attribute, stored: AttributeValue, new: AttributeValue
) -> AttributeValue:
    """The new value, with the names in the stored one that only newer programs know."""
    keep = attribute.coder.keep
    known = None if keep is None else meaning(attribute, stored)
    if keep is None or known is None or same_value(stored, known):
        return new
    return keep(stored, known, new)
