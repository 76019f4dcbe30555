"""What a request asks of IAM: actions on the table or an index, and the partition keys they touch.

Knows requests as they are sent; no pattern and no policy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from singletable.codec import AttributeValue
from singletable.codec.wire import is_mapping
from singletable.table import Table

Parameters = Mapping[str, Any]

_SINGLE = frozenset({"GetItem", "PutItem", "UpdateItem", "DeleteItem"})
_TRANSACTIONS = frozenset({"TransactWriteItems", "TransactGetItems"})
_BATCHES = frozenset({"BatchGetItem", "BatchWriteItem"})
_NAME = r"#?[\w.-]+"


@dataclass(frozen=True)
class Access:
    """`index` is None for the table itself; `keys` are values of its partition key.

    No keys: a request that names none, such as a Scan.
    """

    action: str
    index: str | None
    keys: tuple[AttributeValue, ...]


def accesses(operation: str, parameters: Parameters, table: Table) -> Iterator[Access]:
    """All that must be allowed for one request; `ValueError` for operations not known here."""
    partition = table.primary.index.partition.name
    if operation in _SINGLE:
        yield _single(operation, parameters, partition)
    elif operation in _TRANSACTIONS:
        for part in parameters["TransactItems"]:
            ((kind, inner),) = part.items()
            yield _single(f"{kind}Item", inner, partition)
    elif operation in _BATCHES:
        for requests in parameters["RequestItems"].values():
            yield Access(operation, None, tuple(_batched(requests, partition)))
    elif operation == "Query":
        yield _query(parameters, table)
    elif operation == "Scan":
        yield Access(operation, parameters.get("IndexName"), ())
    else:
        raise ValueError(f"what {operation} needs is not known")


def _batched(requests: Any, partition: str) -> Iterator[AttributeValue]:
    """The keys of one table's part of a batch."""
    if is_mapping(requests):
        yield from (key[partition] for key in requests["Keys"])
        return
    for request in requests:
        ((_, inner),) = request.items()
        yield (inner.get("Item") or inner["Key"])[partition]


def _single(action: str, parameters: Parameters, partition: str) -> Access:
    """Of a transaction's action the permission is that of the same request alone."""
    item = parameters["Item"] if action == "PutItem" else parameters["Key"]
    return Access(action, None, (item[partition],))


def _query(parameters: Parameters, table: Table) -> Access:
    """The partition key is that of what is queried: on an index, the index's own."""
    name = parameters.get("IndexName")
    index = next(each for each in table.indexes if each.name == name)
    names: Mapping[str, str] = parameters.get("ExpressionAttributeNames", {})
    for left, right in re.findall(rf"({_NAME}) = (:\w+)", parameters["KeyConditionExpression"]):
        if names.get(left, left) == index.partition.name:
            return Access("Query", name, (parameters["ExpressionAttributeValues"][right],))
    raise ValueError(f"the query names no value of {index.partition.name}")
