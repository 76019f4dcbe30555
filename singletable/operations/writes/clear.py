"""`clear(query)`: deletes all that a query finds, reading no more of it than is needed for that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from singletable.codec import comparable_key
from singletable.errors.base import Written
from singletable.errors.request import (
    InvalidOperation,
    InvalidStoredItem,
    ItemMissing,
    TransactionCancelled,
)
from singletable.errors.service import BatchUnfinished
from singletable.operations.protocol import (
    Context,
    Request,
    Response,
    Steps,
    WriteOperation,
    evolve,
)
from singletable.operations.reads.cursor import Position
from singletable.operations.reads.query_requests import QueryRequests
from singletable.operations.reads.shard_merge import ShardMerge, endless
from singletable.operations.transact import ACTIONS
from singletable.operations.writes.action import Item
from singletable.operations.writes.batch_requests import BatchRequests, Part
from singletable.operations.writes.delete import Delete
from singletable.operations.writes.put import primary_key
from singletable.operations.writes.write import Transaction
from singletable.operations.writes.write_condition import WriteCondition
from singletable.records import record
from singletable.schema.schema import AnySchema

if TYPE_CHECKING:
    from singletable.operations.reads.query import Query


@record
class Cleared:
    """What was deleted so far, and what is next; None at the end."""

    deleted: int
    following: ClearRound | None


@record
class Clear(WriteOperation[int]):
    """Deletes every item that a query finds, in any order; answers how many.

    `BatchUnfinished` reports what was left: items that a query refuses to answer, if whole items
    are read, as for an upgrade, unique fields or the condition of an index. Else keys and types
    alone are read, and key text is believed, even of an item that cannot be read.

    It is not carried out as one: after an error, or an end in the middle, write it again.
    """

    query: Query[Any]

    def with_writes(self, *writes: Any) -> NoReturn:
        """Raises `InvalidOperation`: what is found is not deleted as one."""
        raise InvalidOperation(
            where="clear", declared="attached writes", allowed="clear(query) by itself"
        )

    def first_round(self) -> ClearRound:
        """The round that it begins with, for progress."""
        return ClearRound(self.query, origin=self.origin)

    def steps(self, context: Context) -> Steps[int]:
        deletion = _Deletion(self.query, context, None)
        while deletion.asked:
            yield from deletion.carry_out()
        deletion.check_left()
        return deletion.deleted


@record
class ClearRound(WriteOperation[Cleared]):
    """Deletes what one request of each partition finds, on from where the round before it ended.

    `anchor`: where an earlier one ended, renewed at every power of two: no cycle comes past it.
    """

    query: Query[Any]
    starts: tuple[Position, ...] | None = None
    deleted: int = 0
    left: tuple[str, ...] = ()
    rounds: int = 1
    anchor: tuple[Position, ...] | None = None

    @property
    def written_before(self) -> Written:
        return "yes" if self.deleted else "no"

    def steps(self, context: Context) -> Steps[Cleared]:
        deletion = _Deletion(self.query, context, self.starts)
        deletion.deleted, deletion.left = self.deleted, [*self.left]
        yield from deletion.carry_out()
        if deletion.asked:
            return Cleared(deletion.deleted, self._following(deletion))
        deletion.check_left()
        return Cleared(deletion.deleted, None)

    def _following(self, deletion: _Deletion) -> ClearRound:
        end = tuple(deletion.positions())
        if end == self.anchor:
            raise endless("Query")
        return evolve(
            self,
            starts=end,
            deleted=deletion.deleted,
            left=tuple(deletion.left),
            rounds=self.rounds + 1,
            anchor=self.anchor if self.rounds & (self.rounds - 1) else end,
        )


class _Deletion:
    """Deletes round by round; `asked` are the next round's requests, none at the end.

    `left`: the items that could not be deleted, with the reason.
    """

    def __init__(
        self, query: Query[Any], context: Context, starts: Sequence[Position] | None
    ) -> None:
        query.reader.check_readable(query.key_query.key)
        self._requests = requests = query.prepare(context, QueryRequests, _projection_of(query))
        self._context = context
        self._schemas = query.reader.schemas
        self._keys = {key.entity: key for key in query.key_query.members}
        self._reads_whole = not requests.projection
        self._merge = ShardMerge(requests, starts or requests.starts(None), None)
        self._reading = self._merge.read(None, lambda _: False)
        self.asked: tuple[Request, ...] = next(self._reading, ())
        self.deleted = 0
        self.left = list[str]()

    def positions(self) -> Sequence[Position]:
        return self._merge.positions()

    def carry_out(self) -> Steps[None]:
        """Reads the next items, and deletes those that are the query's entities'."""
        responses = yield self.asked
        plain, whole = list[Part](), list[Delete]()
        for schema, item in self._find(responses):
            if schema.uniques:
                whole += self._deletions(schema, item)
            elif not self._reads_whole or [*self._load(schema, item)]:
                plain.append(_part(schema, item))
        yield from BatchRequests(plain, self._context).steps()
        self.deleted += len(plain)
        for group in self._groups(whole):
            yield from self._delete_together(group)
        try:  # nothing of the items is handed on: order and what comes next are not needed
            self.asked = self._reading.send(tuple({**each, "Items": ()} for each in responses))
        except StopIteration:
            self.asked = ()

    def _find(self, responses: Iterable[Response]) -> Iterable[tuple[AnySchema, Item]]:
        """The items that are the query's entities', each once."""
        found = dict[object, tuple[AnySchema, Item]]()
        for response in responses:
            for item in response["Items"]:
                for schema in self._schemas:
                    if self._is_of(schema, item) and self._is_decided(item):
                        found[comparable_key(item, _key_names(schema))] = schema, item
        return found.values()

    def _is_of(self, schema: AnySchema, item: Item) -> bool:
        """Whether an item is one of this entity: by its key, and by what it says of itself.

        One whose upgrade fails is left.
        """
        if not schema.primary.matches(item):
            return False
        try:
            return schema.is_typed(schema.upgrade_item(item))
        except InvalidStoredItem as error:
            if schema.is_typed(item):
                self.left.append(str(error))
            return False

    def _is_decided(self, item: Item) -> bool:
        """Whether the filter could tell that an item is asked for; else it is left."""
        try:
            self._requests.check_decided(item)
        except InvalidStoredItem as error:
            self.left.append(str(error))
            return False
        return True

    def _load(self, schema: AnySchema, item: Item) -> Iterator[Any]:
        """The entity of an item, if the query would answer it; else the item is left."""
        try:
            yield schema.decode(item, self._keys[schema.name])
        except InvalidStoredItem as error:
            self.left.append(str(error))

    def _deletions(self, schema: AnySchema, item: Item) -> Iterator[Delete]:
        """The deletion of an item and of those that keep its fields unique."""
        has_owners = all(unique.has_owner for unique in schema.uniques)
        condition = WriteCondition("any" if has_owners else "present")
        for entity in self._load(schema, item):
            identity = {name: getattr(entity, name) for name in schema.primary.fields}
            yield Delete(schema, condition, identity, entity, ignores_version=True)

    def _groups(self, deletions: Iterable[Delete]) -> Iterator[list[Delete]]:
        """Groups what fits into one transaction."""
        group, actions = list[Delete](), 0
        for deletion in deletions:
            own = len(deletion.prepare(self._context).actions)
            if group and actions + own > ACTIONS:
                yield group
                group, actions = list[Delete](), 0
            group.append(deletion)
            actions += own
        if group:
            yield group

    def _delete_together(self, deletions: Sequence[Delete]) -> Steps[None]:
        """Deletes all but those that are refused."""
        left: list[Delete] = list(deletions)
        while left:
            try:
                yield from Transaction[None](tuple(left)).steps(self._context)
            except TransactionCancelled as cancelled:
                refused = cancelled.failures.values()
                self.left += [str(each) for each in refused if not isinstance(each, ItemMissing)]
                left = [each for at, each in enumerate(left) if at not in cancelled.failures]
            else:
                self.deleted += len(left)
                return

    def check_left(self) -> None:
        """Raises `BatchUnfinished` if items were left."""
        if self.left:
            raise BatchUnfinished(
                asked=self.deleted + len(self.left),
                unwritten=dict(enumerate(self.left)),
                uncertain={},
                reason="they cannot be read, or were changed at the same time",
            )


def _projection_of(query: Query[Any]) -> tuple[str, ...]:
    """The attributes to ask for: keys and type; none for whole items, where these are needed.

    Only they say what an upgrade makes of an item, which unique values it holds, and whether it
    meets the condition of the index. The keys are those of the index, too: they tell that the
    response is one to this query.
    """
    schemas = query.reader.schemas
    if any(schema.upgrade is not None or schema.uniques for schema in schemas):
        return ()
    if any(key.when is not None for key in query.key_query.members):
        return ()
    return (*query.key_query.key.position_attributes, *schemas[0].type_item)


def _key_names(schema: AnySchema) -> tuple[str, ...]:
    return schema.table.primary_index.attribute_names


def _part(schema: AnySchema, item: Item) -> Part:
    key = primary_key(schema, item)
    return Part(schema, "DeleteRequest", key, key)
