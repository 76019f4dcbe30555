"""The HTTP API: the only floor that knows FastAPI."""
