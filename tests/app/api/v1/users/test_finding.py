"""Accounts are found by role in pages, by address, and by identity."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from model import Role
from tests.app import expect
from tests.app.harness import AppHarness

PATH = "/v1/auth/users"


def names(data: Any) -> list[str]:
    return [each["email"].partition("@")[0] for each in data["items"]]


def test_users_are_found_by_role_in_pages(any_harness: AppHarness, admin: TestClient) -> None:
    """By e-mail address, each once, to the last page; a cursor belongs to its question."""
    for name in ("c", "a", "b"):
        any_harness.account(name, Role.EDITOR)
    any_harness.account("0")
    query = {"role": "fm-web:editor", "limit": "2"}
    first = expect.success(admin.get(PATH, params=query))
    assert names(first) == ["a", "b"]
    rest = expect.success(admin.get(PATH, params={**query, "cursor": first["nextCursor"]}))
    assert (names(rest), rest["nextCursor"]) == (["c"], None)
    other = {"role": "fm-web:viewer", "cursor": first["nextCursor"]}
    expect.failure(admin.get(PATH, params=other), 400, "invalid-cursor")


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_everyone_is_listed_in_pages(
    any_harness: AppHarness, admin: TestClient, limit: int
) -> None:
    """Role after role, each user once, whatever the pages' size."""
    for name, role in (("c", Role.EDITOR), ("a", Role.EDITOR), ("b", Role.VIEWER)):
        any_harness.account(name, role)
    found, cursor = list[str](), dict[str, str]()
    while True:
        data = expect.success(admin.get(PATH, params={"limit": str(limit), **cursor}))
        assert len(data["items"]) <= limit
        found.extend(names(data))
        if data["nextCursor"] is None:
            break
        cursor = {"cursor": data["nextCursor"]}
    assert found == ["root", "a", "c", "b"]


@pytest.mark.parametrize("cursor", ["3.", "x", "1.forged", "-1.", "٣."])
def test_a_cursor_of_everyone_is_one_that_was_given(harness: AppHarness, cursor: str) -> None:
    """400 for any other."""
    harness.account("root", Role.ADMIN)
    answer = harness.sign_in("root").get(PATH, params={"cursor": cursor})
    expect.failure(answer, 400, "invalid-cursor")


@pytest.mark.parametrize("spelling", ["bob@example.com", "BOB@Example.COM"])
def test_a_user_is_found_by_address(
    any_harness: AppHarness, admin: TestClient, spelling: str
) -> None:
    """However it is capitalised; a list of one."""
    user = any_harness.account("bob")
    found = expect.success(admin.get(PATH, params={"email": spelling}))
    assert [each["userId"] for each in found["items"]] == [user.user_id]
    assert found["nextCursor"] is None


def test_nobody_is_found_where_nobody_is(any_harness: AppHarness, admin: TestClient) -> None:
    """Lists are empty; a user is not found, whatever is done to it."""
    for query in ("?role=fm-web:viewer", "?email=bob@example.com"):
        assert expect.success(admin.get(PATH + query)) == {"items": [], "nextCursor": None}
    for method, verb in (
        ("GET", ""),
        ("PATCH", "/role"),
        ("POST", "/disable"),
        ("POST", "/enable"),
        ("DELETE", ""),
    ):
        body = {"json": {"role": Role.EDITOR}} if method == "PATCH" else {}
        answer = admin.request(method, f"{PATH}/nobody{verb}", **body)
        expect.failure(answer, 404, "not-found")


@pytest.mark.parametrize(
    "query",
    [
        "?role=fm-web:editor&email=bob@example.com",
        "?role=owner",
        "?email=bob",
        "?role=fm-web:editor&name=bob",
    ],
)
def test_a_list_is_of_a_role_or_an_address(harness: AppHarness, query: str) -> None:
    """422 for both, or what is none."""
    harness.account("root", Role.ADMIN)
    admin = harness.sign_in("root")
    expect.failure(admin.get(PATH + query), 422, "unprocessable")


def test_a_role_is_given_in_place_of_another(any_harness: AppHarness, admin: TestClient) -> None:
    """The user changes lists; twice the same is fine; what is no role is refused."""
    user = any_harness.account("bob", Role.EDITOR)
    for _ in range(2):
        changed = admin.patch(any_harness.path(user, "/role"), json={"role": Role.VIEWER})
        assert expect.success(changed)["role"] == Role.VIEWER
    viewers = expect.success(admin.get(PATH, params={"role": Role.VIEWER}))
    editors = expect.success(admin.get(PATH, params={"role": Role.EDITOR}))
    assert (names(viewers), names(editors)) == (["bob"], [])
    for body in ({"role": "king"}, {}, {"role": Role.EDITOR, "email": "eve@example.com"}):
        answer = admin.patch(any_harness.path(user, "/role"), json=body)
        expect.failure(answer, 422, "unprocessable")


def test_a_user_is_shut_out_let_in_and_let_go(any_harness: AppHarness, admin: TestClient) -> None:
    """Doing either of the first twice changes nothing; one who was let go is not found."""
    user = any_harness.account("bob")
    for verb, is_disabled in (("disable", True), ("disable", True), ("enable", False)):
        changed = expect.success(admin.post(any_harness.path(user, f"/{verb}")))
        assert (changed["isDisabled"], changed["syncPendingSince"]) == (is_disabled, None)
    assert expect.success(admin.get(any_harness.path(user)))["isDisabled"] is False
    assert admin.delete(any_harness.path(user)).status_code == 204
    expect.failure(admin.get(any_harness.path(user)), 404, "not-found")
    assert expect.success(admin.get(PATH, params={"email": user.email}))["items"] == []


def test_an_administrator_demoted_by_another_is_none_at_once(
    any_harness: AppHarness, admin: TestClient
) -> None:
    """The token still says so; the session is over, and the next one has the other role."""
    user = any_harness.account("bob", Role.ADMIN)
    browser = any_harness.sign_in("bob")
    expect.success(browser.get(any_harness.path(user)))
    expect.success(admin.patch(any_harness.path(user, "/role"), json={"role": Role.VIEWER}))
    expect.failure(browser.get(any_harness.path(user)), 401, "session-ended")
    again = any_harness.sign_in("bob")
    expect.failure(again.get(any_harness.path(user)), 403, "forbidden")
