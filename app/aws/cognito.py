"""The user pool in Cognito, and what its errors mean.

Its messages may repeat a name, a password or a token: only codes are passed on.
"""

from __future__ import annotations

import base64
import hmac
import logging
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError
from botocore.parsers import ResponseParserError
from pydantic import SecretStr

from app.aws.clients import Clients
from app.core.problems import Busy, InternalError, LoginRefused, Problem, Taken, Unavailable
from app.core.settings import Settings, SignInFlow
from app.services.user_pool import (
    NewPasswordNeeded,
    PasswordTooWeak,
    PoolRefuses,
    PoolUser,
    Tokens,
    UserNotInPool,
)
from model import Role, UserId

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient


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


log = logging.getLogger("app.pool")


def make_user_pool(settings: Settings, clients: Clients | None = None) -> CognitoPool | None:
    """The configured pool; None where there is none. Sends nothing yet."""
    if not settings.cognito_user_pool_id:
        return None
    return CognitoPool((clients or Clients(settings)).cognito, AppClient.of(settings))


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
        pool_id, client_id = settings.cognito_user_pool_id, settings.cognito_client_id
        return cls(pool_id, client_id, settings.cognito_client_secret, settings.cognito_auth_flow)

    def proof(self, username: str, name: str = "SECRET_HASH") -> dict[str, str]:
        """The parameter of this name that shows that the app knows its secret, if it has one."""
        secret = self.secret.get_secret_value()
        if not secret:
            return {}
        said = (username + self.client_id).encode()
        digest = hmac.digest(secret.encode(), said, "sha256")
        return {name: base64.b64encode(digest).decode()}


ROLE_ATTRIBUTE = "custom:role"
_TEMPORARY = "FORCE_CHANGE_PASSWORD"
_NEW_PASSWORD: Final = "NEW_PASSWORD_REQUIRED"  # noqa: S105 (the name of a challenge)
_ROLES = {role.value: role for role in Role}

# What cannot be a user's name is none.
_NO_NAME: Errors = {"InvalidParameterException": UserNotInPool}


class CognitoPool:
    """Raises `Problem`s, never botocore's."""

    def __init__(self, client: CognitoIdentityProviderClient, app: AppClient) -> None:
        self._client = client
        self._app = app

    def create(
        self, email: str, role: Role, *, temporary_password: str | None = None, invite: bool
    ) -> UserId:
        options: dict[str, Any] = {} if invite else {"MessageAction": "SUPPRESS"}
        if temporary_password is not None:
            options["TemporaryPassword"] = temporary_password
        made = self._ask(
            self._client.admin_create_user,
            Username=_normal(email),
            UserAttributes=[
                {"Name": "email", "Value": _normal(email)},
                {"Name": "email_verified", "Value": "true" if invite else "false"},
                {"Name": ROLE_ATTRIBUTE, "Value": role.value},
            ],
            DesiredDeliveryMediums=["EMAIL"],
            **options,
        )
        return UserId(_by_name(made["User"].get("Attributes", []))["sub"])

    def set_password(self, user_id: UserId, password: str) -> None:
        method = self._client.admin_set_user_password
        self._ask(method, Username=user_id, Password=password, Permanent=True)

    def give_role(self, user_id: UserId, role: Role) -> None:
        """The new group before the old ones go: a crash between leaves more, never nothing."""
        attributes = [{"Name": ROLE_ATTRIBUTE, "Value": role.value}]
        self._ask(
            self._client.admin_update_user_attributes, Username=user_id, UserAttributes=attributes
        )
        self._move(self._client.admin_add_user_to_group, user_id, role)
        for other in Role:
            if other is not role:
                self._move(self._client.admin_remove_user_from_group, user_id, other)

    def _move(self, move: Callable[..., object], user_id: UserId, role: Role) -> None:
        errors = {"ResourceNotFoundException": misconfigured(f"create the group {role.value}")}
        self._ask(move, errors, Username=user_id, GroupName=role.value)

    def enable(self, user_id: UserId) -> None:
        self._ask(self._client.admin_enable_user, Username=user_id)

    def disable(self, user_id: UserId) -> None:
        self._ask(self._client.admin_disable_user, Username=user_id)

    def delete(self, user_id: UserId) -> None:
        try:
            self._ask(self._client.admin_delete_user, Username=user_id)
        except UserNotInPool:
            return

    def sign_out_everywhere(self, user_id: UserId) -> None:
        self._ask(self._client.admin_user_global_sign_out, Username=user_id)

    def find(self, user_id: UserId) -> PoolUser | None:
        return self._find(user_id)

    def find_by_email(self, email: str) -> PoolUser | None:
        """The address is a name of the user; a list by address would lag behind."""
        return self._find(_normal(email))

    def every_user(self) -> Iterator[PoolUser]:
        for user in self._each("Users", self._client.get_paginator("list_users")):
            if found := self._with_groups(user, user.get("Attributes", [])):
                yield found

    def sign_in(self, email: str, password: str) -> Tokens | NewPasswordNeeded:
        username = _normal(email)
        parameters = {"USERNAME": username, "PASSWORD": password, **self._app.proof(username)}
        send, admin = self._client.initiate_auth, self._client.admin_initiate_auth
        answer = self._authenticate(
            send, admin, SIGN_IN, AuthFlow=self._app.flow, AuthParameters=parameters
        )
        if answer.get("ChallengeName") != _NEW_PASSWORD:
            return _tokens(answer)
        # The answer must name the user as the pool does, not by the address.
        user: str = answer.get("ChallengeParameters", {}).get("USER_ID_FOR_SRP", "")
        return NewPasswordNeeded(f"{user}:{answer['Session']}")

    def answer_challenge(self, email: str, challenge: str, new_password: str) -> Tokens:
        user, _, session = challenge.partition(":")
        username = user or _normal(email)
        responses = {
            "USERNAME": username,
            "NEW_PASSWORD": new_password,
            **self._app.proof(username),
        }
        answer = self._authenticate(
            self._client.respond_to_auth_challenge,
            self._client.admin_respond_to_auth_challenge,
            CHALLENGE,
            ChallengeName=_NEW_PASSWORD,
            Session=session,
            ChallengeResponses=responses,
        )
        return _tokens(answer)

    def refresh(self, refresh_token: str, username: str) -> Tokens:
        parameters = {"REFRESH_TOKEN": refresh_token, **self._app.proof(username)}
        answer: Mapping[str, Any] = self._ask_as_client(
            self._client.initiate_auth,
            SIGN_IN,
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters=parameters,
        )
        return _tokens(answer)

    def revoke(self, refresh_token: str) -> None:
        """Takes the secret itself, not its hash: there is no user's name to hash."""
        secret = self._app.secret.get_secret_value()
        options: dict[str, Any] = {"ClientSecret": secret} if secret else {}
        self._ask_as_client(self._client.revoke_token, Token=refresh_token, **options)

    def change_password(self, access_token: str, old: str, new: str) -> None:
        send = self._client.change_password
        request = {"AccessToken": access_token, "PreviousPassword": old, "ProposedPassword": new}
        ask(partial(send, **request), SIGN_IN)

    def send_reset_code(self, email: str) -> None:
        try:
            self._ask_as_client(self._client.forgot_password, UNSENT, **self._named(email))
        except LoginRefused as unsent:
            log.warning("no reset code was sent: %s", unsent.cause)

    def confirm_reset(self, email: str, code: str, new_password: str) -> None:
        request = {**self._named(email), "ConfirmationCode": code, "Password": new_password}
        self._ask_as_client(self._client.confirm_forgot_password, CHALLENGE, **request)

    def _named(self, email: str) -> dict[str, str]:
        """The user of a request, with the proof that the app knows its secret."""
        username = _normal(email)
        return {"Username": username, **self._app.proof(username, "SecretHash")}

    def _authenticate(
        self,
        send: Callable[..., Any],
        send_as_admin: Callable[..., Any],
        errors: Errors,
        **request: Any,
    ) -> Mapping[str, Any]:
        if self._app.flow != "USER_PASSWORD_AUTH":
            send = partial(send_as_admin, UserPoolId=self._app.pool_id)
        return self._ask_as_client(send, errors, **request)

    def _ask(
        self, method: Callable[..., Answer], errors: Errors | None = None, **request: Any
    ) -> Answer:
        return ask(partial(method, UserPoolId=self._app.pool_id, **request), errors)

    def _ask_as_client(
        self, method: Callable[..., Answer], errors: Errors | None = None, **request: Any
    ) -> Answer:
        return ask(partial(method, ClientId=self._app.client_id, **request), errors)

    def _each(self, members: str, paginator: Any, **request: Any) -> Iterator[Mapping[str, Any]]:
        """What fails is asking for a page, not using it."""
        pages = iter(paginator.paginate(UserPoolId=self._app.pool_id, **request))
        while (page := ask(partial(next, pages, None))) is not None:
            yield from page[members]

    def _find(self, username: str) -> PoolUser | None:
        try:
            user = self._ask(self._client.admin_get_user, _NO_NAME, Username=username)
        except UserNotInPool:
            return None
        return self._with_groups(user, user.get("UserAttributes", []))

    def _with_groups(
        self, user: Mapping[str, Any], attributes: Iterable[Mapping[str, Any]]
    ) -> PoolUser | None:
        """None if the user was deleted meanwhile."""
        facts = _by_name(attributes)
        paginator = self._client.get_paginator("admin_list_groups_for_user")
        try:
            groups = list(self._each("Groups", paginator, Username=facts["sub"]))
        except UserNotInPool:
            return None
        names = {group.get("GroupName", "") for group in groups}
        return PoolUser(
            user_id=UserId(facts["sub"]),
            email=_normal(facts.get("email", "")),
            role=_ROLES.get(facts.get(ROLE_ATTRIBUTE, "")),
            groups=frozenset(role for name, role in _ROLES.items() if name in names),
            is_enabled=user["Enabled"],
            has_password=user["UserStatus"] != _TEMPORARY,
        )


def _normal(email: str) -> str:
    """As the table has it: the proof of the secret depends on every letter."""
    return email.lower()


def _by_name(attributes: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """A user's attributes."""
    return {each["Name"]: each.get("Value", "") for each in attributes}


def _tokens(answer: Mapping[str, Any]) -> Tokens:
    result = answer.get("AuthenticationResult")
    if not result:
        raise LoginRefused(cause=slug(answer.get("ChallengeName", "no tokens")))
    return Tokens(
        access=result["AccessToken"],
        identity=result["IdToken"],
        refresh=result.get("RefreshToken"),
        seconds=result["ExpiresIn"],
    )
