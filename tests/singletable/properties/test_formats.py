"""Formats of moments, numbers and shapes against plain Python, for generated values."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, get_args

from hypothesis import given, reject
from hypothesis import strategies as st

from singletable.errors import InvalidFormat
from singletable.formats import Format, epoch, instant, integer, printed, shaped
from singletable.formats.moment import Separator, Suffix
from singletable.formats.precision import MICROSECONDS, Precision
from singletable.testing import check_format
from tests.singletable.properties.test_languages import PATTERNS, SHORT, SOME

ZONES = st.builds(timezone, st.timedeltas(-timedelta(hours=23), timedelta(hours=23)))
MOMENTS = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=ZONES)
SINCE_1970 = st.datetimes(datetime(1970, 1, 2), datetime(2286, 11, 19), timezones=ZONES)
PRECISIONS = st.sampled_from(get_args(Precision))
INSTANTS = st.builds(
    instant,
    PRECISIONS,
    suffix=st.sampled_from(get_args(Suffix)),
    separator=st.sampled_from(get_args(Separator)),
)
EPOCHS = st.builds(epoch, PRECISIONS, text=st.booleans())


@SOME
@given(INSTANTS, st.lists(MOMENTS, min_size=1, max_size=5))
def test_instants_keep_their_promises(format_: Format, moments: list[datetime]) -> None:
    """Of any moment in any zone."""
    check_format(format_, moments)


@SOME
@given(EPOCHS, st.lists(SINCE_1970, min_size=1, max_size=5))
def test_epochs_keep_their_promises(format_: Format, moments: list[datetime]) -> None:
    """Of any moment that has key text."""
    check_format(format_, moments)


@SOME
@given(INSTANTS | EPOCHS, SINCE_1970)
def test_a_moment_is_cut_once_for_all(format_: Any, moment: datetime) -> None:
    """To the last one before it that is kept, in the zone that it was given in."""
    known = format_.accept(moment)
    unit = timedelta(microseconds=MICROSECONDS[format_.precision])
    assert moment - unit < known <= moment
    assert known.utcoffset() == moment.utcoffset()
    start = datetime(1970, 1, 1, tzinfo=UTC)
    assert (known - start) % unit == timedelta(0)
    assert format_.from_attribute(format_.to_attribute(known)) == known


@SOME
@given(st.data(), st.booleans(), st.lists(st.integers(-(10**38) + 1, 10**38 - 1), min_size=2))
def test_numbers_keep_their_promises(data: st.DataObject, as_text: bool, ends: list[int]) -> None:
    """Within any bounds; of numbers outside there is no text."""
    low, high = min(ends), max(ends)
    values = data.draw(st.lists(st.integers(low, high), max_size=5))
    for make in (integer, printed):
        known = make(low, high, text=as_text)
        check_format(known, [low, high, *values])
        for outside in (low - 1, high + 1):
            try:
                known.encode(outside)
            except ValueError:
                continue
            raise AssertionError(outside)


@SOME
@given(PATTERNS)
def test_a_shape_is_what_python_matches(source: str) -> None:
    """Every short text, its length, and its characters."""
    found = [text for text in SHORT if re.fullmatch(source, text)]
    try:
        known = shaped(source, example=found[0] if found else "")
    except InvalidFormat:
        assert not found or "" in found
        reject()
    assert [text for text in SHORT if _has(known, text)] == found
    sizes = [len(text.encode()) for text in found]
    assert known.min_bytes <= min(sizes)
    assert known.max_bytes is None or max(sizes) <= known.max_bytes
    if known.alphabet is not None:
        assert known.alphabet.issuperset("".join(found))
    check_format(known, found)


def _has(format_: Format, text: str) -> bool:
    try:
        return format_.encode(text) == text
    except ValueError:
        return False
