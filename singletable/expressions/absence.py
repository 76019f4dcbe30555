"""Counts what absence is read as: a default, nothing, or nothing that can be.

An item from before a field holds no attribute for it and is read with the field's default, so a
condition must say of it what it says of an item that holds the default.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from singletable.codec import AttributeValue
from singletable.expressions.condition import Condition, Not, Presence, Test, Versus, join
from singletable.expressions.scope import REQUIRED, Place
from singletable.expressions.truth import FLIPPED, compare, holds

_EMPTY_SETS: Final[tuple[AttributeValue, ...]] = ({"SS": []}, {"NS": []}, {"BS": []})


def count_absence(test: Test, *, is_known: bool) -> Condition:
    """The test, true also of what is absent and read as a value that meets it.

    `is_known`: the operands are; of arguments of a traced pattern it is assumed that they may meet.
    """
    place = test.place
    if not place.has_default:
        return test
    plain = test.operator.endswith("<>")  # of what is absent, true of these alone

    def meets(value: AttributeValue | None) -> bool:
        if value is not None and not is_known:
            return True
        return holds(test.operator, value, test.operands)

    truths = _truths(place, plain, meets)
    if all(truth is plain for truth in truths):
        return test
    present = exists(place) & test if plain else test
    return any_of(*_absent_where(place, truths), present)


def nothing_there(place: Place) -> Condition:
    """The condition that what is read at a place is None, an empty set, or nothing at all.

    `InvalidOperation` for a place that has a value always: its default, where it is absent.
    """
    truths = _truths(place, True, _is_nothing)
    if all(truths):
        return absent(place)
    if not any(truths):
        raise place.invalid(
            "whether it is absent, which is read as its default",
            "comparisons, such as equals(value)",
        )
    return any_of(*_absent_where(place, truths))


def something_there(place: Place) -> Condition:
    """The condition that there is something at a place, its default included."""
    nothing = nothing_there(place)
    is_plain = isinstance(nothing, Presence) and nothing.depth == len(place.steps)
    return exists(place) if is_plain else Not(nothing)


def _is_nothing(value: AttributeValue | None) -> bool:
    return value is None or value in _EMPTY_SETS


def any_of(*conditions: Condition) -> Condition:
    return conditions[0] if len(conditions) == 1 else join("OR", *conditions)


def exists(place: Place) -> Condition:
    return Presence(place, len(place.steps), expected=True)


def absent(place: Place) -> Condition:
    return Presence(place, len(place.steps), expected=False)


def compare_places(operator: str, left: Place, right: Place) -> Condition:
    """A comparison of what is read at two places; nothing equals nothing, and has no order."""
    main: Condition = Versus(operator, left, right)
    of_left, of_right = list(_cases(left)), list(_cases(right))
    if operator == "<>" and (of_left or of_right):
        main = exists(left) & exists(right) & main
    terms = [
        one & other
        for one, value in of_left
        for other, beside in of_right
        if _holds_between(operator, value, beside)
    ]
    terms += _where_one_is_absent(operator, of_right, left)
    terms += _where_one_is_absent(FLIPPED[operator], of_left, right)
    return any_of(*terms, main)


def _where_one_is_absent(
    operator: str, cases: list[tuple[Condition, AttributeValue | None]], there: Place
) -> Iterator[Condition]:
    """The conditions in which one place is absent, and the other, which is there, is compared.

    What is there differs from nothing and from the empty set, which no request can name.
    """
    for case, value in cases:
        if value is not None and not _is_nothing(value):
            yield case & exists(there) & Test(operator, there, (value,))
        elif operator == "<>":
            yield case & exists(there)


def _holds_between(operator: str, one: AttributeValue | None, other: AttributeValue | None) -> bool:
    if one is None or other is None:
        is_same = one is other
        return is_same if operator == "=" else operator == "<>" and not is_same
    if operator in ("=", "<>"):
        return holds(operator, one, (other,))
    return compare(operator, one, other)


def _cases(place: Place) -> Iterator[tuple[Condition, AttributeValue | None]]:
    """The conditions under which a place is absent, each with what that is read as."""
    for depth, value in enumerate(place.if_absent):
        if value is not REQUIRED:
            yield _absent_between(place, depth, depth), value


def _truths(
    place: Place, plain: bool, meets: Callable[[AttributeValue | None], bool]
) -> list[bool]:
    """Whether a test holds for the absence of each step; where that cannot be, as for the next."""
    truths, following = list[bool](), plain
    for value in reversed(place.if_absent):
        following = following if value is REQUIRED else meets(value)
        truths.append(following)
    return truths[::-1]


def _absent_where(place: Place, truths: list[bool]) -> Iterator[Condition]:
    """The conditions that the first step without a value is one for which the test holds."""
    start = None
    for depth, truth in enumerate([*truths, False]):
        if truth and start is None:
            start = depth
        elif not truth and start is not None:
            yield _absent_between(place, start, depth - 1)
            start = None


def _absent_between(place: Place, first: int, last: int) -> Condition:
    """The condition that the first absent step is one of these."""
    gone: Condition = Presence(place, last + 1, expected=False)
    return Presence(place, first, expected=True) & gone if first else gone
