"""What a format costs when keys are compared at import: the states of its language."""

from __future__ import annotations

import pytest

from singletable.formats import Format, printed


@pytest.mark.parametrize("format_", [printed(), printed(0), printed(-7, 10**30)])
def test_printed_numbers_have_a_state_for_each_digit(format_: Format) -> None:
    """Not one for each digit of each count of digits, which took most of a second to build."""
    assert len(format_.language.arrows) < 3 * 38
