"""A repository over a real or a simulated table."""

from tests.app.live import repository, store

__all__ = ["repository", "store"]
