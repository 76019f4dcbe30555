"""Item sizes, by the arithmetic of the developer guide."""

from __future__ import annotations

from typing import Any

import pytest

from singletable.codec import greatest_item_size, item_size


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": ""}, 0),
        ({"S": "é"}, 2),
        ({"N": "0"}, 1),
        ({"N": "-0"}, 1),
        ({"N": "1"}, 2),
        ({"N": "-1"}, 3),
        ({"N": "123"}, 3),
        ({"N": "1200"}, 2),
        ({"N": "0.0012"}, 2),
        ({"N": "1E+100"}, 2),
        ({"N": "1" * 38}, 20),
        ({"B": b"abc"}, 3),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"SS": ["ab", "c"]}, 3),
        ({"NS": ["1", "-1"]}, 5),
        ({"BS": [b"ab", b"c"]}, 3),
        ({"L": []}, 3),
        ({"L": [{"S": "a"}, {"BOOL": True}]}, 7),
        ({"M": {}}, 3),
        ({"M": {"ab": {"S": "c"}}}, 7),
        ({"SS": ["a", "bc"]}, 3),
        ({"NS": ["1", "-1"]}, 5),
        ({"BS": [b"ab"]}, 2),
    ],
)
def test_size_of_a_value(value: Any, size: int) -> None:
    """Each kind of value has its size beside its name's."""
    assert item_size({"ü": value}) == 2 + size
    assert greatest_item_size({"ü": value}) >= 2 + size


def test_size_of_an_item() -> None:
    """An item is the sum of its attributes; nothing is nothing."""
    assert item_size({}) == 0
    assert item_size({"pk": {"S": "a"}, "sk": {"S": "b"}}) == 6


@pytest.mark.parametrize("text", ["a", "é", "한", "😀"])
def test_the_greatest_size_is_never_less(text: str) -> None:
    """Not even of characters with four bytes, as name and as value."""
    item: dict[str, Any] = {text: {"S": text * 100}}
    assert item_size(item) <= greatest_item_size(item) <= 4 * item_size(item)
    item[text * 2] = {"N": "-" + "9" * 38}
    assert item_size(item) <= greatest_item_size(item)
