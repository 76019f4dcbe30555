"""Accounts that administrators make for others."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from model import Role
from tests.app import expect
from tests.app.api.v1.races import at_once
from tests.app.harness import AppHarness
from tests.app.services.accounts.user_pool import PASSWORD, log_in

PATH = "/v1/auth/users"
BOB = {"email": "Bob@Example.com", "name": "Bob", "role": Role.EDITOR}


def test_a_user_is_made_and_read(any_harness: AppHarness, admin: TestClient) -> None:
    """Location leads to the account; the pool gave the identity, and knows the address."""
    answer = admin.post(PATH, json=BOB)
    made = expect.success(answer, 201)
    assert answer.headers["location"] == f"{PATH}/{made['userId']}"
    assert expect.success(admin.get(answer.headers["location"])) == made
    known = any_harness.pool.find_by_email("bob@example.com")
    assert known is not None
    assert made.pop("userId") == known.user_id
    assert made.pop("createdAt")
    assert made.pop("updatedAt")
    assert made == {
        "email": "bob@example.com",
        "name": "Bob",
        "about": "",
        "role": Role.EDITOR,
        "selfRegistered": False,
        "isDisabled": False,
        "lastLoginAt": None,
        "syncPendingSince": None,
    }
    assert known.groups == {Role.EDITOR}
    assert not known.has_password


def test_a_temporary_password_is_changed_at_the_first_sign_in(
    any_harness: AppHarness, admin: TestClient
) -> None:
    """Login answers with a challenge and sets no cookie; the answer to it signs in."""
    temporary = {"temporaryPassword": "Temporary-horse-1"}
    made = expect.success(admin.post(PATH, json={**BOB, **temporary}), 201)
    browser = any_harness.browser()
    challenged = expect.success(log_in(browser, "bob", "Temporary-horse-1"))
    assert challenged["status"] == "new-password-required"
    assert not browser.cookies
    answer = {
        "email": "bob@example.com",
        "challenge": challenged["challenge"],
        "newPassword": PASSWORD,
    }
    signed = expect.success(browser.post("/v1/auth/password/challenge", json=answer))
    assert (signed["status"], signed["user"]["userId"]) == ("signed-in", made["userId"])
    me = expect.success(browser.get("/v1/auth/me"))
    assert me["roles"] == [Role.EDITOR]
    expect.failure(log_in(any_harness.browser(), "bob", "Temporary-horse-1"), 401, "login-refused")
    any_harness.sign_in("bob")


def test_accounts_are_for_administrators(any_harness: AppHarness, admin: TestClient) -> None:
    """401 without a caller, 403 for any other role; nothing is made or changed."""
    user = any_harness.account("ed", Role.EDITOR)
    any_harness.account("vic")
    requests = [
        ("GET", f"{PATH}?role=fm-web:editor"),
        ("GET", any_harness.path(user)),
        ("POST", PATH),
        ("PATCH", any_harness.path(user, "/role")),
        ("POST", any_harness.path(user, "/disable")),
        ("POST", any_harness.path(user, "/enable")),
        ("POST", "/v1/auth/reconcile"),
        ("DELETE", any_harness.path(user)),
    ]
    browsers = [any_harness.sign_in("ed"), any_harness.sign_in("vic")]
    for method, path in requests:
        answer = any_harness.browser().request(method, path, json=BOB)
        expect.failure(answer, 401, "credentials-missing")
        for browser in browsers:
            body = {"role": Role.ADMIN} if method == "PATCH" else BOB
            expect.failure(browser.request(method, path, json=body), 403, "forbidden")
    assert any_harness.stored_user(user) is not None
    assert any_harness.pool.find_by_email("bob@example.com") is None


@pytest.mark.parametrize(
    ("wrong", "location"),
    [
        ({"userId": "bob"}, "body.userId"),
        ({"password": PASSWORD}, "body.password"),
        ({"email": "bob"}, "body.email"),
        ({"email": "b#b@example.com"}, "body.email"),
        ({"email": f"{'b' * 250}@example.com"}, "body.email"),
        ({"role": "fm-web:owner"}, "body.role"),
        ({"name": "x" * 101}, "body.name"),
        ({"isDisabled": True}, "body.isDisabled"),
        ({"temporaryPassword": "short"}, "body.temporaryPassword"),
    ],
)
def test_wrong_input_is_named(harness: AppHarness, wrong: dict[str, Any], location: str) -> None:
    """422 with the field; neither pool nor table hear of it."""
    harness.account("root", Role.ADMIN)
    admin = harness.sign_in("root")
    error = expect.failure(admin.post(PATH, json={**BOB, **wrong}), 422, "unprocessable")
    assert error["details"][0]["location"] == location
    assert [each.email for each in harness.pool.every_user()] == ["root@example.com"]


@pytest.mark.parametrize("spelling", ["bob@example.com", "BOB@EXAMPLE.COM", "bOb@Example.com"])
def test_an_address_is_taken_once(
    any_harness: AppHarness, admin: TestClient, spelling: str
) -> None:
    """409; capitals do not make another address, by whichever way the account comes."""
    expect.success(admin.post(PATH, json=BOB), 201)
    for path, given in ((PATH, {}), ("/v1/auth/signup", {"password": PASSWORD})):
        body = {"email": spelling, **given}
        error = expect.failure(admin.post(path, json=body), 409, "taken")
        assert error["details"][0]["location"] == "body.email"


def test_two_at_once_cannot_have_one_address(any_harness: AppHarness, admin: TestClient) -> None:
    """One of them gets it."""
    answers = at_once([lambda: admin.post(PATH, json=BOB) for _ in range(4)])
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert len(list(any_harness.pool.every_user())) == 2


def test_strangers_get_no_more_than_they_may(harness: AppHarness) -> None:
    """An administrator may sign others up with any role; everyone else a viewer at most."""
    harness.account("root", Role.ADMIN)
    browser = harness.browser()
    for role in (Role.ADMIN, Role.EDITOR):
        body = {"email": "eve@example.com", "password": PASSWORD, "role": role}
        answer = browser.post("/v1/auth/signup", json=body)
        expect.failure(answer, 403, "forbidden")
        expect.failure(log_in(browser, "eve"), 401, "login-refused")
    harness.account("vic")
    answer = harness.sign_in("vic").post("/v1/auth/signup", json=body)
    expect.failure(answer, 403, "forbidden")
    assert harness.pool.find_by_email("eve@example.com") is None
    body = {"email": "ed@example.com", "password": PASSWORD, "role": Role.EDITOR}
    expect.success(harness.sign_in("root").post("/v1/auth/signup", json=body), 201)
    me = expect.success(harness.sign_in("ed").get("/v1/auth/me"))
    assert me["roles"] == [Role.EDITOR]


def test_administrators_see_who_made_an_account(harness: AppHarness) -> None:
    """Nobody has vouched for the address of one who signed up."""
    harness.account("root", Role.ADMIN)
    admin = harness.sign_in("root")
    body = {"email": "eve@example.com", "password": PASSWORD}
    signed_up = expect.success(harness.browser().post("/v1/auth/signup", json=body), 201)
    made = expect.success(admin.post(PATH, json=BOB), 201)
    for user, self_registered in ((signed_up, True), (made, False)):
        shown = expect.success(admin.get(f"{PATH}/{user['userId']}"))
        assert shown["selfRegistered"] is self_registered
