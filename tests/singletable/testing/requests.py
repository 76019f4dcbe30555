"""Hypothesis strategies of requests to the small table."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.singletable.testing.expressions import (
    INDEXES,
    ITEMS,
    KEYS,
    NAME,
    NUMBERS,
    SORT_OF,
    SORTS,
    Draw,
    Expressions,
)

Request = tuple[str, dict[str, Any]]
_TOP = ("a", "b", "m", "l1", "s", "n", "g", "h", "l")
_ALL = (*_TOP, "m.x", "m.y", "m.x.y", "l1[0]", "l1[1]", "l1[7]", "l1[8]", "l1[0].x", "m.q.x", "pk")
_FREE = ("b", "m", "l1", "s", "n", "a", "m.x", "l1[0]")


def _write(draw: Draw, kind: str, key: dict[str, Any]) -> dict[str, Any]:
    """The parameters that a write has alone and in a transaction."""
    about = Expressions(draw)
    parameters: dict[str, Any] = {"TableName": NAME}
    if kind == "Put":
        parameters["Item"] = draw(ITEMS) | key
    else:
        parameters["Key"] = key
    if kind == "Update":
        paths = draw(st.sampled_from([_TOP, _TOP, _ALL]))
        parameters["UpdateExpression"] = about.update(paths)
    if kind == "ConditionCheck" or draw(st.integers(0, 2)) == 0:
        parameters["ConditionExpression"] = about.condition()
        if draw(st.booleans()):
            parameters["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
    return parameters | about.parameters()


@st.composite
def single_writes(draw: Draw) -> Request:
    kind = draw(st.sampled_from(["Put", "Put", "Update", "Update", "Update", "Delete"]))
    parameters = _write(draw, kind, draw(KEYS))
    returned = ["NONE", "ALL_OLD"]
    if kind == "Update":
        returned += ["ALL_NEW"]
        # DynamoDB Local returns whole attributes where DynamoDB returns the changed paths alone.
        if not any(sign in parameters["UpdateExpression"] for sign in ".["):
            returned += ["UPDATED_OLD", "UPDATED_NEW"]
    parameters["ReturnValues"] = draw(st.sampled_from(returned))
    parameters["ReturnConsumedCapacity"] = draw(st.sampled_from(["NONE", "INDEXES"]))
    return f"{kind}Item", parameters


@st.composite
def gets(draw: Draw) -> Request:
    about = Expressions(draw)
    parameters = {
        "TableName": NAME,
        "Key": draw(KEYS),
        "ConsistentRead": draw(st.booleans()),
        "ReturnConsumedCapacity": "INDEXES",
    }
    return "GetItem", parameters | _projection(draw, about, _ALL) | about.parameters()


def _projection(draw: Draw, about: Expressions, paths: tuple[str, ...]) -> dict[str, Any]:
    if draw(st.integers(0, 2)):
        return {}
    chosen = [about.path(*paths) for _ in range(draw(st.integers(1, 3)))]
    return {"ProjectionExpression": ", ".join(chosen)}


@st.composite
def queries(draw: Draw) -> Request:
    about = Expressions(draw)
    index = draw(st.sampled_from([None, *INDEXES]))
    partition = {"group": "g", "flat": "l"}.get(index or "", "pk")
    hashes = {"g": ["g1", "g1", "g2"], "l": ["x", "xy"]}.get(partition, ["p", "q"])
    equal = f"{partition} = {about.value(st.sampled_from(hashes).map(lambda text: {'S': text}))}"
    parameters: dict[str, Any] = {
        "TableName": NAME,
        "KeyConditionExpression": equal + _sort_condition(draw, about, SORT_OF.get(index)),
        "ScanIndexForward": draw(st.booleans()),
    }
    return "Query", parameters | _read(draw, about, index)


def _sort_condition(draw: Draw, about: Expressions, name: str | None) -> str:
    if name is None or draw(st.booleans()):
        return ""
    texts = {"sk": [*SORTS, ""], "l": ["x", "xy", "y"]}.get(name, [])
    operand = st.sampled_from(texts).map(lambda text: {"S": text}) if texts else NUMBERS
    kind = draw(st.sampled_from(["=", "<", "<=", ">", ">=", "BETWEEN", "begins_with"]))
    if kind == "BETWEEN":
        return f" AND {name} BETWEEN {about.value(operand)} AND {about.value(operand)}"
    if kind == "begins_with":
        return f" AND begins_with({name}, {about.value(operand)})"
    return f" AND {name} {kind} {about.value(operand)}"


@st.composite
def scans(draw: Draw) -> Request:
    about = Expressions(draw)
    index = draw(st.sampled_from([None, None, *INDEXES]))
    return "Scan", {"TableName": NAME} | _read(draw, about, index)


def _read(draw: Draw, about: Expressions, index: str | None) -> dict[str, Any]:
    parameters: dict[str, Any] = {} if index is None else {"IndexName": index}
    # DynamoDB Local lets the filter of an index's Scan see what the index does not hold.
    if index in {None, "flat"} and draw(st.integers(0, 2)) == 0:
        parameters["FilterExpression"] = about.condition()
    if index is None or draw(st.booleans()):
        parameters |= _projection(draw, about, _FREE)
    if draw(st.booleans()):
        parameters["Limit"] = draw(st.integers(1, 4))
    if draw(st.integers(0, 5)) == 0:
        parameters["ConsistentRead"] = True
    if draw(st.integers(0, 5)) == 0:
        choices = ["COUNT", "ALL_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES", "SPECIFIC_ATTRIBUTES"]
        parameters["Select"] = draw(st.sampled_from(choices))
    return parameters | about.parameters()


@st.composite
def transactions(draw: Draw) -> Request:
    keys = draw(st.lists(KEYS, min_size=1, max_size=3, unique_by=repr))
    kinds = st.sampled_from(["Put", "Update", "Delete", "ConditionCheck"])
    actions = [{(kind := draw(kinds)): _write(draw, kind, key)} for key in keys]
    return "TransactWriteItems", {"TransactItems": actions}


@st.composite
def snapshots(draw: Draw) -> Request:
    keys = draw(st.lists(KEYS, min_size=1, max_size=3))
    return "TransactGetItems", {
        "TransactItems": [{"Get": {"TableName": NAME, "Key": key}} for key in keys]
    }


@st.composite
def batches(draw: Draw) -> Request:
    if draw(st.booleans()):
        keys = draw(st.lists(KEYS, min_size=1, max_size=4))
        return "BatchGetItem", {"RequestItems": {NAME: {"Keys": keys}}}
    requests = st.one_of(
        ITEMS.map(lambda item: {"PutRequest": {"Item": item}}),
        KEYS.map(lambda key: {"DeleteRequest": {"Key": key}}),
    )
    chosen = draw(st.lists(requests, min_size=1, max_size=4))
    return "BatchWriteItem", {"RequestItems": {NAME: chosen}}


REQUESTS = st.one_of(
    single_writes(),
    single_writes(),
    single_writes(),
    gets(),
    queries(),
    queries(),
    scans(),
    transactions(),
    transactions(),
    snapshots(),
    batches(),
)
