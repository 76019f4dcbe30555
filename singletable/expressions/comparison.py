"""Conditions on one path: each checks its operands against the type that stands there."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import replace

from singletable.codec import AttributeValue
from singletable.errors.base import abridge
from singletable.errors.request import InvalidItem, InvalidOperation
from singletable.expressions.absence import (
    compare_places,
    count_absence,
    nothing_there,
    something_there,
)
from singletable.expressions.condition import Condition, Not, Test
from singletable.expressions.scope import Place, Scope, Step, Variants
from singletable.expressions.truth import ORDERED, SEARCHED, SIZED, compare
from singletable.expressions.variants import by_variant, single_place, that_take
from singletable.formats import Format
from singletable.records import record
from singletable.tracing import Symbol

IN_VALUES = 100
_GREATEST_SIZE = 2**53
_TYPES = {
    "S": "text",
    "N": "a number",
    "B": "bytes",
    "BOOL": "a bool",
    "L": "a list",
    "M": "a map",
    "SS": "a set",
    "NS": "a set",
    "BS": "a set",
}


@record
class OnPath(Condition):
    """A condition on what stands at a path of Python names."""

    steps: tuple[Step, ...]

    def resolve(self, scope: Scope) -> Condition:
        found = scope.find(self.steps)
        return self.among(found) if isinstance(found, Variants) else self.test(found)

    @abstractmethod
    def test(self, place: Place) -> Condition:
        """The condition on the place that the path leads to."""

    def among(self, variants: Variants) -> Condition:
        """The condition on what stands there in the variant that is stored."""
        return _by_variant(variants, self.test)

    def text(self, binder: object) -> str:
        raise NotImplementedError

    def fields(self) -> frozenset[str]:
        return frozenset({str(self.steps[0])})


@record
class Compare(OnPath):
    operator: str
    value: object

    def test(self, place: Place) -> Condition:
        if self.operator not in ("=", "<>"):
            _check_order(place, self.operator)
        operand = _operand(place, self.value, self.operator)
        return count_absence(
            Test(self.operator, place, (operand,)), is_known=not isinstance(self.value, Symbol)
        )

    def among(self, variants: Variants) -> Condition:
        if self.operator == "<>":
            return Not(replace(self, operator="=").among(variants))
        fitting = that_take(variants, self.value)
        return _by_variant(fitting, self.test, is_ordered=self.operator != "=")


@record
class Between(OnPath):
    low: object
    high: object

    def test(self, place: Place) -> Condition:
        _check_order(place, "between")
        ends = tuple(_operand(place, end, "between") for end in (self.low, self.high))
        is_known = not isinstance(self.low, Symbol) and not isinstance(self.high, Symbol)
        if is_known and not compare("<=", *ends):
            shown = f"between {abridge(self.low)} and {abridge(self.high)}"
            raise place.invalid(shown, "the lower end first")
        return count_absence(Test("BETWEEN", place, ends), is_known=is_known)

    def among(self, variants: Variants) -> Condition:
        return _by_variant(that_take(variants, self.low), self.test, is_ordered=True)


@record
class In(OnPath):
    values: tuple[object, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.values) <= IN_VALUES:
            raise InvalidOperation(
                where=f"{self.steps[0]} is in",
                declared=f"{len(self.values)} values",
                allowed=f"1 to {IN_VALUES}",
            )

    def test(self, place: Place) -> Condition:
        operands = tuple(_operand(place, value, "is_in") for value in self.values)
        is_known = not any(isinstance(value, Symbol) for value in self.values)
        return count_absence(Test("IN", place, operands), is_known=is_known)

    def among(self, variants: Variants) -> Condition:
        """Asks of each variant the values that it may have; every value must be one's."""
        for value in self.values:
            _by_variant(variants, In(self.steps, (value,)).test)
        by_value = [(value, that_take(variants, value).places) for value in self.values]

        def test(place: Place) -> Condition:
            possible = [value for value, places in by_value if place in places]
            values = tuple(value for value in possible if _is_operand(place, value))
            if not values:
                raise place.invalid("is_in of other values", "values of its type")
            return In(self.steps, values).test(place)

        return _by_variant(variants, test)


@record
class Exists(OnPath):
    """Whether there is something at the path: the attribute, or its default where it is absent."""

    expected: bool

    def test(self, place: Place) -> Condition:
        return something_there(place) if self.expected else nothing_there(place)

    def among(self, variants: Variants) -> Condition:
        if not self.expected:
            return Not(Exists(self.steps, expected=True).among(variants))
        return by_variant(variants, something_there, is_presence=True)


@record
class Search(OnPath):
    """`begins_with`, of texts and bytes; `contains`, of those and of lists and sets."""

    name: str
    value: object

    def test(self, place: Place) -> Condition:
        is_part = self.name == "begins_with"
        _check_type(place, frozenset({"S", "B"}) if is_part else SEARCHED, self.name)
        _check_whole(place)
        operand = None
        if self._seeks_text(place):
            operand = place.kind.text(self.value, is_beginning=is_part)
        if operand is None and not is_part:
            operand = place.kind.element(self.value)
        if operand is None or next(iter(operand.values())) in ("", b""):
            raise place.invalid(
                f"{self.name}({abridge(self.value)})",
                "a text that is not empty" if is_part else "a value that is stored, not empty",
            )
        test = Test(self.name, place, (operand,))
        return count_absence(test, is_known=not isinstance(self.value, Symbol))

    def _seeks_text(self, place: Place) -> bool:
        return self.name == "begins_with" or bool(place.kind.tags & {"S", "B"})


@record
class SizeCompare(OnPath):
    operator: str
    count: object

    def test(self, place: Place) -> Condition:
        _check_type(place, SIZED, "size()")
        is_symbol = isinstance(self.count, Symbol)
        if not is_symbol and not (type(self.count) is int and 0 <= self.count <= _GREATEST_SIZE):
            raise place.invalid(
                f"size() compared with {abridge(self.count)}",
                f"a whole number from 0 to {_GREATEST_SIZE}",
            )
        count: AttributeValue = {"S": repr(self.count)} if is_symbol else {"N": str(self.count)}
        test = Test(f"size {self.operator}", place, (count,))
        return count_absence(test, is_known=not is_symbol)

    def among(self, variants: Variants) -> Condition:
        if self.operator == "<>":
            return Not(replace(self, operator="=").among(variants))
        return by_variant(variants, self.test)


@record
class CompareFields(OnPath):
    """A comparison with what stands at another path of the same item."""

    operator: str
    other: tuple[Step, ...]

    def resolve(self, scope: Scope) -> Condition:
        left, right = (single_place(scope.find(steps)) for steps in (self.steps, self.other))
        if left.steps == right.steps:
            raise left.invalid("a comparison with itself", "another field")
        if left.kind.tags != right.kind.tags or len(left.kind.tags) != 1:
            raise left.invalid(
                f"a comparison of {_type_of(left)} with {right.label}, {_type_of(right)}",
                "fields that are stored as one type",
            )
        if left.kind.stored_by != right.kind.stored_by:
            raise left.invalid(
                f"a comparison of {_form_of(left)} with {right.label}, {_form_of(right)}",
                "fields that are stored in one format",
            )
        _check_whole(left)
        if self.operator not in ("=", "<>"):
            _check_order(left, self.operator)
        return compare_places(self.operator, left, right)

    def test(self, place: Place) -> Condition:
        raise NotImplementedError

    def fields(self) -> frozenset[str]:
        return frozenset({str(self.steps[0]), str(self.other[0])})


def _by_variant(
    variants: Variants, test: Callable[[Place], Condition], *, is_ordered: bool = False
) -> Condition:
    """The condition by variant; refused where one of them cannot be compared whole."""
    for variant in variants.each:
        _check_whole(variant.place)
    return by_variant(variants, test, is_ordered=is_ordered)


def _check_whole(place: Place) -> None:
    """Refuses to compare maps whole that may lack what is read as a default.

    Such a map is equal to none that has it, although both are read as the same.
    """
    field = place.kind.field_with_default
    if field:
        raise place.invalid(
            f"a comparison of the whole, whose {field} has a default that older items lack",
            "conditions on its fields",
        )


def _operand(place: Place, value: object, operator: str) -> AttributeValue:
    """The operand in wire form; `InvalidItem` for what is stored as no attribute."""
    _check_whole(place)
    encoded = place.kind.wire(value)
    if encoded is None:
        raise InvalidItem(
            entity=place.entity,
            problems=f"{place.label} is compared with {abridge(value)}, which is stored as no"
            " attribute: ask is_absent() or exists()",
        )
    if operator not in ("=", "<>", "is_in") and not isinstance(value, Symbol):
        _check_tags(place, frozenset(encoded), ORDERED, operator)
    return encoded


def _is_operand(place: Place, value: object) -> bool:
    """Whether a value may stand at a place."""
    try:
        _operand(place, value, "is_in")
    except (InvalidItem, InvalidOperation):
        return False
    return True


def _check_type(place: Place, allowed: frozenset[str], operator: str) -> None:
    """Raises `InvalidOperation` unless the type at a place is one that the operator takes."""
    if place.kind.is_opaque:
        raise place.invalid(
            f"{operator} of what is stored as its stored_as makes it",
            "equals, differs_from and is_in",
        )
    _check_tags(place, place.kind.tags, allowed, operator)


def _check_order(place: Place, operator: str) -> None:
    """Raises `InvalidOperation` unless what is stored at a place sorts as its values do."""
    _check_type(place, ORDERED, operator)
    format_ = place.kind.stored_by
    if isinstance(format_, Format) and format_.attribute_type == "S" and not format_.ordered:
        raise place.invalid(
            f"{operator} of text ({format_.name}) that does not sort as its values do",
            "equals, differs_from and is_in, or a format that sorts",
        )


def _check_tags(
    place: Place, found: frozenset[str], allowed: frozenset[str], operator: str
) -> None:
    if not found & allowed:
        raise place.invalid(f"{operator} of {_show(found)}", f"{operator} of {_show(allowed)}")


def _type_of(place: Place) -> str:
    return _show(place.kind.tags)


def _form_of(place: Place) -> str:
    format_ = place.kind.stored_by
    return format_.name if isinstance(format_, Format) else _type_of(place)


def _show(tags: frozenset[str]) -> str:
    return " or ".join(sorted({_TYPES.get(tag, "nothing") for tag in tags}))
