"""Who asks: 401 and 403. Knows no kind of credentials."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.http.refusals.base import Refusal


@dataclass(eq=False, kw_only=True)
class CredentialsMissing(Refusal):
    status, code = 401, "credentials-missing"
    message = "this needs credentials"
    why = "The request carries no credentials, and the operation is not open to everyone."
    remedy = "Log in, and send `Authorization: Bearer <token>`."

    def headers(self) -> Mapping[str, str]:
        return {"WWW-Authenticate": "Bearer"}


@dataclass(eq=False, kw_only=True)
class CredentialsWrong(Refusal):
    status, code = 401, "credentials-wrong"
    message = "the credentials are not valid"
    why = "The credentials are unknown, expired, or of a kind that is not accepted here."
    remedy = "Log in again."

    def headers(self) -> Mapping[str, str]:
        return {"WWW-Authenticate": 'Bearer error="invalid_token"'}


@dataclass(eq=False, kw_only=True)
class SessionEnded(Refusal):
    status, code = 401, "session-ended"
    message = "the session is over"
    why = "The token is authentic, but its session was ended, has expired, or was never opened."
    remedy = "Log in again."

    def headers(self) -> Mapping[str, str]:
        return {"WWW-Authenticate": 'Bearer error="invalid_token"'}


@dataclass(eq=False, kw_only=True)
class LoginRefused(Refusal):
    status, code = 401, "login-refused"
    message = "e-mail, password or code are not right"
    why = "Unknown user, wrong password, disabled account, or a stale token or challenge."
    remedy = "Check both, or have the password reset."

    def headers(self) -> Mapping[str, str]:
        return {"WWW-Authenticate": "Bearer"}


@dataclass(eq=False, kw_only=True)
class Forbidden(Refusal):
    status, code = 403, "forbidden"
    message = "not allowed: {action}"
    why = "The caller is known, and may not do this."
    remedy = "Ask someone whose role allows it."

    action: str
