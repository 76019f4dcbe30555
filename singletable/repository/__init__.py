"""Sends operations and loads answers: the only place where I/O happens."""

from singletable.repository.repository import Repository, Sent
from singletable.repository.retry import Retry

__all__ = ["Repository", "Retry", "Sent"]
