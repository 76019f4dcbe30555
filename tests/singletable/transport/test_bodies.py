"""Requests and answers in JSON are those that botocore makes and reads."""

from __future__ import annotations

import json
from functools import cache
from types import MappingProxyType
from typing import Any

import botocore.session
import pytest
from botocore.parsers import create_parser
from botocore.serialize import create_serializer
from hypothesis import given
from hypothesis import strategies as st

from singletable.transport.bodies import decode, encode

NAMES = st.sampled_from(["B", "BS", "S", "name", "öäü", "N"])
SCALARS: Any = st.one_of(
    st.fixed_dictionaries({"B": st.binary(max_size=20)}),
    st.fixed_dictionaries({"BS": st.lists(st.binary(max_size=4), min_size=1, max_size=3)}),
    st.fixed_dictionaries({"S": st.text(max_size=9)}),
    st.fixed_dictionaries({"SS": st.lists(st.text(max_size=4), min_size=1, max_size=3)}),
    st.fixed_dictionaries({"N": st.integers().map(str)}),
    st.sampled_from([{"BOOL": True}, {"NULL": True}]),
)
VALUES: Any = st.recursive(
    SCALARS,
    lambda inner: (
        st.fixed_dictionaries({"L": st.lists(inner, max_size=3)})
        | st.fixed_dictionaries({"M": st.dictionaries(NAMES, inner, max_size=3)})
    ),
    max_leaves=8,
)
ITEMS = st.dictionaries(NAMES, VALUES, max_size=4)


@cache
def operation(name: str) -> Any:
    return botocore.session.Session().get_service_model("dynamodb").operation_model(name)


def read_by_botocore(name: str, body: bytes) -> dict[str, Any]:
    answer = {"status_code": 200, "headers": {}, "body": body}
    parsed: dict[str, Any] = create_parser("json").parse(answer, operation(name).output_shape)
    del parsed["ResponseMetadata"]
    return parsed


@given(ITEMS)
def test_requests_are_botocores(item: Any) -> None:
    """Up to the spaces."""
    parameters = {"TableName": "t", "Item": item}
    made = create_serializer("json").serialize_to_request(parameters, operation("PutItem"))
    assert json.loads(encode(parameters)) == json.loads(made["body"])


@given(st.lists(ITEMS, min_size=1, max_size=3))
def test_answers_are_botocores(items: Any) -> None:
    """Wherever items stand in them."""
    page = encode({"Items": items, "Count": len(items), "LastEvaluatedKey": items[0]})
    batch = encode(
        {
            "Responses": {"B": items},
            "UnprocessedKeys": {"BS": {"Keys": items, "ExpressionAttributeNames": {"#B": "x"}}},
        }
    )
    left = encode({"UnprocessedItems": {"B": [{"PutRequest": {"Item": each}} for each in items]}})
    for name, body in (("Query", page), ("BatchGetItem", batch), ("BatchWriteItem", left)):
        assert decode(body) == read_by_botocore(name, body)


def test_other_maps_lists_and_bytes_can_be_sent() -> None:
    """Whatever their classes are."""
    sent = encode(MappingProxyType({"Item": {"B": bytearray(b"x")}, "Keys": (1, 2)}))
    assert json.loads(sent) == {"Item": {"B": "eA=="}, "Keys": [1, 2]}


@pytest.mark.parametrize("unsendable", [{"x": object()}, {"x": float("nan")}, {"x": "\ud800"}])
def test_what_is_no_json_is_not_sent(unsendable: Any) -> None:
    """Nor half of it."""
    with pytest.raises((TypeError, ValueError)):
        encode(unsendable)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b'{"Item": ',
        b'{"x": "\xff"}',
        b'{"Item": {"b": {"B": "?"}}}',
        b"[" * 10**5,
    ],
    ids=lambda body: body[:12],
)
def test_what_is_no_object_is_none(body: bytes) -> None:
    """Nor what has binary values that are not base64."""
    assert decode(body) is None


@pytest.mark.parametrize(
    ("body", "found"),
    [
        pytest.param(rb'{"S": "\ud800"}', {"S": "\ud800"}, id="half a surrogate pair"),
        pytest.param(b'{"a":' * 300 + b"1" + b"}" * 300, None, id="deeper than Pydantic reads"),
    ],
)
def test_what_pydantics_parser_refuses_is_read_by_json(body: bytes, found: Any) -> None:
    assert decode(body) == (found or json.loads(body))
