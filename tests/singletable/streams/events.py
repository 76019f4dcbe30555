"""Events as AWS gives them, of items as they are stored."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

Item = Mapping[str, Any]
NAMES = {"INSERT": (False, True), "MODIFY": (True, True), "REMOVE": (True, False)}
TIME_TO_LIVE = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}


def as_json(value: Any) -> Any:
    """As Lambda's JSON has it: bytes are base64."""
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, Mapping):
        return {name: as_json(each) for name, each in value.items()}
    return [as_json(each) for each in value] if isinstance(value, list) else value


def record(
    name: str, old: Item | None = None, new: Item | None = None, number: int = 1, **more: Any
) -> dict[str, Any]:
    """A record of DynamoDB Streams in Lambda's form, with the keys `PK` and `SK`."""
    whole = new or old or {}
    change = {
        "ApproximateCreationDateTime": 1772366400.0,
        "Keys": {key: whole[key] for key in ("PK", "SK")},
        "SequenceNumber": f"{number:021}",
        "StreamViewType": "NEW_AND_OLD_IMAGES",
    }
    if old is not None:
        change["OldImage"] = old
    if new is not None:
        change["NewImage"] = new
    return {
        "eventID": f"event-{number}",
        "eventName": name,
        "eventSource": "aws:dynamodb",
        "eventSourceARN": "arn:aws:dynamodb:eu-west-1:1:table/shop-prod/stream/2026-03-01",
        "dynamodb": as_json(change),
        **more,
    }


def event(*records: dict[str, Any]) -> dict[str, Any]:
    return {"Records": list(records)}


def in_kinesis(inner: dict[str, Any], number: int = 1) -> dict[str, Any]:
    """The same record as a Kinesis data stream brings it."""
    change = {**inner["dynamodb"], "ApproximateCreationDateTime": 1772366400000}
    change.pop("SequenceNumber")
    told = {**inner, "dynamodb": change, "tableName": "shop-prod", "userIdentity": None}
    told.pop("eventSourceARN")
    data = b64encode(json.dumps({**told, "recordFormat": "application/json"}).encode()).decode()
    return {
        "kinesis": {"data": data, "sequenceNumber": f"4959{number}", "partitionKey": "p"},
        "eventSource": "aws:kinesis",
    }
