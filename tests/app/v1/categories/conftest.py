"""The app over a real or a simulated table."""

from tests.app.live import ada, api, gated, live, repository, store, stranger

__all__ = ["ada", "api", "gated", "live", "repository", "store", "stranger"]
