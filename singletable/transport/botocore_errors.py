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
    NO_CREDENTIALS,
    REFUSED_BY_CLIENT,
    UNREACHABLE,
    UNREADABLE,
    TransportError,
)
from singletable.transport.protocol import Response
from singletable.transport.refusals import SIGNATURE, to_refusal

UNSOUND = "SingletableUnsound"
"""Where a parsed response says why its body cannot be believed."""

_CREDENTIALS = (
    NoCredentialsError,
    PartialCredentials,
    CredentialRetrievalError,
    TokenRetrievalError,
    SSOError,
)
_BEFORE_SENDING = (EndpointConnectionError, ConnectTimeoutError, ProxyConnectionError)
_WHILE_SENDING = (HTTPClientError, SSLError, ChecksumError, IncompleteReadError)


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
    if isinstance(error, ClientError) and _code(error.response) in SIGNATURE:
        return None
    return error


def _code(response: Response) -> str:
    code: str = response.get("Error", {}).get("Code", "Unknown")
    return code


def _from_response(response: Response) -> TransportError:
    if UNSOUND in response:
        return TransportError(UNREADABLE, response[UNSOUND], carried_out="unknown")
    message = response.get("Error", {}).get("Message", "")
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return to_refusal(_code(response), message, status, response)
