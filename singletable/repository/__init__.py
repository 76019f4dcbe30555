"""Sends operations and loads their results: the only place where I/O happens."""

from singletable.repository.aio import AsyncRepository
from singletable.repository.binding import Options, Tables
from singletable.repository.middleware import (
    AsyncExecute,
    AsyncMiddleware,
    Execute,
    Middleware,
)
from singletable.repository.observed import Capacity, Failed, Observed, Observer, Sent
from singletable.repository.retry import Retry
from singletable.repository.sync import Repository

__all__ = [
    "AsyncExecute",
    "AsyncMiddleware",
    "AsyncRepository",
    "Capacity",
    "Execute",
    "Failed",
    "Middleware",
    "Observed",
    "Observer",
    "Options",
    "Repository",
    "Retry",
    "Sent",
    "Tables",
]
