"""The town of accounts, for guards over HTTP."""

from tests.app.accounts.conftest import any_town, town

__all__ = ["any_town", "town"]
