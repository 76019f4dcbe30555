"""A table in memory for the tests of this folder, and short ways to speak to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from singletable.errors.transport import TransportError
from singletable.testing import memory_transport
from singletable.transport import Transport
from tests.singletable.testing.expressions import NAME, create_table

KEY: dict[str, Any] = {"pk": {"S": "p"}, "sk": {"S": "1"}}
ITEM: dict[str, Any] = {
    **KEY,
    "n": {"N": "5"},
    "word": {"S": "hello"},
    "b": {"B": b"abc"},
    "s": {"SS": ["a", "b"]},
    "l1": {"L": [{"N": "0"}, {"M": {"x": {"S": "in"}}}, {"N": "2"}]},
    "m": {"M": {"x": {"N": "1"}, "y": {"M": {"z": {"N": "3"}}}}},
    "yes": {"BOOL": True},
    "nil": {"NULL": True},
}


def open_table() -> Transport:
    transport = memory_transport()
    transport("CreateTable", create_table())
    return transport


class Small:
    """The small table; every call is one request to it."""

    def __init__(self) -> None:
        self.send = open_table()

    def __call__(self, operation: str, **parameters: Any) -> Mapping[str, Any]:
        return self.send(operation, {"TableName": NAME, **parameters})

    def put(self, **attributes: Any) -> Mapping[str, Any]:
        return self("PutItem", Item={**KEY, **attributes})

    def get(self, **key: Any) -> dict[str, Any] | None:
        return self("GetItem", Key={**KEY, **key}).get("Item")

    def keys(self, operation: str, **parameters: Any) -> list[str]:
        """The sort keys of one page."""
        return [item["sk"]["S"] for item in self(operation, **parameters)["Items"]]

    def refused(self, operation: str, **parameters: Any) -> TransportError:
        with pytest.raises(TransportError) as refused:
            self(operation, **parameters)
        return refused.value
