"""Records of a stream as data, whichever way they come. Knows no entity."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Literal, TypeAlias

from singletable.codec import AttributeValue
from singletable.codec.wire import is_list, is_mapping
from singletable.records import record

Item = Mapping[str, AttributeValue]
Kind: TypeAlias = Literal["created", "changed", "removed", "expired"]

_KINDS: Final[Mapping[str, Kind]] = {
    "INSERT": "created",
    "MODIFY": "changed",
    "REMOVE": "removed",
}
_TIME_TO_LIVE: Final = {"type": "Service", "principalid": "dynamodb.amazonaws.com"}
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECONDS, _MICROSECONDS = 1e11, 1e14
"""Numbers from here on count these; below, seconds."""


@record(sealed=True, kw_only=True)
class Record:
    """A change of an item of the table with this real name, in wire form."""

    kind: Kind
    table: str
    keys: Item
    old: Item | None
    new: Item | None
    at: datetime | None
    event_id: str
    sequence_number: str


def read_record(raw: object) -> Record | None:
    """Reads a record; None for one that tells of no change of an item.

    Lambda gives bytes as base64, in Kinesis streams the whole record; boto3 gives bytes.
    """
    if not is_mapping(raw):
        return None
    kinesis = raw.get("kinesis")
    outer = _kinesis_payload(kinesis) if is_mapping(kinesis) else raw
    change, kind = outer.get("dynamodb"), _kind(outer)
    keys = _item(change.get("Keys")) if is_mapping(change) else None
    if kind is None or not is_mapping(change) or not keys:
        return None
    number = kinesis.get("sequenceNumber") if is_mapping(kinesis) else change.get("SequenceNumber")
    return Record(
        kind=kind,
        table=_table_name(outer),
        keys=keys,
        old=_item(change.get("OldImage")),
        new=_item(change.get("NewImage")),
        at=_moment(change.get("ApproximateCreationDateTime")),
        event_id=str(outer.get("eventID") or ""),
        sequence_number=str(number or ""),
    )


def _kinesis_payload(kinesis: Mapping[Any, Any]) -> Mapping[Any, Any]:
    with suppress(ValueError, TypeError):
        found = json.loads(b64decode(kinesis.get("data") or "", validate=True))
        if is_mapping(found):
            return found
    return {}


def _kind(outer: Mapping[Any, Any]) -> Kind | None:
    kind, identity = _KINDS.get(str(outer.get("eventName"))), outer.get("userIdentity")
    if kind != "removed" or not is_mapping(identity):
        return kind
    by = {str(name).lower(): value for name, value in identity.items()}
    return "expired" if _TIME_TO_LIVE.items() <= by.items() else kind


def _table_name(outer: Mapping[Any, Any]) -> str:
    """From Kinesis the name itself, otherwise that in the stream's ARN."""
    source = str(outer.get("eventSourceARN") or "")
    return str(outer.get("tableName") or source.partition(":table/")[2].partition("/")[0])


def _moment(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return None
    unit = 1e6 if value >= _MICROSECONDS else 1e3 if value >= _MILLISECONDS else 1
    with suppress(ValueError, OverflowError):
        return _EPOCH + timedelta(seconds=value / unit)
    return None


def _item(found: object) -> Item | None:
    """An image or a key, with its bytes as bytes; None for what is none."""
    if not is_mapping(found):
        return None
    return {name: _with_bytes(value) for name, value in found.items()}


def _with_bytes(value: object) -> Any:
    """An attribute value whose base64 texts are bytes; what is no base64 stays, and is no bytes."""
    if not is_mapping(value) or len(value) != 1:
        return value
    [(tag, payload)] = value.items()
    if tag == "B":
        return {tag: _bytes(payload)}
    if tag == "BS" and is_list(payload):
        return {tag: [_bytes(each) for each in payload]}
    if tag == "L" and is_list(payload):
        return {tag: [_with_bytes(each) for each in payload]}
    if tag == "M" and is_mapping(payload):
        return {tag: {name: _with_bytes(each) for name, each in payload.items()}}
    return value


def _bytes(payload: object) -> object:
    if isinstance(payload, str):
        with suppress(ValueError):
            return b64decode(payload, validate=True)
    return payload
