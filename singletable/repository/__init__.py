"""Sends operations and loads answers: the only place where I/O happens."""

from singletable.repository.intermediary import CarryOut, Intermediary
from singletable.repository.repository import Failed, Repository, Sent
from singletable.repository.retry import Retry

__all__ = ["CarryOut", "Failed", "Intermediary", "Repository", "Retry", "Sent"]
