"""What must be so in a stored item, for a part of it to be changed alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import cast

from singletable.expressions.absence import exists, is_absent, is_something
from singletable.expressions.condition import Condition, Not, OfType, Test
from singletable.expressions.effects import stored_at
from singletable.expressions.scope import Place, Variant, Variants
from singletable.expressions.truth import COMPARISONS
from singletable.expressions.variants import is_one_of
from singletable.operations.writes.bounds import NULL, Item, Requirement
from singletable.operations.writes.parts import Part, default_of, needs_room
from singletable.schema.schema import AnySchema
from singletable.schema.typed import Typed


def requirements_of(schema: AnySchema, part: Part) -> Iterator[Requirement]:
    """What must be so in the stored item, without which nothing is written."""
    place, at = part.place, part.place.steps
    is_position = isinstance(at[-1], int)
    if is_position:
        yield _is_there(place, f"{place.label} is not there")
    elif len(at) > 1:
        found = schema.scope.find(part.steps[:-1])
        holder = found.first if isinstance(found, Variants) else found
        is_respelled = cast(Typed, holder.kind).may_be_respelled
        other = ", or under another spelling of its key" if is_respelled else ""
        yield Requirement(
            OfType(place, len(at) - 1, "M"),
            f"{holder.label} is not there{other}: nothing inside it can be changed",
            lambda item: "M" in (stored_at(item, at[:-1]) or {}),
        )
    if part.variants:
        yield Requirement(
            is_one_of(part.variants),
            f"{place.label} is not there: another variant is stored",
            lambda item: any(_is_variant(item, each) for each in part.variants),
        )
    if part.is_computed and not is_position:
        yield from _has_a_start(schema, part)
    yield from _room_around(part)
    if part.source is not None:
        yield from _source_is_there(schema, part.source)


def _is_there(place: Place, text: str) -> Requirement:
    return Requirement(exists(place), text, lambda item: stored_at(item, place.steps) is not None)


def _has_a_start(schema: AnySchema, part: Part) -> Iterator[Requirement]:
    """Asks for a part that is computed, unless it is known what its absence is read as."""
    place = part.place
    if schema.upgrade is not None:
        yield _is_there(place, f"{place.label} is absent, and the upgrade may make it of another")
    elif part.has_several_starts:
        yield _is_there(place, f"{place.label} is absent, and variants have other defaults")
    elif part.may_be_made:
        yield has_no_made_default(place)


def has_no_made_default(place: Place) -> Requirement:
    """The requirement that a place is stored whose default a factory makes of other fields."""
    made = "its default is made of other fields"
    remedy = "read the item and write update(before, after)"
    return _is_there(place, f"{place.label} is absent, and {made}: {remedy}")


def _is_variant(item: Item, variant: Variant) -> bool:
    return all(stored_at(item, place.steps) in forms for place, forms in variant.only)


def _room_around(part: Part) -> Iterator[Requirement]:
    """The bounds on the number of elements or entries around a part."""
    if not needs_room(part):
        return
    place, holder = part.place, _holder(part.place)
    is_entry = isinstance(place.steps[-1], str)
    if part.verb == "unset":
        limit, operator, text = part.inside.least_held, ">", "at least"
        same: Condition = is_absent(place)
    else:
        limit, operator, text = part.inside.most_held or 0, "<", "at most"
        same = exists(place)
    size = Test(f"size {operator}", holder, ({"N": str(limit)},))

    def is_met(item: Item) -> bool:
        held = stored_at(item, holder.steps) or {}
        count = len(next(iter(held.values()), ()))
        is_there = stored_at(item, place.steps) is not None
        has_room = COMPARISONS[operator](count, limit)
        return has_room or (is_entry and is_there is (part.verb != "unset"))

    condition = same | size if is_entry else size
    yield Requirement(condition, f"what {place.label} is in must stay {text} {limit} long", is_met)


def _holder(place: Place) -> Place:
    """The place that this one is in."""
    return replace(
        place,
        steps=place.steps[:-1],
        if_absent=place.if_absent[:-1],
        nullable=place.nullable[:-1],
        mixed=place.mixed[:-1],
    )


def _source_is_there(schema: AnySchema, source: Place) -> Iterator[Requirement]:
    """Asks for the source, unless its absence is read as a default."""
    if default_of(source) is not None and schema.upgrade is None:
        if source.nullable[-1]:
            yield Requirement(
                Not(OfType(source, len(source.steps), "NULL")),
                f"{source.label} is stored as NULL",
                lambda item: stored_at(item, source.steps) != NULL,
            )
        return
    yield Requirement(
        is_something(source),
        f"{source.label} is not there, and has no value to be taken",
        lambda item: stored_at(item, source.steps) not in (None, NULL),
    )
