"""Makes the demo accounts of a user pool: finishes half-made ones, leaves whole ones alone."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPSConnection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scripts.bootstrap.content import PASSWORD, DemoUser

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

_SEED = "/moto-api/seed?a="


def ensure_account(client: CognitoIdentityProviderClient, pool: str, demo: DemoUser) -> str:
    """The user's id (`sub`); its password is `PASSWORD` unless it was changed since."""
    try:
        found = client.admin_get_user(UserPoolId=pool, Username=demo.email)
    except client.exceptions.UserNotFoundException:
        _create(client, pool, demo)
        found = client.admin_get_user(UserPoolId=pool, Username=demo.email)
    if found["UserStatus"] != "CONFIRMED":
        client.admin_add_user_to_group(
            UserPoolId=pool, Username=demo.email, GroupName=demo.role.value
        )
        # Last, because it is what confirms the account.
        client.admin_set_user_password(
            UserPoolId=pool, Username=demo.email, Password=PASSWORD, Permanent=True
        )
    return next(
        attribute["Value"] for attribute in found["UserAttributes"] if attribute["Name"] == "sub"
    )


def _create(client: CognitoIdentityProviderClient, pool: str, demo: DemoUser) -> None:
    with _id_told_by(client.meta.endpoint_url, demo.email):
        client.admin_create_user(
            UserPoolId=pool,
            Username=demo.email,
            MessageAction="SUPPRESS",
            UserAttributes=[
                {"Name": "email", "Value": demo.email},
                {"Name": "email_verified", "Value": "true"},
                {"Name": "custom:role", "Value": demo.role.value},
            ],
        )


@contextmanager
def _id_told_by(endpoint: str, email: str) -> Iterator[None]:
    """Lets moto choose the same id for an address each time: tables outlive its memory.

    Afterwards it is left to chance again, or all later users and sessions would recur too.
    """
    _seed(endpoint, int.from_bytes(hashlib.sha256(email.encode()).digest()))
    try:
        yield
    finally:
        _seed(endpoint, secrets.randbits(256))


def _seed(endpoint: str, number: int) -> None:
    """moto's own request for it, past every proxy; other services refuse it and choose freely."""
    parts = urlsplit(endpoint)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=5)
    try:
        connection.request("POST", f"{_SEED}{number}")
        connection.getresponse().read()
    finally:
        connection.close()
