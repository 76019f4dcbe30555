"""What every request to Cognito needs: the client, who the app is, and its proof of it."""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import SecretStr

from app.settings import Settings
from app.settings.guards import SignInFlow

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
