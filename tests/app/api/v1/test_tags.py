"""The list of tags: how many published posts have each."""

from __future__ import annotations

from tests.app import expect
from tests.app.harness import AppHarness, path


def tags(harness: AppHarness, limit: int = 100) -> dict[str, int]:
    """By name, in order, page by page."""
    found, query = dict[str, int](), {"limit": str(limit)}
    while True:
        page = expect.success(harness.anonymous.get("/v1/tags", params=query))
        found |= {each["name"]: each["posts"] for each in page["items"]}
        if page["nextCursor"] is None:
            return found
        query["cursor"] = page["nextCursor"]


def test_tags_count_what_is_published(any_harness: AppHarness) -> None:
    """Through every change of a post; a tag without posts is not shown."""
    draft = any_harness.draft(tags=["draft"])
    one = any_harness.published(tags=["Go", "c#"])
    two = any_harness.published(tags=["go", "한글"])
    assert tags(any_harness) == {"c#": 1, "go": 2, "한글": 1}
    assert list(tags(any_harness, limit=1)) == ["c#", "go", "한글"]
    change = {"tags": ["C#", "new"]}
    expect.success(any_harness.admin.patch(path(one), json=change, headers=any_harness.tag(one)))
    assert tags(any_harness) == {"c#": 1, "go": 1, "new": 1, "한글": 1}
    any_harness.steps(two, "unpublish")
    assert tags(any_harness) == {"c#": 1, "new": 1}
    number = any_harness.stored(one)["version"] - 1
    restored = any_harness.admin.post(
        f"{path(one)}/revisions/{number}/restore", headers=any_harness.tag(one)
    )
    assert expect.success(restored)["tags"] == ["Go", "c#"]
    assert tags(any_harness) == {"c#": 1, "Go": 1}
    any_harness.steps(one, "archive")
    any_harness.steps(draft, "submit", "publish")
    assert tags(any_harness) == {"draft": 1}
    assert any_harness.admin.delete(path(draft)).status_code == 204
    assert tags(any_harness) == {}


def test_a_post_of_as_many_tags_as_there_may_be(any_harness: AppHarness) -> None:
    """All are changed at once, and with as many former slugs as may be it is deleted at once."""
    harness = any_harness
    post = harness.published(tags=[f"a{number}" for number in range(20)])
    change = {"title": "other", "tags": [f"b{number}" for number in range(20)]}
    expect.success(harness.admin.patch(path(post), json=change, headers=harness.tag(post)))
    assert tags(harness) == {f"b{number}": 1 for number in range(20)}
    for number in range(50):
        expect.success(harness.admin.put(f"{path(post)}/slug", json={"slug": f"s{number}"}))
    assert harness.admin.delete(path(post)).status_code == 204
    assert tags(harness) == {}
