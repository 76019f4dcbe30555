"""Renders updates of fields as an update expression, index keys included."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from singletable.annotations import admits_none
from singletable.codec import AttributeValue, same_value
from singletable.errors.request import IncompleteKey, InvalidOperation
from singletable.expressions import Binder, attribute_exists
from singletable.operations.writes.action import check_item_size
from singletable.operations.writes.bounds import Requirement
from singletable.operations.writes.field_updates import FieldUpdates
from singletable.operations.writes.part_expression import render_part
from singletable.records import record
from singletable.schema import CompiledKey, Values
from singletable.schema.schema import AnySchema

Wire = Mapping[str, AttributeValue | None]


@record
class UpdateExpression:
    """The parts of an update expression.

    `extra`: stored attributes that the verb itself sets; `absent`: those it sets once.
    """

    updates: FieldUpdates
    keys: Wire
    extra: Wire
    absent: Wire

    def render(self, binder: Binder) -> str:
        """The update expression; empty if there is nothing to do."""
        removes = [binder.name(self._attribute_name(name)) for name in self.updates.removed]
        written = {**self.keys, **self.extra}
        removes += [binder.name(name) for name, value in written.items() if value is None]
        clauses: dict[str, list[str]] = {
            "SET": [*self._assignments(binder), *self._longer(binder), *self._sums(binder)],
            "REMOVE": removes,
            "ADD": self._additions(binder),
            "DELETE": self._deletions(binder),
        }
        for part in self.updates.parts:
            clause, text = render_part(part, binder)
            clauses[clause].append(text)
        return " ".join(f"{word} {', '.join(parts)}" for word, parts in clauses.items() if parts)

    def check_size(self, key: Mapping[str, AttributeValue]) -> None:
        """Raises `InvalidItem` if what is written makes an item too large, whatever else it has."""
        summands = {self._attribute_name(name): value for name, value in self._summands()}
        updates = self.updates
        changed = (updates.assigned, updates.appended, updates.prepended, updates.if_absent)
        inner = {part.place.name: part.wire for part in updates.parts if not part.is_without_value}
        written = [*map(self._wire, changed), key, summands, self.keys, self.extra, self.absent]
        written = [inner, *written]
        parts = {name: value for part in written for name, value in part.items()}
        known = {name: value for name, value in parts.items() if value is not None}
        check_item_size(self.updates.schema.name, known)

    def _assignments(self, binder: Binder) -> list[str]:
        assigned = {**self._wire(self.updates.assigned), **self.keys, **self.extra}
        absent = {**self._wire(self.updates.if_absent), **self.absent}
        sets = [
            f"{binder.name(name)} = {binder.value(value, name)}"
            for name, value in assigned.items()
            if value is not None
        ]
        for name, value in absent.items():
            if value is not None:
                bound = binder.name(name)
                sets.append(f"{bound} = if_not_exists({bound}, {binder.value(value, name)})")
        return sets

    def _longer(self, binder: Binder) -> list[str]:
        appended = self.updates.appended.items()
        texts = [self._appended(name, value, binder) for name, value in appended]
        for name, value in self.updates.prepended.items():
            texts.append(self._appended(name, value, binder, is_before=True))
        return texts

    def _appended(
        self, field: str, elements: object, binder: Binder, *, is_before: bool = False
    ) -> str:
        """Renders a list that becomes longer at one of its ends."""
        attribute = self.updates.schema.attribute(field)
        name, value = attribute.stored, attribute.encode(elements) or {"L": []}
        bound = binder.name(name)
        first = binder.value(self.updates.schema.start(field) or {"L": []}, name)
        start, more = f"if_not_exists({bound}, {first})", binder.value(value, name)
        both = f"{more}, {start}" if is_before else f"{start}, {more}"
        return f"{bound} = list_append({both})"

    def _deletions(self, binder: Binder) -> list[str]:
        return [
            f"{binder.name(name)} {binder.value(value, name)}"
            for name, value in self._wire(self.updates.taken).items()
            if value is not None
        ]

    def _additions(self, binder: Binder) -> list[str]:
        starts, texts = self._starts(), list[str]()
        for name, value in self._summands():
            if value is not None and name not in starts:
                stored = self._attribute_name(name)
                texts.append(f"{binder.name(stored)} {binder.value(value, stored)}")
        return texts

    def _sums(self, binder: Binder) -> list[str]:
        """Renders additions to numbers whose absence is read as another default than 0."""
        starts, texts = self._starts(), list[str]()
        for name, value in self._summands():
            if name in starts and value is not None:
                stored = self._attribute_name(name)
                bound = binder.name(stored)
                first = f"if_not_exists({bound}, {binder.value(starts[name], stored)})"
                texts.append(f"{bound} = {first} + {binder.value(value, stored)}")
        return texts

    def _summands(self) -> list[tuple[str, AttributeValue | None]]:
        schema, added = self.updates.schema, self.updates.added
        return [(name, schema.attribute(name).encode(value)) for name, value in added.items()]

    def _starts(self) -> dict[str, AttributeValue]:
        """The defaults that absent numbers count from; ADD would take them for 0."""
        implied = {name: self.updates.schema.start(name) for name in self.updates.added}
        return {
            name: value
            for name, value in implied.items()
            if value is not None and "N" in value and not same_value(value, {"N": "0"})
        }

    def _wire(self, values: Values) -> dict[str, AttributeValue | None]:
        return {
            self._attribute_name(name): self.updates.schema.attribute(name).encode(value)
            for name, value in values.items()
        }

    def _attribute_name(self, field: str) -> str:
        return self.updates.schema.attribute(field).stored


_NOTHING = "no such attribute"


def render_no_change(schema: AnySchema, binder: Binder) -> str:
    """An expression that writes what is there anyway: moto takes no update without one."""
    name = schema.table.type_attribute
    if name is None:
        return f"REMOVE {binder.name(_NOTHING)}"
    return f"SET {binder.name(name)} = {binder.value({'S': schema.name}, name)}"


def index_key_updates(
    updates: FieldUpdates, known: Values, *, is_new: bool = False
) -> dict[str, AttributeValue | None]:
    """The attributes of every index key that the updates touch; None: to be removed.

    `known`: the values of fields that are certain, old or new. An item that may be new also needs
    the keys made of its identity alone.
    """
    rewritten, touched = dict[str, AttributeValue | None](), set(updates.fields)
    identity = set(updates.schema.primary.fields)
    for key in updates.schema.secondary:
        _check_natural(key, updates)
        counted = _counted_fields(updates, key)
        moved = touched.intersection(key.deciding_fields).difference(counted)
        needed = moved or (is_new and (counted or set(key.fields) <= identity))
        if key.own_attributes and needed:
            rewritten |= _key_updates(updates, key, known, counted)
        if needed and not _is_out(key, known):
            rewritten |= _implied_parts(updates, key, known)
    return rewritten


def kept_by_attributes(schema: AnySchema, keys: Wire, known: Values) -> tuple[Requirement, ...]:
    """Asks for the attribute of each field that key text has which is to be removed.

    Where an item may lack it, as other programs store it, the text may be all that has its value.
    """
    gone = {name for name, value in keys.items() if value is None}
    if not gone or not schema.may_be_in_key:
        return ()
    parts = (part for key in schema.secondary for part in key.made)
    told = {field for part in parts if part.attribute.name in gone for field in part.fields}
    return tuple(
        _is_stored(name, field)
        for name, field in schema.may_be_in_key.items()
        if field in told and field not in known
    )


def _is_stored(name: str, field: str) -> Requirement:
    return Requirement(
        attribute_exists(name),
        f"{field} has no attribute, and may stand in the index key alone that this removes: read"
        " the item and write update(before, after)",
        lambda item: name in item,
    )


def _check_natural(key: CompiledKey, updates: FieldUpdates) -> None:
    """Checks fields that are themselves keys: never empty, not too long."""
    new = {**updates.assigned, **updates.if_absent}
    for part in key.parts:
        if part.natural is not None and new.get(part.fields[0]) is not None:
            part.render({field: new[field] for field in part.fields})


def _key_updates(
    updates: FieldUpdates, key: CompiledKey, known: Values, counted: Collection[str]
) -> Mapping[str, AttributeValue | None]:
    _check_computable(updates, key, counted)
    own = key.own_attributes
    if _is_out(key, known):
        return dict.fromkeys(sorted(own))  # a set has another order in each process
    missing = [field for field in key.deciding_fields if field not in {*known, *counted}]
    if missing:
        raise IncompleteKey(
            entity=updates.schema.name,
            index=key.label,
            changed=", ".join(field for field in updates.fields if field in key.deciding_fields),
            missing=", ".join(missing),
        )
    made = key.render_made(known) if counted else key.render(known)
    return {name: value for name, value in made.items() if name in own}


def _implied_parts(updates: FieldUpdates, key: CompiledKey, known: Values) -> Wire:
    """The key attributes that an older item may lack, as they are fields with a default.

    They stay as they are read, but without them the item would not be in the index.
    """
    schema = updates.schema
    parts = [schema.by_stored_name[name] for name in schema.implied_parts[key.name]]
    written = {*updates.fields, *schema.primary.fields}
    return {
        each.stored: each.encode(known[each.field])
        for each in parts
        if each.field in known and each.field not in written
    }


def _counted_fields(updates: FieldUpdates, key: CompiledKey) -> frozenset[str]:
    """Fields that are key attributes themselves, always there, and computed by DynamoDB.

    The key's own attributes are made without them, so they stay as they are.
    """
    if not updates.is_computed:
        return frozenset()
    asked = () if key.when is None else key.when.fields
    counted = updates.unpredictable_fields.difference(key.made_fields, asked)
    attributes = updates.schema.attributes
    found = counted.intersection(key.fields)
    return frozenset(name for name in found if not admits_none(attributes[name].annotation))


def _is_out(key: CompiledKey, known: Values) -> bool:
    """Whether it is certain that the item is not in the index, whatever is not known."""
    if any(known.get(field, "") is None for field in key.fields):
        return True
    when = key.when
    return when is not None and when.decide(known) is False


def _check_computable(updates: FieldUpdates, key: CompiledKey, counted: Collection[str]) -> None:
    computed = sorted(
        updates.unpredictable_fields.intersection(key.deciding_fields).difference(counted)
    )
    if computed:
        raise InvalidOperation(
            where=f"change of {updates.schema.name}",
            declared=f"{', '.join(computed)} is computed by DynamoDB but is part of {key.label}",
            allowed="set(...) for fields of index keys",
        )


def wire_values(schema: AnySchema, values: Values) -> dict[str, AttributeValue | None]:
    """Stored name to wire value, None where nothing is stored."""
    return {
        schema.attribute(field).stored: schema.attribute(field).encode(value)
        for field, value in values.items()
        if not schema.attribute(field).in_key
    }
