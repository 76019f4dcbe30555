"""A category moves with all that is below it; the tree stays a tree."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from app.services.category_tree import MOST_LEVELS
from tests.app import expect
from tests.app.api.v1.categories.shelves import PATH, add, move, outline, tag


@pytest.fixture(autouse=True)
def shelves(api: TestClient) -> None:
    add(api, "a")
    add(api, "b", "a")
    add(api, "c", "b")
    add(api, "x")


def test_a_category_moves_with_what_is_below(api: TestClient) -> None:
    """Both parents count anew; the answer has the new tag and parent."""
    answer = move(api, "b", "x")
    assert expect.success(answer)["parentId"] == "x"
    assert outline(api) == {"a": {}, "x": {"b": {"c": {}}}}
    body = {"parentId": "x", "position": 7}
    lock = {"If-Match": answer.headers["etag"]}
    again = expect.success(api.post(f"{PATH}/b/move", json=body, headers=lock))
    assert (again["position"], again["version"]) == (7, 3)


def test_a_category_moves_to_the_top_and_back(api: TestClient) -> None:
    """Null is the top."""
    assert expect.success(move(api, "c", None))["parentId"] is None
    assert outline(api) == {"a": {"b": {}}, "c": {}, "x": {}}
    expect.success(move(api, "c", "b"))
    assert outline(api) == {"a": {"b": {"c": {}}}, "x": {}}


def test_to_stay_is_a_move_too(api: TestClient) -> None:
    """The same parent: only the position changes, nothing is counted twice."""
    body = {"parentId": "a", "position": 9}
    moved = expect.success(api.post(f"{PATH}/b/move", json=body, headers=tag(api, "b")))
    assert moved["position"] == 9
    assert outline(api) == {"a": {"b": {"c": {}}}, "x": {}}


@pytest.mark.parametrize("parent_id", ["a", "b", "c"])
def test_nothing_gets_below_itself(api: TestClient, parent_id: str) -> None:
    """409 in clear words; nothing moves."""
    error = expect.failure(move(api, "a", parent_id), 409, "conflict")
    assert error["message"] == "a category cannot go into itself or what is below it"
    assert outline(api) == {"a": {"b": {"c": {}}}, "x": {}}


def test_a_new_parent_has_to_exist(api: TestClient) -> None:
    """422 for the parent, 404 for the category, 422 for the top's inner name."""
    error = expect.failure(move(api, "c", "none"), 422, "unprocessable")
    assert error["details"][0]["message"] == "the parent category does not exist"
    expect.failure(move(api, "none", "a", {"If-Match": "*"}), 404, "not-found")
    expect.failure(move(api, "c", "root"), 422, "unprocessable")
    unsaid = api.post(f"{PATH}/c/move", json={}, headers=tag(api, "c"))
    assert expect.failure(unsaid, 422, "unprocessable")["details"][0]["location"] == "body.parentId"


def test_a_move_says_of_what(api: TestClient) -> None:
    """428 without If-Match, 412 for another version."""
    unlocked = api.post(f"{PATH}/b/move", json={"parentId": "x"})
    expect.failure(unlocked, 428, "precondition-required")
    lock = tag(api, "b")
    expect.success(move(api, "b", "x", lock))
    expect.failure(move(api, "b", "a", lock), 412, "precondition-failed")


def test_the_tree_gets_so_deep_and_no_deeper(api: TestClient) -> None:
    """On creation, and when a move takes a whole subtree down."""
    parent_id = "x"
    for level in range(2, MOST_LEVELS + 1):
        add(api, f"level-{level}", parent_id)
        parent_id = f"level-{level}"
    body = {"parentId": parent_id, "name": "too deep"}
    error = expect.failure(api.post(PATH, json=body), 409, "conflict")
    assert error["message"] == f"the tree may have {MOST_LEVELS} levels, not more"
    expect.failure(move(api, "a", f"level-{MOST_LEVELS - 2}"), 409, "conflict")
    expect.success(move(api, "a", f"level-{MOST_LEVELS - 3}"))
