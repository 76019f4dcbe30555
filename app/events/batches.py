"""Which messages go together: in their order, few and small enough for one request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from app.events.port import Message

MOST = 10
MOST_BYTES = 256 * 1024


def batches(messages: Iterable[Message]) -> Iterator[Sequence[Message]]:
    """A batch is taken or refused message by message, so it has one of each group at most.

    A message that is too large goes alone, to be refused by name.
    """
    batch, size = list[Message](), 0
    for message in messages:
        is_full = len(batch) == MOST or size + message.size > MOST_BYTES
        if batch and (is_full or any(message.group == each.group for each in batch)):
            yield batch
            batch, size = [], 0
        batch.append(message)
        size += message.size
    if batch:
        yield batch
