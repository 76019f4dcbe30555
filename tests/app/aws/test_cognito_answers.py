"""What Cognito answers becomes a token, a fact or one of our errors, and gives nothing away."""

from __future__ import annotations

import logging
import traceback
from typing import Any

import boto3
import pytest
from botocore.exceptions import ConnectTimeoutError, NoCredentialsError
from botocore.parsers import ResponseParserError
from botocore.stub import Stubber

from app.aws.cognito import ANY, CognitoPool, ask, slug
from app.core.problems import Busy, InternalError, LoginRefused, Problem, Taken, Unavailable
from app.services.user_pool import PasswordTooWeak, PoolRefuses, UserNotInPool
from tests.app.aws.dictated import CALLS, SECRETS
from tests.app.services.accounts.pools import REGION

Dictated = tuple[CognitoPool, Stubber]

# Codes that are Cognito's own failure wherever no method says otherwise.
UNLISTED = {
    "CodeDeliveryFailureException",
    "CodeMismatchException",
    "ExpiredCodeException",
    "InternalErrorException",
    "InvalidLambdaResponseException",
    "MFAMethodNotFoundException",
    "PasswordResetRequiredException",
    "SoftwareTokenMFANotFoundException",
    "UnexpectedLambdaException",
    "UserNotConfirmedException",
}
SIGN_IN_METHODS = ("sign_in", "answer_challenge", "refresh", "change_password")
REFUSED_SIGN_IN = (
    "NotAuthorizedException",
    "UserNotFoundException",
    "UserNotConfirmedException",
    "PasswordResetRequiredException",
    "InvalidParameterException",
    "UserLambdaValidationException",
)
WEAK = "1 validation error detected: Value at '{}' failed to satisfy constraint: …"
EVERYWHERE: dict[str, type[Problem]] = {
    "TooManyRequestsException": Busy,
    "ThrottlingException": Busy,
    "TooManyFailedAttemptsException": Busy,
    "InternalErrorException": Unavailable,
    "ServiceUnavailable": Unavailable,
    "500": Unavailable,
    "NeverHeardOfException": Unavailable,
    "AccessDeniedException": InternalError,
    "UnrecognizedClientException": InternalError,
    "ExpiredTokenException": InternalError,
    "InvalidUserPoolConfigurationException": InternalError,
    "OperationNotEnabledException": InternalError,
    "ForbiddenException": InternalError,
    "UnauthorizedException": InternalError,
}
HERE: list[tuple[str, str, str, type[Problem]]] = [
    ("create", "UsernameExistsException", "", Taken),
    ("create", "AliasExistsException", "", Taken),
    ("create", "InvalidPasswordException", "", PasswordTooWeak),
    ("create", "InvalidParameterException", WEAK.format("temporaryPassword"), PasswordTooWeak),
    ("create", "InvalidParameterException", "Invalid email address format.", PoolRefuses),
    ("create", "UserLambdaValidationException", "", PoolRefuses),
    ("create", "CodeDeliveryFailureException", "", Unavailable),
    ("create", "NotAuthorizedException", "", InternalError),
    ("create", "ResourceNotFoundException", "", InternalError),
    ("set_password", "InvalidPasswordException", "", PasswordTooWeak),
    ("set_password", "PasswordHistoryPolicyViolationException", "", PasswordTooWeak),
    ("set_password", "InvalidParameterException", WEAK.format("password"), PasswordTooWeak),
    ("set_password", "UserNotFoundException", "", UserNotInPool),
    ("give_role", "UserNotFoundException", "", UserNotInPool),
    ("find", "ResourceNotFoundException", "", InternalError),
    ("every_user", "ResourceNotFoundException", "", InternalError),
    *((name, code, "", LoginRefused) for name in SIGN_IN_METHODS for code in REFUSED_SIGN_IN),
    ("sign_in", "ResourceNotFoundException", "", InternalError),
    (
        "sign_in",
        "InvalidParameterException",
        "Auth flow not enabled for this client",
        InternalError,
    ),
    (
        "sign_in",
        "NotAuthorizedException",
        "Unable to verify secret hash for client client1",
        InternalError,
    ),
    (
        "refresh",
        "NotAuthorizedException",
        "Client client1 is configured with secret but SECRET_HASH was not received",
        InternalError,
    ),
    ("answer_challenge", "InvalidPasswordException", "", PasswordTooWeak),
    ("answer_challenge", "CodeMismatchException", "", LoginRefused),
    ("answer_challenge", "ExpiredCodeException", "", LoginRefused),
    ("answer_challenge", "ResourceNotFoundException", "", LoginRefused),
    ("change_password", "InvalidPasswordException", "", PasswordTooWeak),
    (
        "change_password",
        "InvalidParameterException",
        WEAK.format("proposedPassword"),
        PasswordTooWeak,
    ),
    (
        "change_password",
        "InvalidParameterException",
        WEAK.format("previousPassword"),
        LoginRefused,
    ),
    ("change_password", "LimitExceededException", "", Busy),
    ("revoke", "UnsupportedTokenTypeException", "", PoolRefuses),
    ("send_reset_code", "ResourceNotFoundException", "", InternalError),
    ("confirm_reset", "CodeMismatchException", "", LoginRefused),
    ("confirm_reset", "ExpiredCodeException", "", LoginRefused),
    ("confirm_reset", "UserNotFoundException", "", LoginRefused),
    ("confirm_reset", "UserNotConfirmedException", "", LoginRefused),
    ("confirm_reset", "NotAuthorizedException", "", LoginRefused),
    ("confirm_reset", "InvalidParameterException", WEAK.format("confirmationCode"), LoginRefused),
    ("confirm_reset", "InvalidParameterException", WEAK.format("password"), PasswordTooWeak),
    ("confirm_reset", "InvalidPasswordException", "", PasswordTooWeak),
    ("confirm_reset", "LimitExceededException", "", Busy),
]


def refusal(dictated: Dictated, name: str, code: str, message: str = "") -> Problem:
    pool, stub = dictated
    operation, call = CALLS[name]
    stub.add_client_error(operation, service_error_code=code, service_message=message)
    with pytest.raises(Problem) as raised:
        call(pool)
    stub.assert_no_pending_responses()
    return raised.value


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("code", EVERYWHERE)
def test_some_codes_mean_the_same_everywhere(dictated: Dictated, name: str, code: str) -> None:
    """Throttling, failure and misconfiguration, whatever was asked."""
    found = refusal(dictated, name, code)
    assert type(found) is EVERYWHERE[code]
    assert found.cause.partition(";")[0] == f"the user pool: {slug(code)}"


@pytest.mark.parametrize(("name", "code", "message", "error"), HERE)
def test_other_codes_mean_what_the_question_makes_of_them(
    dictated: Dictated, name: str, code: str, message: str, error: type[Problem]
) -> None:
    """A code, and sometimes its message, decides."""
    assert type(refusal(dictated, name, code, message)) is error


def test_every_documented_code_was_thought_of() -> None:
    """What the SDK's model lists is in the table, or is Cognito's own failure."""
    client = boto3.client("cognito-idp", region_name=REGION)
    documented = {
        shape.name
        for operation, _ in CALLS.values()
        for shape in client.meta.service_model.operation_model(
            client.meta.method_to_api_mapping[operation]
        ).error_shapes
    }
    assert documented - set(ANY) == UNLISTED


@pytest.mark.parametrize("name", CALLS)
def test_nothing_secret_is_in_an_error(
    dictated: Dictated, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither in its words nor behind it, although Cognito's message repeats everything."""
    caplog.set_level(logging.DEBUG, logger="app")
    pool, stub = dictated
    operation, call = CALLS[name]
    shown = list[str]()
    for code in (*ANY, *UNLISTED, "NeverHeardOf"):
        stub.add_client_error(operation, code, service_message=" ".join(SECRETS))
        try:
            call(pool)
        except Problem as found:
            shown += [str(found), repr(found), *traceback.format_exception(found)]
            assert (found.__cause__, found.__context__) == (None, None)
    assert len(shown) > 60
    assert not [each for each in SECRETS if each in "".join((*shown, caplog.text))]


@pytest.mark.parametrize(
    "code",
    [
        "UserNotFoundException",
        "InvalidParameterException",
        "NotAuthorizedException",
        "UserNotConfirmedException",
        "UserLambdaValidationException",
        "LimitExceededException",
        "CodeDeliveryFailureException",
    ],
)
def test_asking_for_a_code_tells_nothing_about_the_account(
    dictated: Dictated, code: str, caplog: pytest.LogCaptureFixture
) -> None:
    """What only an account can cause is logged by its slug, and looks like success."""
    pool, stub = dictated
    stub.add_client_error("forgot_password", code, service_message=" ".join(SECRETS))
    CALLS["send_reset_code"][1](pool)
    assert caplog.messages == [f"no reset code was sent: the user pool: {slug(code)}"]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (ConnectTimeoutError(endpoint_url="https://x"), Unavailable),
        (ResponseParserError("<html>"), Unavailable),
        (NoCredentialsError(), InternalError),
    ],
)
def test_what_is_no_answer_is_an_error_of_ours_too(
    error: Exception, expected: type[Problem]
) -> None:
    """Time-outs, unreadable answers and missing credentials do not leave as they came."""

    def fails() -> None:
        raise error

    with pytest.raises(expected) as raised:
        ask(fails)
    assert raised.value.__context__ is None


def test_a_mistake_of_ours_is_not_taken_for_cognitos() -> None:
    """Only the SDK's errors are translated."""

    def fails() -> None:
        raise KeyError("sub")

    with pytest.raises(KeyError):
        ask(fails)


@pytest.mark.parametrize("challenge", ["SMS_MFA", "SOFTWARE_TOKEN_MFA", "MFA_SETUP"])
def test_a_challenge_that_is_no_password_is_unsupported(dictated: Dictated, challenge: str) -> None:
    """At sign-in and after a new password; the reason names it."""
    pool, stub = dictated
    answer: dict[str, Any] = {"ChallengeName": challenge, "Session": "s" * 20}
    for name in ("sign_in", "answer_challenge"):
        operation, call = CALLS[name]
        stub.add_response(operation, answer)
        with pytest.raises(LoginRefused) as refused:
            call(pool)
        assert refused.value.cause == slug(challenge)
