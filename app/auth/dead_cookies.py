"""Cookies that open nothing any more are taken back with the refusal that they cause.

Scripts cannot remove them, so that otherwise a reader of public pages would be refused until they
expire by themselves. The next request comes without them, as a stranger's.
"""

from __future__ import annotations

from collections.abc import Collection

from fastapi import Request

from app.accounts.errors import SessionOver
from app.http.cookies import ACCESS, IDENTITY, PATHS
from app.http.refusals import CredentialsWrong

NONE: Collection[str] = ()
OF_TOKENS: Collection[str] = (ACCESS, IDENTITY)
OF_SESSION: Collection[str] = tuple(PATHS)


def rely_on_cookies(request: Request) -> None:
    """From here on, credentials that are refused are those of the cookies."""
    request.state.relies_on_cookies = True


def dead_cookies(request: Request, refusal: Exception) -> Collection[str]:
    """The names of those that the refusal is about: a wrong token may be renewed, a session not."""
    if not getattr(request.state, "relies_on_cookies", False):
        return NONE
    match refusal:
        case CredentialsWrong():
            return OF_TOKENS
        case SessionOver():
            return OF_SESSION
        case _:
            return NONE
