"""What the app writes while people sign up, in and out: who did what, and no secret ever."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from access_patterns import blog
from app import processes
from app.api.kit.requests import pad_duration, pad_to_step
from app.api.v1 import auth
from app.core.context import note_pattern
from app.core.settings import Settings
from app.processes import make_repository
from model import Role
from singletable import Repository
from singletable.transport import Transport
from tests.app.api.v1.stores import Store, in_memory
from tests.app.harness import AppHarness, open_with_pool
from tests.app.services.accounts.user_pool import PASSWORD, log_in
from tests.app.written import Written, written
from tests.backends import SECRET

__all__ = ["written"]

EMAIL = "ada@example.com"
BETTER, WEAK, TEMPORARY = "Better-password-2", "only-lower-case", "Temporary-word-3"
CODE = "moto-confirmation-code:123"


@dataclass(frozen=True)
class ObservedStore(Store):
    """Its repository is observed as the app's own is."""

    def repository(self, through: Transport | None = None) -> Repository:
        tables = {blog: self.table}
        way = through or self.transport
        return Repository(way, tables, cursor_secret=SECRET, observe=note_pattern)


@pytest.fixture
def harness(settings: Settings) -> Iterator[AppHarness]:
    with in_memory() as store:
        observed = ObservedStore(store.transport, store.table)
        with open_with_pool(settings, observed) as made:
            yield made


@pytest.fixture(autouse=True)
def no_even_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refusals are not waited for."""
    for module in (auth, auth):
        monkeypatch.setattr(module, "pad_duration", partial(pad_duration, step=0.001))
    monkeypatch.setattr(auth, "pad_to_step", partial(pad_to_step, step=0.001))


def a_life(harness: AppHarness) -> list[str]:
    """Signs up, in and out, in all ways, right and wrong; gives what was secret on the way."""
    browser, secrets = harness.browser(), [PASSWORD, BETTER, WEAK, TEMPORARY, CODE, "example.com"]

    def post(path: str, **body: Any) -> Any:
        answer = browser.post(f"/v1/auth/{path}", json=body or None)
        secrets.extend(browser.cookies.values())
        return answer

    post("signup", email=EMAIL, password=PASSWORD)
    post("signup", email=EMAIL, password=PASSWORD)
    post("signup", email="weak@example.com", password=WEAK)
    post("login", email=EMAIL, password=BETTER)
    post("login", email="nobody@example.com", password=BETTER)
    post("login", email=EMAIL, password=PASSWORD)
    browser.get("/v1/auth/me")
    post("refresh")
    post("password/change", oldPassword=WEAK, newPassword=BETTER)
    post("password/change", oldPassword=PASSWORD, newPassword=WEAK)
    post("password/change", oldPassword=PASSWORD, newPassword=BETTER)
    browser.get("/v1/sessions?userId=6f1c2a54-8d2e-4b53-9a0e-0c5f3f3d7c11")
    post("logout")
    post("password/forgot", email=EMAIL)
    post("password/confirm", email=EMAIL, code=CODE, newPassword=PASSWORD)
    harness.account("eve", password=None, temporary=TEMPORARY)
    challenge = log_in(browser, "eve", TEMPORARY).json()["data"]["challenge"]
    post("password/challenge", email="eve@example.com", challenge="forged", newPassword=BETTER)
    post("password/challenge", email="eve@example.com", challenge=challenge, newPassword=BETTER)
    browser.delete("/v1/sessions")
    post("refresh")
    return [*secrets, challenge]


def test_no_line_holds_a_secret(harness: AppHarness, written: Written) -> None:
    """No password, token, cookie, challenge, code or address, nor a part of a token."""
    secrets = a_life(harness)
    parts = {part for each in secrets for part in each.split(".") if len(part) > 36}
    assert len(parts) > 15
    assert len(written.lines) >= 40
    assert [each for each in {*secrets, *parts} if each in written.text] == []
    assert "eyJ" not in written.text
    assert "Traceback" not in written.text
    assert not [line for line in written.lines if line["level"] in {"ERROR", "CRITICAL"}]


def test_a_line_says_who_did_what_and_what_was_decided(
    harness: AppHarness, written: Written
) -> None:
    """Request, subject, role, route, decisions, and the patterns that were asked."""
    ada = harness.account("ada", Role.EDITOR)
    browser = harness.sign_in("ada")
    answer = browser.get("/v1/sessions")
    line = written.access()[-1]
    assert line["requestId"] == answer.headers["x-request-id"]
    assert (line["method"], line["route"], line["status"]) == ("GET", "/v1/sessions", 200)
    assert (line["subject"], line["roles"]) == (ada.user_id, [Role.EDITOR])
    assert line["decisions"].keys() == {"sessions.list"}
    assert line["decisions"]["sessions.list"]["allowed"] is True
    assert len(line["decisions"]["sessions.list"]["id"]) == 16
    assert line["patterns"] == ["sessions.by_id", "users.by_id", "sessions.by_user"]


def test_denied_requests_have_their_line_too(harness: AppHarness, written: Written) -> None:
    """With the decision's id, which leads to the policy's own line."""
    harness.account("ada")
    browser = harness.sign_in("ada")
    assert browser.get("/v1/auth/users").status_code == 403
    line = written.access()[-1]
    decision = line["decisions"]["users.list"]
    assert (line["status"], decision["allowed"]) == (403, False)
    [told] = [each for each in written.lines if each.get("decisionId") == decision["id"]]
    assert (told["action"], told["allowed"]) == ("users.list", False)
    assert told["requestId"] == line["requestId"]


def test_a_refused_credential_has_a_reason_in_the_log_alone(
    harness: AppHarness, written: Written
) -> None:
    """Who sent it is not told how far it came."""
    browser = harness.browser()
    answer = browser.get("/v1/auth/me", headers={"Authorization": "Bearer a.b"})
    [told] = [each for each in written.lines if each["message"] == "credentials refused"]
    assert (told["reason"], told["requestId"]) == ("parts", answer.headers["x-request-id"])
    assert "parts" not in answer.text
    assert "subject" not in written.access()[-1]


def test_what_one_request_asked_is_not_anothers(harness: AppHarness, written: Written) -> None:
    """Each line begins with no pattern."""
    harness.account("ada")
    browser = harness.sign_in("ada")
    browser.get("/v1/auth/me")
    browser.get("/health")
    assert [line["patterns"] for line in written.access()[-2:]] == [
        ["sessions.by_id", "users.by_id"],
        [],
    ]


def test_the_apps_own_repository_is_observed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise no line would name a pattern."""
    made: list[dict[str, Any]] = []
    monkeypatch.setattr(processes, "Repository", lambda *_, **options: made.append(options))
    make_repository(settings)
    ((first, *_),) = [options["observe"] for options in made]
    assert first is note_pattern


def test_others_write_no_headers_or_bodies(written: Written) -> None:
    """Below WARNING, libraries are silent, whatever our own level is."""
    logging.getLogger("botocore.endpoint").debug("Authorization: Bearer secret")
    logging.getLogger("httpx2").info("GET /v1/auth/me?token=secret")
    assert written.text == ""
