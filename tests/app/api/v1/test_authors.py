"""Authors: public profiles, each edited by its own user."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from model import Role, User, UserId
from singletable import create
from tests.app import expect
from tests.app.harness import AppHarness


@pytest.fixture
def written(harness: AppHarness) -> AppHarness:
    """Ada and Bob have accounts; Ada has published something."""
    for name in ("ada", "bob"):
        user = User(
            user_id=UserId(name),
            email=f"{name}@example.com",
            name=name.title(),
            role=Role.EDITOR,
            created_at=datetime.now(UTC),
        )
        harness.repository.write(create(user))
    harness.published()
    harness.draft("bob")
    return harness


def test_readers_are_told_public_facts_alone(written: AppHarness) -> None:
    """No address, role or state."""
    for reader in (written.anonymous, written.client_as("bob")):
        found = expect.success(reader.get("/v1/authors/ada"))
        assert found == {"userId": "ada", "name": "Ada", "about": ""}


@pytest.mark.parametrize("name", ["bob", "nobody"])
def test_who_has_published_nothing_is_no_author(written: AppHarness, name: str) -> None:
    """Whether there is such an account is not told."""
    error = expect.failure(written.admin.get(f"/v1/authors/{name}"), 404, "not-found")
    assert error["message"] == "the author does not exist"


def test_a_profile_is_its_own_users(written: AppHarness) -> None:
    """What is left out stays, null empties; a strange name is refused, and a caller without an
    account."""
    change: Any = written.ada.patch("/v1/profile", json={"about": "Writes\nabout tables."})
    assert expect.success(change) == {
        "userId": "ada",
        "name": "Ada",
        "about": "Writes\nabout tables.",
    }
    expect.success(written.ada.patch("/v1/profile", json={"name": "Ada L."}))
    found = expect.success(written.anonymous.get("/v1/authors/ada"))
    assert (found["name"], found["about"]) == ("Ada L.", "Writes\nabout tables.")
    emptied = expect.success(written.ada.patch("/v1/profile", json={"about": None}))
    assert (emptied["name"], emptied["about"]) == ("Ada L.", "")
    bad = written.ada.patch("/v1/profile", json={"name": "A\u202eda"})
    expect.failure(bad, 422, "unprocessable")
    expect.failure(written.anonymous.patch("/v1/profile", json={}), 401, "credentials-missing")
    nobody = written.client_as("nobody").patch("/v1/profile", json={"name": "N"})
    expect.failure(nobody, 404, "not-found")


def test_ones_own_profile_is_known_before_anything_is_published(written: AppHarness) -> None:
    """To oneself, so that a form can be filled: readers are told nothing yet."""
    bob = written.client_as("bob")
    expect.success(bob.patch("/v1/profile", json={"about": "Will write."}))
    user = expect.success(bob.get("/v1/auth/me"))["user"]
    assert (user["name"], user["about"]) == ("Bob", "Will write.")
    expect.failure(bob.get("/v1/authors/bob"), 404, "not-found")
