"""Categories are emptied into others, and merged: some posts at a time."""

from __future__ import annotations

import pytest

from access_patterns import categories
from app.services import category_tree
from tests.app import expect
from tests.app.api.v1.categories.shelves import PATH, add, outline
from tests.app.harness import AppHarness, path


def counts(harness: AppHarness, name: str) -> tuple[int, int]:
    """Published posts, and posts in every state."""
    got = expect.success(harness.admin.get(f"{PATH}/{name}"))
    return got["posts"], got["allPosts"]


def moved(harness: AppHarness, verb: str, into: str = "science") -> tuple[int, bool]:
    answer = expect.success(harness.admin.post(f"{PATH}/news/{verb}", json={"into": into}))
    return answer["posts"], answer["isDone"]


@pytest.fixture
def filled(any_harness: AppHarness) -> AppHarness:
    """Three posts in `news`, of which one is a draft, and one in `science`."""
    any_harness.category("science")
    any_harness.published(title="a", tags=["go"])
    any_harness.published(title="b")
    any_harness.draft(title="c")
    any_harness.published(title="d", categoryId="science")
    return any_harness


def test_a_category_is_emptied_step_by_step(
    filled: AppHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The posts keep texts, states and lists; the category stays."""
    monkeypatch.setattr(category_tree, "MOST_AT_ONCE", 2)
    assert moved(filled, "empty") == (2, False)
    assert moved(filled, "empty") == (1, True)
    assert moved(filled, "empty") == (0, True)
    assert (counts(filled, "news"), counts(filled, "science")) == ((0, 0), (3, 4))
    listed = expect.success(filled.anonymous.get("/v1/posts?category=science"))["items"]
    assert [post["title"] for post in listed] == ["d", "b", "a"]
    (tagged,) = expect.success(filled.anonymous.get("/v1/posts?tag=go"))["items"]
    assert tagged["categoryId"] == "science"
    assert expect.success(filled.admin.get(f"{path(tagged)}/revisions"))["items"] == []


def test_a_category_is_merged_into_another(filled: AppHarness) -> None:
    """With its children; it is gone, and its slugs lead to the other one."""
    add(filled.admin, "below", "news")
    lock = {"If-Match": filled.admin.get(f"{PATH}/news").headers["etag"]}
    renamed = filled.admin.patch(f"{PATH}/news", json={"slug": "fresh"}, headers=lock)
    expect.success(renamed)
    assert moved(filled, "merge") == (3, True)
    expect.failure(filled.admin.get(f"{PATH}/news"), 404, "not-found")
    assert expect.success(filled.admin.get(f"{PATH}/below"))["parentId"] == "science"
    assert counts(filled, "science") == (3, 4)
    for slug in ("news", "fresh"):
        answer = filled.anonymous.get(f"{PATH}/by-slug/{slug}", follow_redirects=False)
        assert answer.status_code == 308
        assert answer.headers["location"] == f"{PATH}/by-slug/science"
        listed = expect.success(filled.anonymous.get(f"/v1/posts?category={slug}"))
        assert len(listed["items"]) == 3


def test_children_are_moved_some_at_a_time(
    filled: AppHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the posts, as many of both as one request may move; the tree is read once for all."""
    for name in ("one", "two", "three"):
        add(filled.admin, name, "news")
    add(filled.admin, "below-one", "one")
    monkeypatch.setattr(category_tree, "MOST_AT_ONCE", 2)
    read = list[str]()
    tree = categories.tree
    monkeypatch.setattr(categories, "tree", lambda: read.append("tree") or tree())
    steps = list[tuple[int, int, bool]]()
    while not steps or not steps[-1][2]:
        step = expect.success(filled.admin.post(f"{PATH}/news/merge", json={"into": "science"}))
        steps.append((step["children"], step["posts"], step["isDone"]))
    assert steps == [(2, 0, False), (1, 1, False), (0, 2, True)]
    assert read == ["tree"] * 3
    assert outline(filled.admin) == {"science": {"one": {"below-one": {}}, "three": {}, "two": {}}}


def test_a_category_is_not_merged_into_what_is_below_it(filled: AppHarness) -> None:
    """409, and 422 for one that does not exist; nothing is moved. Editors may not."""
    add(filled.admin, "below", "news")
    for verb in ("empty", "merge"):
        for into in ("news", "below"):
            answer = filled.admin.post(f"{PATH}/news/{verb}", json={"into": into})
            expect.failure(answer, 409, "conflict")
        unknown = filled.admin.post(f"{PATH}/news/{verb}", json={"into": "nothing"})
        error = expect.failure(unknown, 422, "unprocessable")
        assert error["details"][0]["location"] == "body.into"
        missing = filled.admin.post(f"{PATH}/nothing/{verb}", json={"into": "news"})
        expect.failure(missing, 404, "not-found")
        denied = filled.ada.post(f"{PATH}/news/{verb}", json={"into": "science"})
        expect.failure(denied, 403, "forbidden")
    assert counts(filled, "news") == (2, 3)
