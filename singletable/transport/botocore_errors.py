"""Turns botocore's exceptions into transport errors. Loads botocore."""

from __future__ import annotations

from typing import Any, Literal

from botocore.exceptions import (
    BotoCoreError,
    ChecksumError,
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    EndpointConnectionError,
    HTTPClientError,
    IncompleteReadError,
    NoCredentialsError,
    ParamValidationError,
    ProxyConnectionError,
    SSLError,
    SSOError,
    TokenRetrievalError,
)
from botocore.exceptions import PartialCredentialsError as PartialCredentials

from singletable.errors.transport import (
    IN_PROGRESS,
    UNREADABLE,
    CancellationReason,
    TransportError,
)
from singletable.transport.protocol import Response

NO_CREDENTIALS = "NoCredentials"
REFUSED_BY_CLIENT = "ParamValidation"
UNREACHABLE = "Unreachable"
UNSOUND = "SingletableUnsound"
"""Where a parsed response says why its body cannot be believed."""

_CLIENT_ERROR, _SERVER_ERROR = 400, 500
_CREDENTIALS = (
    NoCredentialsError,
    PartialCredentials,
    CredentialRetrievalError,
    TokenRetrievalError,
    SSOError,
)
_BEFORE_SENDING = (EndpointConnectionError, ConnectTimeoutError, ProxyConnectionError)
_WHILE_SENDING = (HTTPClientError, SSLError, ChecksumError, IncompleteReadError)
_SIGNATURE = frozenset({"InvalidSignatureException", "IncompleteSignatureException"})


def to_transport_error(error: Exception, *, was_sent: bool) -> TransportError:
    """Makes the transport error of an exception that a call of the client raised.

    `was_sent`: whether an attempt was made, and the request not refused before by the client.
    """
    if isinstance(error, ClientError):
        return _from_response(error.response)
    shown = f"{type(error).__name__}: {error}"
    if isinstance(error, _CREDENTIALS):
        return TransportError(NO_CREDENTIALS, str(error), carried_out="no")
    if isinstance(error, ParamValidationError):
        return TransportError(REFUSED_BY_CLIENT, shown, carried_out="no")
    if isinstance(error, BotoCoreError):
        return TransportError(UNREACHABLE, shown, carried_out=_carried_out(error))
    if not was_sent:
        return TransportError(REFUSED_BY_CLIENT, shown, carried_out="no")
    return TransportError(UNREADABLE, f"the client raised {shown}", carried_out="unknown")


def _carried_out(error: BotoCoreError) -> Literal["no", "unknown"]:
    """Whether the request may have been, as botocore's own failure tells."""
    if _is_reset_in_aiohttp(error):
        return "unknown"
    while_sending = isinstance(error, _WHILE_SENDING) and not isinstance(error, _BEFORE_SENDING)
    return "unknown" if while_sending else "no"


def _is_reset_in_aiohttp(error: BotoCoreError) -> bool:
    """Whether a connection that was open broke: for aiobotocore the endpoint cannot be reached."""
    given: dict[str, Any] = getattr(error, "kwargs", {})
    classes = type(given.get("error")).__mro__
    bases = {base.__name__ for base in classes if base.__module__.startswith("aiohttp.")}
    is_open = bool(bases) and "ClientConnectorError" not in bases
    return is_open and isinstance(error, EndpointConnectionError)


def showable_cause(error: Exception) -> Exception | None:
    """The exception itself, unless its text repeats the signed headers, a token among them."""
    if isinstance(error, ClientError) and _code(error.response) in _SIGNATURE:
        return None
    return error


def _code(response: Response) -> str:
    code: str = response.get("Error", {}).get("Code", "Unknown")
    return code


def _from_response(response: Response) -> TransportError:
    if UNSOUND in response:
        return TransportError(UNREADABLE, response[UNSOUND], carried_out="unknown")
    code, message = _code(response), response.get("Error", {}).get("Message", "")
    reasons = tuple(
        CancellationReason(
            reason.get("Code", "None"), reason.get("Message") or "", reason.get("Item")
        )
        for reason in response.get("CancellationReasons") or ()
    )
    return TransportError(
        code=code,
        message=message.partition("\n")[0] if code in _SIGNATURE else message,
        item=response.get("Item"),
        reasons=reasons,
        carried_out=_by_status(code, response),
    )


def _by_status(code: str, response: Response) -> Literal["no", "unknown"] | None:
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code == IN_PROGRESS or status < _CLIENT_ERROR:
        return None
    return "no" if status < _SERVER_ERROR else "unknown"
