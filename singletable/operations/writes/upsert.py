"""Upsert: a partial update of an item that need not exist."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from dataclasses import field
from typing import TypeVar

from pydantic import BaseModel

from singletable.codec import MISSING, AttributeValue
from singletable.errors.request import InvalidItem, InvalidOperation
from singletable.operations.protocol import Context, evolve
from singletable.operations.writes.bound_rules import made_of_stored, not_renamed
from singletable.operations.writes.field_updates import FieldUpdates
from singletable.operations.writes.old_item import OldItem, returning_old
from singletable.operations.writes.partial_update import PartialUpdate
from singletable.operations.writes.put import whole_writes
from singletable.operations.writes.update_expression import (
    UpdateExpression,
    index_key_updates,
    wire_values,
)
from singletable.operations.writes.write import Prepared
from singletable.records import record
from singletable.schema import Values
from singletable.schema.attribute import Attribute, show_error
from singletable.schema.upgrades import Watched

E = TypeVar("E", bound=BaseModel)


@record
class Upsert(PartialUpdate[E]):
    """Updates an item or creates it; fields left out get their defaults only if absent.

    `unknown`: what no field of an entity that was read says: what its upgrade did to other
    attributes, and nested values with names of newer programs. `is_read`: it was.
    """

    unknown: Mapping[str, AttributeValue | None] = field(
        default_factory=dict[str, AttributeValue | None]
    )
    is_read: bool = False

    def returning_old(self) -> OldItem[E | None]:
        """Makes the result the item as it was before; None if there was none."""
        return returning_old(self, may_be_new=True)

    def prepare(self, context: Context) -> Prepared[E]:
        self._check_verb()
        made_of = dict[str, Values]()
        defaults, stamps = self._defaults(context, made_of), self._stamps(context)
        completed = self._completed(defaults, stamps)
        known = {**self.identity, **completed.final_values()}
        keys = index_key_updates(completed, known, is_new=True)
        extra: dict[str, AttributeValue | None] = {
            **self.updates.former_names(),
            **self.unknown,
            **self.schema.type_item,
        }
        extra |= wire_values(self.schema, {**self.identity, **stamps})
        key_names = self.schema.table.primary_index.attribute_names
        extra = {name: value for name, value in extra.items() if name not in key_names}
        absent = wire_values(self.schema, defaults)
        for name in defaults:
            self.updates.check_foreseen(self.schema.attribute(name))
        bounds = [*not_renamed(self.schema, defaults, taken=self.unknown)]
        for name in defaults:
            bounds += made_of_stored(self.schema, name, made_of.get(name, {}))
        condition = self.condition.within(tuple(bounds))
        return self._prepare(UpdateExpression(self.updates, keys, extra, absent), condition)

    def _completed(self, defaults: Values, stamps: Values) -> FieldUpdates:
        """The updates, defaults set once and stamps, so that keys made of them are rewritten."""
        once = {**self.updates.if_absent, **defaults}
        return evolve(self._with_stamps(stamps), if_absent=once)

    def _defaults(self, context: Context, made_of: dict[str, Values]) -> dict[str, object]:
        """Values of the fields not mentioned; `InvalidItem` names those without a default.

        `made_of` gets the values of which factories make some, and which are set if absent alone.

        `InvalidOperation` names those whose absence says None or the empty set, and whose default
        is another value: it may be set on a new item alone, of which no expression can tell.
        """
        schema, defaults, needed = self.schema, dict[str, object](), list[str]()
        mentioned = {*schema.primary.fields, *self.updates.fields, schema.roles.get("updated")}
        for name, attribute in schema.attributes.items():
            if name in mentioned:
                continue
            if name == schema.roles.get("created"):
                defaults[name] = attribute.validate(context.now)
            elif not attribute.required:
                defaults[name] = attribute.validate(self._default(name, defaults, made_of))
            elif attribute.coder.absent is MISSING:
                needed.append(name)
        if needed:
            raise InvalidItem(
                entity=schema.name, problems=f"{', '.join(needed)} missing, without a default"
            )
        self._check_absence(defaults)
        return {name: value for name, value in defaults.items() if value is not None}

    def _check_absence(self, defaults: Values) -> None:
        """Checks that no default is set where an item says by absence that it has another value."""
        contested = [
            name
            for name, value in defaults.items()
            if (attribute := self.schema.attributes[name]).coder.absent is not MISSING
            and name != self.schema.roles.get("created")
            and attribute.encode(value) is not None
            and _takes_absence(attribute)
        ]
        if contested:
            raise InvalidOperation(
                where=f"upsert of {self.schema.name}",
                declared=f"{', '.join(contested)} left out: its default would replace None or an"
                " empty set, which are stored as no attribute",
                allowed="a value of each, or a patch of what is there and create(entity) of what"
                " is not",
            )

    def _default(self, name: str, defaults: Values, made_of: dict[str, Values]) -> object:
        """The default of a field; its factory may look at the fields that are known."""
        info = self.schema.model.model_fields[name]
        certain = {**self.identity, **self.updates.final_values()}
        uncertain = {**defaults, **self.updates.if_absent}
        known = Watched({})
        known.update(uncertain | certain)
        try:
            made = info.get_default(call_default_factory=True, validated_data=known)
        except KeyError as error:
            raise InvalidItem(
                entity=self.schema.name, problems=f"{name}: its default needs {error}"
            ) from error
        except Exception as error:
            problems = f"{name}: its default raises {show_error(error)}"
            raise InvalidItem(entity=self.schema.name, problems=problems) from error
        asked = uncertain.keys() if known.is_seen_whole else known.asked
        made_of[name] = {each: uncertain[each] for each in asked if each in uncertain}
        return made

    def _check_verb(self) -> None:
        if self.updates.parts:
            raise InvalidOperation(
                where=f"upsert of {self.schema.name}",
                declared=f"{self.updates.parts[0].label} becomes what another field is",
                allowed="values, or a patch: a new item has no other field yet",
            )
        made = [name for name in self.updates.counted_fields if name in self.schema.made_of]
        if made:
            raise InvalidOperation(
                where=f"upsert of {self.schema.name}",
                declared=f"{', '.join(made)} counts from a default that is made of other fields",
                allowed="set(...), or a patch of what is there and create(entity) of what is not",
            )
        kept = "a version" if self.schema.version else ""
        kept = "unique fields" if self.schema.uniques else kept
        kept = "fields in the keys of indexes alone" if self.schema.told_by_index else kept
        if kept:
            raise InvalidOperation(
                where=f"upsert of {self.schema.name}",
                declared=f"an entity with {kept}, which an upsert cannot keep",
                allowed=whole_writes(self.schema),
            )


def _takes_absence(attribute: Attribute) -> bool:
    """Whether the field takes the value that absence stands for: None, or the empty set."""
    try:
        attribute.validate(copy(attribute.coder.absent))
    except InvalidItem:
        return False
    return True
