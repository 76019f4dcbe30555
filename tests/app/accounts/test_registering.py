"""New accounts: in pool and table, or in neither."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from access_patterns import registrations, users
from app.core.problems import Busy, Conflict, Taken, Unavailable
from app.services.registration import INTERRUPTED_AFTER, NewAccount, register
from app.services.user_pool import PasswordTooWeak
from model import Role
from tests.app import expect
from tests.app.accounts.agreement import assert_in_step, compared, reconciled
from tests.app.accounts.faults import failing, lose_answer
from tests.app.accounts.town import PASSWORD, Town
from tests.app.v1.races import at_once

NOW = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
LATER = NOW + INTERRUPTED_AFTER
BOB = NewAccount("bob@example.com", Role.EDITOR, "Bob", PASSWORD)
REQUESTS = 7


def assert_nothing_left(town: Town, email: str = BOB.email) -> None:
    assert town.pool.find_by_email(email) is None
    assert town.repository.fetch(users.by_email(email)) is None
    assert town.repository.fetch(registrations.by_email(email).consistent()) is None


def test_an_account_is_in_pool_and_table(any_town: Town) -> None:
    """With the role as attribute, as group and in the item; nothing is left to reconcile."""
    user = register(any_town.service, BOB, NOW)
    assert assert_in_step(any_town, user).role is Role.EDITOR
    assert reconciled(any_town, LATER) == []
    assert compared(any_town) == []


def test_an_address_is_one_account_however_it_is_spelt(any_town: Town) -> None:
    """Capitals make no other address, neither for the pool nor for the table."""
    user = register(any_town.service, BOB, NOW)
    for spelling in ("BOB@EXAMPLE.COM", "Bob@example.com"):
        with pytest.raises(Taken):
            register(any_town.service, NewAccount(spelling, Role.VIEWER, password=PASSWORD), LATER)
    assert [each.user_id for each in any_town.pool.every_user()] == [user.user_id]


def test_twenty_at_once_make_one_account(any_town: Town) -> None:
    """The others are told that it is being made, or taken."""
    browsers = [any_town.browser() for _ in range(20)]
    wanted = {"email": "bob@example.com", "password": PASSWORD}
    answers = at_once(
        [lambda b=browser: b.post("/v1/auth/signup", json=wanted) for browser in browsers]
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 19
    made = next(answer.json()["data"] for answer in answers if answer.status_code == 201)
    assert [each.user_id for each in any_town.pool.every_user()] == [made["userId"]]
    assert compared(any_town) == []


def test_a_weak_password_leaves_nothing(town: Town) -> None:
    """Not even the registration: a better one is taken at once."""
    browser = town.browser()
    wanted = {"email": BOB.email, "password": "weak-one"}
    error = expect.failure(browser.post("/v1/auth/signup", json=wanted), 422, "unprocessable")
    assert error["details"][0]["location"] == "body.password"
    assert_nothing_left(town)
    expect.success(browser.post("/v1/auth/signup", json={**wanted, "password": PASSWORD}), 201)


@pytest.mark.parametrize("method", ["create", "set_password", "give_role"])
def test_what_the_pool_refuses_leaves_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """Whichever step it turned down."""

    def refuse(*_: object, **__: object) -> None:
        raise PasswordTooWeak

    with monkeypatch.context() as patch:
        patch.setattr(town.pool, method, refuse)
        with pytest.raises(PasswordTooWeak):
            register(town.service, BOB, NOW)
    assert_nothing_left(town)


@pytest.mark.parametrize("at", range(1, REQUESTS + 1))
@pytest.mark.parametrize("moment", ["before-call", "after-call"])
def test_the_pool_may_fail_at_every_request(town: Town, at: int, moment: Any) -> None:
    """Asked again after a while, and only then if the pool may know of it, it succeeds."""
    with failing(town.cognito, at, moment=moment) as requests:
        with pytest.raises(Unavailable):
            register(town.service, BOB, NOW)
        assert len(requests.names) >= at
    assert town.repository.fetch(users.by_email(BOB.email)) is None
    assert_in_step(town, register(town.service, BOB, LATER))
    assert compared(town) == []


def test_no_more_requests_are_sent_than_may_fail(town: Town) -> None:
    """Else the test before would leave some out."""
    with failing(town.cognito, 0) as requests:
        register(town.service, BOB, NOW)
    assert len(requests.names) == REQUESTS


def test_an_account_whose_creation_got_no_answer_is_replaced(town: Town) -> None:
    """Also where the request was repeated and refused, for the account was there by then."""
    with failing(town.cognito, 2, lose_answer, "after-call"), pytest.raises(Unavailable):
        register(town.service, BOB, NOW)
    lost = town.pool.find_by_email(BOB.email)
    assert lost is not None
    user = register(town.service, BOB, LATER)
    assert user.user_id != lost.user_id
    assert_in_step(town, user)


def test_a_repeated_creation_does_not_block_its_address(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The SDK repeats what got no answer: that the account exists is then no one else's doing."""
    create = town.pool.create

    def twice(*given: Any, **named: Any) -> Any:
        create(*given, **named)
        return create(*given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(town.pool, "create", twice)
        with pytest.raises(Conflict, match="being made"):
            register(town.service, BOB, NOW)
    assert_in_step(town, register(town.service, BOB, LATER))


def test_a_clean_up_that_fails_is_gone_on_with(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """The registration stays, and the address is not lost."""

    def fail(*_: object) -> None:
        raise Busy(cause="throttled")

    with monkeypatch.context() as patch:
        patch.setattr(town.pool, "give_role", fail)
        patch.setattr(town.pool, "delete", fail)
        with pytest.raises(Busy):
            register(town.service, BOB, NOW)
        with pytest.raises(Busy):
            register(town.service, BOB, LATER + timedelta(seconds=1))
    assert town.pool.find_by_email(BOB.email) is not None
    assert_in_step(town, register(town.service, BOB, LATER + 2 * INTERRUPTED_AFTER))
    assert compared(town) == []


def test_an_account_made_elsewhere_is_left_alone(town: Town) -> None:
    """Signing up neither takes it over nor deletes it, and its owner still has it."""
    foreign = town.pool.create(BOB.email, Role.ADMIN, temporary_password=PASSWORD, invite=False)
    for now in (NOW, LATER, LATER + INTERRUPTED_AFTER):
        with pytest.raises(Taken):
            register(town.service, BOB, now)
        assert reconciled(town, now) == []
    known = town.pool.find_by_email(BOB.email)
    assert known is not None
    assert known.user_id == foreign


def test_an_account_without_a_role_was_not_made_here(town: Town) -> None:
    """Not even under an interrupted registration is it deleted: the console made it meanwhile."""
    with failing(town.cognito, 2), pytest.raises(Unavailable):
        register(town.service, BOB, NOW)
    pool_id, _ = town.pool.identities
    town.cognito.admin_create_user(UserPoolId=pool_id, Username=BOB.email)
    with pytest.raises(Taken):
        register(town.service, BOB, LATER)
    town.cognito.admin_get_user(UserPoolId=pool_id, Username=BOB.email)
    assert reconciled(town, LATER + INTERRUPTED_AFTER) == []


@pytest.mark.parametrize("step", ["set_password", "give_role"])
def test_an_attempt_that_was_only_slow_comes_to_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Once it was taken up by somebody else, theirs is the account."""
    made = list[Any]()
    original = getattr(town.pool, step)

    def dawdle(*given: Any) -> None:
        patch.undo()
        original(*given)
        made.append(register(town.service, BOB, LATER))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(town.pool, step, dawdle)
        with pytest.raises(Exception, match="given up"):
            register(town.service, BOB, NOW)
    assert_in_step(town, made[0])
    assert [each.user_id for each in town.pool.every_user()] == [made[0].user_id]
    assert compared(town) == []
    assert reconciled(town, LATER + INTERRUPTED_AFTER) == []
