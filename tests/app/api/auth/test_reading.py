"""What has two spellings, or two readings, is not read."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.strict_json import Unreadable, from_base64url, json_object


@given(st.binary(min_size=1))
def test_base64url_is_read_as_it_is_written(data: bytes) -> None:
    """Without padding, every text of bytes reads as those bytes."""
    text = base64.urlsafe_b64encode(data).rstrip(b"=").decode()
    assert from_base64url(text) == data


@given(st.text(alphabet="AQgw-_=+/ .\n\u0661", max_size=6))
def test_no_two_texts_read_as_the_same_bytes(text: str) -> None:
    """What is read is the one spelling of what it says."""
    try:
        data = from_base64url(text)
    except Unreadable as unreadable:
        assert unreadable.reason == "base64url"
        return
    assert base64.urlsafe_b64encode(data).rstrip(b"=").decode() == text


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.text(), JSON, max_size=3))
def test_objects_are_read_as_they_are_written(value: dict[str, object]) -> None:
    """Unless they are nested too deeply."""
    try:
        assert json_object(json.dumps(value).encode()) == value
    except Unreadable as unreadable:
        assert unreadable.reason == "depth"


def test_objects_are_eight_deep_at_most() -> None:
    """Counted from the outermost, whatever the kinds of the inner ones."""
    assert json_object(b'{"a":' + b"[" * 7 + b"]" * 7 + b"}")
    with pytest.raises(Unreadable, match="depth"):
        json_object(b'{"a":' + b"[" * 8 + b"]" * 8 + b"}")


@given(st.binary())
def test_any_bytes_are_read_or_unreadable(document: bytes) -> None:
    """No other exception, whatever comes."""
    try:
        assert isinstance(json_object(document), dict)
    except Unreadable as unreadable:
        assert str(unreadable) == unreadable.reason
