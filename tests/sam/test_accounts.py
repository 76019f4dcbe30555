"""The deployed user pool is the one that the app was made for; the role may do what it calls."""

from __future__ import annotations

import re
from typing import Any

from scripts.bootstrap.pool_design import CLIENT, GROUPS, POOL
from tests.sam.checks import settings_of, statements
from tests.sam.stack import Stack
from tests.sam.template import ROOT, deployed, of_type, only

# Cognito takes these from anyone who shows a secret, and asks IAM nothing.
UNSIGNED = {
    "ChangePassword",
    "ConfirmForgotPassword",
    "ForgotPassword",
    "InitiateAuth",
    "RespondToAuthChallenge",
    "RevokeToken",
}
CALL = re.compile(r"\b_client\.(?!get_paginator)(\w+)|get_paginator\(\"(\w+)\"\)")


def calls() -> set[str]:
    """Operations of Cognito that the app's adapters name."""
    texts = [path.read_text() for path in (ROOT / "app" / "aws").glob("cognito*.py")]
    names = {first or second for text in texts for first, second in CALL.findall(text)}
    return {"".join(word.capitalize() for word in name.split("_")) for name in names}


def without(properties: dict[str, Any], *names: str) -> dict[str, Any]:
    assert properties.keys() >= set(names)
    return {name: value for name, value in properties.items() if name not in names}


def test_the_pool_is_as_designed() -> None:
    """Property by property; name and sender of mails are the deployment's."""
    pool = only(deployed(), "AWS::Cognito::UserPool")
    assert without(pool, "UserPoolName", "EmailConfiguration") == POOL


def test_the_client_is_as_designed() -> None:
    """Flows, attributes, validities; and it has a secret, which the app is told."""
    made = deployed()
    client = only(made, "AWS::Cognito::UserPoolClient")
    assert without(client, "UserPoolId", "ClientName", "GenerateSecret") == CLIENT
    assert client["GenerateSecret"] is True
    assert settings_of(made, {}).cognito_client_secret.get_secret_value()


def test_the_groups_are_the_roles() -> None:
    """Of the same names and precedence."""
    found = of_type(deployed(), "AWS::Cognito::UserPoolGroup").values()
    groups = [without(each["Properties"], "UserPoolId") for each in found]
    assert groups == list(GROUPS)


def test_sessions_end_before_refresh_tokens() -> None:
    """Days of the client's refresh tokens, against the app's setting."""
    assert settings_of(deployed(), {}).session_seconds <= CLIENT["RefreshTokenValidity"] * 86_400


def test_the_role_may_do_what_the_app_calls() -> None:
    """Exactly the operations in the adapters that IAM decides on, on this pool alone."""
    (allowed,) = (each for each in statements(deployed()) if each.get("Sid") == "Accounts")
    assert set(allowed["Action"]) == {f"cognito-idp:{name}" for name in calls() - UNSIGNED}
    assert allowed["Resource"] == {"Fn::GetAtt": ["UserPool", "Arn"]}


def test_the_calls_are_found() -> None:
    """Nothing is unsigned that the app does not call, and all else is an administrator's."""
    assert calls() > UNSIGNED
    assert all(name.startswith(("Admin", "List")) for name in calls() - UNSIGNED)


def test_invitations_come_from_the_sender_that_was_given() -> None:
    """Without one, from Cognito's own."""
    for arn, account in (("", "COGNITO_DEFAULT"), ("arn:aws:ses:eu-west-1:1:x", "DEVELOPER")):
        pool = Stack(deployed(), {"MailIdentityArn": arn}).properties("UserPool")
        assert pool["EmailConfiguration"]["EmailSendingAccount"] == account
