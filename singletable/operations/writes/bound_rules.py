"""Finds the bounds of what an update computes, from what the model asks of the result."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import timedelta
from decimal import Context, Decimal
from functools import partial
from typing import cast

from singletable.codec import AttributeValue, same_value
from singletable.codec.errors import EncodeError
from singletable.codec.numbers import decimal_text
from singletable.errors.request import InvalidItem
from singletable.expressions import Path, attribute_exists, attribute_not_exists
from singletable.expressions.condition import all_of, join, stored_equals
from singletable.expressions.scope import Place, Step
from singletable.expressions.truth import COMPARISONS
from singletable.operations.writes.bounds import NULL, Bound, Requirement
from singletable.operations.writes.field_updates import FieldUpdates
from singletable.operations.writes.part_expression import start_of
from singletable.operations.writes.part_requirements import has_no_made_default, requirements_of
from singletable.operations.writes.parts import Part
from singletable.operations.writes.update_expression import wire_values
from singletable.records import record
from singletable.schema import Attribute, Values
from singletable.schema.limits import Limits
from singletable.schema.schema import AnySchema
from singletable.schema.typed import Typed
from singletable.tracing import Symbol

Item = Mapping[str, AttributeValue]
_EXACT = Context(prec=300)
_GREATEST = Decimal("1E+126")
_WORDS = {">=": "at least", ">": "greater than", "<=": "at most", "<": "less than"}


@record
class Computed:
    """A place whose new value DynamoDB computes, and what its model asks of that."""

    schema: AnySchema
    steps: tuple[Step, ...]
    place: Place
    limits: Limits
    label: str

    @property
    def attribute(self) -> Attribute:
        return cast(Typed, self.place.kind).attribute


def find_bounds(updates: FieldUpdates) -> tuple[Bound | Requirement, ...]:
    """The bounds of all that these updates compute."""
    if not updates.is_computed:
        return ()
    schema, found = updates.schema, list[Bound | Requirement]()
    counted = filter(schema.made_of.__contains__, updates.counted_fields)
    found += [has_no_made_default(_field(schema, name).place) for name in counted]
    found += _of_fields(updates)
    if schema.reach.renamed:
        found += not_renamed(schema, _fields_relied_on(updates))
    if not updates.parts:
        return tuple(found)
    inner = [each for part in updates.parts for each in _of_part(schema, part)]
    return (*found, *{each.text: each for each in inner}.values())


def _of_fields(updates: FieldUpdates) -> Iterator[Bound]:
    schema, longer = updates.schema, {**updates.appended, **updates.prepended}
    for name, value in updates.added.items():
        if schema.limits(name).comparisons:
            yield from _of_sum(_field(schema, name), value)
    for name, value in longer.items():
        if schema.limits(name).max_length is not None:
            yield from _of_list(_field(schema, name), value)
    computed = (*updates.added, *longer, *updates.taken, *updates.if_absent)
    for name in computed:
        if schema.attribute(name).coder.absent is None:
            yield _not_null(_field(schema, name))


def _fields_relied_on(updates: FieldUpdates) -> tuple[str, ...]:
    """The fields whose stored values decide what becomes of the item."""
    sources = [each.value for each in updates.parts if isinstance(each.value, Path)]
    final = updates.final_values()
    changed = (name for name in updates.fields if name not in final)
    return tuple(dict.fromkeys([*changed, *(str(each.steps[0]) for each in sources)]))


def _field(schema: AnySchema, name: str) -> Computed:
    place = cast(Place, schema.scope.find((name,)))
    return Computed(schema, (name,), place, schema.limits(name), name)


def _of_part(schema: AnySchema, part: Part) -> Iterator[Bound | Requirement]:
    """What must be there first; then the bounds of what is computed."""
    yield from requirements_of(schema, part)
    if not part.is_computed:
        return
    known = Computed(schema, part.steps, part.place, part.limits, part.label)
    if part.verb == "add":
        yield from _of_sum(known, part.value)
    if part.verb in ("append", "prepend"):
        yield from _of_list(known, part.value)
    if part.place.nullable[-1]:
        yield _not_null(known)


def _of_sum(known: Computed, value: object) -> Iterator[Bound]:
    comparisons = known.limits.comparisons
    wire = known.attribute.encode(value) if comparisons else None
    if wire is None:
        return
    start = Decimal(start_of(known.place, {"N": "0"})["N"])
    for comparison, limit in comparisons:
        bound = _number(known.attribute, limit)
        if not bound.is_finite() or bound.copy_abs() >= _GREATEST:
            continue
        text = f"{known.label} must stay {_WORDS[comparison]} {limit}"
        if isinstance(value, Symbol):
            room: AttributeValue = {"S": f"{bound:f} - {value!r}" if bound else f"-{value!r}"}
            yield Bound(known.steps, known.place, comparison, room, text, start)
            continue
        summand = Decimal(wire["N"])
        room = {"N": _text(known, _EXACT.subtract(bound, summand))}
        fits = COMPARISONS[comparison](_EXACT.add(start, summand), bound)
        yield Bound(known.steps, known.place, comparison, room, text, start if fits else None)


def _of_list(known: Computed, value: object) -> Iterator[Bound]:
    most = known.limits.max_length
    if most is None:
        return
    text = f"{known.label} must stay at most {most} long"
    start = Decimal(len(start_of(known.place, {"L": []})["L"]))
    wire = known.attribute.encode(value)
    if isinstance(value, Symbol) or wire is None:
        room: AttributeValue = {"S": f"{most} - size of {value!r}"}
        yield Bound(known.steps, known.place, "<=", room, text, start, of_size=True)
        return
    left = most - len(wire["L"])
    fits = start if start <= left else None
    yield Bound(known.steps, known.place, "<=", {"N": str(left)}, text, fits, of_size=True)


def not_renamed(
    schema: AnySchema, fields: Iterable[str], taken: Collection[str] = ()
) -> Iterator[Requirement]:
    """The requirements that values do not stand under former names: they would be ignored.

    But for names that the write takes away, which are `taken`.
    """
    for field in fields:
        former = schema.reach.former_names_of(schema.attribute(field).stored)
        others = [name for name in former if name not in taken]
        if others:
            text = (
                f"{field} is stored as {' or '.join(others)}, its former name:"
                " read the item and write update(before, after)"
            )
            condition = all_of([attribute_not_exists(name) for name in others])
            yield Requirement(condition, text, frozenset(others).isdisjoint, is_of_items=True)


def made_of_stored(schema: AnySchema, field: str, known: Values) -> Iterator[Requirement]:
    """The requirement that the default of a field was made of what is stored, if it is to be set:
    the fields of which its factory made it are absent, and set as well, or have these values."""
    name, values = schema.attribute(field).stored, wire_values(schema, known)
    if not values:
        return
    alike = [
        join("OR", stored_equals(each, None), stored_equals(each, value))
        for each, value in values.items()
    ]

    def holds(item: Item) -> bool:
        stored = (each for each in values if each in item)
        return name in item or all(same_value(item[each], values[each]) for each in stored)

    text = (
        f"{field} is not stored, and its default is made of {', '.join(known)}, of which other"
        " values are stored: set it, or read the item and write update(before, after)"
    )
    required = join("OR", attribute_exists(name), all_of(alike))
    yield Requirement(required, text, holds, is_of_items=True)


def made_are_stored(
    updates: FieldUpdates, changed: Collection[str], known: Collection[str]
) -> Iterator[Requirement]:
    """The requirements that fields are stored of which index keys or unique items are made, where
    a factory may make another default of them by what is changed; but for `known` ones.

    `InvalidOperation` names one that the upgrade may take away.
    """
    schema = updates.schema
    keys = (field for key in schema.secondary for field in key.deciding_fields)
    unique = (field for each in schema.uniques for field in each.fields)
    for field in dict.fromkeys((*keys, *unique)):
        before = [each.field for each in schema.made_of.get(field, ()) if each.field in changed]
        if before and field not in known:
            updates.check_foreseen(schema.attribute(field))
            text = (
                f"{field} is not stored, and its default may be made of {', '.join(before)}:"
                " read the item and write update(before, after)"
            )
            name = schema.attribute(field).stored
            yield Requirement(attribute_exists(name), text, partial(_has, name))


def _has(name: str, item: Item) -> bool:
    return name in item


def _not_null(known: Computed) -> Bound:
    text = f"{known.label} is stored as NULL, which stands for None: set it"
    return Bound(known.steps, known.place, "<>", NULL, text)


def _number(attribute: Attribute, limit: object) -> Decimal:
    if isinstance(limit, timedelta):
        return Decimal((attribute.encode(limit) or {"N": "0"})["N"])
    return Decimal(str(limit))


def _text(known: Computed, number: Decimal) -> str:
    try:
        return decimal_text(number)
    except EncodeError as error:
        problem = f"{known.label}: the difference from its bound {error.reason}"
        raise InvalidItem(entity=known.schema.name, problems=problem) from None
