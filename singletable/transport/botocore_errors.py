"""Turns botocore's exceptions into transport errors. Loads botocore."""

from __future__ import annotations

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

from singletable.errors.transport import UNREADABLE, CancellationReason, TransportError
from singletable.transport.protocol import Response

NO_CREDENTIALS = "NoCredentials"
REFUSED_BY_CLIENT = "ParamValidation"
UNREACHABLE = "Unreachable"

_CREDENTIALS = (
    NoCredentialsError,
    PartialCredentials,
    CredentialRetrievalError,
    TokenRetrievalError,
    SSOError,
)
_SIGNATURE = frozenset({"InvalidSignatureException", "IncompleteSignatureException"})


def to_transport_error(error: Exception) -> TransportError:
    """Makes the transport error of an exception that a call of the client raised."""
    if isinstance(error, ClientError):
        return _from_response(error.response)
    shown = f"{type(error).__name__}: {error}"
    if isinstance(error, _CREDENTIALS):
        return TransportError(NO_CREDENTIALS, str(error))
    if isinstance(error, ParamValidationError):
        return TransportError(REFUSED_BY_CLIENT, shown)
    return TransportError(UNREACHABLE if isinstance(error, BotoCoreError) else UNREADABLE, shown)


def showable_cause(error: Exception) -> Exception | None:
    """The exception itself, unless its text repeats the signed headers, a token among them."""
    if isinstance(error, ClientError) and _code(error.response) in _SIGNATURE:
        return None
    return error


def _code(response: Response) -> str:
    code: str = response.get("Error", {}).get("Code", "Unknown")
    return code


def _from_response(response: Response) -> TransportError:
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
    )
