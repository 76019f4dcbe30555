"""The user pool in Cognito. Knows no HTTP request and no table."""

from __future__ import annotations

from app.aws.clients import Clients
from app.aws.cognito_calls import AppClient
from app.aws.cognito_directory import CognitoDirectory
from app.aws.cognito_passwords import CognitoPasswords
from app.aws.cognito_sign_in import CognitoSignIn
from app.settings import Settings


class CognitoPool(CognitoDirectory, CognitoSignIn, CognitoPasswords):
    """Raises `PoolError`s, never botocore's."""


def make_user_pool(settings: Settings, clients: Clients | None = None) -> CognitoPool | None:
    """The configured pool; None where there is none. Sends nothing yet."""
    if not settings.cognito_user_pool_id:
        return None
    return CognitoPool((clients or Clients(settings)).cognito, AppClient.of(settings))
