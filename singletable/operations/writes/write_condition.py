"""The condition of a write on the stored item, and the error that a refusal stands for."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import field
from typing import Literal

from singletable.codec import AttributeValue, same_value
from singletable.codec.wire import is_mapping
from singletable.errors.request import (
    ConditionFailed,
    InvalidStoredItem,
    ItemExists,
    ItemMissing,
    Label,
    VersionConflict,
    WriteRefused,
)
from singletable.expressions import Binder, Condition, attribute_exists, attribute_not_exists, both
from singletable.expressions.condition import all_of, join, stored_equals
from singletable.operations.protocol import evolve
from singletable.operations.writes.bounds import Bound, Requirement
from singletable.operations.writes.stored_form import Guard, Spellings, State, meaning
from singletable.records import record
from singletable.schema import Attribute
from singletable.schema.schema import AnySchema

Presence = Literal["present", "absent", "any"]
Item = Mapping[str, AttributeValue]


@record
class WriteCondition:
    """The condition of a write on the stored item.

    `known`: stored attributes, each in one of these wire forms (None: absent). `states`: none, or
    an older and the present form, of which the item has one as a whole. The item's type is always
    known, unless `overwrites`: then any item may be there. `bounds` are those of fields that the
    write computes.

    `labels` are those of the caller's conditions; `label` is that of the whole write, for every
    refusal but a version conflict.
    """

    presence: Presence
    known: State = field(default_factory=dict[str, Spellings])
    states: tuple[State, ...] = ()
    condition: Condition | None = None
    labels: tuple[Label, ...] = ()
    label: Label | None = None
    bounds: tuple[Bound | Requirement, ...] = ()
    overwrites: bool = False

    def requiring(self, condition: Condition, label: Label | None) -> WriteCondition:
        """Adds a condition, with its label if it does not hold."""
        labels = (*self.labels, label) if label else self.labels
        return evolve(self, condition=both(self.condition, condition), labels=labels)

    def knowing(self, guard: Guard) -> WriteCondition:
        """Adds that these attributes are as they were read."""
        known = {**self.known, **guard.known}
        return evolve(self, known=known, states=guard.states or self.states)

    def within(self, bounds: tuple[Bound | Requirement, ...]) -> WriteCondition:
        """Adds the bounds of computed fields."""
        return evolve(self, bounds=(*self.bounds, *bounds)) if bounds else self

    def render(self, schema: AnySchema, binder: Binder) -> str | None:
        """The condition expression; None if nothing is asked."""
        anchor = schema.table.primary_index.partition[0].name
        checks = (
            [] if self.condition is None else [self.condition, *_is_decided(schema, self.condition)]
        )
        for attribute, spellings in self.known.items():
            if attribute != schema.table.type_attribute:
                checks.append(_is_one_of(attribute, spellings))
        checks += _is_in_one_of(self.states)
        checks += [bound.condition() for bound in self.bounds if bound.is_of_items]
        if self.presence == "absent":
            checks.insert(0, attribute_not_exists(anchor))
        elif not self.overwrites and (schema.type_item or self.presence == "present"):
            checks.insert(0, self._type_check(schema, anchor))
        if self.presence == "any" and checks:
            checks = [join("OR", attribute_not_exists(anchor), all_of(checks))]
        checks += [bound.condition() for bound in self.bounds if not bound.is_of_items]
        return all_of(checks).render(binder, schema.scope) if checks else None

    def _types(self, schema: AnySchema, name: str) -> Spellings:
        return self.known.get(name, schema.type_forms)

    def _type_check(self, schema: AnySchema, anchor: str) -> Condition:
        """The condition that an item of this entity is there: only that has its type, or key."""
        name = schema.table.type_attribute
        if name is None:
            return attribute_exists(anchor)
        types = self._types(schema, name)
        is_typed = _is_one_of(name, types)
        return join("AND", attribute_exists(anchor), is_typed) if None in types else is_typed

    def refusal(self, schema: AnySchema, key: Item, stored: Item | None) -> WriteRefused:
        """The error for a condition that did not hold; `stored` is the item there, if any."""
        stored = stored if is_mapping(stored) and stored else None
        kind, labels, reason = self._meaning(schema, stored)
        shown = schema.key_text(key)
        return kind(
            entity=schema.name,
            key=shown,
            labels=labels,
            reason=f"{schema.name} {shown}: {reason}" if reason else "",
            stored=stored,
        )

    def _meaning(
        self, schema: AnySchema, stored: Item | None
    ) -> tuple[type[WriteRefused], tuple[Label, ...], str]:
        own = (self.label,) if self.label else ()
        if self.presence == "absent" and (stored or self.condition is None):
            return ItemExists, own, ""
        if self.presence == "present" and not stored:
            return ItemMissing, own, ""
        if stored and not self._is_of_type(schema, stored):
            return ConditionFailed, (), self._type_problem(schema, stored)
        if stored and not self._knows(schema, stored):
            problem = self._spelling_problem(schema, stored)
            return (ConditionFailed if problem else VersionConflict), (), problem
        crossed = None if own else self._find_crossed(stored or {})
        if crossed is None:
            return ConditionFailed, own or self.labels, ""
        labels = (*self.labels, Label("bound", crossed.text)) if self.labels else ()
        return ConditionFailed, labels, crossed.text

    def _find_crossed(self, stored: Item) -> Bound | Requirement | None:
        """The bound that did not hold, unless a condition of the caller's says the same of it."""
        crossed = [bound for bound in self.bounds if not bound.holds(stored)]
        if any(bound.is_said_by(self.condition, stored) for bound in crossed):
            return None
        return next(iter(crossed), None)

    def _is_of_type(self, schema: AnySchema, stored: Item) -> bool:
        name = schema.table.type_attribute
        if self.overwrites or name is None:
            return True
        return any(same_value(stored.get(name), each) for each in self._types(schema, name))

    def _type_problem(self, schema: AnySchema, stored: Item) -> str:
        problem = schema.type_text(stored)
        remedy = "; its upgrade applies to what is read: read it and write that"
        return problem + (remedy if schema.upgrade else "")

    def _knows(self, schema: AnySchema, stored: Item) -> bool:
        is_in_state = not self.states or any(_has_all(stored, each) for each in self.states)
        return is_in_state and _has_all(stored, self.known)

    def _spelling_problem(self, schema: AnySchema, stored: Item) -> str:
        """Says which attributes differ, if the item means what is known of it all the same."""
        try:
            upgraded = schema.upgrade_item(stored)
        except InvalidStoredItem:
            return ""
        others, empty = list[str](), dict[str, Spellings]()
        older, present = (*self.states, empty, empty)[:2]
        beside = {name: each for name, each in older.items() if name not in present}
        if not _has_all(stored, beside):
            return ""
        for name, spellings in {**self.known, **present}.items():
            attribute = schema.by_stored_name.get(name)
            found = (upgraded if name in schema.owned_names else stored).get(name)
            means = found if attribute is None else meaning(attribute, found)
            if attribute is not None and found is None and attribute.field in schema.made_of:
                means = _made_while_reading(schema, attribute, stored)
            if not any(same_value(means, each) for each in spellings):
                return ""
            if not any(same_value(stored.get(name), each) for each in spellings):
                others.append(name)
        return (
            f"{', '.join(others)} is stored in an older or another form of the same value, or not"
            " at all; read the item and write update(before, after)"
        )


def _made_while_reading(
    schema: AnySchema, attribute: Attribute, stored: Item
) -> AttributeValue | None:
    """The form of what a factory makes of other fields where the attribute is absent."""
    with suppress(InvalidStoredItem):
        return attribute.encode(getattr(schema.decode(stored), attribute.field))
    return None


def _is_decided(schema: AnySchema, asked: Condition) -> list[Condition]:
    """The conditions that attributes are there, of fields that may stand in the key alone, or
    under a former name: absence says nothing of them then."""
    fields, known = asked.fields(), schema.may_be_in_key.items()
    in_key = [attribute_exists(name) for name, field in known if field in fields]
    if schema.upgrade is None:
        return in_key
    asked_for = sorted(schema.attribute(field).stored for field in fields)
    return [*in_key, *schema.reach.conditions_on_absence(asked_for, schema.implied)]


def _is_one_of(attribute: str, spellings: Spellings) -> Condition:
    """The condition that an attribute has one of these forms."""
    forms = [stored_equals(attribute, each) for each in spellings]
    return forms[0] if len(forms) == 1 else join("OR", *forms)


def _is_in_one_of(states: tuple[State, ...]) -> list[Condition]:
    """The condition that an item is in one of these states; none if there are none."""
    whole = [all_of([_is_one_of(*each) for each in state.items()]) for state in states]
    return [join("OR", *whole) if len(whole) > 1 else whole[0]] if whole else []


def _has_all(stored: Item, state: State) -> bool:
    """Whether a stored item is in a state."""
    return all(
        any(same_value(stored.get(name), each) for each in spellings)
        for name, spellings in state.items()
    )
