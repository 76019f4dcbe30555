"""Details: a closed list of codes, with limits as values, whatever found what is wrong."""

from __future__ import annotations

import re
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

import access_patterns
from app.api.v1.auth_schemas import Login, SignUp
from app.core.details import CODES, detail_of
from app.services import category_tree
from model import Role
from singletable import Label
from tests.app import expect
from tests.app.harness import AppHarness, path

INTERNAL = {"already-counted", "lease-lost", "no-category", "no-parent", "slug-taken", "taken-over"}
"""Labels that reach no client, or as another problem."""


def test_every_label_is_a_code() -> None:
    """What a condition of a write means is told by its name."""
    names = [each.name for each in iter_modules(access_patterns.__path__)]
    modules = [category_tree, *(import_module(f"access_patterns.{name}") for name in names)]
    labels = {e.name for m in modules for e in vars(m).values() if isinstance(e, Label)}
    assert {"not-a-draft", "last-admin", "too-deep"} <= labels
    assert labels - INTERNAL <= CODES.keys()


WRONG: list[tuple[dict[str, Any], str, str, dict[str, Any]]] = [
    ({"title": "x" * 201}, "body.title", "too-long", {"max": 200}),
    ({"title": ""}, "body.title", "too-short", {"min": 1}),
    ({"title": 1}, "body.title", "wrong-type", {"expected": "string"}),
    ({"title": "a\x00"}, "body.title", "unfit-character", {"character": "0000"}),
    ({"tags": ["x"] * 21}, "body.tags", "too-many", {"max": 20}),
    ({"tags": "x"}, "body.tags", "wrong-type", {"expected": "array"}),
    ({"slug": "ㅎ" * 100}, "body.slug", "too-long", {"max": 255}),
    ({"slug": "No Slug"}, "body.slug", "wrong-form", {}),
    ({"categoryId": "No Such"}, "body.categoryId", "wrong-form", {}),
    ({"categoryId": "nothing"}, "body.categoryId", "unknown-category", {}),
    ({"colour": "red"}, "body.colour", "unknown-field", {}),
]


@pytest.mark.parametrize(("sent", "location", "code", "params"), WRONG)
def test_a_wrong_value_has_a_code_and_its_limits(
    harness: AppHarness, sent: dict[str, Any], location: str, code: str, params: dict[str, Any]
) -> None:
    """So that a page can word it in another language."""
    body = {"title": "a", "categoryId": "news", **sent}
    (found,) = _wrong(harness.ada, "post", "/v1/posts", body)
    assert (found["location"], found["code"], found["params"]) == (location, code, params)


def _wrong(who: TestClient, method: str, where: str, body: object = None) -> list[dict[str, Any]]:
    answer = who.request(method, where, json=body)
    return list(expect.failure(answer, 422, "unprocessable")["details"])


def test_parameters_and_addresses_as_well(harness: AppHarness) -> None:
    """No message shows the pattern of an address, or how a library words it."""
    (limit,) = _wrong(harness.anonymous, "get", "/v1/posts?limit=101")
    assert (limit["code"], limit["params"]) == ("too-large", {"max": 100})
    (status,) = _wrong(harness.ada, "get", "/v1/posts?status=gone")
    assert status["code"] == "unknown-value"
    assert "draft" in status["params"]["allowed"]
    (email,) = _wrong(harness.admin, "get", "/v1/auth/users?email=a")
    assert (email["location"], email["code"]) == ("query.email", "wrong-form")
    (seconds,) = _wrong(harness.ada, "post", f"{path(harness.draft())}/previews", {"seconds": "1"})
    assert (seconds["code"], seconds["params"]) == ("wrong-type", {"expected": "integer"})


def test_the_values_that_are_allowed_are_a_list(harness: AppHarness) -> None:
    """As they are sent: of an enumeration, alone or in a list, or of a few words."""
    (include,) = _wrong(harness.anonymous, "get", "/v1/posts?include=all")
    assert include["code"] == "unknown-value"
    assert include["params"] == {"allowed": ["author", "category", "views"]}
    assert include["message"] == "is none of author, category, views"
    (role,) = _wrong(harness.admin, "get", "/v1/auth/users?role=king")
    assert role["params"] == {"allowed": list(Role)}
    with pytest.raises(ValidationError) as refused:
        Login.model_validate({"email": "ada@example.com", "password": "x", "tokens": "none"})
    assert detail_of(refused.value.errors()[0]).params == {"allowed": ["cookies", "body"]}


def test_a_password_has_the_codes_of_a_text() -> None:
    """Though the library counts what a secret holds as it does items."""
    for password, code, limit in (("short", "too-short", "min"), ("x" * 257, "too-long", "max")):
        with pytest.raises(ValidationError) as refused:
            SignUp.model_validate({"email": "ada@example.com", "password": password})
        found = detail_of(refused.value.errors()[0])
        assert (found.code, list(found.params)) == (code, [limit])


def test_a_value_that_was_not_sent_is_not_pointed_at(harness: AppHarness) -> None:
    """A slug that was made of a name is nothing that the client could correct in its place."""
    named: dict[str, object] = {"name": "x"}
    for sent, location in (({"name": "News"}, "body"), ({**named, "slug": "news"}, "body.slug")):
        answer = harness.admin.post("/v1/categories", json=sent)
        (found,) = expect.failure(answer, 409, "taken")["details"]
        assert (found["location"], found["code"]) == (location, "taken")


def test_a_refusing_state_has_a_code_of_its_own(harness: AppHarness) -> None:
    """409 alone does not say which of several reasons it is."""
    post, admin = harness.draft(), harness.admin
    refused = [
        admin.post(f"{path(post)}/publish"),
        admin.post(f"{path(post)}/unpublish"),
        admin.delete("/v1/categories/news"),
        admin.post("/v1/categories/news/merge", json={"into": "news"}),
    ]
    codes = [expect.failure(each, 409, "conflict")["details"][0]["code"] for each in refused]
    assert codes == ["not-reviewed", "already-draft", "not-empty", "below-itself"]
    twice = admin.post("/v1/categories", json={"categoryId": "news", "name": "Other"})
    (found,) = expect.failure(twice, 409, "already-exists")["details"]
    assert (found["location"], found["code"]) == ("body.categoryId", "already-exists")


def test_what_cannot_be_an_identity_is_of_nothing(harness: AppHarness) -> None:
    """404 as of any that is unknown, whatever kind and operation; never 422 of a path."""
    told = dict[str, str]()
    for where, item in harness.app.openapi()["paths"].items():
        for method in item if "{" in where else ():
            address = re.sub(r"{\w+}", "A%23b", where)
            error = harness.admin.request(method, address).json()["error"]
            told[f"{method} {where}"] = error["code"]
    assert len(told) > 40
    assert set(told.values()) <= {"not-found", "not-configured"}, told
    assert told["get /v1/posts/{post_id}"] == told["get /v1/jobs/{job_id}"] == "not-found"
