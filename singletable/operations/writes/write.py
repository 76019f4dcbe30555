"""`Write`, the base of all writes, and `Transaction`, several writes as one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Generic, Self, TypeAlias, TypeGuard, TypeVar, cast

from singletable.codec import AttributeValue
from singletable.errors.base import abridge
from singletable.errors.request import (
    AttachedWriteRefused,
    InvalidOperation,
    ItemMissing,
    Label,
    RequestError,
    TransactionCancelled,
    TransactionRefused,
    WriteRefused,
)
from singletable.errors.transport import CONDITION_FAILED, TransportError
from singletable.expressions import Binder, Condition, check_is_condition, fit_expressions
from singletable.operations.protocol import (
    Context,
    Request,
    Response,
    Steps,
    WriteOperation,
    evolve,
)
from singletable.operations.writes.action import Action, Kind
from singletable.operations.writes.unique_items import hand_over, transact_write
from singletable.operations.writes.write_condition import WriteCondition
from singletable.records import record
from singletable.schema.schema import AnySchema

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
A = TypeVar("A")

_TOKEN_CHARACTERS = 36
_DELETED_AFTERWARDS = "it was changed as asked, and someone deleted it right afterwards"


@record
class Prepared(Generic[R_co]):
    """A write at one moment: its actions, the entity's own first, and how the result is made."""

    actions: tuple[Action, ...]
    result: Callable[[Response], R_co]


@record
class Write(WriteOperation[R], Generic[R]):
    """A write of one entity's item, and of the items that keep its unique fields."""

    schema: AnySchema
    condition: WriteCondition

    returning: ClassVar[str | None] = None

    def when(self, condition: Condition, *, label: Label | None = None) -> Self:
        """Writes only if the stored item meets `condition`; a refusal carries the label."""
        check_is_condition(self.schema.name, condition)
        for name in sorted(condition.fields()):
            self.schema.attribute(name)
        if label is not None:
            self._check_label(label)
        return evolve(self, condition=self.condition.requiring(condition, label))

    def label(self, label: Label) -> Self:
        """Labels every refusal of the write, whatever did not hold, but version conflicts."""
        self._check_label(label)
        return evolve(self, condition=evolve(self.condition, label=label))

    def _check_label(self, label: object) -> None:
        if not isinstance(label, Label):
            raise InvalidOperation(
                where=self.schema.name,
                declared=f"the label {abridge(label)}",
                allowed='a Label, such as Label("slug-taken", "the slug is taken")',
            )

    def with_writes(self, *writes: AnyWrite) -> Transaction[R]:
        """Attaches other writes, which are carried out if and only if this one is.

        Its result and its errors stay its own; `AttachedWriteRefused` where the others alone
        were refused.
        """
        check_writes(writes)
        return Transaction(
            (self,), result_of=self, attached=writes, is_single=True, origin=self.origin
        )

    def prepare(self, context: Context) -> Prepared[R]:
        """Builds the actions at this moment, and how the result is made."""
        raise NotImplementedError

    def steps(self, context: Context) -> Steps[R]:
        prepared = self.prepare(context)
        own, *others = prepared.actions
        if others or own.kind == "ConditionCheck":
            refusals = yield from transact_write(prepared.actions, context)
            if refusals:
                raise refusals[min(refusals)]
            return prepared.result({})
        try:
            (response,) = yield (own.alone(context, self.returning),)
        except TransportError as error:
            if error.code != CONDITION_FAILED:
                raise
            # Refused by its own item: it was carried out before, and the answer to that was lost.
            if not (error.was_repeated and own.is_done(error.item)):
                raise own.refusal(error.item) from None
            response = {"Attributes": error.item}
        return prepared.result(response)

    def action(
        self,
        kind: Kind,
        key: Mapping[str, AttributeValue],
        condition: WriteCondition,
        binder: Binder,
        **parameters: object,
    ) -> Action:
        """Builds an action on the entity's own item under a condition."""
        schema = self.schema
        text = condition.render(schema, binder)
        if text is not None:
            parameters["ConditionExpression"] = text
        parameters |= binder.parameters()
        if text is not None or kind == "Update":
            parameters = fit_expressions(f"{kind.lower()} of {schema.name}", parameters)
        return Action(
            schema.table,
            kind,
            key,
            parameters,
            lambda stored: condition.refusal(schema, key, stored),
        )


class PredictableWrite(Write[R]):
    """A write whose result is known before it is sent, so also within a transaction."""


AnyWrite: TypeAlias = Write[Any]


@record
class SeparateWrites(WriteOperation[R], Generic[R]):
    """Writes of which each is carried out by itself, in no transaction."""

    writes: tuple[AnyWrite, ...]


@record
class Transaction(WriteOperation[R], Generic[R]):
    """Several writes, all or none.

    `writes` are the transaction's own, `attached` those that others added to it.
    `TransactionCancelled` says which of its own were refused, and why; `AttachedWriteRefused`
    is raised where attached ones alone are the reason. `is_single`: it is one write to which
    others were attached, and raises what that write would raise alone.
    """

    writes: tuple[AnyWrite, ...]
    token: str | None = None
    result_of: Write[R] | None = None
    attached: tuple[AnyWrite, ...] = ()
    is_single: bool = False

    @property
    def all_writes(self) -> tuple[AnyWrite, ...]:
        return (*self.writes, *self.attached)

    def returning(self, write: PredictableWrite[A]) -> Transaction[A]:
        """Makes the result that of one of its writes."""
        if not isinstance(cast(object, write), PredictableWrite):
            raise TransactionRefused(
                problem=f"it returns a {type(write).__name__}, which DynamoDB tells nothing of",
                allowed="create, put, update, or delete",
            )
        if not any(write is known for known in self.writes):
            raise TransactionRefused(
                problem="it returns a write that is not its own", allowed="one of its writes"
            )
        return Transaction(self.writes, self.token, write, self.attached, origin=self.origin)

    def add(self, *writes: AnyWrite) -> Self:
        """Adds more writes of its own, for those whose number varies."""
        check_writes(writes)
        return evolve(self, writes=(*self.writes, *writes), is_single=False)

    def with_writes(self, *writes: AnyWrite) -> Self:
        """Attaches writes that are carried out if and only if the transaction is."""
        check_writes(writes)
        return evolve(self, attached=(*self.attached, *writes))

    def steps(self, context: Context) -> Steps[R]:
        prepared = _prepare_together(self.all_writes, context)
        actions = [action for each in prepared for action in each.actions]
        refused = yield from transact_write(actions, context, self.token)
        if refused:
            raise self._refusal(_group_by_write(prepared, refused))
        for write, each in zip(self.writes, prepared, strict=False):
            if write is self.result_of:
                return cast(R, (yield from _result(write, each, context)))
        return cast(R, None)

    def _refusal(self, failures: dict[int, WriteRefused]) -> RequestError:
        end = len(self.writes)
        own = {at: failure for at, failure in failures.items() if at < end}
        if not own:
            attached = {at - end: failure for at, failure in failures.items()}
            return AttachedWriteRefused(failures=attached)
        return own[0] if self.is_single else TransactionCancelled(failures=own)


def _prepare_together(writes: Sequence[AnyWrite], context: Context) -> list[Prepared[object]]:
    """Prepares writes of which one may release the unique value that another one claims."""
    prepared: list[Prepared[object]] = [write.prepare(context) for write in writes]
    handed = hand_over([each.actions for each in prepared])
    return [
        each if own is each.actions else evolve(each, actions=own)
        for each, own in zip(prepared, handed, strict=True)
    ]


def _result(write: AnyWrite, prepared: Prepared[object], context: Context) -> Steps[object]:
    """The write's result; that of a partial update in a transaction is read."""
    if isinstance(write, PredictableWrite):
        return prepared.result({})
    schema, key = write.schema, prepared.actions[0].key
    name = context.name_of(schema.table)
    parameters = {"TableName": name, "Key": dict(key), "ConsistentRead": True}
    (response,) = yield (Request("GetItem", parameters),)
    if "Item" not in response:
        raise ItemMissing(entity=schema.name, key=schema.key_text(key), reason=_DELETED_AFTERWARDS)
    return prepared.result({"Attributes": response["Item"]})


def _group_by_write(
    prepared: Sequence[Prepared[object]], refused: dict[int, WriteRefused]
) -> dict[int, WriteRefused]:
    """Groups refusals: the first of each write, by the write's position."""
    failures, start = dict[int, WriteRefused](), 0
    for position, each in enumerate(prepared):
        own = [refused[at] for at in range(start, start + len(each.actions)) if at in refused]
        if own:
            failures[position] = own[0]
        start += len(each.actions)
    return failures


def check_writes(writes: Sequence[object]) -> None:
    """Raises `TransactionRefused` for what is no write."""
    for write in writes:
        if not isinstance(write, Write):
            raise TransactionRefused(
                problem=f"it has a {type(write).__name__}", allowed="writes, such as create(entity)"
            )


def check_is_write(where: str, write: object) -> None:
    """Raises `InvalidOperation` for what is not one write."""
    if not isinstance(write, Write):
        raise InvalidOperation(
            where=where, declared=f"a {type(write).__name__} is given", allowed="one write"
        )


def transaction(*writes: AnyWrite, token: str | None = None) -> Transaction[None]:
    """Carries out all writes or none; `.returning(write)` makes the result that of one of them.

    `token`, up to 36 characters, makes repetitions within ten minutes harmless: of the same
    requests to the letter, so of entities without stamps.
    """
    if not writes:
        raise TransactionRefused(problem="it has no write", allowed="1 or more")
    check_writes(writes)
    if token is not None and not _is_token(token):
        raise TransactionRefused(
            problem=f"its token is {abridge(token)}",
            allowed=f"1 to {_TOKEN_CHARACTERS} characters of UTF-8",
        )
    return Transaction(writes, token)


def _is_token(token: object) -> bool:
    """Whether this is text of so many characters, and none of them half of a surrogate pair."""
    if not isinstance(token, str) or not 1 <= len(token) <= _TOKEN_CHARACTERS:
        return False
    return not any("\ud800" <= character <= "\udfff" for character in token)


def writes_of(operation: object) -> tuple[AnyWrite, ...]:
    """The one write, or all writes of a transaction or a batch; none for reads."""
    if is_transaction(operation):
        return operation.all_writes
    if _is_separate(operation):
        return operation.writes
    return (operation,) if _is_write(operation) else ()


def is_transaction(operation: object) -> TypeGuard[Transaction[Any]]:
    """Whether this is a Transaction; for type checkers, which lose generic arguments otherwise."""
    return isinstance(operation, Transaction)


def _is_separate(operation: object) -> TypeGuard[SeparateWrites[Any]]:
    return isinstance(operation, SeparateWrites)


def _is_write(operation: object) -> TypeGuard[AnyWrite]:
    return isinstance(operation, Write)
