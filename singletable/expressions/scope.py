"""`Scope` finds the place that a path leads to: its stored names, its type, what absence means."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import cached_property
from typing import Final, Protocol

from singletable.codec import AttributeValue
from singletable.errors.request import InvalidOperation
from singletable.expressions.binder import Binder
from singletable.formats import Format, StoredAs
from singletable.records import record

Step = str | int


class Required(Enum):
    """What is there in every item of the entity, so that nothing is read where it is absent."""

    REQUIRED = "REQUIRED"


REQUIRED: Final = Required.REQUIRED
IfAbsent = AttributeValue | None | Required
"""What absence is read as: a value's wire form, None for nothing, or REQUIRED."""


@record
class Gap:
    """Why nothing stands at the end of a path: the first step where there is nothing.

    `is_other`: something stands there that has no next step. `value`: what the end is read as.
    """

    depth: int
    is_other: bool
    value: IfAbsent


class Kind(Protocol):
    """The type of what stands at a path."""

    @property
    def tags(self) -> frozenset[str]:
        """The tags that its values may be stored with."""
        ...

    @property
    def stored_by(self) -> Format | StoredAs | None:
        """The format or functions that say how values are stored; None where their type does."""
        ...

    @property
    def is_opaque(self) -> bool:
        """Whether functions make what is stored, which then has no order and no parts."""
        ...

    @property
    def field_with_default(self) -> str:
        """A field inside that is read as its default where the stored value lacks it, if any."""
        ...

    def wire(self, value: object) -> AttributeValue | None:
        """Validates and encodes a value; None where nothing would be stored."""
        ...

    def text(self, part: object, *, is_beginning: bool) -> AttributeValue | None:
        """Encodes a part of a text or of bytes, folded as the type stores it."""
        ...

    def element(self, value: object) -> AttributeValue | None:
        """Validates and encodes an element of a list or set."""
        ...


@record
class Place:
    """What a path leads to; `steps` are stored names and list positions.

    Of each step there is said, by its position: `if_absent`, what the place is read as where the
    item has nothing from that step on; `nullable`, whether None may be stored there as NULL, which
    is read as nothing, too; `mixed`, whether something may stand there that has no next step.
    """

    entity: str
    label: str
    steps: tuple[Step, ...]
    kind: Kind
    if_absent: tuple[IfAbsent, ...]
    nullable: tuple[bool, ...]
    mixed: tuple[bool, ...]

    @cached_property
    def has_default(self) -> bool:
        """Whether absence may be read as a value."""
        return any(value is not None and value is not REQUIRED for value in self.if_absent)

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """All that there can be, from the first step to the last."""
        found, last = list[Gap](), len(self.steps) - 1
        for depth, value in enumerate(self.if_absent):
            found.append(Gap(depth, is_other=False, value=value))
            if depth < last and self.mixed[depth]:
                found.append(Gap(depth, is_other=True, value=None))
        return tuple(found)

    @cached_property
    def name(self) -> str:
        """The last name on the path, which placeholders of values are named by."""
        return next(step for step in reversed(self.steps) if isinstance(step, str))

    def path(self, binder: Binder, depth: int | None = None) -> str:
        """The path as text, such as `#log[2]`, with its names bound; or its first steps alone."""
        if len(self.steps) == 1:
            return binder.name(self.name)
        text = ""
        for step in self.steps[:depth]:
            if isinstance(step, int):
                text += f"[{step}]"
            else:
                text += f".{binder.name(step)}" if text else binder.name(step)
        return text

    def invalid(self, declared: str, allowed: str) -> InvalidOperation:
        return InvalidOperation(
            where=f"{self.entity}: {self.label}", declared=declared, allowed=allowed
        )


@record
class Variant:
    """A place inside one variant of a union, or of several on the way.

    `only`: the places of the fields that tell the variants apart, and what this one has there.
    """

    place: Place
    only: tuple[tuple[Place, tuple[AttributeValue, ...]], ...]


@record
class Variants:
    """What a path into a union leads to: a place in each variant that has such a field.

    `is_complete`: every variant has it.
    """

    each: tuple[Variant, ...]
    is_complete: bool

    @property
    def first(self) -> Place:
        return self.each[0].place

    @property
    def places(self) -> list[Place]:
        return [variant.place for variant in self.each]


@record
class Scope:
    """What an expression may name: the places of one entity."""

    entity: str
    find: Callable[[tuple[Step, ...]], Place | Variants]
    """The place of a path of Python names; `InvalidOperation` lists the names there are."""


def _find_nothing(steps: tuple[Step, ...]) -> Place:
    raise InvalidOperation(
        where="condition", declared=f"the field {steps[0]!r}", allowed="stored attributes"
    )


STORED_NAMES: Final = Scope("", _find_nothing)
"""The scope of conditions that name stored attributes only."""
