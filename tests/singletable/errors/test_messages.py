"""Messages say what is wrong without repeating all of it."""

from __future__ import annotations

import copy

import pytest

from singletable.errors.request import InvalidKeyValue, UnstorableValue


@pytest.mark.parametrize(
    "error",
    [
        InvalidKeyValue(where="Post.key", field="slug", value="x" * 5000, reason="is too long"),
        UnstorableValue(where="Post.title", value="x" * 5000, reason="is too long"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_long_value_is_abridged(error: InvalidKeyValue | UnstorableValue) -> None:
    """In the text, with its length; the field of the error holds it whole."""
    assert len(str(error)) < 200
    assert "(5002 long) is too long" in str(error)
    assert len(str(copy.copy(error).value)) == 5000


def test_a_short_value_is_shown_whole() -> None:
    """As Python writes it."""
    error = InvalidKeyValue(where="Post.key", field="slug", value="a#b", reason="is bad")
    assert str(error) == "Post.key: slug='a#b' is bad"
