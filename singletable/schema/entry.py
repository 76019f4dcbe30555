"""The condition of a key: which items of the entity are in its index."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from singletable.annotations import admits_none, core_type
from singletable.codec import AttributeValue
from singletable.errors.declaration import InvalidEntity
from singletable.errors.request import InvalidItem, InvalidOperation
from singletable.expressions import Condition, Place, Scope
from singletable.expressions.evaluate import decide, is_met
from singletable.expressions.scope import REQUIRED, Step, Variants
from singletable.records import record
from singletable.schema.attribute import Attribute
from singletable.tracing import Symbol

Item = Mapping[str, AttributeValue]
_SETS: Final = frozenset({"SS", "NS", "BS"})
_UNKNOWN: Final = Symbol("?", "?", Any)


@record
class EntryCondition:
    """What an item meets as a whole if it is in an index.

    `resolved` is the condition on stored attributes, and `shown` the same without what is read
    where they are absent; `attributes` are those of its fields.
    """

    resolved: Condition
    shown: Condition
    attributes: tuple[Attribute, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(attribute.field for attribute in self.attributes)

    def holds(self, values: Mapping[str, object]) -> bool:
        """Whether an entity of these values is in the index; assumed where symbols decide."""
        return self.decide(values) is not False

    def decide(self, values: Mapping[str, object]) -> bool | None:
        """Whether an entity is in the index of which some values are known; None: it depends."""
        item, unknown = dict[str, AttributeValue](), list[str]()
        for attribute in self.attributes:
            value = values.get(attribute.field, _UNKNOWN)
            if isinstance(value, Symbol):
                unknown.append(attribute.stored)
            encoded = _encode(attribute, value)
            if encoded is not None:
                item[attribute.stored] = encoded
        return decide(self.resolved, item, unknown) if unknown else self.holds_of(item)

    def holds_of(self, item: Item) -> bool:
        """Whether an item is in the index, spelled as it is."""
        return is_met(self.resolved, item)


def _encode(attribute: Attribute, value: object) -> AttributeValue | None:
    """The stored value; of a symbol that is never None, one of no type."""
    if not isinstance(value, Symbol):
        return None if value is None else attribute.encode(value)
    may_be_nothing = admits_none(value.annotation) or core_type(value.annotation) is Any
    return None if may_be_nothing or attribute.coder.tags & _SETS else {}


def build_entry_condition(
    label: str,
    when: Condition,
    scope: Scope,
    attributes: Mapping[str, Attribute],
    refuse: Callable[[str, str], InvalidEntity],
) -> EntryCondition:
    """Builds the condition of a key against its entity, and refuses one that does not fit it."""
    try:
        resolved, shown = when.resolve(scope), when.resolve(_without_absence(scope))
    except InvalidOperation as error:
        declared = f"{label} has when=...: {error.where}: {error.declared}"
        raise refuse(declared, error.allowed) from None
    except InvalidItem as error:
        raise refuse(f"{label} has when=...: {error.problems}", "values of the fields") from None
    fields = [field for field in attributes if field in when.fields()]
    return EntryCondition(resolved, shown, tuple(attributes[field] for field in fields))


def _without_absence(scope: Scope) -> Scope:
    """The scope of what is stored of whole entities, which lack nothing that has a default."""

    def find(steps: tuple[Step, ...]) -> Place | Variants:
        found = scope.find(steps)
        if isinstance(found, Place):
            return _required(found)
        each = (replace(variant, place=_required(variant.place)) for variant in found.each)
        return replace(found, each=tuple(each))

    return Scope(scope.entity, find)


def _required(place: Place) -> Place:
    count = len(place.steps)
    never = (False,) * count
    return replace(place, if_absent=(REQUIRED,) * count, nullable=never, mixed=never)
