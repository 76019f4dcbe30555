"""Finds what IAM must allow for a request: actions, indexes, and the partition keys it touches.

Knows requests as they are sent, and what stays the same in them; no pattern and no policy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from singletable.codec.wire import AttributeValue, is_mapping
from singletable.design.ir import PRIMARY, Table

Parameters = Mapping[str, Any]
Tables = Mapping[str, Table]
"""By the names that requests have."""

_SINGLE = frozenset({"GetItem", "PutItem", "UpdateItem", "DeleteItem"})
_TRANSACTIONS = frozenset({"TransactWriteItems", "TransactGetItems"})
_BATCHES = frozenset({"BatchGetItem", "BatchWriteItem"})
_NAME = r"#?[\w.-]+"
_SYMBOL = re.compile(r"\{[A-Za-z_][\w.]*\}( \+ 1)?")
_ANYTHING = "\0"
"""Stands for any text while keys are compared; no key holds it."""


@dataclass(frozen=True)
class Access:
    """An action on an index; `keys` are the values of its partition key that the request names."""

    action: str
    table: str
    index: str
    keys: tuple[AttributeValue, ...]


def accesses(operation: str, parameters: Parameters, tables: Tables) -> Iterator[Access]:
    """Yields all that must be allowed for one request; `ValueError` for unknown operations."""
    if operation in _SINGLE:
        yield _single(operation, parameters, tables)
    elif operation in _TRANSACTIONS:
        for part in parameters["TransactItems"]:
            ((kind, inner),) = part.items()
            yield _single(f"{kind}Item", inner, tables)
    elif operation in _BATCHES:
        for name, requests in parameters["RequestItems"].items():
            keys = tuple(_batch_keys(requests, _partition_key(tables[name])))
            yield Access(operation, tables[name].name, PRIMARY, keys)
    elif operation == "Query":
        yield _query(parameters, tables[parameters["TableName"]])
    elif operation in ("Scan", "SearchVectors"):  # of neither IAM knows leading keys
        table = tables[parameters["TableName"]]
        yield Access(operation, table.name, parameters.get("IndexName") or PRIMARY, ())
    else:
        raise ValueError(f"what {operation} needs is not known")


def _batch_keys(requests: Any, partition: str) -> Iterator[AttributeValue]:
    """The keys of one table's part of a batch."""
    if is_mapping(requests):
        yield from (key[partition] for key in requests["Keys"])
        return
    for request in requests:
        ((_, inner),) = request.items()
        yield (inner.get("Item") or inner["Key"])[partition]


def _single(action: str, parameters: Parameters, tables: Tables) -> Access:
    """The access of one item, for a request or the same action in a transaction."""
    item = parameters["Item"] if action == "PutItem" else parameters["Key"]
    table = tables[parameters["TableName"]]
    return Access(action, table.name, PRIMARY, (item[_partition_key(table)],))


def _partition_key(table: Table) -> str:
    return table.primary.partition[0].name


def _query(parameters: Parameters, table: Table) -> Access:
    """The access of a query: by the partition key of the index that is queried.

    Which of several attributes IAM takes for the leading key is documented nowhere.
    """
    index = table.index(parameters.get("IndexName"))
    (partition, *others) = (each.name for each in index.partition)
    if others:
        return Access("Query", table.name, index.name, ())
    names: Mapping[str, str] = parameters.get("ExpressionAttributeNames", {})
    for left, right in re.findall(rf"({_NAME}) = (:\w+)", parameters["KeyConditionExpression"]):
        if names.get(left, left) == partition:
            return Access(
                "Query", table.name, index.name, (parameters["ExpressionAttributeValues"][right],)
            )
    raise ValueError(f"the query names no value of {partition}")


def leading_key(one: AttributeValue, other: AttributeValue) -> tuple[str, ...]:
    """The texts that are the same in two traced values of a key, with anything between them.

    The two are of one request at two moments, so that what is made of the time is not taken
    for a constant. Arguments are anything, and so are bytes: how IAM writes them is documented
    nowhere.
    """
    texts = [_text(one), _text(other)]
    text = texts[0] if texts[0] == texts[1] else _common(texts)
    return tuple(re.sub(f"{_ANYTHING}+", _ANYTHING, text).split(_ANYTHING))


def _common(texts: list[str]) -> str:
    """The same beginning and the same end, with anything between."""
    start = _common_prefix(texts)
    end = _common_prefix([text[len(start) :][::-1] for text in texts])[::-1]
    return start + _ANYTHING + end


def _common_prefix(texts: list[str]) -> str:
    signs = zip(*texts, strict=False)
    return "".join(each[0] for each in takewhile(lambda pair: pair[0] == pair[1], signs))


def _text(value: AttributeValue) -> str:
    ((_, content),) = value.items()
    return _SYMBOL.sub(_ANYTHING, content) if isinstance(content, str) else _ANYTHING
