"""Transports over clients of boto3 and aiobotocore: their exceptions and corrupt bodies end here.

Loads no SDK until it is used. botocore takes a body that is no JSON for an empty answer, and one
that fails its checksum for a good one in the end: an item would seem not to exist.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

from singletable.errors.request import InvalidOperation
from singletable.transport.protocol import AsyncTransport, Parameters, Response, Transport

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_CLIENTS: WeakSet[DynamoDBClient] = WeakSet()


def boto3_transport(client: DynamoDBClient) -> Transport:
    """Makes a transport of a boto3 client.

    The client's own retries count: give it `Config(retries={"mode": "standard", ...})`. They are
    ended where a write may have been carried out and must not be carried out twice. After a fork
    the child opens connections of its own.
    """
    _check_client(client, "boto3_transport", 'boto3.client("dynamodb")', is_async=False)
    from singletable.transport.botocore_attempts import Sending  # noqa: PLC0415

    _CLIENTS.add(client)
    find_method = _methods(client)

    def send(operation: str, parameters: Parameters) -> Response:
        with Sending(operation, parameters) as sending:
            return sending.check(find_method(operation)(**parameters))

    return send


def aiobotocore_transport(client: Any) -> AsyncTransport:
    """Makes an asynchronous transport of an aiobotocore client, for the time that it is open.

    Retries are the client's, as over boto3. Where the task that awaits a request is cancelled, a
    write may have been carried out.
    """
    allowed = 'async with session.create_client("dynamodb") as client'
    _check_client(client, "aiobotocore_transport", allowed, is_async=True)
    from singletable.transport.botocore_attempts import Sending  # noqa: PLC0415

    find_method = _methods(client)

    async def send(operation: str, parameters: Parameters) -> Response:
        with Sending(operation, parameters) as sending:
            return sending.check(await find_method(operation)(**parameters))

    return send


def _methods(client: Any) -> Callable[[str], Callable[..., Any]]:
    """Finds a client's methods by the names of operations."""
    from botocore import xform_name  # noqa: PLC0415 - declarations load no SDK

    methods: dict[str, Callable[..., Any]] = {}

    def find(operation: str) -> Callable[..., Any]:
        method = methods.get(operation)
        if method is None:
            method = methods[operation] = getattr(client, xform_name(operation))
        return method

    return find


def _check_client(client: Any, where: str, allowed: str, *, is_async: bool) -> None:
    """Registers what is done at every attempt of a client; raises if it is no such client."""
    from singletable.transport.botocore_attempts import observe_attempts  # noqa: PLC0415

    try:
        events = client.meta.events
        if iscoroutinefunction(getattr(client, "_make_api_call", None)) is not is_async:
            raise AttributeError(where)
        observe_attempts(events)
    except AttributeError as error:
        raise InvalidOperation(
            where=where,
            declared=f"a {type(client).__name__} is given",
            allowed=f"a client: {allowed}",
        ) from error


def _forget_connections() -> None:
    """In a forked child: two processes on one connection get each other's answers."""
    for client in tuple(_CLIENTS):
        client.close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_connections)
