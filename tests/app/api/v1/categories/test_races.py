"""Writers at the same moment: counters stay exact, the tree stays a tree."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from tests.app import expect
from tests.app.api.v1.categories.shelves import PATH, add, move, outline, tag
from tests.app.live import Gated, race

pytestmark = pytest.mark.quick_on_local


def statuses(answers: list[Response]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


def test_two_creators_of_one_slug(api: TestClient, gated: Gated) -> None:
    """One wins; the parent counts one."""
    add(api, "news")

    def create(category_id: str) -> Response:
        body = {"categoryId": category_id, "parentId": "news", "name": "n", "slug": "same"}
        return api.post(PATH, json=body)

    answers = race(gated, lambda: create("one"), lambda: create("two"))
    assert statuses(answers) == [201, 409]
    (loser,) = [answer for answer in answers if answer.status_code == 409]
    expect.failure(loser, 409, "taken")
    assert len(outline(api)["news"]) == 1


def test_many_creators_below_one_parent(api: TestClient, gated: Gated) -> None:
    """All are counted."""
    add(api, "news")

    def create(number: int) -> Response:
        return api.post(
            PATH,
            json={
                "categoryId": f"n{number}",
                "parentId": "news",
                "name": "n",
                "slug": f"n{number}",
            },
        )

    answers = race(gated, *[lambda number=number: create(number) for number in range(4)])
    assert statuses(answers) == [201] * 4
    assert len(outline(api)["news"]) == 4


def test_two_moves_that_would_make_a_cycle(api: TestClient, gated: Gated) -> None:
    """A below B and B below A: one of them is refused, and both are in the tree."""
    add(api, "a")
    add(api, "b")
    locks = {each: tag(api, each) for each in "ab"}
    answers = race(
        gated,
        lambda: move(api, "a", "b", locks["a"]),
        lambda: move(api, "b", "a", locks["b"]),
    )
    assert statuses(answers)[0] == 200
    assert statuses(answers)[1] in (409, 412)
    assert outline(api) in ({"a": {"b": {}}}, {"b": {"a": {}}})


def test_two_moves_that_would_make_a_cycle_further_up(api: TestClient, gated: Gated) -> None:
    """A below a leaf of B, and B below a leaf of A: neither move touches what the other reads
    first, only ancestors do."""
    for each in "ab":
        add(api, each)
        add(api, f"{each}-mid", each)
        add(api, f"{each}-leaf", f"{each}-mid")
    locks = {each: tag(api, each) for each in "ab"}
    answers = race(
        gated,
        lambda: move(api, "a", "b-leaf", locks["a"]),
        lambda: move(api, "b", "a-leaf", locks["b"]),
    )
    assert statuses(answers) == [200, 409]
    (loser,) = [answer for answer in answers if answer.status_code == 409]
    assert expect.failure(loser, 409, "conflict")["message"] == "the tree was changed"
    assert len(outline(api)) == 1


def test_a_child_is_made_while_its_parent_is_deleted(api: TestClient, gated: Gated) -> None:
    """Either the parent stays with its child, or it goes without one."""
    add(api, "news")
    body = {"categoryId": "sport", "parentId": "news", "name": "Sport"}
    made, deleted = race(
        gated, lambda: api.post(PATH, json=body), lambda: api.delete(f"{PATH}/news")
    )
    assert (made.status_code, deleted.status_code) in ((201, 409), (422, 204))
    assert outline(api) == ({"news": {"sport": {}}} if made.status_code == 201 else {})


def test_one_category_is_moved_twice(api: TestClient, gated: Gated) -> None:
    """One parent has it, and its lock makes the other move fail."""
    for each in ("a", "b", "c"):
        add(api, each)
    lock = tag(api, "c")
    answers = race(gated, lambda: move(api, "c", "a", lock), lambda: move(api, "c", "b", lock))
    assert statuses(answers) == [200, 412]
    assert outline(api) in ({"a": {"c": {}}, "b": {}}, {"a": {}, "b": {"c": {}}})


def test_a_category_is_deleted_while_it_moves(api: TestClient, gated: Gated) -> None:
    """One of them happens, wholly."""
    add(api, "a")
    add(api, "b", "a")
    add(api, "x")
    lock = tag(api, "b")
    moved, deleted = race(gated, lambda: move(api, "b", "x", lock), lambda: api.delete(f"{PATH}/b"))
    assert (moved.status_code, deleted.status_code) in ((200, 409), (404, 204))
    after = {"a": {}, "x": {"b": {}}} if moved.status_code == 200 else {"a": {}, "x": {}}
    assert outline(api) == after


def test_a_parent_is_deleted_while_a_category_moves_below_it(api: TestClient, gated: Gated) -> None:
    """Nothing is ever below what is not there."""
    add(api, "a")
    add(api, "x")
    lock = tag(api, "a")
    moved, deleted = race(gated, lambda: move(api, "a", "x", lock), lambda: api.delete(f"{PATH}/x"))
    assert (moved.status_code, deleted.status_code) in ((200, 409), (422, 204))
    assert outline(api) == ({"x": {"a": {}}} if moved.status_code == 200 else {"a": {}})
