"""Requests to Cognito: the client, the app's secret hash, and what its errors mean.

Its messages may repeat a name, a password or a token; only codes are passed on.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError
from botocore.parsers import ResponseParserError
from pydantic import SecretStr

from app.core.problems import Busy, InternalError, LoginRefused, Problem, Taken, Unavailable
from app.core.settings.fields import Settings, SignInFlow
from app.services.accounts.pool import PasswordTooWeak, PoolRefuses, UserNotInPool

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient


@dataclass(frozen=True)
class AppClient:
    """The app as the pool knows it; `secret` is empty for a client without one, and asked for its
    value at each use, for it may change."""

    pool_id: str
    client_id: str
    secret: SecretStr = field(repr=False)
    flow: SignInFlow

    @classmethod
    def of(cls, settings: Settings) -> AppClient:
        return cls(
            pool_id=settings.cognito_user_pool_id,
            client_id=settings.cognito_client_id,
            secret=settings.cognito_client_secret,
            flow=settings.cognito_auth_flow,
        )

    def secret_hash(self, username: str) -> str:
        """Shows that the app knows its secret; empty without one."""
        secret = self.secret.get_secret_value()
        if not secret:
            return ""
        said = (username + self.client_id).encode()
        return base64.b64encode(hmac.digest(secret.encode(), said, "sha256")).decode()

    def proof(self, username: str) -> dict[str, str]:
        """The parameter to add to those of a sign-in."""
        found = self.secret_hash(username)
        return {"SECRET_HASH": found} if found else {}


class CognitoCalls:
    """One Cognito, one app."""

    def __init__(self, client: CognitoIdentityProviderClient, app: AppClient) -> None:
        self._client = client
        self._app = app


def address(email: str) -> str:
    """As the table has it: the proof above depends on every letter."""
    return email.lower()


Errors: TypeAlias = Mapping[str, Callable[..., Problem]]


def misconfigured(remedy: str) -> Callable[..., Problem]:
    """The pool, the app client, credentials or settings are not as the app needs them."""

    def problem(cause: str) -> Problem:
        return InternalError(cause=f"{cause}; {remedy}")

    return problem


_IDENTITIES = misconfigured("check COGNITO_USER_POOL_ID, COGNITO_CLIENT_ID and the pool's groups")
_RIGHTS = misconfigured("give the app valid credentials, and its role the actions on the user pool")
_DESIGN = misconfigured("compare the pool's configuration with app/aws/pool_design.py")
_SECRET = misconfigured("set COGNITO_CLIENT_SECRET to the app client's secret, or to nothing")
_FLOW = misconfigured("allow the app client the flow that COGNITO_AUTH_FLOW names")
_TAKEN = partial(Taken, field="email")


# Whatever is not listed is `Unavailable`.
ANY: Errors = MappingProxyType(
    {
        "UsernameExistsException": _TAKEN,
        "AliasExistsException": _TAKEN,
        "UserNotFoundException": UserNotInPool,
        "InvalidPasswordException": PasswordTooWeak,
        "PasswordHistoryPolicyViolationException": PasswordTooWeak,
        "InvalidParameterException": PoolRefuses,
        "UserLambdaValidationException": PoolRefuses,
        "UnsupportedUserStateException": PoolRefuses,
        "UnsupportedTokenTypeException": PoolRefuses,
        "PreconditionNotMetException": PoolRefuses,
        "TooManyRequestsException": Busy,
        "LimitExceededException": Busy,
        "TooManyFailedAttemptsException": Busy,
        "ThrottlingException": Busy,
        "Throttling": Busy,
        "RequestLimitExceeded": Busy,
        "ResourceNotFoundException": _IDENTITIES,
        "NotAuthorizedException": _RIGHTS,
        "AccessDeniedException": _RIGHTS,
        "UnrecognizedClientException": _RIGHTS,
        "InvalidClientTokenId": _RIGHTS,
        "InvalidSignatureException": _RIGHTS,
        "IncompleteSignatureException": _RIGHTS,
        "MissingAuthenticationTokenException": _RIGHTS,
        "ExpiredTokenException": _RIGHTS,
        "NoCredentialsError": _RIGHTS,
        "PartialCredentialsError": _RIGHTS,
        "ForbiddenException": _DESIGN,
        "FeatureUnavailableInTierException": _DESIGN,
        "InvalidEmailRoleAccessPolicyException": _DESIGN,
        "InvalidSmsRoleAccessPolicyException": _DESIGN,
        "InvalidSmsRoleTrustRelationshipException": _DESIGN,
        "InvalidUserPoolConfigurationException": _DESIGN,
        "OperationNotEnabledException": _DESIGN,
        "UnsupportedOperationException": _DESIGN,
        "UnauthorizedException": _SECRET,
        "ClientSecretDiffers": _SECRET,
        "FlowNotEnabled": _FLOW,
    }
)


SIGN_IN: Errors = MappingProxyType(
    dict.fromkeys(
        (
            "NotAuthorizedException",
            "UserNotFoundException",
            "UserNotConfirmedException",
            "PasswordResetRequiredException",
            "InvalidParameterException",
            "UserLambdaValidationException",
        ),
        LoginRefused,
    )
)


# A stale challenge is a resource not found, too; that the pool is missing, `SIGN_IN` told before.
CHALLENGE: Errors = MappingProxyType(
    {
        **SIGN_IN,
        "CodeMismatchException": LoginRefused,
        "ExpiredCodeException": LoginRefused,
        "ResourceNotFoundException": LoginRefused,
    }
)


# What an account has that an unknown address has not: its limit, its mail that failed.
UNSENT: Errors = MappingProxyType(
    dict.fromkeys(
        (*SIGN_IN, "LimitExceededException", "CodeDeliveryFailureException"), LoginRefused
    )
)


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
    """Its answer, or the `Problem` that `errors`, or else `ANY`, has for the refusal."""
    try:
        return question()
    except (BotoCoreError, ClientError, ResponseParserError) as error:
        code = _code(error)
    # Raised here, it has no context: what it would show is not for logs.
    raise errors.get(code, ANY.get(code, Unavailable))(cause=f"the user pool: {slug(code)}")


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
