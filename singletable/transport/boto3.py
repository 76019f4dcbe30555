"""Sends through a boto3 client; botocore's exceptions end here. Loads no SDK until it is used."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from singletable.errors.transport import UNREADABLE, TransportError
from singletable.transport.integrity import UNSOUND, flag_corrupt_response
from singletable.transport.protocol import Parameters, Response, Transport

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def boto3_transport(client: DynamoDBClient) -> Transport:
    """Uses the client's own retries: give it `Config(retries={"mode": "standard", ...})`."""
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
