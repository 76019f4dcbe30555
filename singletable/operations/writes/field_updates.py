"""The changes of a partial update by field, checked as they are added. Renders nothing."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from typing import cast

from singletable.codec import MISSING, AttributeValue
from singletable.errors.base import abridge
from singletable.errors.request import InvalidItem, InvalidOperation
from singletable.expressions import Path
from singletable.operations.protocol import evolve
from singletable.schema import Attribute, Values
from singletable.schema.limits import Limits
from singletable.schema.schema import AnySchema
from singletable.tracing import Symbol

_COUNTABLE = frozenset({"N", "SS", "NS", "BS"})


def _empty() -> dict[str, object]:
    return {}


@dataclass(frozen=True)
class FieldUpdates:
    """Values by field; a field is in one mapping only. `removed` holds fields alone."""

    schema: AnySchema
    assigned: Values = field(default_factory=_empty)
    removed: tuple[str, ...] = ()
    added: Values = field(default_factory=_empty)
    appended: Values = field(default_factory=_empty)
    if_absent: Values = field(default_factory=_empty)

    @property
    def fields(self) -> tuple[str, ...]:
        return (
            *self.assigned,
            *self.removed,
            *self.added,
            *self.appended,
            *self.if_absent,
        )

    @property
    def unpredictable_fields(self) -> frozenset[str]:
        """Fields whose new value only DynamoDB knows."""
        return frozenset({*self.added, *self.appended, *self.if_absent})

    def final_values(self) -> dict[str, object]:
        """The new values of the fields that are assigned or removed."""
        return {**self.assigned, **dict.fromkeys(self.removed)}

    def assign(self, values: Values) -> FieldUpdates:
        """Assigns values; None and empty sets are removals, as both are stored as no attribute."""
        checked = {name: self._validate(name, value) for name, value in values.items()}
        kept = {name: value for name, value in checked.items() if self._encode(name, value)}
        gone = tuple(name for name in checked if name not in kept)
        return evolve(self, assigned={**self.assigned, **kept}, removed=(*self.removed, *gone))

    def _encode(self, name: str, value: object) -> AttributeValue | None:
        return self.schema.attribute(name).encode(value)

    def unset(self, names: tuple[str, ...]) -> FieldUpdates:
        for name in names:
            if not isinstance(cast(object, name), str):
                raise self._invalid(f"unset({abridge(name)})", "names of fields")
            attribute = self._changeable(name)
            if attribute.coder.absent is MISSING:
                raise InvalidItem(
                    entity=self.schema.name, problems=f"{name} has a value always: set it instead"
                )
            if names.count(name) > 1:
                raise self._invalid(f"two changes of {name}", "one")
            attribute.validate(copy(attribute.coder.absent))
        return evolve(self, removed=(*self.removed, *names))

    def add(self, values: Values) -> FieldUpdates:
        checked = dict[str, object]()
        for name, value in values.items():
            attribute = self._changeable(name)
            if not attribute.coder.tags <= _COUNTABLE or name == self.schema.roles.get("ttl"):
                raise self._invalid(f"add({name}=...)", "fields that are stored as numbers or sets")
            limits = self._sayable_limits("add", name)
            checked[name] = self._check_summand(attribute, limits, value)
        return evolve(self, added={**self.added, **checked})

    def _sayable_limits(self, verb: str, name: str) -> Limits:
        """The limits of a field, if a condition of the write can keep them."""
        limits = self.schema.limits(name)
        if limits.unsayable:
            raise self._invalid(
                f"{verb}({name}=...), whose result may not fit the field: {limits.unsayable}",
                "set(...), or update(before, after)",
            )
        return limits

    def _check_summand(self, attribute: Attribute, limits: Limits, value: object) -> object:
        """Checks that a summand is of the field's kind; a number need not be within its bounds."""
        if isinstance(value, Symbol):
            return attribute.bind(value)
        if "N" not in attribute.coder.tags:
            value = attribute.validate(value)
        if attribute.encode(value) is None:
            raise self._invalid(f"add({attribute.field}={abridge(value)})", "something to add")
        if not limits.keeps_steps(value):
            raise self._invalid(f"add({attribute.field}={abridge(value)})", limits.step_text)
        return value

    def append(self, values: Values) -> FieldUpdates:
        checked = dict[str, object]()
        for name, value in values.items():
            attribute = self._changeable(name)
            if attribute.coder.tags != frozenset({"L"}):
                raise self._invalid(f"append({name}=...)", "lists")
            self._sayable_limits("append", name)
            checked[name] = attribute.validate(value)
        return evolve(self, appended={**self.appended, **checked})

    def set_if_absent(self, values: Values) -> FieldUpdates:
        checked = {name: self._validate(name, value) for name, value in values.items()}
        return evolve(self, if_absent={**self.if_absent, **checked})

    def _validate(self, name: str, value: object) -> object:
        attribute = self._changeable(name)
        if isinstance(value, Path):
            raise self._invalid(
                f"{name} becomes what attr({value.steps[0]!r}) is",
                "a value: read the item, and use update(before, after)",
            )
        return attribute.validate(value)

    def _changeable(self, name: str) -> Attribute:
        attribute = self.schema.attribute(name)
        if name in self.schema.primary.fields:
            raise self._invalid(f"a change of {name}", "fields outside the primary key")
        if name in self.fields:
            raise self._invalid(f"two changes of {name}", "one")
        if name in (self.schema.roles.get("version"), self.schema.roles.get("updated")):
            raise self._invalid(f"a change of {name}", "fields that the engine does not keep")
        return attribute

    def _invalid(self, declared: str, allowed: str) -> InvalidOperation:
        return InvalidOperation(
            where=f"change of {self.schema.name}", declared=declared, allowed=allowed
        )
