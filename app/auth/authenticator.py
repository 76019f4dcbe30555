"""The port behind which credentials become a caller.

A guard for signed tokens is another class behind this port; `create_app` takes them in order.
"""

from __future__ import annotations

from typing import Protocol

from fastapi import Request

from app.auth.caller import Caller


class Authenticator(Protocol):
    def authenticate(self, request: Request) -> Caller | None:
        """None: no credentials of this kind. Raises `CredentialsWrong` for bad ones of it."""
        ...


def bearer_token(request: Request) -> bytes | None:
    """The token of the only Authorization header; None if there are none or several."""
    match request.headers.getlist("authorization"):
        case [header]:
            scheme, _, token = header.partition(" ")
            return token.strip().encode("latin-1") if scheme.lower() == "bearer" else None
        case _:
            return None
