"""Categories are made, changed and deleted, and never by chance."""

from __future__ import annotations

from typing import Any
from unicodedata import normalize

import pytest
from fastapi.testclient import TestClient

from model import CategoryId, CategoryUsage
from singletable import Repository
from tests.app import expect
from tests.app.api.v1.categories.shelves import PATH, add, outline, tag


def test_a_category_needs_a_name_alone(api: TestClient) -> None:
    """Identity and slug are made; Location and ETag are those of the new category."""
    answer = api.post(PATH, json={"name": "Crème brûlée & more"})
    made = expect.success(answer, 201)
    assert made["slug"] == "crème-brûlée-more"
    assert len(made["categoryId"]) == 26
    assert made["categoryId"] == made["categoryId"].lower()
    found = api.get(answer.headers["location"])
    assert expect.success(found)["categoryId"] == made["categoryId"]
    lock = {"If-Match": answer.headers["etag"]}
    expect.success(api.patch(answer.headers["location"], json={"position": 1}, headers=lock))


def test_writing_needs_a_caller(stranger: TestClient) -> None:
    """401 for each operation that changes something."""
    for method, path in [("POST", ""), ("PATCH", "/a"), ("POST", "/a/move"), ("DELETE", "/a")]:
        answer = stranger.request(method, PATH + path, json={})
        expect.failure(answer, 401, "credentials-missing")


@pytest.mark.parametrize(
    ("wrong", "location"),
    [
        ({}, "body.name"),
        ({"name": ""}, "body.name"),
        ({"name": "x" * 101}, "body.name"),
        ({"name": "a", "categoryId": "root"}, "body.categoryId"),
        ({"name": "a", "categoryId": "by-slug"}, "body.categoryId"),
        ({"name": "a", "categoryId": "A"}, "body.categoryId"),
        ({"name": "a", "parentId": "root"}, "body.parentId"),
        ({"name": "a", "slug": "Not a slug"}, "body.slug"),
        ({"name": "a", "slug": "a\u202eb"}, "body.slug"),
        ({"name": "a", "position": -1}, "body.position"),
        ({"name": "a", "position": 10_000}, "body.position"),
        ({"name": "a", "version": 3}, "body.version"),
    ],
)
def test_wrong_input_is_named(api: TestClient, wrong: dict[str, Any], location: str) -> None:
    """422 with the field; nothing is made."""
    error = expect.failure(api.post(PATH, json=wrong), 422, "unprocessable")
    assert error["details"][0]["location"] == location
    assert outline(api) == {}


def test_a_name_of_any_script_makes_the_slug(api: TestClient) -> None:
    """It leads to the category, in whatever spelling; a name without letters has the identity."""
    made = expect.success(api.post(PATH, json={"name": "자연 과학"}), 201)
    assert made["slug"] == "자연-과학"
    for spelling in ("자연-과학", normalize("NFD", "자연-과학")):
        found = expect.success(api.get(f"{PATH}/by-slug/{spelling}"))
        assert found["categoryId"] == made["categoryId"]
    nameless = expect.success(api.post(PATH, json={"categoryId": "smile", "name": "😀"}), 201)
    assert nameless["slug"] == "smile"


def test_an_identity_is_taken_once(api: TestClient) -> None:
    """409; the first stays as it is."""
    add(api, "news")
    again = api.post(PATH, json={"categoryId": "news", "name": "Other", "slug": "other"})
    expect.failure(again, 409, "already-exists")
    assert expect.success(api.get(f"{PATH}/news"))["name"] == "news"


def test_a_slug_is_taken_once(api: TestClient) -> None:
    """409 names the field, on creation and on change; nothing is counted."""
    add(api, "news")
    add(api, "sport")
    body = {"categoryId": "other", "parentId": "sport", "name": "Other", "slug": "news"}
    expect.failure(api.post(PATH, json=body), 409, "taken")
    changed = api.patch(f"{PATH}/sport", json={"slug": "news"}, headers=tag(api, "sport"))
    error = expect.failure(changed, 409, "taken")
    assert error["details"][0]["location"] == "body.slug"
    assert outline(api) == {"news": {}, "sport": {}}


def test_a_parent_has_to_exist(api: TestClient) -> None:
    """422, naming the field, as for a post's category."""
    body = {"categoryId": "sport", "parentId": "news", "name": "Sport"}
    error = expect.failure(api.post(PATH, json=body), 422, "unprocessable")
    assert error["details"][0]["location"] == "body.parentId"
    assert error["details"][0]["message"] == "the parent category does not exist"


def test_a_change_leaves_the_rest(api: TestClient) -> None:
    """Only what is given changes; the version and the tag do."""
    add(api, "news", name="News", position=4)
    answer = api.patch(f"{PATH}/news", json={"slug": "fresh"}, headers=tag(api, "news"))
    changed = expect.success(answer)
    assert (changed["name"], changed["position"], changed["slug"]) == ("News", 4, "fresh")
    assert changed["version"] == 2
    lock = {"If-Match": answer.headers["etag"]}
    expect.success(api.patch(f"{PATH}/news", json={"name": "N"}, headers=lock))
    stale = api.patch(f"{PATH}/news", json={"name": "M"}, headers=lock)
    expect.failure(stale, 412, "precondition-failed")


@pytest.mark.parametrize("wrong", [{}, {"name": None}, {"slug": ""}, {"parentId": "x"}])
def test_an_empty_or_wrong_change_is_refused(api: TestClient, wrong: dict[str, Any]) -> None:
    """422; the parent is changed by a move."""
    add(api, "news")
    answer = api.patch(f"{PATH}/news", json=wrong, headers=tag(api, "news"))
    expect.failure(answer, 422, "unprocessable")


def test_a_change_says_of_what(api: TestClient) -> None:
    """428 without If-Match, 404 for what is not there."""
    add(api, "news")
    expect.failure(api.patch(f"{PATH}/news", json={"name": "a"}), 428, "precondition-required")
    absent = api.patch(f"{PATH}/none", json={"name": "a"}, headers={"If-Match": "*"})
    expect.failure(absent, 404, "not-found")


def test_a_deleted_category_is_gone(api: TestClient) -> None:
    """204, then 404; its parent counts one less; slug and identity are free again."""
    add(api, "news")
    add(api, "sport", "news")
    assert api.delete(f"{PATH}/sport").status_code == 204
    assert outline(api) == {"news": {}}
    expect.failure(api.delete(f"{PATH}/sport"), 404, "not-found")
    add(api, "sport", "news")
    assert outline(api) == {"news": {"sport": {}}}


def test_a_deletion_may_say_of_what(api: TestClient) -> None:
    """412 for another version, 204 for this one."""
    add(api, "news")
    lock = tag(api, "news")
    expect.success(api.patch(f"{PATH}/news", json={"name": "a"}, headers=lock))
    expect.failure(api.delete(f"{PATH}/news", headers=lock), 412, "precondition-failed")
    assert api.delete(f"{PATH}/news", headers=tag(api, "news")).status_code == 204


def test_what_holds_something_stays(api: TestClient, repository: Repository) -> None:
    """409 in clear words, for children and for posts."""
    add(api, "news")
    add(api, "sport", "news")
    repository.write(CategoryUsage.key.patch(category_id=CategoryId("sport")).add(posts=1))
    for category_id in ("news", "sport"):
        error = expect.failure(api.delete(f"{PATH}/{category_id}"), 409, "conflict")
        assert error["message"] == "the category has posts or children"
    assert outline(api) == {"news": {"sport": {}}}


def test_a_lock_is_on_this_category_not_on_a_later_one(api: TestClient) -> None:
    """412 for the tag of one that was deleted, although identity and version are the same."""
    add(api, "news")
    lock = tag(api, "news")
    assert api.delete(f"{PATH}/news").status_code == 204
    add(api, "news")
    stale = api.patch(f"{PATH}/news", json={"name": "a"}, headers=lock)
    expect.failure(stale, 412, "precondition-failed")
