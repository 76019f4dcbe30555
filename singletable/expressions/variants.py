"""Tests what stands inside a union: of each variant as that one is stored and read.

Variants have fields of their own, or the same with other defaults and stored names. Which one an
item holds, the field says that tells them apart; where all would be asked alike, it is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from singletable.codec import AttributeValue
from singletable.errors.request import InvalidItem, InvalidOperation
from singletable.expressions.absence import any_of, count_absence
from singletable.expressions.binder import Binder
from singletable.expressions.condition import Condition, Test, all_of
from singletable.expressions.scope import Place, Variant, Variants

_TAGS = ((bool, "BOOL"), (str, "S"), ((int, float, Decimal), "N"), (bytes, "B"))
Answers = list[tuple[Variant, Condition | None]]
"""The condition in each variant; None where it holds in all of that variant."""


def by_variant(
    variants: Variants,
    test: Callable[[Place], Condition],
    *,
    is_ordered: bool = False,
    is_presence: bool = False,
) -> Condition:
    """The condition that the stored variant has such a field, of which the test holds.

    A variant that takes no such operand is none of which it holds, unless the operand is compared
    by order with others of its kind. Of presence, a refusal says that there is always something.
    """
    answers, refusals = Answers(), list[tuple[Variant, InvalidItem | InvalidOperation]]()
    for variant in variants.each:
        try:
            answers.append((variant, test(variant.place)))
        except (InvalidItem, InvalidOperation) as refusal:
            refusals.append((variant, refusal))
    if not answers and not (is_presence and not variants.is_complete):
        raise refusals[0][1]
    if is_ordered:
        _check_order(answers, refusals)
    if is_presence:
        answers += [(variant, None) for variant, _ in refusals]
    is_whole = variants.is_complete and len(answers) == len(variants.each)
    return _join(_groups(answers), is_whole=is_whole)


def _check_order(
    answers: Answers, refusals: list[tuple[Variant, InvalidItem | InvalidOperation]]
) -> None:
    """Raises a refusal that says nothing of the order: of a value outside a variant's bounds."""
    tags = frozenset[str]().union(*(variant.place.kind.tags for variant, _ in answers))
    for variant, refusal in refusals:
        if isinstance(refusal, InvalidItem) and variant.place.kind.tags & tags:
            raise refusal


def _groups(answers: Answers) -> list[Answers]:
    """The answers, those together that are one and the same condition."""
    groups = dict[object, Answers]()
    for variant, answer in answers:
        groups.setdefault(_key(answer), []).append((variant, answer))
    return [*groups.values()]


def _key(answer: Condition | None) -> object:
    if answer is None:
        return None
    binder = Binder()
    return answer.text(binder), repr(binder.parameters())


def _join(groups: Sequence[Answers], *, is_whole: bool) -> Condition:
    terms = list[Condition]()
    for group in groups:
        answer = group[0][1]
        if answer is not None and is_whole and len(groups) == 1:
            return answer
        only = is_one_of([variant for variant, _ in group])
        terms.append(only if answer is None else all_of([only, answer]))
    return any_of(*terms)


def is_one_of(variants: Sequence[Variant]) -> Condition:
    """The condition that the stored variant is one of these."""
    if all(len(variant.only) == 1 for variant in variants):
        place = variants[0].only[0][0]
        return _holds_one(place, [form for each in variants for form in each.only[0][1]])
    return any_of(
        *(
            all_of([_holds_one(place, forms) for place, forms in variant.only])
            for variant in variants
        )
    )


def _holds_one(place: Place, forms: Sequence[AttributeValue]) -> Condition:
    operator = "IN" if len(forms) > 1 else "="
    return count_absence(Test(operator, place, tuple(forms)), is_known=True)


def that_take(variants: Variants, value: object) -> Variants:
    """The variants that have values of this kind; all, where validation makes it one of theirs."""
    tag = next((tag for kind, tag in _TAGS if isinstance(value, kind)), None)
    kept = tuple(each for each in variants.each if tag in each.place.kind.tags)
    if not kept or len(kept) == len(variants.each):
        return variants
    return Variants(kept, is_complete=False)


def single_place(found: Place | Variants) -> Place:
    """The place, which is to be compared with another; refused where it depends on the variant."""
    if isinstance(found, Variants) and not _are_alike(found):
        raise found.first.invalid(
            "a comparison of what only the variant of a union says, with another field",
            "comparisons with values",
        )
    return found.first if isinstance(found, Variants) else found


def _are_alike(variants: Variants) -> bool:
    """Whether every variant has the field, stored and read alike."""
    kinds = [
        (place.steps, place.if_absent, place.nullable, place.mixed, place.kind.tags)
        for place in (variant.place for variant in variants.each)
    ]
    return variants.is_complete and all(each == kinds[0] for each in kinds)
