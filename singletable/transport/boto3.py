"""The transport over a boto3 client: botocore's exceptions and corrupt bodies end here.

Loads no SDK until it is used. botocore takes a body that is no JSON for an empty answer, and one
that fails its checksum for a good one in the end: an item would seem not to exist.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

from singletable.errors.transport import UNREADABLE, TransportError
from singletable.transport.protocol import Parameters, Response, Transport

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

UNSOUND = "SingletableUnsound"
_CHECKSUM = "x-amz-crc32"


def boto3_transport(client: DynamoDBClient) -> Transport:
    """Makes a transport of a boto3 client.

    The client's own retries count: give it `Config(retries={"mode": "standard", ...})`.
    """
    from botocore import xform_name  # noqa: PLC0415 - declarations load no SDK

    from singletable.transport.botocore_errors import (  # noqa: PLC0415
        showable_cause,
        to_transport_error,
    )

    methods: dict[str, Callable[..., Response]] = {}
    client.meta.events.register(
        "response-received.dynamodb", flag_corrupt_response, unique_id=UNSOUND
    )

    def send(operation: str, parameters: Parameters) -> Response:
        method = methods.get(operation)
        if method is None:
            method = methods[operation] = getattr(client, xform_name(operation))
        try:
            response: Response = method(**parameters)
        except Exception as error:  # noqa: BLE001 - the parser raises whatever a body makes it
            raise to_transport_error(error) from showable_cause(error)
        if UNSOUND in response:
            raise TransportError(UNREADABLE, response[UNSOUND])
        return response

    return send


def flag_corrupt_response(
    response_dict: Mapping[str, Any] | None = None,
    parsed_response: MutableMapping[str, Any] | None = None,
    **_: object,
) -> None:
    """Handles botocore's `response-received`; marks a parsed response whose body is corrupt."""
    if response_dict is None or parsed_response is None or response_dict["status_code"] >= 300:
        return
    problem = _problem(response_dict["headers"], response_dict["body"])
    if problem:
        parsed_response[UNSOUND] = problem


def _problem(headers: Mapping[str, str], body: bytes) -> str | None:
    checksum = headers.get(_CHECKSUM)
    if checksum is not None:
        return None if str(zlib.crc32(body)) == checksum else "the body fails its checksum"
    try:
        return None if isinstance(json.loads(body), dict) else "the body is no JSON object"
    except ValueError:
        return "the body is no JSON"
