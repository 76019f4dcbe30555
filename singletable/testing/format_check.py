"""`check_format`: holds a key format, such as one of your own, to what it promises."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import combinations, pairwise
from typing import Any, NoReturn

from singletable.formats import Format, check_encodable
from singletable.formats.measure import Matcher

Known = Sequence[tuple[Any, str]]
"""Values, and the texts that stand for them."""

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_NO_VALUE, _REFUSED = object(), object()
_NO_TEXTS = ("", "\0", "\n", "�", "?!", "-")
_NEIGHBOURS: tuple[Callable[[str], str], ...] = (
    str.upper,
    str.lower,
    lambda text: " " + text,
    lambda text: text + " ",
    lambda text: text + "\n",
    lambda text: "0" + text,
    lambda text: "+" + text,
    lambda text: "-" + text,
    lambda text: text + "0",
    lambda text: text.lstrip("0"),
    lambda text: text[1:],
    lambda text: text[:-1],
    lambda text: text + text,
    lambda text: text.translate({ord("0") + digit: 0x660 + digit for digit in range(10)}),
)
"""Make the texts beside one that a format wrote, which it may read by mistake."""


def check_format(format_: Format, values: Iterable[object]) -> None:
    """Checks that a format keeps its promises for these values, and for its example.

    Each value has one text, from which it is read back if it tells the value, and no other text is
    read as it. The texts
    have the characters, the lengths and the pattern that are promised, they sort as the values do
    where the format is ordered, and a beginning stands for what begins with it. Raises
    `AssertionError` with the value that shows a broken promise.

    Give values at the limits, and some that are close to each other. Of values that Python does not
    compare, such as enum members, the given order counts.
    """
    given = [format_.example("field"), *values]
    known = [(value, _check_value(format_, value)) for value in _accepted(format_, given)]
    _check_apart(format_, known)
    _check_refusals(format_)
    if format_.ordered:
        told = (
            known if format_.tells_value else [(_call(format_, "decode", t), t) for _, t in known]
        )
        _check_order(format_, told)
    if format_.takes_beginnings:
        _check_beginnings(format_, [text for _, text in known])


def _accepted(format_: Format, given: Iterable[object]) -> list[Any]:
    found = list[Any]()
    for value in given:
        accepted = _call(format_, "accept", value)
        again = _call(format_, "accept", accepted)
        if again != accepted:
            _fail(format_, f"accept makes {accepted!r} of {value!r}, and then {again!r}")
        found.append(accepted)
    return found


def _check_value(format_: Format, value: object) -> str:
    """The text of a value, once it is what the format promises."""
    text: Any = _call(format_, "encode", value)
    if not isinstance(text, str) or not text:
        _fail(format_, f"encode makes {text!r} of {value!r}, which is no text, or empty")
    _check_text(format_, value, text)
    _check_read(format_, value, text)
    _check_bounds(format_, value, text)
    if format_.attribute_type is not None:
        _check_attribute(format_, value)
    return text


def _check_text(format_: Format, value: object, text: str) -> None:
    """Checks the characters and the length, the pattern, and the language they make."""
    said, size = f"{value!r} has the text {text!r}", len(text.encode("utf-8", "surrogatepass"))
    if format_.alphabet is not None and not format_.alphabet.issuperset(text):
        _fail(format_, f"{said}, which has characters outside the alphabet")
    if size < format_.min_bytes or (format_.max_bytes is not None and size > format_.max_bytes):
        _fail(format_, f"{said} of {size} bytes: {format_.min_bytes} to {format_.max_bytes}")
    if format_.pattern is not None and not re.fullmatch(format_.pattern, text):
        _fail(format_, f"{said}, which does not match the pattern {format_.pattern!r}")
    try:
        check_encodable(text)
        language = format_.language
    except ValueError as error:
        _fail(format_, f"{said}: {error}")
    most = size if language.most is None else language.most
    if not language.least <= size <= most or not Matcher(language).has(text):
        _fail(format_, f"{said}, which its language has not")


def _check_read(format_: Format, value: object, text: str) -> None:
    """Checks that the text is read as the value, and texts beside it are refused, or canonical."""
    found = _call(format_, "decode", text)
    if found != value and (format_.tells_value or _call(format_, "encode", found) != text):
        _fail(format_, f"{value!r} has the text {text!r}, which is read as {found!r}")
    for other in (change(text) for change in _NEIGHBOURS):
        read = _attempt(format_, "decode", other)
        if read is _REFUSED:
            continue
        written = _call(format_, "encode", read)
        if written != other:
            _fail(format_, f"{other!r} is read as {read!r}, whose text is {written!r}")


def _check_bounds(format_: Format, value: object, text: str) -> None:
    low, high = _call(format_, "bounds", value)
    if not low <= text <= high:
        _fail(format_, f"{value!r} has the text {text!r}, outside its bounds {low!r} to {high!r}")


def _check_attribute(format_: Format, value: object) -> None:
    stored: Any = _call(format_, "to_attribute", value)
    if not isinstance(stored, str) or (
        format_.attribute_type == "N" and not _NUMBER.fullmatch(stored)
    ):
        _fail(format_, f"{value!r} is stored as {stored!r}, which is no {format_.attribute_type}")
    found = _call(format_, "from_attribute", stored)
    if found != value:
        _fail(format_, f"{value!r} is stored as {stored!r}, which is read as {found!r}")


def _check_apart(format_: Format, known: Known) -> None:
    for (one, text), (other, other_text) in combinations(known, 2):
        is_told = one == other or format_.tells_value
        if is_told and (one == other) != (text == other_text):
            _fail(format_, f"{one!r} has the text {text!r}, and {other!r} has {other_text!r}")


def _check_refusals(format_: Format) -> None:
    """Checks that what is no value, or no text, is a `ValueError`, and nothing else."""
    for value in (_NO_VALUE, None):
        if _attempt(format_, "encode", value) is not _REFUSED:
            _fail(format_, f"encode takes {value!r}")
    for text in _NO_TEXTS:
        found = _attempt(format_, "decode", text)
        if found is not _REFUSED and _call(format_, "encode", found) != text:
            _fail(format_, f"{text!r} is read as {found!r}, which has another text")


def _check_order(format_: Format, known: Known) -> None:
    places = {text: at for at, (_, text) in enumerate(known[1:])}  # the example stands anywhere
    for (one, text), (other, other_text) in pairwise(sorted(known[1:], key=lambda each: each[1])):
        if text == other_text:
            continue
        try:
            is_sorted = bool(one < other)
        except TypeError:
            is_sorted = places[text] < places[other_text]
        if not is_sorted:
            _fail(
                format_, f"{text!r} sorts before {other_text!r}, and {one!r} not before {other!r}"
            )


def _check_beginnings(format_: Format, texts: Sequence[str]) -> None:
    taken = 0
    for part in {text[:size] for text in texts for size in range(1, len(text))}:
        try:
            low, high = format_.bounds(part)
        except ValueError:
            continue
        taken += 1
        for text in texts:
            if (low <= text <= high) != text.startswith(part):
                _fail(format_, f"the beginning {part!r} stands for {low!r} to {high!r}: {text!r}")
    if not taken:
        _fail(format_, f"it takes beginnings, and none of {texts[0]!r}")


def _attempt(format_: Format, name: str, given: object) -> Any:
    """What a method makes of it; `_REFUSED` where it is a `ValueError`, as promised."""
    try:
        return getattr(format_, name)(given)
    except ValueError:
        return _REFUSED
    except Exception as error:  # noqa: BLE001 - a format of the user's may raise anything
        _fail(format_, f"{name}({given!r}) raises {error!r}, and no ValueError")


def _call(format_: Format, name: str, given: object) -> Any:
    try:
        return getattr(format_, name)(given)
    except Exception as error:  # noqa: BLE001 - a format of the user's may raise anything
        _fail(format_, f"{name}({given!r}) raises {error!r}")


def _fail(format_: Format, reason: str) -> NoReturn:
    raise AssertionError(f"{format_.name}: {reason}")
