"""Sends through a boto3 client; botocore's exceptions end here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore import xform_name
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    NoCredentialsError,
    ParamValidationError,
    SSOError,
    TokenRetrievalError,
)
from botocore.exceptions import PartialCredentialsError as PartialCredentials

from singletable.errors.transport import Fault, Reason
from singletable.transport.port import Transport
from singletable.transport.soundness import UNSOUND, mark_unsound

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NO_CREDENTIALS = "NoCredentials"
REFUSED_BY_CLIENT = "ParamValidation"
UNREACHABLE = "Unreachable"
UNREADABLE = "Unreadable"

_CREDENTIALS = (
    NoCredentialsError,
    PartialCredentials,
    CredentialRetrievalError,
    TokenRetrievalError,
    SSOError,
)
_SIGNATURE = frozenset({"InvalidSignatureException", "IncompleteSignatureException"})


def boto3_transport(client: DynamoDBClient) -> Transport:
    """Uses the client's own retries: give it `Config(retries={"mode": "standard", ...})`."""
    methods: dict[str, Any] = {}
    client.meta.events.register("response-received.dynamodb", mark_unsound, unique_id=UNSOUND)

    def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        method = methods.get(operation)
        if method is None:
            method = methods[operation] = getattr(client, xform_name(operation))
        try:
            response: Mapping[str, Any] = method(**parameters)
        except Exception as error:  # noqa: BLE001 - the parser raises whatever a body makes it
            raise _fault(error) from _showable(error)
        if UNSOUND in response:
            raise Fault(UNREADABLE, response[UNSOUND])
        return response

    return send


def _fault(error: Exception) -> Fault:
    if isinstance(error, ClientError):
        return _answered(error.response)
    shown = f"{type(error).__name__}: {error}"
    if isinstance(error, _CREDENTIALS):
        return Fault(NO_CREDENTIALS, str(error))
    if isinstance(error, ParamValidationError):
        return Fault(REFUSED_BY_CLIENT, shown)
    return Fault(UNREACHABLE if isinstance(error, BotoCoreError) else UNREADABLE, shown)


def _showable(error: Exception) -> Exception | None:
    """The cause, unless its text repeats the signed headers, a session token among them."""
    if isinstance(error, ClientError) and _code(error.response) in _SIGNATURE:
        return None
    return error


def _code(response: Mapping[str, Any]) -> str:
    code: str = response.get("Error", {}).get("Code", "Unknown")
    return code


def _answered(response: Mapping[str, Any]) -> Fault:
    code, message = _code(response), response.get("Error", {}).get("Message", "")
    reasons = tuple(
        Reason(reason.get("Code", "None"), reason.get("Message") or "", reason.get("Item"))
        for reason in response.get("CancellationReasons") or ()
    )
    return Fault(
        code=code,
        message=message.partition("\n")[0] if code in _SIGNATURE else message,
        item=response.get("Item"),
        reasons=reasons,
    )
