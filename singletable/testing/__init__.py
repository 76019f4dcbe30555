"""What tests of a design need: DynamoDB in memory, as a transport."""

from __future__ import annotations

from singletable.testing.memory import memory_transport

__all__ = ["memory_transport"]
