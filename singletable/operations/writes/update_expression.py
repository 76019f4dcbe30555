"""Changes of fields → the update expression, index keys included."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from singletable.codec import AttributeValue, same_value
from singletable.errors.request import IncompleteKey, InvalidOperation
from singletable.expressions import Binder
from singletable.operations.writes.field_updates import Changes
from singletable.schema import CompiledKey, Schema

Wire = Mapping[str, AttributeValue | None]


@dataclass(frozen=True)
class ChangeExpression:
    """`extra`: stored attributes that the verb itself sets; `absent`: those it sets once."""

    changes: Changes
    keys: Wire
    extra: Wire
    absent: Wire

    def render(self, binder: Binder) -> str:
        """The update expression; empty if there is nothing to do."""
        removes = [binder.name(self._stored(name)) for name in self.changes.removed]
        removes += [binder.name(name) for name, value in self.keys.items() if value is None]
        clauses = [
            (
                "SET ",
                [*self._assignments(binder), *self._appends(binder), *self._sums(binder)],
            ),
            ("REMOVE ", removes),
            ("ADD ", self._additions(binder)),
        ]
        return " ".join(word + ", ".join(parts) for word, parts in clauses if parts)

    def _assignments(self, binder: Binder) -> list[str]:
        assigned = {**self._wire(self.changes.assigned), **self.keys, **self.extra}
        absent = {**self._wire(self.changes.if_absent), **self.absent}
        sets = [
            f"{binder.name(name)} = {binder.value(value)}"
            for name, value in assigned.items()
            if value is not None
        ]
        for name, value in absent.items():
            if value is not None:
                bound = binder.name(name)
                sets.append(f"{bound} = if_not_exists({bound}, {binder.value(value)})")
        return sets

    def _appends(self, binder: Binder) -> list[str]:
        texts = list[str]()
        for name, value in self._wire(self.changes.appended).items():
            if value is not None:
                bound, empty = binder.name(name), binder.value({"L": []})
                start = f"if_not_exists({bound}, {empty})"
                texts.append(f"{bound} = list_append({start}, {binder.value(value)})")
        return texts

    def _additions(self, binder: Binder) -> list[str]:
        starts = self._starts()
        return [
            f"{binder.name(self._stored(name))} {binder.value(value)}"
            for name, value in self._added()
            if value is not None and name not in starts
        ]

    def _sums(self, binder: Binder) -> list[str]:
        """Additions to numbers that load as another default than 0 where they are absent."""
        starts, texts = self._starts(), list[str]()
        for name, value in self._added():
            if name in starts and value is not None:
                bound = binder.name(self._stored(name))
                first = f"if_not_exists({bound}, {binder.value(starts[name])})"
                texts.append(f"{bound} = {first} + {binder.value(value)}")
        return texts

    def _added(self) -> list[tuple[str, AttributeValue | None]]:
        schema, added = self.changes.schema, self.changes.added
        return [(name, schema.attribute(name).encode(value)) for name, value in added.items()]

    def _starts(self) -> dict[str, AttributeValue]:
        """What numbers count from that are absent and have a default, which ADD takes for 0."""
        implied = {name: self.changes.schema.attribute(name).implied for name in self.changes.added}
        return {
            name: value
            for name, value in implied.items()
            if value is not None and "N" in value and not same_value(value, {"N": "0"})
        }

    def _wire(self, values: Mapping[str, Any]) -> dict[str, AttributeValue | None]:
        return {
            self._stored(name): self.changes.schema.attribute(name).encode(value)
            for name, value in values.items()
        }

    def _stored(self, field: str) -> str:
        return self.changes.schema.attribute(field).stored


def rewritten_keys(
    changes: Changes, known: Mapping[str, Any], *, is_new: bool = False
) -> dict[str, Any]:
    """The attributes of every index key that the changes touch; None: to be removed.

    `known`: the values of fields that are certain, old or new. An item that may be new also needs
    the keys made of its identity alone.
    """
    rewritten, touched = dict[str, Any](), set(changes.touched)
    identity = set(changes.schema.primary.fields)
    for key in changes.schema.secondary:
        _check_natural(key, changes)
        needed = touched & set(key.fields) or (is_new and set(key.fields) <= identity)
        if key.own_attributes and needed:
            rewritten |= _rewritten(changes, key, known)
    return rewritten


def _check_natural(key: CompiledKey, changes: Changes) -> None:
    """A field that is itself a key must fit DynamoDB's limits: never empty, not too long."""
    new = {**changes.assigned, **changes.if_absent}
    for side in key.sides:
        if side.natural is not None and new.get(side.fields[0]) is not None:
            side.render({field: new[field] for field in side.fields})


def _rewritten(changes: Changes, key: CompiledKey, known: Mapping[str, Any]) -> dict[str, Any]:
    _check_computable(changes, key)
    own = key.own_attributes
    if any(known.get(field, "") is None for field in key.fields):
        return dict.fromkeys(sorted(own))  # a set has another order in each process
    missing = [field for field in key.fields if field not in known]
    if missing:
        raise IncompleteKey(
            entity=changes.schema.name,
            index=key.label,
            changed=", ".join(field for field in changes.touched if field in key.fields),
            missing=", ".join(missing),
        )
    return {name: value for name, value in key.render(known).items() if name in own}


def _check_computable(changes: Changes, key: CompiledKey) -> None:
    computed = sorted(changes.computed & set(key.fields))
    if computed:
        raise InvalidOperation(
            where=f"change of {changes.schema.name}",
            declared=f"{', '.join(computed)} is computed by DynamoDB but is part of {key.label}",
            allowed="set(...) for fields of index keys",
        )


def wire_values(schema: Schema[Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Stored name to wire value, None where nothing is stored."""
    return {
        schema.attribute(field).stored: schema.attribute(field).encode(value)
        for field, value in values.items()
    }
