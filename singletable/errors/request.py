"""Errors at run time: operations that were refused, and items that cannot be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import ClassVar, cast

from pydantic import BaseModel

from singletable.errors.base import SingleTableError, Written, abridge
from singletable.records import record

_MAY_BE_WRITTEN = "an answer was lost, so that it may have been written"


@record(eq=False, frozen=False, kw_only=True)
class RequestError(SingleTableError):
    """An operation that failed. `written` says whether it wrote anything nevertheless.

    `outcomes` are the values that `written` can have in errors of the class.
    """

    slug = "request"
    message = "the request failed"
    why = "An operation was refused, or its answer could not be used."
    remedy = "See the subclass."
    outcomes: ClassVar[tuple[Written, ...]] = ("no",)

    written: Written = "no"


@record(eq=False, frozen=False, kw_only=True)
class InvalidOperation(RequestError):
    """An operation refused before it is sent; while a pattern is traced, a `DeclarationError`."""

    slug = "invalid-operation"
    message = "{where}: {declared}. Allowed: {allowed}"
    why = "An operation asks for something its key, entity or DynamoDB does not allow."
    remedy = "Change the operation as the message says."

    where: str
    declared: str
    allowed: str


class UnplannedOperation(InvalidOperation):
    """`where` is the pattern, `declared` what it asks now, `allowed` what was planned."""

    slug = "unplanned-operation"
    why = (
        "An access pattern asked something else than it did when it was declared; nothing was sent."
    )
    remedy = "Let the pattern ask one question, whatever its arguments; write another for another."


@record(eq=False, frozen=False, kw_only=True)
class InvalidKeyValue(RequestError):
    slug = "invalid-key-value"
    message = "{where}: {field}={shown} {reason}"
    why = (
        "A value cannot become part of a key without risking another item's key; nothing was sent."
    )
    remedy = "Correct the value named in the message."

    where: str
    field: str
    value: object
    reason: str

    def __str__(self) -> str:
        return self.message.format(**self.facts(), shown=abridge(self.value))


@record(eq=False, frozen=False, kw_only=True)
class InvalidItem(RequestError):
    slug = "invalid-item"
    message = "{entity}: {problems}"
    why = "An entity, or a changed field, does not fit its model; nothing was sent."
    remedy = "Correct the fields named in the message."

    entity: str
    problems: str


@record(eq=False, frozen=False, kw_only=True)
class UnstorableValue(RequestError):
    slug = "unstorable-value"
    message = "{where}: {shown} {reason}"
    why = "A value cannot be stored and read back exactly; nothing was sent."
    remedy = "Use a value within DynamoDB's range, or another type."

    where: str
    value: object
    reason: str

    def __str__(self) -> str:
        return self.message.format(**self.facts(), shown=abridge(self.value))


@record(eq=False, frozen=False, kw_only=True)
class IncompleteKey(RequestError):
    slug = "incomplete-key"
    message = "{entity}: changing {changed} rewrites {index}, which also needs {missing}"
    why = "A partial update touches an index key whose other parts are not known."
    remedy = (
        "Set the missing fields too, or give those that stay to a patch by `.given(...)`; or use"
        " `update(before, after)`."
    )

    entity: str
    index: str
    changed: str
    missing: str


@record(sealed=True)
class Label:
    """What a condition of a write means: a name that code compares, a message for people.

    `Label("slug-taken", "the slug is taken")`
    """

    name: str
    message: str

    def __post_init__(self) -> None:
        for text in (self.name, self.message):
            if not isinstance(cast(object, text), str) or not text.strip():
                raise InvalidOperation(
                    where="Label", declared=abridge(text), allowed="a name and a message, both text"
                )


@record(eq=False, frozen=False, kw_only=True)
class WriteRefused(RequestError):
    """A condition of a write did not hold.

    Nothing was written, unless an answer was lost before: then it may have been this very write
    that changed the item.
    """

    slug = "write-refused"
    message = "{entity} {key} does not meet the condition of the write"
    why = "A condition of the write did not hold."
    remedy = "Read the item again and decide anew."
    outcomes: ClassVar[tuple[Written, ...]] = ("no", "unknown")

    entity: str
    key: str
    labels: tuple[Label, ...] = ()
    reason: str = ""
    stored: Mapping[str, object] | None = None

    @property
    def label(self) -> Label | None:
        """The label of what did not hold; None where there is none, or where it may be several."""
        return self.labels[0] if len(self.labels) == 1 else None

    def __str__(self) -> str:
        """The messages of the labels, if there are any."""
        labels = "; or ".join(label.message for label in self.labels)
        shown = self.reason or labels or super().__str__()
        return f"{shown} ({_MAY_BE_WRITTEN})" if self.written == "unknown" else shown


class ItemExists(WriteRefused):
    slug = "item-exists"
    message = "{entity} {key} exists already"
    why = "`create` found an item with the same primary key."
    remedy = "Choose another identity, or use `put` or `update`."


class ItemMissing(WriteRefused):
    slug = "item-missing"
    message = "{entity} {key} does not exist"
    why = "`update`, `patch`, or `delete` of what must exist, found no item."
    remedy = "Create it first, or use `put`, `upsert` or `delete`."
    outcomes = ("no", "yes", "unknown")


class VersionConflict(WriteRefused):
    slug = "version-conflict"
    message = "{entity} {key} was changed by another writer"
    why = "The item's version is not the one that was read."
    remedy = "Read the item again, apply the change to it and write that."


class ConditionFailed(WriteRefused):
    slug = "condition-failed"
    why = "A condition given with the write did not hold."


@record(eq=False, frozen=False, kw_only=True)
class UniqueTaken(WriteRefused):
    slug = "unique-taken"
    message = "{field} is taken"
    why = "Another item holds the same value of a unique field."
    remedy = "Choose another value."

    field: str


@record(eq=False, frozen=False, kw_only=True)
class TransactionRefused(RequestError):
    """A transaction refused before it is sent, as DynamoDB would not take it."""

    slug = "transaction-refused"
    message = "{problem}. Allowed: {allowed}"
    why = "A transaction exceeds a limit or names an item twice; nothing was sent."
    remedy = "Split the transaction, or merge the actions on one item."

    problem: str
    allowed: str


@record(eq=False, frozen=False, kw_only=True)
class TransactionCancelled(RequestError):
    """A transaction of which an action failed; `failures` has a `WriteRefused` by its position."""

    slug = "transaction-cancelled"
    message = "{outcome}: {summary}"
    why = "At least one action of a transaction did not hold."
    remedy = "See `failures`: each names its action, the reason and the stored item."
    outcomes = ("no", "unknown")

    failures: Mapping[int, WriteRefused]

    @property
    def summary(self) -> str:
        return "; ".join(f"action {at + 1}: {why}" for at, why in sorted(self.failures.items()))

    def __str__(self) -> str:
        outcome = _MAY_BE_WRITTEN if self.written == "unknown" else "nothing was written"
        return self.message.format(outcome=outcome, summary=self.summary)


class AttachedWriteRefused(TransactionCancelled):
    """`failures` counts the attached writes alone: the operation itself was not refused."""

    slug = "attached-write-refused"
    why = "A write that was attached to an operation was refused."


@record(eq=False, frozen=False, kw_only=True)
class InvalidCursor(RequestError):
    slug = "invalid-cursor"
    message = "the cursor does not belong to this query"
    why = "A cursor was edited, cut, encrypted with another key, or belongs to another query."
    remedy = "Start again from the first page."


@record(eq=False, frozen=False, kw_only=True)
class InvalidStoredItem(RequestError):
    """Of a query it carries what else was read: `items` are the readable ones of the same page, and
    `cursor` continues behind it; None at the end."""

    slug = "invalid-stored-item"
    message = "{entity} {key}: {problems}"
    why = "A stored item does not fit its model: an older or a foreign program wrote it."
    remedy = (
        "Declare an `upgrade` on the entity, or repair the item; a query reads on past it from"
        " `cursor`, or with `.tolerating_unreadable()`."
    )

    entity: str
    key: str
    problems: str
    items: tuple[BaseModel, ...] = field(default=(), repr=False)
    cursor: str | None = field(default=None, repr=False)


@record(eq=False, frozen=False, kw_only=True)
class WrittenUnreadable(RequestError):
    """A write that was carried out, and whose answer holds an item that cannot be loaded."""

    slug = "written-unreadable"
    message = "it was written, but {entity} {key} cannot be read: {problems}"
    why = "A write was carried out; the item as it is now does not fit its model."
    remedy = "Do not repeat the write. Repair the item, or declare an `upgrade` on the entity."
    outcomes = ("yes",)

    entity: str
    key: str
    problems: str
    written: Written = "yes"


@record(eq=False, frozen=False, kw_only=True)
class RequestLimitReached(RequestError):
    slug = "request-limit-reached"
    message = "{operation}: {requests} requests found fewer items than asked for; more remain"
    why = "A filter discarded so much that the limit on requests was reached."
    remedy = (
        "Raise `page_size` (items per request) or `max_requests`, or declare a key that answers the"
        " question without a filter."
    )

    operation: str
    requests: int
