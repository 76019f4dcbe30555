"""A repository over a real or a simulated table."""

from tests.app.live import dynamodb, gated, repository, table

__all__ = ["dynamodb", "gated", "repository", "table"]
