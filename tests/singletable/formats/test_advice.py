"""What a field without key text is advised to be."""

from __future__ import annotations

from decimal import Decimal
from enum import IntEnum
from typing import Any

import pytest

from singletable.formats import infer_format


@pytest.mark.parametrize(
    ("kind", "advice"),
    [
        (int, "needs a format such as integer(0, 9999)"),
        (float, "declare a whole number of the smallest unit"),
        (Decimal, "declare a whole number of the smallest unit"),
        (bytes, "must itself be a key attribute of type B"),
        (complex, "needs a format of your own"),
    ],
)
def test_the_advice_fits_the_type(kind: Any, advice: str) -> None:
    """No float is advised a format of whole numbers that would refuse its values."""
    with pytest.raises(ValueError, match=kind.__name__) as caught:
        infer_format(kind)
    assert advice in str(caught.value)
    assert ("0, 9999" in str(caught.value)) == (kind is int)


def test_an_enumeration_of_numbers_has_no_text() -> None:
    """Its members' values are none."""
    with pytest.raises(ValueError, match="has no text"):
        infer_format(IntEnum("Level", {"LOW": 1}))
