"""Makes the user pool as designed, its client and its groups; what is there already stays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scripts.bootstrap.pool_design import CLIENT, GROUPS, POOL

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

NAME = "singletable-local"


@dataclass(frozen=True)
class Pool:
    """One user pool and its one client; `secret` is empty where the client has none."""

    pool_id: str
    client_id: str
    secret: str


def ensure_pool(client: CognitoIdentityProviderClient) -> Pool:
    """Found by its name, or made: pool ids are the service's own choice."""
    pool_id = _pool_id(client)
    for group in GROUPS:
        _ensure_group(client, pool_id, group)
    client_id = _client_id(client, pool_id)
    described = client.describe_user_pool_client(UserPoolId=pool_id, ClientId=client_id)
    secret = described["UserPoolClient"].get("ClientSecret", "")
    return Pool(pool_id, client_id, secret)


def _pool_id(client: CognitoIdentityProviderClient) -> str:
    for page in client.get_paginator("list_user_pools").paginate(PaginationConfig={"PageSize": 60}):
        for found in page["UserPools"]:
            if found.get("Name") == NAME and "Id" in found:
                return found["Id"]
    return client.create_user_pool(PoolName=NAME, **POOL)["UserPool"]["Id"]


def _client_id(client: CognitoIdentityProviderClient, pool_id: str) -> str:
    paginator = client.get_paginator("list_user_pool_clients")
    for page in paginator.paginate(UserPoolId=pool_id, PaginationConfig={"PageSize": 60}):
        for found in page["UserPoolClients"]:
            if found.get("ClientName") == NAME and "ClientId" in found:
                return found["ClientId"]
    made = client.create_user_pool_client(UserPoolId=pool_id, ClientName=NAME, **CLIENT)
    return made["UserPoolClient"]["ClientId"]


def _ensure_group(
    client: CognitoIdentityProviderClient, pool_id: str, group: dict[str, Any]
) -> None:
    try:
        client.get_group(UserPoolId=pool_id, GroupName=group["GroupName"])
    except client.exceptions.ResourceNotFoundException:
        client.create_group(UserPoolId=pool_id, **group)
