"""What tests of a design need: DynamoDB in memory, faults of it, golden requests of patterns, a
check of key formats. `singletable.testing.plugin` is for pytest, which finds it by itself."""

from __future__ import annotations

from singletable.testing.faults import (
    Fault,
    chance,
    corrupt,
    delay,
    faulty,
    faulty_async,
    leave_unprocessed,
    lose_answer,
    lose_request,
    refuse,
    throttle,
)
from singletable.testing.format_check import check_format
from singletable.testing.golden import assert_golden
from singletable.testing.memory import memory_transport

__all__ = [
    "Fault",
    "assert_golden",
    "chance",
    "check_format",
    "corrupt",
    "delay",
    "faulty",
    "faulty_async",
    "leave_unprocessed",
    "lose_answer",
    "lose_request",
    "memory_transport",
    "refuse",
    "throttle",
]
