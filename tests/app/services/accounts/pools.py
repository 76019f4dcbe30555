"""A user pool of the app's design, in any Cognito that a client reaches."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import boto3
from moto import mock_aws
from pydantic import SecretStr

from app.aws.cognito import AppClient, CognitoPool
from app.core.settings import SignInFlow
from model import Role, UserId
from scripts.bootstrap.pool_design import CLIENT, GROUPS, POOL

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

REGION = "us-east-1"
PASSWORD = "Correct-horse-7"


def make_pool(client: CognitoIdentityProviderClient) -> tuple[str, str]:
    """The identities of a new pool with its groups, and of its app client."""
    pool_id = client.create_user_pool(PoolName="blog", **POOL)["UserPool"].get("Id", "")
    for group in GROUPS:
        client.create_group(UserPoolId=pool_id, **group)
    made = client.create_user_pool_client(UserPoolId=pool_id, ClientName="app", **CLIENT)
    return pool_id, made["UserPoolClient"].get("ClientId", "")


@contextmanager
def pool_in_process(flow: SignInFlow = "ADMIN_USER_PASSWORD_AUTH") -> Generator[CognitoPool]:
    """The adapter over a new pool of moto, which answers while the context is open."""
    with mock_aws():
        client = boto3.client("cognito-idp", region_name=REGION)
        pool_id, client_id = make_pool(client)
        yield CognitoPool(client, AppClient(pool_id, client_id, secret=SecretStr(""), flow=flow))


def add_user(pool: CognitoPool, email: str, role: Role = Role.VIEWER) -> UserId:
    """An account that can sign in with `PASSWORD`."""
    user_id = pool.create(email, role, invite=False)
    pool.set_password(user_id, PASSWORD)
    pool.give_role(user_id, role)
    return user_id
