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
from tests.app.accounts.agreement import assert_in_step, compared
from tests.app.accounts.faults import failing, lose_answer
from tests.app.accounts.town import PASSWORD, Town, log_in

NEW = "Better-horse-8"


def sign_in(town: Town, user: User, password: str = PASSWORD) -> SignedIn:
    signed = accounts_sign_in.sign_in(town.service, user.email, password, "", datetime.now(UTC))
    assert isinstance(signed, SignedIn)
    return signed


def roles(town: Town, signed: SignedIn) -> frozenset[Role]:
    return town.service.tokens.verify(signed.tokens.access).roles


@pytest.mark.parametrize(
    ("before", "after"), [(Role.VIEWER, Role.ADMIN), (Role.ADMIN, Role.VIEWER)]
)
def test_the_tokens_carry_the_role_that_the_item_has(
    any_town: Town, before: Role, after: Role
) -> None:
    """Though the pool had not been told of it; afterwards it is."""
    any_town.account("root", Role.ADMIN)
    user = any_town.account("bob", before)
    with failing(any_town.cognito, 1), pytest.raises(Unavailable):
        accounts.change_role(any_town.service, user.user_id, after, datetime.now(UTC))
    assert roles(any_town, sign_in(any_town, user)) == {after}
    assert_in_step(any_town, user)


@pytest.mark.parametrize("drift", ["more", "less", "other"])
def test_groups_that_were_changed_by_hand_get_nobody_further(town: Town, drift: str) -> None:
    """Nothing says that the pool is behind: its own token does."""
    user = town.account("bob", Role.EDITOR)
    given = {"UserPoolId": town.pool.identities[0], "Username": user.user_id}
    if drift != "less":
        town.cognito.admin_add_user_to_group(**given, GroupName=Role.ADMIN)
    if drift != "more":
        town.cognito.admin_remove_user_from_group(**given, GroupName=Role.EDITOR)
    assert roles(town, sign_in(town, user)) == {Role.EDITOR}
    assert compared(town) == []


def test_a_refresh_gives_the_role_that_the_item_has(town: Town) -> None:
    """The session is open: only the pool was changed by hand."""
    user = town.account("bob", Role.EDITOR)
    signed = sign_in(town, user)
    town.pool.give_role(user.user_id, Role.ADMIN)
    assert signed.tokens.refresh is not None
    again = accounts_sign_in.refresh(
        town.service, signed.tokens.refresh, signed.username, datetime.now(UTC)
    )
    assert roles(town, again) == {Role.EDITOR}
    assert again.session.session_id == signed.session.session_id
    assert_in_step(town, user)


def test_a_remembered_role_is_not_told_to_the_pool(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The gate may repeat a former answer for a while: what the pool is told is read anew."""
    user = town.account("bob", Role.EDITOR)
    signed = sign_in(town, user)
    service = town.service
    lagging = SessionStore(service.repository, 60)
    lagging.get(signed.session.session_id, user.user_id, datetime.now(UTC))
    accounts.change_role(service, user.user_id, Role.VIEWER, datetime.now(UTC))
    object.__setattr__(service, "gate", lagging)
    assert signed.tokens.refresh is not None
    accounts_sign_in.refresh(service, signed.tokens.refresh, signed.username, datetime.now(UTC))
    assert assert_in_step(town, user).role is Role.VIEWER


def test_a_refresh_opens_no_session_that_ended(town: Town) -> None:
    """The pool would go on: it may not have been told."""
    user = town.account("bob")
    signed = sign_in(town, user)
    with failing(town.cognito, 1):
        accounts.end_sessions(town.service, user.user_id)
    assert signed.tokens.refresh is not None
    with pytest.raises(SessionEnded):
        accounts_sign_in.refresh(
            town.service, signed.tokens.refresh, signed.username, datetime.now(UTC)
        )


def test_an_account_that_the_table_lacks_does_not_get_in(town: Town) -> None:
    """Made by hand in the pool: as a wrong password."""
    made = town.pool.create("hand@example.com", Role.ADMIN, invite=False)
    town.pool.set_password(made, PASSWORD)
    town.pool.give_role(made, Role.ADMIN)
    expect.failure(log_in(town.browser(), "hand"), 401, "login-refused")


def test_a_pool_that_cannot_be_told_does_not_keep_anyone_from_trying(town: Town) -> None:
    """What it was to be told, it is told the next time."""
    user = town.account("bob")
    with failing(town.cognito, 1), pytest.raises(Unavailable):
        accounts.change_role(town.service, user.user_id, Role.EDITOR, datetime.now(UTC))
    with failing(town.cognito, 1):
        assert roles(town, sign_in(town, user)) == {Role.EDITOR}


def test_a_temporary_password_has_to_be_changed(any_town: Town) -> None:
    """The first sign-in gives a challenge, whose answer opens the session."""
    now = datetime.now(UTC)
    user = register(
        any_town.service, NewAccount("bob@example.com", Role.EDITOR, temporary=PASSWORD), now
    )
    challenge = accounts_sign_in.sign_in(any_town.service, user.email, PASSWORD, "", now)
    assert isinstance(challenge, NewPasswordNeeded)
    signed = accounts_sign_in.choose_password(
        any_town.service, user.email, challenge.challenge, NEW, "", datetime.now(UTC)
    )
    assert roles(any_town, signed) == {Role.EDITOR}
    assert sign_in(any_town, user, NEW).user.user_id == user.user_id


def test_a_sign_in_of_long_ago_opens_nothing(town: Town) -> None:
    """A token outlives no session: that of its sign-in is over by now."""
    user = town.account("bob")
    claims = town.service.tokens.verify(sign_in(town, user).tokens.access)
    later = claims.authenticated_at + town.service.lasting
    with pytest.raises(LoginRefused):
        accounts_sign_in.open_session(town.service, claims, "", later)
    with pytest.raises(LoginRefused):
        accounts_sign_in.open_session(town.service, claims, "", later - timedelta(seconds=1))


@pytest.mark.parametrize("moment", ["before-call", "after-call"])
def test_a_password_change_without_an_answer_ends_the_sessions(town: Town, moment: Any) -> None:
    """The pool may have taken it: whoever knew the former one is out in any case."""
    user = town.account("bob")
    signed = sign_in(town, user)
    caller = Caller(user.user_id, frozenset({Role.VIEWER}), signed.session.session_id)
    now = datetime.now(UTC)
    with failing(town.cognito, 1, lose_answer, moment), pytest.raises(Unavailable):
        accounts_sign_in.change(town.service, caller, signed.tokens.access, PASSWORD, NEW, "", now)
    with pytest.raises(SessionEnded):
        town.service.gate.get(signed.session.session_id, user.user_id, now)


def test_a_wrong_old_password_ends_nothing(town: Town) -> None:
    """Nor does the development token, which has none, get anywhere."""
    user = town.account("bob")
    signed = sign_in(town, user)
    now = datetime.now(UTC)
    for session_id, old in ((signed.session.session_id, "Wrong-horse-9"), (None, PASSWORD)):
        caller = Caller(user.user_id, frozenset({Role.VIEWER}), session_id)
        with pytest.raises(LoginRefused):
            accounts_sign_in.change(town.service, caller, signed.tokens.access, old, NEW, "", now)
    town.service.gate.get(signed.session.session_id, user.user_id, now)
