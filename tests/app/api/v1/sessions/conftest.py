"""The app with a user pool."""

from tests.app.services.accounts.conftest import open_harness

__all__ = ["open_harness"]
