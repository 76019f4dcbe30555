"""What Cognito answers: as it is, or as an error of the pool.

Its messages may repeat a name, a password or a token; so may botocore's. Neither is passed on,
not even as a cause: only codes are.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError
from botocore.parsers import ResponseParserError

from app.accounts.pool_errors import PoolUnavailable
from app.aws.cognito_errors import ANY, Errors

Answer = TypeVar("Answer")

# One code, several meanings: code, what its message says, the name that the tables have for it.
_READINGS = (
    (
        "InvalidParameterException",
        re.compile(r"'(password|proposedPassword|temporaryPassword)' failed"),
        "InvalidPasswordException",
    ),
    (
        "InvalidParameterException",
        re.compile(r"flow (is )?not enabled for this client"),
        "FlowNotEnabled",
    ),
    (
        "NotAuthorizedException",
        re.compile(r"^(Unable to verify secret hash for client|Client \S+ is (not )?configured) "),
        "ClientSecretDiffers",
    ),
)


def ask(question: Callable[[], Answer], errors: Errors = ANY) -> Answer:
    """Its answer, or the `PoolError` that `errors`, or else `ANY`, has for the refusal."""
    try:
        return question()
    except (BotoCoreError, ClientError, ResponseParserError) as error:
        code = _code(error)
    # Raised here, it has no context: what it would show is not for logs.
    raise errors.get(code, ANY.get(code, PoolUnavailable))(reason=slug(code))


def slug(name: str) -> str:
    """`TooManyRequestsException` → `too-many-requests`, `SMS_MFA` → `sms-mfa`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", re.sub(r"(Exception|Error)$", "", name))
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")


def _code(error: Exception) -> str:
    if isinstance(error, ParamValidationError):
        return "InvalidParameterException"
    if not isinstance(error, ClientError):
        return type(error).__name__
    told = error.response.get("Error", {})
    code, message = told.get("Code", ""), told.get("Message", "")
    for read, pattern, meaning in _READINGS:
        if code == read and pattern.search(message):
            return meaning
    return code
