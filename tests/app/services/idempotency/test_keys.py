"""How the header is read: one key has two spellings, and everything else is refused."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.api.kit.idempotency import SCHEMA, key_of
from app.core.problems import MalformedKey

GOOD = ["8e03978e-40d5-43dd-bc93-6894a57f9324", "a" * 8, "~" * 128, "order:2026/11#1"]
BAD = {
    "too short": ["a" * 7],
    "too long": ["a" * 129],
    "two lines": ["a" * 8, "a" * 8],
    "empty": [""],
    "white space": ["order 2026-11"],
    "not ASCII": ["ordnungs-schlüssel"],
    "half quoted": ['"aaaaaaaa'],
    "a quote within": ['aaaa"aaaa'],
    "a backslash": ["aaaa\\aaaa"],
    "parameters": ['"aaaaaaaa";v=1'],
    "a line's end": ["aaaaaaaa\n"],
    "quoted, too short": ['"aaaaaaa"'],
}


@pytest.mark.parametrize("key", GOOD)
def test_bare_and_quoted_are_one_key(key: str) -> None:
    """The standard's string in quotes, and what most clients send."""
    assert key_of([key]) == key_of([f'"{key}"']) == key


def test_no_header_is_no_key() -> None:
    """Then everything is as if there were none."""
    assert key_of(None) is None
    assert key_of([]) is None


@pytest.mark.parametrize("lines", BAD.values(), ids=BAD)
def test_another_form_is_refused(lines: list[str]) -> None:
    """Rather than taken for a key that the client did not mean."""
    with pytest.raises(MalformedKey):
        key_of(lines)


@settings(max_examples=300)
@given(st.text(max_size=140))
def test_the_documented_pattern_is_the_form(text: str) -> None:
    """What the document's pattern takes is read, and nothing else is."""
    pattern = str(SCHEMA["pattern"])
    fits = re.fullmatch(pattern.removesuffix("$") + r"\Z", text) is not None
    try:
        assert key_of([text]) is not None
        assert fits
    except MalformedKey:
        assert not fits
