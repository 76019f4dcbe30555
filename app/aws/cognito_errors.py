"""What Cognito's errors mean. Its messages may repeat a name, a password or a token: only codes
are passed on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeAlias, TypeVar

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError
from botocore.parsers import ResponseParserError

from app.core.problems import Busy, InternalError, LoginRefused, Problem, Taken, Unavailable
from app.services.user_pool import PasswordTooWeak, PoolRefuses, UserNotInPool

Errors: TypeAlias = Mapping[str, Callable[..., Problem]]
Answer = TypeVar("Answer")


def ask(question: Callable[[], Answer], errors: Errors | None = None) -> Answer:
    """Its answer, or the `Problem` that `errors`, or else `ANY`, has for the refusal."""
    try:
        return question()
    except (BotoCoreError, ClientError, ResponseParserError) as error:
        code = _code(error)
    # Raised here, it has no context: what it would show is not for logs.
    raise {**ANY, **(errors or {})}.get(code, Unavailable)(cause=f"the user pool: {slug(code)}")


def slug(name: str) -> str:
    """`TooManyRequestsException` → `too-many-requests`, `SMS_MFA` → `sms-mfa`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", re.sub(r"(Exception|Error)$", "", name))
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")


def misconfigured(remedy: str) -> Callable[..., Problem]:
    """The pool, the app client, credentials or settings are not as the app needs them."""

    def problem(cause: str) -> Problem:
        return InternalError(cause=f"{cause}; {remedy}")

    return problem


def _errors(meanings: Mapping[Callable[..., Problem], str]) -> Errors:
    return {code: problem for problem, codes in meanings.items() for code in codes.split()}


# Whatever is not listed is `Unavailable`.
ANY = _errors(
    {
        partial(Taken, field="email"): "UsernameExistsException AliasExistsException",
        UserNotInPool: "UserNotFoundException",
        PasswordTooWeak: "InvalidPasswordException PasswordHistoryPolicyViolationException",
        PoolRefuses: """InvalidParameterException UserLambdaValidationException
            UnsupportedUserStateException UnsupportedTokenTypeException
            PreconditionNotMetException""",
        Busy: """TooManyRequestsException LimitExceededException TooManyFailedAttemptsException
            ThrottlingException Throttling RequestLimitExceeded""",
        misconfigured(
            "check COGNITO_USER_POOL_ID, COGNITO_CLIENT_ID and the pool's groups"
        ): "ResourceNotFoundException",
        misconfigured(
            "give the app valid credentials, and its role the actions on the user pool"
        ): """NotAuthorizedException AccessDeniedException UnrecognizedClientException
            InvalidClientTokenId InvalidSignatureException IncompleteSignatureException
            MissingAuthenticationTokenException ExpiredTokenException NoCredentialsError
            PartialCredentialsError""",
        misconfigured(
            "compare the pool's configuration with scripts/bootstrap/pool_design.py"
        ): """ForbiddenException FeatureUnavailableInTierException OperationNotEnabledException
            InvalidEmailRoleAccessPolicyException InvalidSmsRoleAccessPolicyException
            InvalidSmsRoleTrustRelationshipException InvalidUserPoolConfigurationException
            UnsupportedOperationException""",
        misconfigured(
            "set COGNITO_CLIENT_SECRET to the app client's secret, or to nothing"
        ): "UnauthorizedException ClientSecretDiffers",
        misconfigured(
            "allow the app client the flow that COGNITO_AUTH_FLOW names"
        ): "FlowNotEnabled",
    }
)

_ACCOUNT = """NotAuthorizedException UserNotFoundException UserNotConfirmedException
    PasswordResetRequiredException InvalidParameterException UserLambdaValidationException"""

SIGN_IN = _errors({LoginRefused: _ACCOUNT})

# A stale challenge is a resource not found, too; that the pool is missing, `SIGN_IN` told before.
CHALLENGE = _errors(
    {
        LoginRefused: f"""{_ACCOUNT} CodeMismatchException ExpiredCodeException
            ResourceNotFoundException"""
    }
)

# What an account has that an unknown address has not: its limit, its mail that failed.
UNSENT = _errors({LoginRefused: f"{_ACCOUNT} LimitExceededException CodeDeliveryFailureException"})

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
