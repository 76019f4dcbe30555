"""What clients are generated from says what they may rely on."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.problems import problem_types
from tests.app.policies import openapi_document


@pytest.fixture(scope="module")
def schemas() -> dict[str, Any]:
    found: dict[str, Any] = openapi_document()["components"]["schemas"]
    return found


def test_every_code_of_a_failure_is_listed(schemas: dict[str, Any]) -> None:
    """A comparison with another one is a mistake that a compiler can find."""
    listed = set(schemas["Failed"]["properties"]["code"]["enum"])
    assert listed == {each.code for each in problem_types()}
    assert "not-found" in listed


def test_members_that_are_always_sent_are_required(schemas: dict[str, Any]) -> None:
    """Envelopes say so of all three members, though two of them have defaults."""
    envelopes = [name for name in schemas if name.startswith("Envelope_")]
    assert envelopes
    for name in (*envelopes, "Failure"):
        assert set(schemas[name]["required"]) == {"success", "data", "error"}
    assert "summary" not in schemas["NewPost"]["required"]
