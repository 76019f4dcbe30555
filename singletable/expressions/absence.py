"""Counts what absence is read as: a default, nothing, or nothing that can be.

An item from before a field holds no attribute for it and is read with the field's default, so a
condition must say of it what it says of an item that holds the default. None is absent, too, where
it is stored as NULL: inside lists and maps, and where another program wrote it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Final

from singletable.codec import AttributeValue
from singletable.expressions.condition import Condition, Not, OfType, Presence, Test, Versus, join
from singletable.expressions.scope import REQUIRED, Gap, Place
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
    if all(truth is plain for _, truth in truths):
        return test
    present = exists(place) & test if plain else test
    return any_of(*_absent_where(place, truths), present)


def nothing_there(place: Place) -> Condition:
    """The condition that what is read at a place is None, an empty set, or nothing at all.

    `InvalidOperation` for a place that has a value always: its default, where it is absent.
    """
    truths = _truths(place, True, _is_nothing)
    if not any(truth for _, truth in truths):
        raise place.invalid(
            "whether it is absent, which is read as its default",
            "comparisons, such as equals(value)",
        )
    return any_of(*_absent_where(place, truths))


def something_there(place: Place) -> Condition:
    """The condition that there is something at a place, its default included."""
    if all(truth for _, truth in _truths(place, True, _is_nothing)):
        return is_something(place)
    return Not(nothing_there(place))


def _is_nothing(value: AttributeValue | None) -> bool:
    return value is None or value in _EMPTY_SETS


def any_of(*conditions: Condition) -> Condition:
    return conditions[0] if len(conditions) == 1 else join("OR", *conditions)


def exists(place: Place) -> Condition:
    return Presence(place, len(place.steps), expected=True)


def is_absent(place: Place) -> Condition:
    return Presence(place, len(place.steps), expected=False)


def is_something(place: Place) -> Condition:
    """The condition that something other than None stands at a place."""
    there = exists(place)
    return there & Not(OfType(place, len(place.steps), "NULL")) if place.nullable[-1] else there


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
            yield case & is_something(there)


def _holds_between(operator: str, one: AttributeValue | None, other: AttributeValue | None) -> bool:
    if one is None or other is None:
        is_same = one is other
        return is_same if operator == "=" else operator == "<>" and not is_same
    if operator in ("=", "<>"):
        return holds(operator, one, (other,))
    return compare(operator, one, other)


def _cases(place: Place) -> Iterator[tuple[Condition, AttributeValue | None]]:
    """The conditions under which a place is absent, each with what that is read as."""
    for gap in place.gaps:
        if gap.value is not REQUIRED:
            yield _absent_between(place, gap, gap), gap.value


def _truths(
    place: Place, plain: bool, meets: Callable[[AttributeValue | None], bool]
) -> list[tuple[Gap, bool]]:
    """Whether a test holds for each gap; where that cannot be, as for the next one."""
    truths, following = list[tuple[Gap, bool]](), plain
    for gap in reversed(place.gaps):
        following = following if gap.value is REQUIRED else meets(gap.value)
        truths.append((gap, following))
    return truths[::-1]


def _absent_where(place: Place, truths: list[tuple[Gap, bool]]) -> Iterator[Condition]:
    """The conditions that the gap is one for which the test holds."""
    for is_met, run in groupby(truths, key=itemgetter(1)):
        gaps = [gap for gap, _ in run]
        if is_met:
            yield _absent_between(place, gaps[0], gaps[-1])


def _absent_between(place: Place, first: Gap, last: Gap) -> Condition:
    """The condition that the gap is one of these."""
    before, gone = _reaches(place, first), _ends(place, last)
    return gone if before is None else before & gone


def _reaches(place: Place, gap: Gap) -> Condition | None:
    """The condition that there is no gap before this one; None where there can be none."""
    depth = gap.depth
    if gap.is_other:
        there = Presence(place, depth + 1, expected=True)
        return there & Not(_null(place, depth)) if place.nullable[depth] else there
    if depth == 0:
        return None
    if place.nullable[depth - 1] or place.mixed[depth - 1]:
        return _has_steps(place, depth - 1)
    return Presence(place, depth, expected=True)


def _ends(place: Place, gap: Gap) -> Condition:
    """The condition that there is a gap, this one or one before."""
    if gap.is_other:
        return Not(_has_steps(place, gap.depth))
    gone = Presence(place, gap.depth + 1, expected=False)
    return gone | _null(place, gap.depth) if place.nullable[gap.depth] else gone


def _null(place: Place, depth: int) -> Condition:
    return OfType(place, depth + 1, "NULL")


def _has_steps(place: Place, depth: int) -> Condition:
    """The condition that what stands at this step is of the type that the next one needs."""
    return OfType(place, depth + 1, "L" if isinstance(place.steps[depth + 1], int) else "M")
