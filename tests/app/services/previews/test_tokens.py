"""Tokens of previews: random, and known by their hash."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from app.services.previews import identity_of, new_token


def test_tokens_are_told_apart() -> None:
    """Each has 32 random bytes, fit for a URL."""
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", token) for token in tokens)


def test_an_identity_is_the_hash() -> None:
    """As any tool computes it."""
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert identity_of("abc") == expected


@given(st.text())
def test_whatever_is_sent_has_an_identity(token: str) -> None:
    """Halves of surrogate pairs included: what is no token is merely unknown."""
    assert re.fullmatch("[0-9a-f]{64}", identity_of(token))
