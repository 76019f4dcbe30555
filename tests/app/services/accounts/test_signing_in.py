"""Signing in and refreshing mend a pool that is behind, and heed the item alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.core.problems import LoginRefused, SessionEnded, Unavailable
from app.services import accounts
from app.services import sign_in as accounts_sign_in
from app.services.policy import Caller
from app.services.registration import NewAccount, register
from app.services.sessions import SessionStore
from app.services.sign_in import SignedIn
from app.services.user_pool import NewPasswordNeeded
from model import Role, User
from tests.app import expect
from tests.app.harness import AppHarness
from tests.app.services.accounts.agreement import assert_in_step, compared
from tests.app.services.accounts.faults import failing, lose_answer
from tests.app.services.accounts.user_pool import PASSWORD, log_in

NEW = "Better-horse-8"


def sign_in(harness: AppHarness, user: User, password: str = PASSWORD) -> SignedIn:
    signed = accounts_sign_in.sign_in(harness.service, user.email, password, "", datetime.now(UTC))
    assert isinstance(signed, SignedIn)
    return signed


def roles(harness: AppHarness, signed: SignedIn) -> frozenset[Role]:
    return harness.service.tokens.verify(signed.tokens.access).roles


@pytest.mark.parametrize(
    ("before", "after"), [(Role.VIEWER, Role.ADMIN), (Role.ADMIN, Role.VIEWER)]
)
def test_the_tokens_carry_the_role_that_the_item_has(
    any_harness: AppHarness, before: Role, after: Role
) -> None:
    """Though the pool had not been told of it; afterwards it is."""
    any_harness.account("root", Role.ADMIN)
    user = any_harness.account("bob", before)
    with failing(any_harness.cognito, 1), pytest.raises(Unavailable):
        accounts.change_role(any_harness.service, user.user_id, after, datetime.now(UTC))
    assert roles(any_harness, sign_in(any_harness, user)) == {after}
    assert_in_step(any_harness, user)


@pytest.mark.parametrize("drift", ["more", "less", "other"])
def test_groups_that_were_changed_by_hand_get_nobody_further(
    harness: AppHarness, drift: str
) -> None:
    """Nothing says that the pool is behind: its own token does."""
    user = harness.account("bob", Role.EDITOR)
    given = {"UserPoolId": harness.pool.identities[0], "Username": user.user_id}
    if drift != "less":
        harness.cognito.admin_add_user_to_group(**given, GroupName=Role.ADMIN)
    if drift != "more":
        harness.cognito.admin_remove_user_from_group(**given, GroupName=Role.EDITOR)
    assert roles(harness, sign_in(harness, user)) == {Role.EDITOR}
    assert compared(harness) == []


def test_a_refresh_gives_the_role_that_the_item_has(harness: AppHarness) -> None:
    """The session is open: only the pool was changed by hand."""
    user = harness.account("bob", Role.EDITOR)
    signed = sign_in(harness, user)
    harness.pool.give_role(user.user_id, Role.ADMIN)
    assert signed.tokens.refresh is not None
    again = accounts_sign_in.refresh(
        harness.service, signed.tokens.refresh, signed.username, datetime.now(UTC)
    )
    assert roles(harness, again) == {Role.EDITOR}
    assert again.session.session_id == signed.session.session_id
    assert_in_step(harness, user)


def test_a_remembered_role_is_not_told_to_the_pool(
    harness: AppHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gate may repeat a former answer for a while: what the pool is told is read anew."""
    user = harness.account("bob", Role.EDITOR)
    signed = sign_in(harness, user)
    service = harness.service
    lagging = SessionStore(service.repository, 60)
    lagging.get(signed.session.session_id, user.user_id, datetime.now(UTC))
    accounts.change_role(service, user.user_id, Role.VIEWER, datetime.now(UTC))
    object.__setattr__(service, "gate", lagging)
    assert signed.tokens.refresh is not None
    accounts_sign_in.refresh(service, signed.tokens.refresh, signed.username, datetime.now(UTC))
    assert assert_in_step(harness, user).role is Role.VIEWER


def test_a_refresh_opens_no_session_that_ended(harness: AppHarness) -> None:
    """The pool would go on: it may not have been told."""
    user = harness.account("bob")
    signed = sign_in(harness, user)
    with failing(harness.cognito, 1):
        accounts.end_sessions(harness.service, user.user_id)
    assert signed.tokens.refresh is not None
    with pytest.raises(SessionEnded):
        accounts_sign_in.refresh(
            harness.service, signed.tokens.refresh, signed.username, datetime.now(UTC)
        )


def test_an_account_that_the_table_lacks_does_not_get_in(harness: AppHarness) -> None:
    """Made by hand in the pool: as a wrong password."""
    made = harness.pool.create("hand@example.com", Role.ADMIN, invite=False)
    harness.pool.set_password(made, PASSWORD)
    harness.pool.give_role(made, Role.ADMIN)
    expect.failure(log_in(harness.browser(), "hand"), 401, "login-refused")


def test_a_pool_that_cannot_be_told_does_not_keep_anyone_from_trying(harness: AppHarness) -> None:
    """What it was to be told, it is told the next time."""
    user = harness.account("bob")
    with failing(harness.cognito, 1), pytest.raises(Unavailable):
        accounts.change_role(harness.service, user.user_id, Role.EDITOR, datetime.now(UTC))
    with failing(harness.cognito, 1):
        assert roles(harness, sign_in(harness, user)) == {Role.EDITOR}


def test_a_temporary_password_has_to_be_changed(any_harness: AppHarness) -> None:
    """The first sign-in gives a challenge, whose answer opens the session."""
    now = datetime.now(UTC)
    user = register(
        any_harness.service, NewAccount("bob@example.com", Role.EDITOR, temporary=PASSWORD), now
    )
    challenge = accounts_sign_in.sign_in(any_harness.service, user.email, PASSWORD, "", now)
    assert isinstance(challenge, NewPasswordNeeded)
    signed = accounts_sign_in.choose_password(
        any_harness.service, user.email, challenge.challenge, NEW, "", datetime.now(UTC)
    )
    assert roles(any_harness, signed) == {Role.EDITOR}
    assert sign_in(any_harness, user, NEW).user.user_id == user.user_id


def test_a_sign_in_of_long_ago_opens_nothing(harness: AppHarness) -> None:
    """A token outlives no session: that of its sign-in is over by now."""
    user = harness.account("bob")
    claims = harness.service.tokens.verify(sign_in(harness, user).tokens.access)
    later = claims.authenticated_at + harness.service.lasting
    with pytest.raises(LoginRefused):
        accounts_sign_in.open_session(harness.service, claims, "", later)
    with pytest.raises(LoginRefused):
        accounts_sign_in.open_session(harness.service, claims, "", later - timedelta(seconds=1))


@pytest.mark.parametrize("moment", ["before-call", "after-call"])
def test_a_password_change_without_an_answer_ends_the_sessions(
    harness: AppHarness, moment: Any
) -> None:
    """The pool may have taken it: whoever knew the former one is out in any case."""
    user = harness.account("bob")
    signed = sign_in(harness, user)
    caller = Caller(user.user_id, frozenset({Role.VIEWER}), signed.session.session_id)
    now = datetime.now(UTC)
    with failing(harness.cognito, 1, lose_answer, moment), pytest.raises(Unavailable):
        accounts_sign_in.change(
            harness.service, caller, signed.tokens.access, PASSWORD, NEW, "", now
        )
    with pytest.raises(SessionEnded):
        harness.service.gate.get(signed.session.session_id, user.user_id, now)


def test_a_wrong_old_password_ends_nothing(harness: AppHarness) -> None:
    """Nor does the development token, which has none, get anywhere."""
    user = harness.account("bob")
    signed = sign_in(harness, user)
    now = datetime.now(UTC)
    for session_id, old in ((signed.session.session_id, "Wrong-horse-9"), (None, PASSWORD)):
        caller = Caller(user.user_id, frozenset({Role.VIEWER}), session_id)
        with pytest.raises(LoginRefused):
            accounts_sign_in.change(
                harness.service, caller, signed.tokens.access, old, NEW, "", now
            )
    harness.service.gate.get(signed.session.session_id, user.user_id, now)
