"""A user who signed in to moto's user pool, within the process: real tokens not of our making."""

from __future__ import annotations

from dataclasses import dataclass

import boto3
from moto import mock_aws
from moto.cognitoidp.responses import CognitoIdpJsonWebKeyResponse

REGION = "eu-west-1"
PASSWORD = "Correct-horse-1"


@dataclass(frozen=True)
class SignedIn:
    issuer: str
    client_id: str
    subject: str
    access_token: str
    id_token: str
    key_set: bytes


def signed_in(group: str) -> SignedIn:
    """Signs in a new user, who belongs to the group."""
    with mock_aws():
        client = boto3.client(
            "cognito-idp",
            region_name=REGION,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )
        pool = client.create_user_pool(PoolName="tests")["UserPool"]["Id"]
        app_client = client.create_user_pool_client(UserPoolId=pool, ClientName="tests")
        client_id = app_client["UserPoolClient"]["ClientId"]
        client.admin_create_user(UserPoolId=pool, Username="ada")
        client.admin_set_user_password(
            UserPoolId=pool, Username="ada", Password=PASSWORD, Permanent=True
        )
        client.create_group(UserPoolId=pool, GroupName=group)
        client.admin_add_user_to_group(UserPoolId=pool, Username="ada", GroupName=group)
        tokens = client.initiate_auth(
            ClientId=client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "ada", "PASSWORD": PASSWORD},
        )["AuthenticationResult"]
        user = client.admin_get_user(UserPoolId=pool, Username="ada")
        attributes = {each["Name"]: each["Value"] for each in user["UserAttributes"]}
        return SignedIn(
            issuer=f"https://cognito-idp.{REGION}.amazonaws.com/{pool}",
            client_id=client_id,
            subject=attributes["sub"],
            access_token=tokens["AccessToken"],
            id_token=tokens["IdToken"],
            key_set=CognitoIdpJsonWebKeyResponse.json_web_key,
        )
