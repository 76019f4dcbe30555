"""The texts of an interval, against plain comparison."""

from __future__ import annotations

from itertools import product

import pytest

from singletable.languages.expressions import literal, text_between
from singletable.templates import Language, shared_text

LETTERS = "\x00ab"
TEXTS = ["".join(each) for size in range(4) for each in product(LETTERS, repeat=size)]
ENDS = ["", "a", "b", "aa", "ab", "ba", "\x00", "a\x00"]


@pytest.mark.parametrize("is_whole", [False, True])
def test_an_interval_has_the_texts_that_compare_so(is_whole: bool) -> None:
    """From the low end to the high one, or to the last that begins with it."""
    for low, high in product(ENDS, [*ENDS, None]):
        if high is not None and low > high and (is_whole or not low.startswith(high)):
            continue
        language = Language(
            lambda low=low, high=high: [text_between(low, high, is_whole=is_whole).automaton]
        )
        for text in TEXTS:
            is_low_enough = high is None or text <= high
            if high is not None and not is_whole:
                is_low_enough = is_low_enough or text.startswith(high)
            own = Language(lambda text=text: [literal(text).automaton])
            is_found = shared_text(language, own) is not None
            assert is_found == (low <= text and is_low_enough), (low, high, text)
