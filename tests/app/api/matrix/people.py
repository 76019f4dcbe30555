"""Attempts at sign-in, passwords, accounts and sessions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from access_patterns import users
from app.services import accounts
from app.services.user_pool import NewPasswordNeeded, Tokens
from model import PostStatus, Role, User
from scripts.docs.matrix import Cell
from tests.app.api.matrix.attempt import Attempt, Making, cookies_of, token_of
from tests.app.api.matrix.content import plain
from tests.app.api.matrix.harness import MatrixHarness
from tests.app.services.accounts.user_pool import PASSWORD

BETTER = "Better-horse-8"


def with_cookies(path: str) -> Making:
    """For what looks at cookies alone."""

    def make(harness: MatrixHarness, cell: Cell) -> Attempt:
        return Attempt(path, headers=cookies_of(harness), token=token_of(harness, cell))

    return make


def signing_out(harness: MatrixHarness, cell: Cell) -> Attempt:
    """By cookies and by a bearer token of its own, since both sessions are to end."""
    token = _newcomers_token(harness, cell)
    return Attempt("/v1/auth/logout", headers=cookies_of(harness), token=token)


def stranger_to(path: str, **secrets: str) -> Making:
    """For what an address and secrets open; the account is a new one."""

    def make(harness: MatrixHarness, cell: Cell) -> Attempt:
        json = {"email": harness.base.account(harness.name()).email, **secrets}
        return Attempt(path, json=json, token=token_of(harness, cell))

    return make


def challenged(harness: MatrixHarness, cell: Cell) -> Attempt:
    user = harness.base.account(harness.name(), password=None, temporary=PASSWORD)
    answer = harness.base.pool.sign_in(user.email, PASSWORD)
    assert isinstance(answer, NewPasswordNeeded)
    challenge = harness.base.service.challenges.sealed(user.email, answer.challenge)
    json = {"email": user.email, "challenge": challenge, "newPassword": BETTER}
    return Attempt("/v1/auth/password/challenge", json=json, token=token_of(harness, cell))


def changing_password(harness: MatrixHarness, cell: Cell) -> Attempt:
    json = {"oldPassword": PASSWORD, "newPassword": BETTER}
    return Attempt("/v1/auth/password/change", json=json, token=_newcomers_token(harness, cell))


def signing_up(harness: MatrixHarness, cell: Cell) -> Attempt:
    assert cell.wanted_role is not None
    email = f"{harness.name()}@example.com"
    json = {"email": email, "password": PASSWORD, "role": cell.wanted_role}
    return _registering(harness, cell, "/v1/auth/signup", email, json)


def new_user(harness: MatrixHarness, cell: Cell) -> Attempt:
    email = f"{harness.name()}@example.com"
    json = {"email": email, "temporaryPassword": PASSWORD}
    return _registering(harness, cell, "/v1/auth/users", email, json)


def _registering(harness: MatrixHarness, cell: Cell, path: str, email: str, json: Any) -> Attempt:
    def seen() -> object:
        known = harness.base.repository.fetch(users.by_email(email))
        return known, harness.base.pool.find_by_email(email)

    return Attempt(path, json=json, token=token_of(harness, cell), seen=seen)


def _left_alone(_: MatrixHarness, user: User) -> None:
    """Nothing has to have happened to the account."""


def _shut_out(harness: MatrixHarness, user: User) -> None:
    accounts.disable(harness.base.service, user.user_id, datetime.now(UTC))


def on_user(
    below: str = "", json: Any = None, after: Callable[[MatrixHarness, User], None] = _left_alone
) -> Making:
    """About a new account for each cell, to which `after` happened."""

    def make(harness: MatrixHarness, cell: Cell) -> Attempt:
        user = harness.base.account(harness.name())
        after(harness, user)

        def seen() -> object:
            return harness.stored_user(user.user_id), harness.base.pool.find(user.user_id)

        path = f"/v1/auth/users/{user.user_id}{below}"
        return Attempt(path, json=json, token=token_of(harness, cell), seen=seen)

    return make


def author(harness: MatrixHarness, cell: Cell) -> Attempt:
    """Someone who has published something."""
    harness.post(harness.someone_else.user_id, PostStatus.PUBLISHED)
    return Attempt(f"/v1/authors/{harness.someone_else.user_id}", token=token_of(harness, cell))


def own_profile(harness: MatrixHarness, cell: Cell) -> Attempt:
    caller = harness.caller(cell.who)

    def seen() -> object:
        return harness.stored_user(caller.user.user_id) if caller else None

    return Attempt("/v1/profile", json={"about": "Me."}, token=token_of(harness, cell), seen=seen)


def reconciling(harness: MatrixHarness, cell: Cell) -> Attempt:
    """An account that was shut out, of which the pool was not told."""
    user = harness.base.account(harness.name())
    harness.base.repository.write(users.disable(user, datetime.now(UTC)))

    def seen() -> object:
        return harness.stored_user(user.user_id), harness.base.pool.find(user.user_id)

    return Attempt("/v1/auth/reconcile", token=token_of(harness, cell), seen=seen)


def ended_sessions(harness: MatrixHarness, cell: Cell) -> Attempt:
    """All of a newcomer: the caller's own where the caller is one."""
    if cell.ownership == "own":
        own = harness.newcomer(Role[cell.who.upper()])
        owner, token = own.user.user_id, own.tokens.access
    else:
        owner, token = harness.base.account(harness.name()).user_id, token_of(harness, cell) or ""
    return Attempt(
        "/v1/sessions",
        params={"userId": owner},
        token=token,
        seen=lambda: harness.stored_user(owner),
    )


def opened_session(harness: MatrixHarness, cell: Cell) -> Attempt:
    """With a token fresh from the pool; the only way to mean another's is to say so."""
    caller = harness.caller(cell.who)
    json = {"userId": harness.owner(cell)} if caller and cell.ownership == "other" else {}
    token = harness.base.pool.sign_in(caller.user.email, PASSWORD) if caller else None
    assert token is None or isinstance(token, Tokens)
    return Attempt("/v1/sessions", json=json, token=token.access if token else None)


def _newcomers_token(harness: MatrixHarness, cell: Cell) -> str | None:
    if cell.who == "anonymous":
        return None
    return harness.newcomer(Role[cell.who.upper()]).tokens.access


_PASSWORD = "/v1/auth/password"
_USER = "/v1/auth/users/{user_id}"

PEOPLE: dict[tuple[str, str], Making] = {
    ("POST /v1/auth/signup", "auth.signup"): signing_up,
    ("POST /v1/auth/login", "auth.login"): stranger_to("/v1/auth/login", password=PASSWORD),
    ("POST /v1/auth/refresh", "auth.refresh"): with_cookies("/v1/auth/refresh"),
    ("POST /v1/auth/logout", "auth.logout"): signing_out,
    (f"POST {_PASSWORD}/challenge", "auth.challenge"): challenged,
    (f"POST {_PASSWORD}/forgot", "auth.forgot"): stranger_to(f"{_PASSWORD}/forgot"),
    (f"POST {_PASSWORD}/confirm", "auth.confirm"): stranger_to(
        f"{_PASSWORD}/confirm", code="123456", newPassword=BETTER
    ),
    (f"POST {_PASSWORD}/change", "auth.change-password"): changing_password,
    ("GET /v1/audit", "audit.list"): plain("/v1/audit", day="2026-11-25"),
    ("GET /v1/authors/{author_id}", "users.profile"): author,
    ("PATCH /v1/profile", "users.change-profile"): own_profile,
    ("GET /v1/auth/users", "users.list"): plain("/v1/auth/users", role=Role.VIEWER),
    ("POST /v1/auth/users", "users.create"): new_user,
    (f"GET {_USER}", "users.read"): on_user(),
    (f"DELETE {_USER}", "users.delete"): on_user(),
    ("POST /v1/auth/reconcile", "users.reconcile"): reconciling,
    (f"PATCH {_USER}/role", "users.change-role"): on_user("/role", {"role": Role.EDITOR}),
    (f"POST {_USER}/disable", "users.disable"): on_user("/disable"),
    (f"POST {_USER}/enable", "users.enable"): on_user("/enable", after=_shut_out),
    ("POST /v1/sessions", "sessions.open"): opened_session,
    ("DELETE /v1/sessions", "sessions.revoke"): ended_sessions,
}
