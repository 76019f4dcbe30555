"""What is sent to Cognito, parameter by parameter, where a stand-in would take anything."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.stub import ANY as ANYTHING
from botocore.stub import Stubber
from pydantic import SecretStr

from app.aws.cognito import AppClient, CognitoPool
from app.services.user_pool import NewPasswordNeeded, Tokens
from model import Role
from tests.app.aws.dictated import (
    ACCESS,
    CLIENT_ID,
    CODE,
    EMAIL,
    NEW,
    OLD,
    POOL_ID,
    REFRESH,
    SECRET,
    SESSION,
    USER,
    app_client,
)

Dictated = tuple[CognitoPool, Stubber]

# From `printf %s {username}{client} | openssl dgst -sha256 -hmac {secret} -binary | base64`.
OF_EMAIL = "Vuh2b3gh1hnl35hN1Gpbd2jTiAwWzpi4LkoBZol0tiM="
OF_USER = "53mXYPpGtFXB6PpaHqycDu/i6uW5ye7MaPsRtwyevAw="

RESULT = {"AccessToken": "aaa", "IdToken": "iii", "ExpiresIn": 900, "TokenType": "Bearer"}
MADE = {"User": {"Attributes": [{"Name": "sub", "Value": USER}]}}


def test_the_secret_hash_is_what_openssl_computes() -> None:
    """Over name and client; without a secret there is none, and nothing shows the secret."""
    app = app_client()
    assert app.proof(EMAIL, "SecretHash") == {"SecretHash": OF_EMAIL}
    assert app.proof(USER) == {"SECRET_HASH": OF_USER}
    assert SECRET not in repr(app)
    public = AppClient(POOL_ID, CLIENT_ID, secret=SecretStr(""), flow="ADMIN_USER_PASSWORD_AUTH")
    assert public.proof(EMAIL) == {}


@pytest.mark.parametrize(
    ("invite", "verified", "extra"),
    [
        (True, "true", {"TemporaryPassword": OLD}),
        (False, "false", {"MessageAction": "SUPPRESS", "TemporaryPassword": OLD}),
    ],
)
def test_only_an_invitation_is_mailed_and_vouched_for(
    dictated: Dictated, invite: bool, verified: str, extra: dict[str, str]
) -> None:
    """Otherwise nothing is sent, and the address counts as unverified."""
    pool, stub = dictated
    expected = {
        "UserPoolId": POOL_ID,
        "Username": EMAIL,
        "UserAttributes": [
            {"Name": "email", "Value": EMAIL},
            {"Name": "email_verified", "Value": verified},
            {"Name": "custom:role", "Value": "fm-web:viewer"},
        ],
        "DesiredDeliveryMediums": ["EMAIL"],
        **extra,
    }
    stub.add_response("admin_create_user", MADE, expected)
    made = pool.create(EMAIL.title(), Role.VIEWER, temporary_password=OLD, invite=invite)
    assert made == USER


def test_a_password_that_is_set_stays(dictated: Dictated) -> None:
    """The user is not asked for another."""
    pool, stub = dictated
    expected = {"UserPoolId": POOL_ID, "Username": USER, "Password": NEW, "Permanent": True}
    stub.add_response("admin_set_user_password", {}, expected)
    pool.set_password(USER, NEW)
    stub.assert_no_pending_responses()


def test_a_new_role_comes_before_the_old_ones_go(dictated: Dictated) -> None:
    """First the attribute, then the group, then the other two groups."""
    pool, stub = dictated
    user = {"UserPoolId": POOL_ID, "Username": USER}
    attribute = {"Name": "custom:role", "Value": "fm-web:editor"}
    stub.add_response("admin_update_user_attributes", {}, {**user, "UserAttributes": [attribute]})
    for operation, group in (
        ("admin_add_user_to_group", "fm-web:editor"),
        ("admin_remove_user_from_group", "fm-web:admin"),
        ("admin_remove_user_from_group", "fm-web:viewer"),
    ):
        stub.add_response(operation, {}, {**user, "GroupName": group})
    pool.give_role(USER, Role.EDITOR)
    stub.assert_no_pending_responses()


def test_signing_out_is_by_the_users_identity(dictated: Dictated) -> None:
    """For all devices of the user."""
    pool, stub = dictated
    expected = {"UserPoolId": POOL_ID, "Username": USER}
    stub.add_response("admin_user_global_sign_out", {}, expected)
    pool.sign_out_everywhere(USER)
    stub.assert_no_pending_responses()


@pytest.mark.parametrize("admin", [True, False])
def test_a_sign_in_and_its_challenge_prove_the_app(dictated: Dictated, admin: bool) -> None:
    """The password is shown under the address; the challenge is answered in the user's name."""
    stub = dictated[1]
    app = app_client("ADMIN_NO_SRP_AUTH" if admin else "USER_PASSWORD_AUTH")
    pool = CognitoPool(dictated[0]._client, app)
    whose: dict[str, Any] = {"ClientId": CLIENT_ID, **({"UserPoolId": POOL_ID} if admin else {})}
    prefix = "admin_" if admin else ""
    shown = {"USERNAME": EMAIL, "PASSWORD": OLD, "SECRET_HASH": OF_EMAIL}
    stub.add_response(
        f"{prefix}initiate_auth",
        {
            "ChallengeName": "NEW_PASSWORD_REQUIRED",
            "Session": SESSION,
            "ChallengeParameters": {"USER_ID_FOR_SRP": USER},
        },
        {**whose, "AuthFlow": app.flow, "AuthParameters": shown},
    )
    asked = pool.sign_in(EMAIL.upper(), OLD)
    assert isinstance(asked, NewPasswordNeeded)
    answered = {"USERNAME": USER, "NEW_PASSWORD": NEW, "SECRET_HASH": OF_USER}
    stub.add_response(
        f"{prefix}respond_to_auth_challenge",
        {"AuthenticationResult": {**RESULT, "RefreshToken": "rrr"}},
        {
            **whose,
            "ChallengeName": "NEW_PASSWORD_REQUIRED",
            "Session": SESSION,
            "ChallengeResponses": answered,
        },
    )
    tokens = pool.answer_challenge(EMAIL, asked.challenge, NEW)
    assert tokens == Tokens(access="aaa", identity="iii", refresh="rrr", seconds=900)


def test_a_challenge_that_names_nobody_is_answered_under_the_address(dictated: Dictated) -> None:
    """As pools that name no user in their challenge want it."""
    pool, stub = dictated
    answered = {"USERNAME": EMAIL, "NEW_PASSWORD": NEW, "SECRET_HASH": OF_EMAIL}
    expected = {
        "UserPoolId": POOL_ID,
        "ClientId": CLIENT_ID,
        "ChallengeName": ANYTHING,
        "Session": SESSION,
        "ChallengeResponses": answered,
    }
    stub.add_response("admin_respond_to_auth_challenge", {"AuthenticationResult": RESULT}, expected)
    assert pool.answer_challenge(EMAIL, f":{SESSION}", NEW).refresh is None


@pytest.mark.parametrize("rotated", [None, "newer"])
def test_a_refresh_proves_the_app_in_the_tokens_name(
    dictated: Dictated, rotated: str | None
) -> None:
    """Not under the address; a pool that rotates gives another refresh token."""
    pool, stub = dictated
    result = {**RESULT, **({"RefreshToken": rotated} if rotated else {})}
    expected = {
        "ClientId": CLIENT_ID,
        "AuthFlow": "REFRESH_TOKEN_AUTH",
        "AuthParameters": {"REFRESH_TOKEN": REFRESH, "SECRET_HASH": OF_USER},
    }
    stub.add_response("initiate_auth", {"AuthenticationResult": result}, expected)
    assert pool.refresh(REFRESH, USER).refresh == rotated


@pytest.mark.parametrize("secret", [SECRET, ""])
def test_a_revocation_shows_the_secret_itself(dictated: Dictated, secret: str) -> None:
    """Where the client has one."""
    stub = dictated[1]
    app = AppClient(POOL_ID, CLIENT_ID, secret=SecretStr(secret), flow="USER_PASSWORD_AUTH")
    expected = {"Token": REFRESH, "ClientId": CLIENT_ID}
    stub.add_response(
        "revoke_token", {}, {**expected, **({"ClientSecret": secret} if secret else {})}
    )
    CognitoPool(dictated[0]._client, app).revoke(REFRESH)
    stub.assert_no_pending_responses()


def test_a_password_is_changed_with_the_access_token(dictated: Dictated) -> None:
    """The token names the user; no other name is sent."""
    pool, stub = dictated
    expected = {"AccessToken": ACCESS, "PreviousPassword": OLD, "ProposedPassword": NEW}
    stub.add_response("change_password", {}, expected)
    pool.change_password(ACCESS, OLD, NEW)
    stub.assert_no_pending_responses()


@pytest.mark.parametrize("secret", [SECRET, ""])
def test_a_reset_proves_the_app(dictated: Dictated, secret: str) -> None:
    """When the code is asked for, and when it is shown."""
    stub = dictated[1]
    app = AppClient(POOL_ID, CLIENT_ID, secret=SecretStr(secret), flow="USER_PASSWORD_AUTH")
    pool = CognitoPool(dictated[0]._client, app)
    user = {"ClientId": CLIENT_ID, "Username": EMAIL}
    proof = {"SecretHash": OF_EMAIL} if secret else {}
    stub.add_response("forgot_password", {}, {**user, **proof})
    pool.send_reset_code(EMAIL.upper())
    shown = {"ConfirmationCode": CODE, "Password": NEW}
    stub.add_response("confirm_forgot_password", {}, {**user, **proof, **shown})
    pool.confirm_reset(EMAIL.upper(), CODE, NEW)
    stub.assert_no_pending_responses()
