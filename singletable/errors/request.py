"""Errors at run time: requests that were refused, and responses that cannot be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from pydantic import BaseModel

from singletable.errors.base import SingleTableError, abridge


@dataclass(eq=False, kw_only=True)
class RequestError(SingleTableError):
    """A request that was not carried out, or an answer that could not be used."""

    slug = "request"
    message = "the request failed"
    why = "A request was not carried out."
    remedy = "See the subclass."


@dataclass(eq=False, kw_only=True)
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


@dataclass(eq=False, kw_only=True)
class InvalidKeyValue(RequestError):
    slug = "invalid-key-value"
    message = "{where}: {field}={shown} {reason}"
    why = "A value cannot become part of a key without risking another item's key."
    remedy = "Correct the value named in the message."

    where: str
    field: str
    value: object
    reason: str

    def __str__(self) -> str:
        return self.message.format(**self.facts(), shown=abridge(self.value))


@dataclass(eq=False, kw_only=True)
class InvalidItem(RequestError):
    slug = "invalid-item"
    message = "{entity}: {problems}"
    why = "An entity, or a changed field, does not fit its model; nothing was sent."
    remedy = "Correct the fields named in the message."

    entity: str
    problems: str


@dataclass(eq=False, kw_only=True)
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


@dataclass(eq=False, kw_only=True)
class IncompleteKey(RequestError):
    slug = "incomplete-key"
    message = "{entity}: changing {changed} rewrites {index}, which also needs {missing}"
    why = "A partial update touches an index key whose other parts are not known."
    remedy = "Add `.given(...)` with the missing fields, or use `update(before, after)`."

    entity: str
    index: str
    changed: str
    missing: str


@dataclass(frozen=True)
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
                    where="Label", declared=repr(text), allowed="a name and a message, both text"
                )


@dataclass(eq=False, kw_only=True)
class WriteRefused(RequestError):
    """A condition of a write did not hold; nothing was written."""

    slug = "write-refused"
    message = "{entity} {key} does not meet the condition of the write"
    why = "A condition of the write did not hold; nothing was written."
    remedy = "Read the item again and decide anew."

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
        return self.reason or labels or super().__str__()


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


class VersionConflict(WriteRefused):
    slug = "version-conflict"
    message = "{entity} {key} was changed by another writer"
    why = "The item's version is not the one that was read."
    remedy = "Read the item again, apply the change to it and write that."


class ConditionFailed(WriteRefused):
    slug = "condition-failed"
    why = "A condition given with the write did not hold; nothing was written."


@dataclass(eq=False, kw_only=True)
class UniqueTaken(WriteRefused):
    slug = "unique-taken"
    message = "{field} is taken"
    why = "Another item holds the same value of a unique field."
    remedy = "Choose another value."

    field: str


@dataclass(eq=False, kw_only=True)
class TransactionRefused(RequestError):
    """A transaction refused before it is sent, as DynamoDB would not take it."""

    slug = "transaction-refused"
    message = "{problem}. Allowed: {allowed}"
    why = "A transaction exceeds a limit or names an item twice; nothing was sent."
    remedy = "Split the transaction, or merge the actions on one item."

    problem: str
    allowed: str


@dataclass(eq=False, kw_only=True)
class TransactionCancelled(RequestError):
    """A transaction of which an action failed; `failures` has a `WriteRefused` by its position."""

    slug = "transaction-cancelled"
    message = "nothing was written: {summary}"
    why = "At least one action of a transaction did not hold; nothing was written."
    remedy = "See `failures`: each names its action, the reason and the stored item."

    failures: Mapping[int, WriteRefused]

    @property
    def summary(self) -> str:
        return "; ".join(f"action {at + 1}: {why}" for at, why in sorted(self.failures.items()))

    def __str__(self) -> str:
        return self.message.format(summary=self.summary)


class AttachedWriteRefused(TransactionCancelled):
    """`failures` counts the attached writes alone: the operation itself was not refused."""

    slug = "attached-write-refused"
    why = "A write that was attached to an operation was refused; nothing was written."


@dataclass(eq=False, kw_only=True)
class Contended(RequestError):
    slug = "contended"
    message = "{operation}: other writers held the same items through {attempts} attempts"
    why = "Other transactions kept writing the same items."
    remedy = "Try again later; if it is frequent, spread the writes over more items."

    operation: str
    attempts: int


@dataclass(eq=False, kw_only=True)
class InvalidCursor(RequestError):
    slug = "invalid-cursor"
    message = "the cursor does not belong to this query"
    why = "A cursor was edited, cut, encrypted with another key, or belongs to another query."
    remedy = "Start again from the first page."


@dataclass(eq=False, kw_only=True)
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


@dataclass(eq=False, kw_only=True)
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


@dataclass(eq=False, kw_only=True)
class ServiceError(RequestError):
    """A failure of DynamoDB, or on the way to it; `code` is the service's own."""

    slug = "service-error"
    message = "{operation}: {code}: {detail}"
    why = "DynamoDB refused a request for a reason the engine does not know."
    remedy = "See the code and the detail."

    operation: str
    code: str
    detail: str


class TableMissing(ServiceError):
    slug = "table-missing"
    message = "{operation}: the table does not exist: {detail}"
    why = "The table name, the region or the endpoint is wrong, or the table was not created."
    remedy = "Create it, as `singletable table` describes it, or correct the settings."


class IndexMissing(ServiceError):
    slug = "index-missing"
    message = "{operation}: the table lacks the index: {detail}"
    why = "The table was created from an older declaration."
    remedy = "Add the index to the table; locally, run the bootstrap with `--recreate`."


class AccessRefused(ServiceError):
    slug = "access-refused"
    message = "{operation}: {code}: {detail}"
    why = "Credentials are missing, wrong or expired, or the policy does not allow the request."
    remedy = "Check the credentials, the region and the IAM policy."


class TokenReused(ServiceError):
    slug = "token-reused"
    message = "{operation}: its token was used for another transaction within ten minutes"
    why = "A transaction's token came back with other contents; stamps differ at every repetition."
    remedy = "Use a token for one transaction only; repeat entities that carry their own moments."


class Throttled(ServiceError):
    slug = "throttled"
    why = "Throughput was exceeded through all attempts."
    remedy = "Try again later; spread the load over more partition keys."


class ServiceUnavailable(ServiceError):
    slug = "service-unavailable"
    why = "The service could not be reached, timed out or failed through all attempts."
    remedy = "Try again later; check the endpoint. A write may have been carried out."
