"""A repository over a real or a simulated table."""

from tests.app.live import gated, repository, store

__all__ = ["gated", "repository", "store"]
