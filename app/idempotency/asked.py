"""Who asks for what: what a key is good for, and whether a request is the same as before.

A key belongs to a caller and an operation on a resource; others may use the same one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from fastapi import Request

from app.auth.caller import Caller
from app.http.cookies import access_cookie, refresh_cookie
from app.idempotency.secrecy import Secrets
from model import IdempotencyRecordId


@dataclass(frozen=True)
class Asked:
    """`key` is the client's secret; the other two are what the table may know of the request."""

    key: str = field(repr=False)
    identity: IdempotencyRecordId
    fingerprint: str


def asked(
    secrets: Secrets, request: Request, caller: Caller | None, key: str, body: bytes
) -> Asked:
    """`caller`: None for strangers, who are told apart by what they show."""
    who = ("user", caller.subject) if caller else _stranger(request)
    path: str = request.scope["route"].path
    values = [f"{name}={value}" for name, value in sorted(request.path_params.items())]
    sent = (
        request.scope.get("query_string", b""),
        *(_lines(request, name) for name in ("content-type", "if-match")),
        body,
    )
    identity = secrets.name(who, request.method, path, values, key)
    return Asked(key, identity, secrets.print_of(*sent))


def _stranger(request: Request) -> Sequence[str]:
    """Operations for strangers may look at credentials themselves: other ones are other callers."""
    refresh = refresh_cookie(request)
    return (
        "stranger",
        *request.headers.getlist("authorization"),
        access_cookie(request) or "",
        refresh.text() if refresh else "",
    )


def _lines(request: Request, name: str) -> bytes:
    return "\n".join(request.headers.getlist(name)).encode("latin-1")
