"""Lists of posts: which filters there are, in which order, page by page."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.app import expect
from tests.app.harness import AppHarness


def pages(client: TestClient, limit: int, **filters: str) -> list[list[dict[str, Any]]]:
    """Every page, following the cursor."""
    found, cursor = list[list[dict[str, Any]]](), dict[str, str]()
    while True:
        query = {"limit": str(limit), **filters, **cursor}
        page = expect.success(client.get("/v1/posts", params=query))
        found.append(page["items"])
        if page["nextCursor"] is None:
            return found
        cursor = {"cursor": page["nextCursor"]}


def titles(client: TestClient, limit: int = 100, **filters: str) -> list[str]:
    return [post["title"] for page in pages(client, limit, **filters) for post in page]


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_the_feed_has_each_published_post_once_newest_first(
    any_site: AppHarness, limit: int
) -> None:
    """One cursor over all shards; pages are full but the last; drafts are not in it."""
    for number in range(13):
        any_site.published(title=f"number {number}")
    any_site.draft(title="draft")
    found = pages(any_site.anonymous, limit)
    assert [post["title"] for page in found for post in page] == [
        f"number {number}" for number in reversed(range(13))
    ]
    assert all(len(page) == limit for page in found[:-1])
    assert all("body" not in post for page in found for post in page)


def test_posts_of_a_category(any_site: AppHarness) -> None:
    """Its published ones, newest first, and of these the ones since a moment."""
    any_site.category("science")
    made = [any_site.published(title=f"n{number}") for number in range(4)]
    any_site.published(title="elsewhere", categoryId="science")
    any_site.draft(title="draft")
    assert titles(any_site.anonymous, 2, category="news") == ["n3", "n2", "n1", "n0"]
    since = made[2]["publishedAt"]
    assert titles(any_site.anonymous, 1, category="news", since=since) == ["n3", "n2"]
    assert titles(any_site.anonymous, category="nothing-here") == []


def test_posts_of_an_author(any_site: AppHarness) -> None:
    """Everyone sees the published ones; the author and editors see all."""
    any_site.published(title="old")
    any_site.draft(title="draft")
    any_site.published(title="new")
    any_site.published(by="bob", title="of Bob")
    for stranger in (any_site.anonymous, any_site.speaking("bob")):
        assert titles(stranger, 1, author="ada") == ["new", "old"]
    for friend in (any_site.ada, any_site.editor):
        assert titles(friend, 2, author="ada") == ["new", "draft", "old"]


def test_the_queue_is_for_editors(site: AppHarness) -> None:
    """The longest waiting first; 401 without a caller, 403 for others."""
    for title in ("first", "second"):
        site.steps(site.draft(title=title), "submit")
    site.draft(title="third")
    assert titles(site.editor, 1, status="in-review") == ["first", "second"]
    assert titles(site.speaking("root", "admin"), status="draft") == ["third"]
    queue = "/v1/posts?status=draft"
    expect.failure(site.anonymous.get(queue), 401, "credentials-missing")
    error = expect.failure(site.speaking("bob").get(queue), 403, "forbidden")
    assert error["message"] == "not allowed: posts.queue"


@pytest.mark.parametrize(
    "query",
    ["since=2026-01-01T00:00:00Z", "category=news&author=ada", "author=ada&status=draft"],
)
def test_filters_that_no_list_answers_are_refused(site: AppHarness, query: str) -> None:
    """422, and the message says which lists there are."""
    error = expect.failure(site.editor.get(f"/v1/posts?{query}"), 422, "unprocessable")
    (detail,) = error["details"]
    assert detail["code"] == "no-such-list"
    asked = " + ".join(each.partition("=")[0] for each in query.split("&"))
    assert detail["message"] == (
        f"there is no list by {asked}; there are lists by "
        "category, category + since, author, status, and the one without filter"
    )


@pytest.mark.parametrize(
    ("query", "location"),
    [
        ("category=A%23b", "query.category"),
        ("category=", "query.category"),
        ("author=%F0%9F%92%A5", "query.author"),
        ("status=gone", "query.status"),
        ("category=news&since=2026-01-01T00:00:00", "query.since"),
        ("category=news&since=yesterday", "query.since"),
        ("category=news&since=0001-01-01T00:00:00%2B14:00", "query.since"),
        ("limit=0", "query.limit"),
        ("limit=101", "query.limit"),
        ("cursor=", "query.cursor"),
    ],
)
def test_a_filter_that_is_no_such_thing_is_named(
    site: AppHarness, query: str, location: str
) -> None:
    """422 with the place; nothing of it reaches a key."""
    error = expect.failure(site.editor.get(f"/v1/posts?{query}"), 422, "unprocessable")
    assert error["details"][0]["location"] == location


def test_a_cursor_is_good_for_its_own_list_only(site: AppHarness) -> None:
    """Of another list, other filters, another caller's view, or edited: 400."""
    for _ in range(3):
        site.published()
    lists = ["", "category=news", "author=ada", "status=published"]
    cursors = {
        each: expect.success(site.editor.get(f"/v1/posts?limit=1&{each}"))["nextCursor"]
        for each in lists
    }
    assert len(set(cursors.values())) == len(lists)
    for of, cursor in cursors.items():
        for other in (*lists, "category=science"):
            answer = site.editor.get(f"/v1/posts?limit=1&{other}&cursor={cursor}")
            if other == of:
                expect.success(answer)
            else:
                expect.failure(answer, 400, "invalid-cursor")
    of_editor = cursors["author=ada"]
    answer = site.anonymous.get(f"/v1/posts?author=ada&cursor={of_editor}")
    expect.failure(answer, 400, "invalid-cursor")
    other = "y" if of_editor[0] == "x" else "x"
    for broken in (of_editor[:-2], other + of_editor[1:], "nonsense", "%F0%9F%92%A5"):
        answer = site.editor.get(f"/v1/posts?author=ada&cursor={broken}")
        expect.failure(answer, 400, "invalid-cursor")
