"""The app over a real or a simulated table."""

from tests.app.live import ada, api, dynamodb, gated, live, repository, stranger, table

__all__ = ["ada", "api", "dynamodb", "gated", "live", "repository", "stranger", "table"]
