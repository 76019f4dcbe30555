"""The app with a user pool, and an administrator in it."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from model import Role
from tests.app.harness import AppHarness
from tests.app.services.accounts.conftest import open_harness

__all__ = ["admin", "open_harness"]


@pytest.fixture
def admin(any_harness: AppHarness) -> TestClient:
    """Signed in; the only administrator."""
    any_harness.account("root", Role.ADMIN)
    return any_harness.sign_in("root")
