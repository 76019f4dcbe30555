"""The condition of a write on the stored item, and the error that a refusal stands for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from singletable.codec import AttributeValue, same_value
from singletable.codec.wire import is_mapping
from singletable.errors.request import (
    ConditionFailed,
    ItemExists,
    ItemMissing,
    Label,
    VersionConflict,
    WriteRefused,
)
from singletable.expressions import Binder, Condition, attribute_exists, attribute_not_exists, both
from singletable.expressions.condition import stored_equals
from singletable.schema.schema import AnySchema

Presence = Literal["present", "absent", "any"]
Item = Mapping[str, AttributeValue]


@dataclass(frozen=True)
class WriteCondition:
    """The condition of a write on the stored item.

    `known`: stored attributes that must have these wire values (None: be absent).

    `labels` are those of the caller's conditions; `label` is that of the whole write, for every
    refusal but a version conflict.
    """

    presence: Presence
    known: Mapping[str, AttributeValue | None] = field(
        default_factory=dict[str, AttributeValue | None]
    )
    condition: Condition | None = None
    labels: tuple[Label, ...] = ()
    label: Label | None = None

    def requiring(self, condition: Condition, label: Label | None) -> WriteCondition:
        """Adds a condition, with its label if it does not hold."""
        labels = (*self.labels, label) if label else self.labels
        return replace(self, condition=both(self.condition, condition), labels=labels)

    def knowing(self, known: Mapping[str, AttributeValue | None]) -> WriteCondition:
        """Adds that these attributes are as they were read."""
        return replace(self, known={**self.known, **known})

    def render(self, schema: AnySchema, binder: Binder) -> str | None:
        """The condition expression; None if nothing is asked."""
        anchor = schema.table.primary_index.partition[0].name
        checks = self.condition
        for attribute, value in self.known.items():
            checks = both(checks, _as_read(schema, attribute, value))
        if self.presence == "present":
            checks = both(attribute_exists(anchor), checks)
        elif self.presence == "absent":
            checks = both(attribute_not_exists(anchor), checks)
        elif checks is not None:
            checks = attribute_not_exists(anchor) | checks
        return None if checks is None else checks.render(binder, schema.scope)

    def refusal(self, schema: AnySchema, key: Item, stored: Item | None) -> WriteRefused:
        """The error for a condition that did not hold; `stored` is the item there, if any."""
        stored = stored if is_mapping(stored) and stored else None
        kind, labels = self._meaning(schema, stored)
        return kind(
            entity=schema.name,
            key=schema.key_text(key),
            labels=labels,
            stored=stored,
        )

    def _meaning(
        self, schema: AnySchema, stored: Item | None
    ) -> tuple[type[WriteRefused], tuple[Label, ...]]:
        own = (self.label,) if self.label else ()
        if self.presence == "absent" and (stored or self.condition is None):
            return ItemExists, own
        if self.presence == "present" and not stored:
            return ItemMissing, own
        if stored and not self._knows(schema, stored):
            return VersionConflict, ()
        return ConditionFailed, own or self.labels

    def _knows(self, schema: AnySchema, stored: Item) -> bool:
        return all(
            same_value(stored.get(name, schema.implied.get(name)), value)
            for name, value in self.known.items()
        )


def _as_read(schema: AnySchema, attribute: str, value: AttributeValue | None) -> Condition:
    """The condition that an attribute has this value, or is absent where that is read as the value.

    Items that were stored before a field with a default existed can so be written, too.
    """
    same = stored_equals(attribute, value)
    implied = schema.implied.get(attribute)
    if value is None or implied is None or not same_value(implied, value):
        return same
    return attribute_not_exists(attribute) | same
