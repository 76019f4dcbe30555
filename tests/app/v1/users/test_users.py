"""Accounts: made, found, given roles and shut out by administrators alone."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from tests.app import expect
from tests.app.live import Gated, race

PATH = "/v1/auth/users"
ADA = {"userId": "ada", "email": "Ada@Example.com", "name": "Ada", "role": "fm-web:editor"}
OPERATIONS = [
    ("GET", "?role=fm-web:editor"),
    ("GET", "/ada"),
    ("POST", ""),
    ("PATCH", "/ada/role"),
    ("POST", "/ada/disable"),
    ("POST", "/ada/enable"),
]


def add(api: TestClient, **fields: str) -> Any:
    return expect.success(api.post(PATH, json={**ADA, **fields}), 201)


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_accounts_are_for_administrators(
    stranger: TestClient, ada: TestClient, method: str, path: str
) -> None:
    """401 without a caller, 403 for another role, reads too."""
    answer = stranger.request(method, PATH + path, json=ADA)
    expect.failure(answer, 401, "credentials-missing")
    expect.failure(ada.request(method, PATH + path, json=ADA), 403, "forbidden")


def test_a_user_is_made_and_read(api: TestClient) -> None:
    """Location leads to the account; the address is kept in lower case."""
    answer = api.post(PATH, json=ADA)
    made = expect.success(answer, 201)
    assert made.pop("createdAt")
    assert made.pop("updatedAt")
    assert made == {
        "userId": "ada",
        "email": "ada@example.com",
        "name": "Ada",
        "role": "fm-web:editor",
        "isDisabled": False,
        "lastLoginAt": None,
    }
    assert answer.headers["location"] == f"{PATH}/ada"
    assert expect.success(api.get(f"{PATH}/ada"))["email"] == "ada@example.com"


def test_an_empty_table_has_no_users(api: TestClient) -> None:
    """Lists are empty; a user is not found, whatever is done to it."""
    for query in ("?role=fm-web:viewer", "?email=ada@example.com"):
        assert expect.success(api.get(PATH + query)) == {"items": [], "nextCursor": None}
    expect.failure(api.get(f"{PATH}/ada"), 404, "not-found")
    for method, path in OPERATIONS[3:]:
        answer = api.request(method, PATH + path, json={"role": "fm-web:admin"})
        expect.failure(answer, 404, "not-found")


@pytest.mark.parametrize(
    ("wrong", "location"),
    [
        ({"userId": "A B"}, "body.userId"),
        ({"email": "ada"}, "body.email"),
        ({"email": "a#b@example.com"}, "body.email"),
        ({"role": "fm-web:owner"}, "body.role"),
        ({"name": "x" * 101}, "body.name"),
        ({"isDisabled": True}, "body.isDisabled"),
    ],
)
def test_wrong_input_is_named(api: TestClient, wrong: dict[str, Any], location: str) -> None:
    """422 with the field."""
    error = expect.failure(api.post(PATH, json={**ADA, **wrong}), 422, "unprocessable")
    assert error["details"][0]["location"] == location


def test_identity_and_address_are_taken_once(api: TestClient) -> None:
    """409; capitals do not make another address."""
    add(api)
    again = api.post(PATH, json={**ADA, "email": "other@example.com"})
    expect.failure(again, 409, "already-exists")
    same = api.post(PATH, json={**ADA, "userId": "eve", "email": "ADA@example.COM"})
    error = expect.failure(same, 409, "taken")
    assert error["details"][0]["location"] == "body.email"


def test_two_at_once_cannot_have_one_address(api: TestClient, gated: Gated) -> None:
    """One of them gets it."""

    def create(user_id: str) -> Response:
        return api.post(PATH, json={**ADA, "userId": user_id})

    answers = race(gated, lambda: create("ada"), lambda: create("eve"))
    assert sorted(answer.status_code for answer in answers) == [201, 409]


def test_users_are_found_by_role_in_pages(api: TestClient) -> None:
    """By e-mail address, each once, to the last page."""
    for name in ("c", "a", "b"):
        add(api, userId=name, email=f"{name}@example.com")
    add(api, userId="d", email="0@example.com", role="fm-web:viewer")
    query = {"role": "fm-web:editor", "limit": "2"}
    first = expect.success(api.get(PATH, params=query))
    assert [each["userId"] for each in first["items"]] == ["a", "b"]
    rest = expect.success(api.get(PATH, params={**query, "cursor": first["nextCursor"]}))
    assert [each["userId"] for each in rest["items"]] == ["c"]
    assert rest["nextCursor"] is None
    other = api.get(PATH, params={"role": "fm-web:viewer", "cursor": first["nextCursor"]})
    expect.failure(other, 400, "invalid-cursor")


def test_a_user_is_found_by_address(api: TestClient) -> None:
    """However it is capitalised; a list of one."""
    add(api)
    found = expect.success(api.get(PATH, params={"email": "ADA@example.com"}))
    assert [each["userId"] for each in found["items"]] == ["ada"]


@pytest.mark.parametrize(
    "query", ["", "?role=fm-web:editor&email=ada@example.com", "?role=owner", "?email=ada"]
)
def test_a_list_is_of_a_role_or_an_address(api: TestClient, query: str) -> None:
    """422 for neither, both, or what is none."""
    expect.failure(api.get(PATH + query), 422, "unprocessable")


def test_a_role_is_given_in_place_of_another(api: TestClient) -> None:
    """The user changes lists; twice the same is fine."""
    add(api)
    for _ in range(2):
        changed = api.patch(f"{PATH}/ada/role", json={"role": "fm-web:admin"})
        assert expect.success(changed)["role"] == "fm-web:admin"
    admins = expect.success(api.get(PATH, params={"role": "fm-web:admin"}))
    editors = expect.success(api.get(PATH, params={"role": "fm-web:editor"}))
    assert ([each["userId"] for each in admins["items"]], editors["items"]) == (["ada"], [])
    wrong = api.patch(f"{PATH}/ada/role", json={"role": "king"})
    expect.failure(wrong, 422, "unprocessable")


def test_a_user_is_shut_out_and_let_in(api: TestClient) -> None:
    """Doing either twice changes nothing."""
    add(api)
    for verb, is_disabled in (("disable", True), ("disable", True), ("enable", False)):
        changed = expect.success(api.post(f"{PATH}/ada/{verb}"))
        assert changed["isDisabled"] is is_disabled
    assert expect.success(api.get(f"{PATH}/ada"))["isDisabled"] is False
