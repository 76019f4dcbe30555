"""Secrets that could be guessed are refused on every stage but a local one."""

from __future__ import annotations

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.aws.settings import load_settings
from app.core.settings_base import SettingsError
from app.core.settings_rules import (
    DOCUMENTED_SECRET,
    FEWEST_BITS,
    LOCAL_CURSOR_SECRET,
    estimate_bits,
)

PROD = {
    "TABLE_NAME": "blog",
    "AWS_REGION": "ap-northeast-2",
    "COGNITO_USER_POOL_ID": "ap-northeast-2_abc",
    "COGNITO_CLIENT_ID": "client",
    "CURSOR_SECRET": secrets.token_urlsafe(32),
}


def problems(monkeypatch: pytest.MonkeyPatch, **told: str) -> list[str]:
    for name, value in {**PROD, **told}.items():
        monkeypatch.setenv(name, value)
    try:
        load_settings()
    except SettingsError as error:
        return [problem.names[0] for problem in error.problems]
    return []


@pytest.mark.parametrize(
    "secret",
    [
        "x" * 32,
        "0" * 64,
        "ab" * 32,
        "secret" * 8,
        "password1234" * 3,
        "a" * 31 + "b",
        "change-me-change-me-change-me-xx",
        " " * 40,
        LOCAL_CURSOR_SECRET,
        DOCUMENTED_SECRET,
    ],
)
@pytest.mark.parametrize("stage", ["dev", "stage", "prod"])
def test_a_cursor_secret_that_could_be_guessed_is_refused(
    monkeypatch: pytest.MonkeyPatch, stage: str, secret: str
) -> None:
    """Equal letters, repeated pieces, and values that are public."""
    assert problems(monkeypatch, APP_ENV=stage, CURSOR_SECRET=secret) == ["CURSOR_SECRET"]


@given(st.randoms(use_true_random=False))
def test_random_secrets_are_taken(chance: object) -> None:
    """Hexadecimal, base64 and decimal ones of the least length."""
    for alphabet in ("0123456789abcdef", "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef-_"):
        text = "".join(chance.choice(alphabet) for _ in range(32))  # type: ignore[attr-defined]
        assert estimate_bits(text) >= FEWEST_BITS or len(set(text)) < 8


def test_a_client_secret_of_one_letter_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cognito makes none of that kind."""
    assert problems(monkeypatch) == []
    told = {"COGNITO_CLIENT_SECRET": "x" * 32}
    assert problems(monkeypatch, **told) == ["COGNITO_CLIENT_SECRET"]
    monkeypatch.setenv("COGNITO_CLIENT_SECRET", secrets.token_urlsafe(32))
    load_settings()
