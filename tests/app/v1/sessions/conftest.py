"""The town of accounts: sessions are those of sign-ins."""

from tests.app.accounts.conftest import any_town, town

__all__ = ["any_town", "town"]
