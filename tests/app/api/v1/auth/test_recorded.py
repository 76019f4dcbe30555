"""Sign-ins in the audit log: each good one, and refused ones without filling the table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from access_patterns import audit
from app.services import accounts
from model import AuditEntry, Role
from tests.app import expect
from tests.app.harness import AppHarness
from tests.app.services.accounts.user_pool import PASSWORD, log_in

NOON = datetime(2026, 11, 30, 12, 4, 30, tzinfo=UTC)


def refusals(harness: AppHarness, account: str) -> list[AuditEntry]:
    found = harness.repository.iterate(audit.by_item("user", account).consistent())
    return [entry for entry in found if entry.pattern == ""]


def test_a_sign_in_is_recorded_with_who_signed_in(harness: AppHarness) -> None:
    """Its user is the actor; the entry names the session and has nothing that opens it."""
    ada = harness.account("ada")
    browser = harness.browser()
    session = expect.success(log_in(browser, "ada"))["session"]
    (entry,) = harness.repository.iterate(audit.by_actor(ada.user_id))
    assert (entry.kind, entry.subject_id) == ("session", session["sessionId"])
    assert (entry.action, entry.pattern) == ("auth.login", "sessions.start")
    assert entry.roles == [Role.VIEWER]
    text = entry.model_dump_json()
    assert PASSWORD not in text
    assert not any(value in text for value in browser.cookies.values())


def test_refused_sign_ins_leave_one_entry_in_ten_minutes(harness: AppHarness) -> None:
    """Of one account, from the beginning of the ten minutes on; without actor, and nothing that
    was typed."""
    ada, now = harness.account("ada"), [NOON]
    harness.app.state.clock = lambda: now[0]
    for _ in range(3):
        expect.failure(log_in(harness.browser(), "ada", "typed-by-Mallory-1"), 401, "login-refused")
        now[0] += timedelta(minutes=1)
    (entry,) = refusals(harness, ada.user_id)
    assert (entry.at, entry.day) == (NOON.replace(minute=0, second=0), NOON.date())
    assert (entry.action, entry.actor_id, entry.roles) == ("auth.login", None, [])
    assert "typed" not in entry.model_dump_json()
    now[0] += timedelta(minutes=10)
    expect.failure(log_in(harness.browser(), "ada", "typed-by-Mallory-1"), 401, "login-refused")
    assert len(refusals(harness, ada.user_id)) == 2


def test_of_addresses_that_nobody_has_nothing_is_kept(harness: AppHarness) -> None:
    """All are `unknown`: an address may be a password in the wrong place."""
    harness.app.state.clock = lambda: NOON
    for name in ("eve", "Secret-password-1"):
        expect.failure(log_in(harness.browser(), name), 401, "login-refused")
    (entry,) = refusals(harness, "unknown")
    assert "eve" not in entry.model_dump_json()
    assert "Secret" not in entry.model_dump_json()


def test_a_challenge_that_is_refused_is_recorded(harness: AppHarness) -> None:
    """As a sign-in is: under the account of the address."""
    ada = harness.account("ada")
    body = {"email": ada.email, "challenge": "forged", "newPassword": PASSWORD}
    answer = harness.browser().post("/v1/auth/password/challenge", json=body)
    expect.failure(answer, 401, "login-refused")
    (entry,) = refusals(harness, ada.user_id)
    assert entry.action == "auth.challenge"


def test_a_shut_out_user_is_refused_on_the_record(harness: AppHarness) -> None:
    """Also with the right password."""
    ada = harness.account("ada")
    accounts.disable(harness.service, ada.user_id, datetime.now(UTC))
    expect.failure(log_in(harness.browser(), "ada"), 401, "login-refused")
    assert len(refusals(harness, ada.user_id)) == 1
