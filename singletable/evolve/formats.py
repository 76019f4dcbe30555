"""What a field may have in key text by one design, and by another one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from singletable.design import ir
from singletable.languages.characters import ANY, characters, without
from singletable.languages.expressions import Automaton, any_of, text_of
from singletable.languages.inclusion import is_within
from singletable.languages.pattern import compile_pattern

_KEEPS_TEXT = re.compile(r"text|slug|ulid|shaped\(.*|one of .*", re.DOTALL)
"""The names of formats whose texts in keys are those of the attribute."""
_SHOWN = 80


@dataclass(frozen=True)
class FormatChange:
    """`is_wider`: every text of before may still be there, and stands for the same value."""

    is_wider: bool
    said: str


def compare_formats(
    old: ir.Format, new: ir.Format, delimiters: tuple[str, str], *, is_text: bool
) -> FormatChange | None:
    """None where both allow the same texts, and render values alike.

    `delimiters`: of both tables; a field of which nothing is said has them not. `is_text`: the
    field's values are text: numbers and moments of one width are written otherwise in a wider one.
    """
    said = "; ".join(_said(old, new)) or f"{old.name} → {new.name}"
    if not _renders_alike(old, new):
        return FormatChange(is_wider=False, said=said)
    try:
        one, other = _texts(old, delimiters[0]), _texts(new, delimiters[1])
    except ValueError:
        return FormatChange(is_wider=False, said=said)
    if not is_within(one, other):
        return FormatChange(is_wider=False, said=said)
    if is_within(other, one):
        return None
    is_padded = old.fixed_width and (old.chronological or not is_text)
    return FormatChange(is_wider=not is_padded, said=said)


def _renders_alike(old: ir.Format, new: ir.Format) -> bool:
    keeps_text = _KEEPS_TEXT.fullmatch(old.name) and _KEEPS_TEXT.fullmatch(new.name)
    return old.name == new.name or bool(keeps_text)


def _texts(known: ir.Format, delimiter: str) -> Automaton:
    """The texts of a format; `ValueError` where its pattern has no automaton."""
    if known.members:
        return any_of(known.members).automaton
    allowed = ANY if known.alphabet is None else ANY & characters(known.alphabet)
    if known.shape is not None:
        texts = compile_pattern(known.shape).within(allowed)
        return replace(texts, least=known.min_bytes, most=known.max_bytes)
    if known.alphabet is None:
        allowed = without(ANY, frozenset(delimiter))
    return text_of(allowed, known.min_bytes, known.max_bytes)


def _said(old: ir.Format, new: ir.Format) -> Iterator[str]:
    """What of a format is another one."""
    for label, was, is_ in (
        ("pattern", old.shape, new.shape),
        ("members", ", ".join(old.members), ", ".join(new.members)),
        ("characters", old.alphabet, new.alphabet),
        ("bytes", _lengths(old), _lengths(new)),
    ):
        is_of_members = label == "bytes" and (old.members or new.members)
        if was != is_ and not is_of_members:
            yield f"{label} {_shown(was)} → {_shown(is_)}"


def _lengths(known: ir.Format) -> str:
    return f"{known.min_bytes} to {known.max_bytes or 'any number'}"


def _shown(text: str | None) -> str:
    whole = text or "any"
    return whole if len(whole) <= _SHOWN else f"{whole[:_SHOWN]}… ({len(whole)} long)"
