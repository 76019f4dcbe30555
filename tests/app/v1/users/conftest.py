"""The town of accounts, and an administrator in it."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from model import Role
from tests.app.accounts.conftest import any_town, town
from tests.app.accounts.town import Town

__all__ = ["admin", "any_town", "town"]


@pytest.fixture
def admin(any_town: Town) -> TestClient:
    """Signed in; the only administrator."""
    any_town.account("root", Role.ADMIN)
    return any_town.signed_in("root")
