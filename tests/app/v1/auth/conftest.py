"""The town of accounts, for the routes that lead in and out."""

from tests.app.accounts.conftest import any_town, town

__all__ = ["any_town", "town"]
