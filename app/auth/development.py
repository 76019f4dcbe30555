"""The development token: the only credential until there are real ones, on a local stage alone."""

from __future__ import annotations

import hmac

from fastapi import Request
from pydantic import SecretStr

from app.auth.authenticator import bearer_token
from app.auth.caller import Caller
from model import Role

DEVELOPER = Caller(subject="local-dev", roles=frozenset({Role.ADMIN}))


class DevelopmentToken:
    """One token for everyone on a local stage; the settings refuse it anywhere else."""

    def __init__(self, token: SecretStr) -> None:
        self._token = token.get_secret_value().encode()
        if not self._token:
            raise ValueError("an empty development token would open the app")

    def authenticate(self, request: Request) -> Caller | None:
        sent = bearer_token(request)
        if sent is None or not hmac.compare_digest(sent, self._token):
            return None
        return DEVELOPER
