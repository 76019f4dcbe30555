"""What tests of a design need: DynamoDB in memory, as a transport; and a check of key formats."""

from __future__ import annotations

from singletable.testing.format_check import check_format
from singletable.testing.memory import memory_transport

__all__ = ["check_format", "memory_transport"]
