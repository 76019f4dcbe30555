"""Counts how often a write may have been carried out, whatever is wrapped around a transport.

A transport that sends twice and returns the second answer looks like one that sends once: a
`create` would find its own item. So those that send tell, and the repository asks.
"""

from __future__ import annotations

from contextvars import ContextVar

from singletable.records import record

WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"})


@record(frozen=False)
class Attempts:
    """`possible`: how often the write was sent and not certainly refused."""

    possible: int = 0


CURRENT: ContextVar[Attempts | None] = ContextVar("singletable-attempts", default=None)
"""Those of the write that is being sent; None outside of a repository."""


def note_possible_writes(number: int = 1) -> None:
    """Notes how often the write was sent and not certainly refused."""
    attempts = CURRENT.get()
    if attempts is not None:
        attempts.possible += number
