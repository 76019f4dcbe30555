"""The requests of a batch: 25 puts or deletions each, sent again as long as any is unprocessed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from singletable.codec import comparable_key
from singletable.errors.service import BatchUnfinished
from singletable.errors.transport import TransportError
from singletable.operations.protocol import Context, RepeatedResponse, Request, Response, Steps
from singletable.operations.writes.action import Item
from singletable.records import record
from singletable.schema.schema import AnySchema

Identity: TypeAlias = tuple[object, ...]
"""The real name of a table, and a primary key as `comparable_key` makes it."""

WRITES_AT_ONCE = 25
"""How many DynamoDB takes in one request: of 400 KB each they are less than its 16 MB."""
_SIDE_BY_SIDE = 8
_ROUNDS = 8
"""After so many rounds in a row in which nothing was processed, what is left is given up."""


@record
class Part:
    """One write of a batch: `kind` is that of its request, `content` is the item or the key."""

    schema: AnySchema
    kind: str
    content: Item
    key: Item

    @property
    def shown(self) -> str:
        """The item as shown in errors: `Post POST#1 / POST`."""
        return f"{self.schema.name} {self.schema.key_text(self.key)}"

    def identity(self, context: Context) -> Identity:
        """The item's table and key: no two parts of a request may have the same."""
        table = self.schema.table
        names = table.primary_index.attribute_names
        return context.name_of(table), *comparable_key(self.key, names)

    def request(self) -> dict[str, object]:
        """The write as a part of a request."""
        name = "Item" if self.kind == "PutRequest" else "Key"
        return {self.kind: {name: dict(self.content)}}


class BatchRequests:
    """Writes parts on distinct items; `left` are the positions of those that are not written.

    `perhaps`: those that were sent before, without an answer, and may have been written then.
    """

    def __init__(self, parts: Sequence[Part], context: Context) -> None:
        self._parts = parts
        self._context = context
        self._positions = {part.identity(context): at for at, part in enumerate(parts)}
        self._key_names = {
            context.name_of(part.schema.table): part.schema.table.primary_index.attribute_names
            for part in parts
        }
        self.left: Sequence[int] = range(len(parts))
        self.perhaps = set[int]()

    def steps(self) -> Steps[None]:
        """Writes some requests side by side until nothing is left.

        What a round leaves is sent again after a delay, before all others. `BatchUnfinished` where
        that does not help, or where a request fails and others were carried out.
        """
        rounds = 0
        while self.left:
            chunks = self._chunks()
            try:
                responses = yield tuple(self._request(each, rounds) for each in chunks)
            except TransportError as error:
                raise self._explain(error, chunks) from error
            sent = sum(map(len, chunks))
            again = [at for response in responses for at in self._unprocessed(response)]
            self.left = [*again, *self.left[sent:]]
            rounds = 0 if not again else 1 if len(again) < sent else rounds + 1
            if rounds > _ROUNDS:
                raise self._error(self.left, f"none was processed in {_ROUNDS} requests")

    def _chunks(self) -> list[Sequence[int]]:
        starts = range(0, min(len(self.left), WRITES_AT_ONCE * _SIDE_BY_SIDE), WRITES_AT_ONCE)
        return [self.left[start : start + WRITES_AT_ONCE] for start in starts]

    def _request(self, chunk: Sequence[int], rounds: int) -> Request:
        by_table = dict[str, list[dict[str, object]]]()
        for at in chunk:
            part = self._parts[at]
            by_table.setdefault(self._context.name_of(part.schema.table), []).append(part.request())
        return Request("BatchWriteItem", {"RequestItems": by_table}, rounds)

    def _unprocessed(self, response: Response) -> Iterator[int]:
        """The positions of the parts that a request left unprocessed."""
        left: Mapping[str, list[Mapping[str, Any]]] = response.get("UnprocessedItems") or {}
        for table, again in left.items():
            for part in again:
                ((_, content),) = part.items()
                ((_, item),) = content.items()
                at = self._positions[table, *comparable_key(item, self._key_names[table])]
                if isinstance(response, RepeatedResponse):
                    self.perhaps.add(at)
                yield at

    def _explain(
        self, error: TransportError, chunks: Sequence[Sequence[int]]
    ) -> BatchUnfinished | TransportError:
        """The error for a request that failed: its own where it is that of all parts alike."""
        left = list(self.left[sum(map(len, chunks)) :])
        for chunk, outcome in zip(chunks, error.outcomes or (error,), strict=True):
            if not isinstance(outcome, TransportError):
                left += self._unprocessed(outcome)
                continue
            left += chunk
            if outcome.may_be_carried_out:
                self.perhaps.update(chunk)
        uncertain = len(self.perhaps.intersection(left))
        if len(self._parts) in (uncertain, len(left) - uncertain):
            return error
        return self._error(left, str(error))

    def _error(self, left: Iterable[int], reason: str) -> BatchUnfinished:
        shown = {at: self._parts[at].shown for at in sorted(left)}
        return BatchUnfinished(
            asked=len(self._parts),
            unwritten={at: text for at, text in shown.items() if at not in self.perhaps},
            uncertain={at: text for at, text in shown.items() if at in self.perhaps},
            reason=reason,
        )
