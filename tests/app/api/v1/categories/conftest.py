"""The app over a real or a simulated table."""

from tests.app.live import api, gated, live, repository, store, stranger

__all__ = ["api", "gated", "live", "repository", "store", "stranger"]
