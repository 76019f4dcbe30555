"""What must hold of the stored item for a write to happen, and what it means if it does not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from singletable.codec import same_value
from singletable.codec.wire import is_mapping
from singletable.errors.request import (
    ConditionFailed,
    ItemExists,
    ItemMissing,
    VersionConflict,
    WriteRefused,
)
from singletable.expressions import Binder, Condition, attribute_exists, attribute_not_exists, both
from singletable.expressions.condition import stored_equals
from singletable.operations.scopes import entity_scope
from singletable.schema import Schema

Presence = Literal["present", "absent", "either"]
Item = Mapping[str, Any]


@dataclass(frozen=True)
class Guard:
    """`known`: stored attributes that must have these wire values (None: be absent).

    `otherwise` words the caller's conditions, `words` every refusal but a version conflict.
    """

    presence: Presence
    known: Mapping[str, Any] = field(default_factory=dict[str, Any])
    condition: Condition | None = None
    otherwise: tuple[str, ...] = ()
    words: str | None = None

    def requiring(self, condition: Condition, otherwise: str | None) -> Guard:
        """Also this condition, in the caller's words if it does not hold."""
        words = (*self.otherwise, otherwise) if otherwise else self.otherwise
        return replace(self, condition=both(self.condition, condition), otherwise=words)

    def knowing(self, known: Mapping[str, Any]) -> Guard:
        """Also that these attributes are as they were read."""
        return replace(self, known={**self.known, **known})

    def render(self, schema: Schema[Any], binder: Binder) -> str | None:
        """The condition expression; None if nothing is asked."""
        anchor = schema.table.primary.index.partition.name
        checks = self.condition
        for attribute, value in self.known.items():
            checks = both(checks, _as_read(schema, attribute, value))
        if self.presence == "present":
            checks = both(attribute_exists(anchor), checks)
        elif self.presence == "absent":
            checks = both(attribute_not_exists(anchor), checks)
        elif checks is not None:
            checks = attribute_not_exists(anchor) | checks
        return None if checks is None else checks.render(binder, entity_scope(schema))

    def refusal(self, schema: Schema[Any], key: Item, stored: Item | None) -> WriteRefused:
        """The error for a condition that did not hold; `stored` is the item there, if any."""
        stored = stored if is_mapping(stored) else None
        facts: dict[str, Any] = {
            "entity": schema.name,
            "key": schema.key_text(key),
            "stored": stored or None,
        }
        if self.words:
            facts["reason"] = self.words
        if self.presence == "absent" and (stored or self.condition is None):
            return ItemExists(**facts)
        if self.presence == "present" and not stored:
            return ItemMissing(**facts)
        if stored and not self._knows(schema, stored):
            facts["reason"] = ""
            return VersionConflict(**facts)
        if self.otherwise and not self.words:
            facts["reason"] = "; or ".join(self.otherwise)
        return ConditionFailed(**facts)

    def _knows(self, schema: Schema[Any], stored: Item) -> bool:
        return all(
            same_value(stored.get(name, schema.implied.get(name)), value)
            for name, value in self.known.items()
        )


def _as_read(schema: Schema[Any], attribute: str, value: Any) -> Condition:
    """The attribute has this value, or lacks it where its absence is read as this value.

    Items that were stored before a field with a default existed can so be written, too.
    """
    same = stored_equals(attribute, value)
    implied = schema.implied.get(attribute)
    if value is None or implied is None or not same_value(implied, value):
        return same
    return attribute_not_exists(attribute) | same
