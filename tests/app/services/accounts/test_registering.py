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
from tests.app.api.v1.races import at_once
from tests.app.harness import AppHarness
from tests.app.services.accounts.agreement import assert_in_step, compared, reconciled
from tests.app.services.accounts.faults import failing, lose_answer
from tests.app.services.accounts.user_pool import PASSWORD

NOW = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
LATER = NOW + INTERRUPTED_AFTER
BOB = NewAccount("bob@example.com", Role.EDITOR, "Bob", PASSWORD)
REQUESTS = 7


def assert_nothing_left(harness: AppHarness, email: str = BOB.email) -> None:
    assert harness.pool.find_by_email(email) is None
    assert harness.repository.fetch(users.by_email(email)) is None
    assert harness.repository.fetch(registrations.by_email(email).consistent()) is None


def test_an_account_is_in_pool_and_table(any_harness: AppHarness) -> None:
    """With the role as attribute, as group and in the item; nothing is left to reconcile."""
    user = register(any_harness.service, BOB, NOW)
    assert assert_in_step(any_harness, user).role is Role.EDITOR
    assert reconciled(any_harness, LATER) == []
    assert compared(any_harness) == []


def test_an_address_is_one_account_however_it_is_spelt(any_harness: AppHarness) -> None:
    """Capitals make no other address, neither for the pool nor for the table."""
    user = register(any_harness.service, BOB, NOW)
    for spelling in ("BOB@EXAMPLE.COM", "Bob@example.com"):
        with pytest.raises(Taken):
            register(
                any_harness.service, NewAccount(spelling, Role.VIEWER, password=PASSWORD), LATER
            )
    assert [each.user_id for each in any_harness.pool.every_user()] == [user.user_id]


def test_twenty_at_once_make_one_account(any_harness: AppHarness) -> None:
    """The others are told that it is being made, or taken."""
    browsers = [any_harness.browser() for _ in range(20)]
    wanted = {"email": "bob@example.com", "password": PASSWORD}
    answers = at_once(
        [lambda b=browser: b.post("/v1/auth/signup", json=wanted) for browser in browsers]
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 19
    made = next(answer.json()["data"] for answer in answers if answer.status_code == 201)
    assert [each.user_id for each in any_harness.pool.every_user()] == [made["userId"]]
    assert compared(any_harness) == []


def test_a_weak_password_leaves_nothing(harness: AppHarness) -> None:
    """Not even the registration: a better one is taken at once."""
    browser = harness.browser()
    wanted = {"email": BOB.email, "password": "weak-one"}
    error = expect.failure(browser.post("/v1/auth/signup", json=wanted), 422, "unprocessable")
    assert error["details"][0]["location"] == "body.password"
    assert_nothing_left(harness)
    expect.success(browser.post("/v1/auth/signup", json={**wanted, "password": PASSWORD}), 201)


@pytest.mark.parametrize("method", ["create", "set_password", "give_role"])
def test_what_the_pool_refuses_leaves_nothing(
    harness: AppHarness, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    """Whichever step it turned down."""

    def refuse(*_: object, **__: object) -> None:
        raise PasswordTooWeak

    with monkeypatch.context() as patch:
        patch.setattr(harness.pool, method, refuse)
        with pytest.raises(PasswordTooWeak):
            register(harness.service, BOB, NOW)
    assert_nothing_left(harness)


@pytest.mark.parametrize("at", range(1, REQUESTS + 1))
@pytest.mark.parametrize("moment", ["before-call", "after-call"])
def test_the_pool_may_fail_at_every_request(harness: AppHarness, at: int, moment: Any) -> None:
    """Asked again after a while, and only then if the pool may know of it, it succeeds."""
    with failing(harness.cognito, at, moment=moment) as requests:
        with pytest.raises(Unavailable):
            register(harness.service, BOB, NOW)
        assert len(requests.names) >= at
    assert harness.repository.fetch(users.by_email(BOB.email)) is None
    assert_in_step(harness, register(harness.service, BOB, LATER))
    assert compared(harness) == []


def test_no_more_requests_are_sent_than_may_fail(harness: AppHarness) -> None:
    """Else the test before would leave some out."""
    with failing(harness.cognito, 0) as requests:
        register(harness.service, BOB, NOW)
    assert len(requests.names) == REQUESTS


def test_an_account_whose_creation_got_no_answer_is_replaced(harness: AppHarness) -> None:
    """Also where the request was repeated and refused, for the account was there by then."""
    with failing(harness.cognito, 2, lose_answer, "after-call"), pytest.raises(Unavailable):
        register(harness.service, BOB, NOW)
    lost = harness.pool.find_by_email(BOB.email)
    assert lost is not None
    user = register(harness.service, BOB, LATER)
    assert user.user_id != lost.user_id
    assert_in_step(harness, user)


def test_a_repeated_creation_does_not_block_its_address(
    harness: AppHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The SDK repeats what got no answer: that the account exists is then no one else's doing."""
    create = harness.pool.create

    def twice(*given: Any, **named: Any) -> Any:
        create(*given, **named)
        return create(*given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(harness.pool, "create", twice)
        with pytest.raises(Conflict, match="being made"):
            register(harness.service, BOB, NOW)
    assert_in_step(harness, register(harness.service, BOB, LATER))


def test_a_clean_up_that_fails_is_gone_on_with(
    harness: AppHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The registration stays, and the address is not lost."""

    def fail(*_: object) -> None:
        raise Busy(cause="throttled")

    with monkeypatch.context() as patch:
        patch.setattr(harness.pool, "give_role", fail)
        patch.setattr(harness.pool, "delete", fail)
        with pytest.raises(Busy):
            register(harness.service, BOB, NOW)
        with pytest.raises(Busy):
            register(harness.service, BOB, LATER + timedelta(seconds=1))
    assert harness.pool.find_by_email(BOB.email) is not None
    assert_in_step(harness, register(harness.service, BOB, LATER + 2 * INTERRUPTED_AFTER))
    assert compared(harness) == []


def test_an_account_made_elsewhere_is_left_alone(harness: AppHarness) -> None:
    """Signing up neither takes it over nor deletes it, and its owner still has it."""
    foreign = harness.pool.create(BOB.email, Role.ADMIN, temporary_password=PASSWORD, invite=False)
    for now in (NOW, LATER, LATER + INTERRUPTED_AFTER):
        with pytest.raises(Taken):
            register(harness.service, BOB, now)
        assert reconciled(harness, now) == []
    known = harness.pool.find_by_email(BOB.email)
    assert known is not None
    assert known.user_id == foreign


def test_an_account_without_a_role_was_not_made_here(harness: AppHarness) -> None:
    """Not even under an interrupted registration is it deleted: the console made it meanwhile."""
    with failing(harness.cognito, 2), pytest.raises(Unavailable):
        register(harness.service, BOB, NOW)
    pool_id, _ = harness.pool.identities
    harness.cognito.admin_create_user(UserPoolId=pool_id, Username=BOB.email)
    with pytest.raises(Taken):
        register(harness.service, BOB, LATER)
    harness.cognito.admin_get_user(UserPoolId=pool_id, Username=BOB.email)
    assert reconciled(harness, LATER + INTERRUPTED_AFTER) == []


@pytest.mark.parametrize("step", ["set_password", "give_role"])
def test_an_attempt_that_was_only_slow_comes_to_nothing(
    harness: AppHarness, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Once it was taken up by somebody else, theirs is the account."""
    made = list[Any]()
    original = getattr(harness.pool, step)

    def dawdle(*given: Any) -> None:
        patch.undo()
        original(*given)
        made.append(register(harness.service, BOB, LATER))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(harness.pool, step, dawdle)
        with pytest.raises(Exception, match="given up"):
            register(harness.service, BOB, NOW)
    assert_in_step(harness, made[0])
    assert [each.user_id for each in harness.pool.every_user()] == [made[0].user_id]
    assert compared(harness) == []
    assert reconciled(harness, LATER + INTERRUPTED_AFTER) == []
