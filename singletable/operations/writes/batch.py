"""`batch(...)`: many puts and deletions by BatchWriteItem, which is no transaction."""

from __future__ import annotations

from typing import Any, NoReturn, TypeAlias, TypeGuard

from singletable.errors.request import InvalidOperation
from singletable.operations.protocol import Context, Steps
from singletable.operations.writes.batch_requests import BatchRequests, Identity, Part
from singletable.operations.writes.delete import Delete
from singletable.operations.writes.put import Put
from singletable.operations.writes.write import SeparateWrites
from singletable.records import record

BatchWrite: TypeAlias = Put[Any] | Delete[Any]

_IN_TRANSACTIONS = "transaction(...), or one write at a time"


@record
class Batch(SeparateWrites[None]):
    """Puts and deletes many items, each by itself, in requests of 25.

    `BatchUnfinished` says which ones were not written. It does no harm to write a batch again.
    """

    writes: tuple[BatchWrite, ...]

    def with_writes(self, *writes: Any) -> NoReturn:
        """Raises `InvalidOperation`: the writes of a batch are not carried out as one."""
        raise _refused("attached writes", "transaction(...).with_writes(...)")

    def steps(self, context: Context) -> Steps[None]:
        yield from BatchRequests(self.parts(context), context).steps()

    def parts(self, context: Context) -> list[Part]:
        """Builds the parts at this moment; `InvalidOperation` if two are on one item."""
        parts = [part_of(write, context) for write in self.writes]
        seen = set[Identity]()
        for part in parts:
            identity = part.identity(context)
            if identity in seen:
                raise _refused(f"two writes of {part.shown}", "one write of each item")
            seen.add(identity)
        return parts


def batch(*writes: BatchWrite) -> Batch:
    """Puts and deletes many items, not as one and without conditions: `batch(*map(put, posts))`.

    `InvalidOperation` for what BatchWriteItem cannot keep: conditions, versions, unique fields.
    """
    for write in writes:
        _check(write)
    return Batch(writes)


def part_of(write: BatchWrite, context: Context) -> Part:
    """A put or a deletion as a part of a batch."""
    own = write.prepare(context).actions[0]
    item = own.parameters.get("Item")
    if item is None:
        return Part(write.schema, "DeleteRequest", own.key, own.key)
    return Part(write.schema, "PutRequest", item, own.key)


def _check(write: object) -> None:
    """Raises `InvalidOperation` for a write that relies on what is stored."""
    if not _is_batch_write(write):
        kind = type(write).__name__
        raise _refused(f"a {kind} is given", f"put and delete; of others {_IN_TRANSACTIONS}")
    schema, condition = write.schema, write.condition
    verb = f"{type(write).__name__.lower()} of {schema.name}"
    if schema.uniques:
        names = ", ".join(unique.field for unique in schema.uniques)
        raise _refused(f"{verb}, whose unique {names} would not be kept", _IN_TRANSACTIONS)
    ignores_version = isinstance(write, Delete) and write.ignores_version
    if schema.version is not None and not ignores_version:
        advice = "; of a deletion ignoring_version()" if isinstance(write, Delete) else ""
        raise _refused(f"{verb}, whose version would not be checked", _IN_TRANSACTIONS + advice)
    if condition.presence == "present":
        raise _refused(f"{verb} that must exist", f"delete without must_exist; {_IN_TRANSACTIONS}")
    if condition.condition is not None or condition.label is not None:
        raise _refused(f"{verb} under a condition", _IN_TRANSACTIONS)


def _refused(declared: str, allowed: str) -> InvalidOperation:
    return InvalidOperation(where="batch", declared=declared, allowed=allowed)


def _is_batch_write(write: object) -> TypeGuard[BatchWrite]:
    return isinstance(write, (Put, Delete))


def is_batch(operation: object) -> TypeGuard[Batch]:
    """Whether this is a Batch."""
    return isinstance(operation, Batch)
