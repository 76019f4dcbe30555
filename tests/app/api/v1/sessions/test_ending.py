"""Ended sessions are over at once here, and within a stated time in other processes."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from app.core.settings import Settings
from app.services.sessions import SessionStore
from model import Role
from tests.app import expect
from tests.app.api.v1.sessions.test_seeing import NOBODY, own
from tests.app.api.v1.stores import in_memory
from tests.app.harness import AppHarness, open_with_pool
from tests.app.services.accounts.user_pool import ORIGIN

PATH = "/v1/sessions"
ME = "/v1/auth/me"


def test_one_session_is_ended_and_no_other(any_harness: AppHarness) -> None:
    """Its browser and its token are refused; the others go on."""
    any_harness.account("ada")
    here, there = any_harness.sign_in("ada"), any_harness.sign_in("ada")
    token = any_harness.bearer(there)
    assert here.delete(f"{PATH}/{own(there)}").status_code == 204
    for former in (token, there):
        expect.failure(former.get(ME), 401, "session-ended")
    expect.success(here.get(ME))


def test_one_may_end_the_session_one_is_in(harness: AppHarness) -> None:
    """It is a way to sign out for programs without cookies."""
    harness.account("ada")
    bearer = harness.bearer(harness.sign_in("ada"))
    assert bearer.delete(f"{PATH}/{own(bearer)}").status_code == 204
    expect.failure(bearer.get(ME), 401, "session-ended")


def test_all_sessions_of_the_caller_are_ended(any_harness: AppHarness) -> None:
    """This one too; nobody else's. The next sign-in is a new one."""
    any_harness.account("ada")
    any_harness.account("eve")
    browsers = [any_harness.sign_in("ada") for _ in range(3)]
    eve = any_harness.sign_in("eve")
    assert browsers[0].delete(PATH).status_code == 204
    for browser in browsers:
        expect.failure(browser.get(ME), 401, "session-ended")
    expect.success(eve.get(ME))
    expect.success(any_harness.sign_in("ada").get(ME))


def test_an_administrator_ends_those_of_another(any_harness: AppHarness) -> None:
    """And stays signed in."""
    ada = any_harness.account("ada")
    any_harness.account("root", Role.ADMIN)
    browser, admin = any_harness.sign_in("ada"), any_harness.sign_in("root")
    assert admin.delete(f"{PATH}?userId={ada.user_id}").status_code == 204
    expect.failure(browser.get(ME), 401, "session-ended")
    expect.success(admin.get(ME))


def test_nobody_has_no_sessions_to_end(harness: AppHarness) -> None:
    """404 for a user that does not exist."""
    harness.account("root", Role.ADMIN)
    answer = harness.sign_in("root").delete(f"{PATH}?userId={NOBODY}")
    expect.failure(answer, 404, "not-found")


class Watch:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


CACHED = 2.0


@pytest.mark.parametrize("path", ["one", "all"])
def test_another_process_learns_of_it_within_the_stated_time(settings: Settings, path: str) -> None:
    """Until `session_cache_seconds` have passed it may go on; here it is over at once."""
    with (
        in_memory() as store,
        open_with_pool(settings, store, session_cache_seconds=CACHED) as harness,
    ):
        watch = Watch()
        other = harness.with_settings().app
        gate: SessionStore = other.state.container.gate
        gate._clock = watch
        harness.account("ada")
        here = harness.bearer(harness.sign_in("ada"))
        there = TestClient(other, base_url=ORIGIN, headers=dict(here.headers))
        expect.success(there.get(ME))
        ended = PATH if path == "all" else f"{PATH}/{own(here)}"
        assert here.delete(ended).status_code == 204
        expect.failure(here.get(ME), 401, "session-ended")
        watch.now += CACHED - 0.01
        expect.success(there.get(ME))
        watch.now += 0.01
        expect.failure(there.get(ME), 401, "session-ended")


def test_a_known_session_is_not_asked_for_again(settings: Settings) -> None:
    """Within the stated time; a refusal is never remembered."""
    with (
        in_memory() as store,
        open_with_pool(settings, store, session_cache_seconds=60.0) as harness,
    ):
        harness.account("ada")
        browser = harness.sign_in("ada")
        first = expect.success(browser.get(ME))
        assert len(harness.service.gate._known) == 1
        assert expect.success(browser.get(ME)) == first
        browser.delete(PATH)
        assert len(harness.service.gate._known) == 0
        kept = harness.bearer(harness.sign_in("ada"))
        expect.success(kept.get(ME))
