"""The transport over a boto3 client: botocore's exceptions and corrupt bodies end here.

Loads no SDK until it is used. botocore takes a body that is no JSON for an empty answer, and one
that fails its checksum for a good one in the end: an item would seem not to exist.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING
from weakref import WeakSet

from singletable.errors.request import InvalidOperation
from singletable.errors.transport import TransportError
from singletable.expressions.effects import is_repeatable
from singletable.transport.attempts import WRITES, note_possible_writes
from singletable.transport.protocol import Parameters, Response, Transport

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_CLIENTS: WeakSet[DynamoDBClient] = WeakSet()


def boto3_transport(client: DynamoDBClient) -> Transport:
    """Makes a transport of a boto3 client.

    The client's own retries count: give it `Config(retries={"mode": "standard", ...})`. They are
    ended where a write may have been carried out and must not be carried out twice. After a fork
    the child opens connections of its own.
    """
    from botocore import xform_name  # noqa: PLC0415 - declarations load no SDK

    from singletable.transport.botocore_attempts import Sending  # noqa: PLC0415
    from singletable.transport.botocore_errors import (  # noqa: PLC0415
        showable_cause,
        to_transport_error,
    )

    _watch(client)
    methods: dict[str, Callable[..., Response]] = {}

    def call(operation: str, parameters: Parameters, sending: Sending) -> Response:
        try:
            method = methods.get(operation)
            if method is None:
                method = methods[operation] = getattr(client, xform_name(operation))
            with sending:
                return sending.check(method(**parameters))
        except TransportError:
            raise
        except Exception as error:  # noqa: BLE001 - the parser raises whatever a body makes it
            raise to_transport_error(error, was_sent=sending.was_sent) from showable_cause(error)

    def send(operation: str, parameters: Parameters) -> Response:
        if operation not in WRITES:
            return call(operation, parameters, Sending())
        sending = Sending(is_repeatable(operation, parameters))
        try:
            return call(operation, parameters, sending)
        except TransportError as error:
            error.was_repeated = sending.possible > (not error.is_refusal)
            raise
        finally:
            note_possible_writes(sending.possible)

    return send


def _watch(client: DynamoDBClient) -> None:
    """Registers what is done at every attempt of a client, and at a fork."""
    from singletable.transport.botocore_attempts import observe_attempts  # noqa: PLC0415

    try:
        observe_attempts(client.meta.events)
        _CLIENTS.add(client)
    except AttributeError as error:
        raise InvalidOperation(
            where="boto3_transport",
            declared=f"a {type(client).__name__} is given",
            allowed='a client: boto3.client("dynamodb")',
        ) from error


def _forget_connections() -> None:
    """In a forked child: two processes on one connection get each other's answers."""
    for client in tuple(_CLIENTS):
        client.close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_connections)
