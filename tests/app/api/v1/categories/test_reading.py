"""Categories are read as a tree, one by one, and page by page."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from access_patterns import categories
from model import CategoryId, CategoryUsage
from singletable import Repository
from tests.app import expect
from tests.app.api.v1.categories.shelves import PATH, add, outline
from tests.app.harness import AppHarness, path


def test_an_empty_table_has_an_empty_tree(stranger: TestClient) -> None:
    """Reading needs no caller."""
    assert expect.success(stranger.get(PATH)) == []
    assert expect.success(stranger.get(f"{PATH}?include=counts")) == []


def test_the_tree_is_in_order(api: TestClient) -> None:
    """Siblings by position, then by identity, each below its parent."""
    add(api, "z", position=1)
    add(api, "b", position=2)
    add(api, "a", position=2)
    add(api, "leaf", "b")
    add(api, "last", "z", position=10)
    add(api, "first", "z", position=9)
    assert outline(api) == {"z": {"first": {}, "last": {}}, "a": {}, "b": {"leaf": {}}}
    assert list(outline(api)) == ["z", "a", "b"]
    assert list(outline(api)["z"]) == ["first", "last"]


def test_counts_stand_in_the_tree_if_they_are_asked_for(any_harness: AppHarness) -> None:
    """Of published posts, in one request for all categories; null unless asked for."""
    add(any_harness.admin, "sport", "news")
    add(any_harness.admin, "empty", "sport")
    any_harness.published(categoryId="sport")
    any_harness.draft(categoryId="sport")
    any_harness.published()

    def counts(query: str = "") -> list[int | None]:
        (news,) = expect.success(any_harness.anonymous.get(PATH + query))
        (sport,) = news["children"]
        return [each["posts"] for each in (news, sport, *sport["children"])]

    assert counts("?include=counts") == [1, 1, 0]
    assert counts() == [None, None, None]


def test_a_category_shows_what_it_holds(api: TestClient) -> None:
    """The top is null on the wire, and counts are beside the category."""
    add(api, "news", name="News", position=3)
    add(api, "sport", "news")
    got = expect.success(api.get(f"{PATH}/news"))
    assert got.pop("createdAt")
    assert got.pop("updatedAt")
    assert got == {
        "categoryId": "news",
        "parentId": None,
        "position": 3,
        "slug": "news",
        "name": "News",
        "version": 1,
        "posts": 0,
        "allPosts": 0,
        "children": 1,
    }
    assert expect.success(api.get(f"{PATH}/sport"))["parentId"] == "news"


def test_a_category_is_found_by_its_slug(api: TestClient) -> None:
    """The same answer and the same tag as by identity."""
    add(api, "news", slug="latest-news")
    by_slug, by_id = api.get(f"{PATH}/by-slug/latest-news"), api.get(f"{PATH}/news")
    assert by_slug.json() == by_id.json()
    assert by_slug.headers["etag"] == by_id.headers["etag"]


NOTHING = ["/none", "/by-slug/none", "/none/children", "/root"]
NO_IDENTITY = ["/News", "/a--b", "/" + "a" * 65, "/by-slug/%23"]


@pytest.mark.parametrize("path", [*NOTHING, *NO_IDENTITY])
def test_what_does_not_exist_is_not_found(api: TestClient, path: str) -> None:
    """404, also for the top, which is no category, and for what cannot be one."""
    error = expect.failure(api.get(PATH + path), 404, "not-found")
    assert error["message"] == "the category does not exist"


def test_readers_are_told_of_published_posts_alone(harness: AppHarness) -> None:
    """How many drafts there are is told to those who may list them."""
    harness.draft()
    seen = harness.published()
    for reader, everything in (
        (harness.anonymous, None),
        (harness.client_as("bob"), None),
        (harness.ada, 2),
    ):
        got = expect.success(reader.get(f"{PATH}/news"))
        assert (got["posts"], got["allPosts"]) == (1, everything)
    harness.category("science")
    moved = harness.admin.patch(
        path(seen), json={"categoryId": "science"}, headers=harness.tag(seen)
    )
    assert expect.success(moved)["categoryId"] == "science"
    counts = [expect.success(harness.ada.get(f"{PATH}/{each}")) for each in ("news", "science")]
    assert [(each["posts"], each["allPosts"]) for each in counts] == [(0, 1), (1, 1)]
    assert harness.admin.delete(path(seen)).status_code == 204
    assert expect.success(harness.ada.get(f"{PATH}/science"))["posts"] == 0


def test_another_spelling_leads_to_the_slug(any_harness: AppHarness) -> None:
    """308, of categories as of posts: each page has one address."""
    add(any_harness.admin, "letters", slug="über")
    any_harness.published(slug="über")
    for of in ("categories", "posts"):
        for spelling in ("ÜBER", "u\u0308ber"):
            where = f"/v1/{of}/by-slug/{spelling}"
            answer = any_harness.anonymous.get(where, follow_redirects=False)
            assert answer.status_code == 308
            assert answer.headers["location"] == f"/v1/{of}/by-slug/%C3%BCber"
            assert expect.success(any_harness.anonymous.get(where))["slug"] == "über"


def test_a_former_slug_leads_to_the_category(api: TestClient) -> None:
    """308 to the present one, also after a change back; nobody else gets it until it is deleted."""
    add(api, "news", slug="first")
    for slug in ("second", "third", "first"):
        lock = {"If-Match": api.get(f"{PATH}/news").headers["etag"]}
        expect.success(api.patch(f"{PATH}/news", json={"slug": slug}, headers=lock))
    for former in ("second", "third"):
        answer = api.get(f"{PATH}/by-slug/{former}", follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (308, f"{PATH}/by-slug/first")
        body = {"categoryId": "other", "name": "Other", "slug": former}
        expect.failure(api.post(PATH, json=body), 409, "taken")
    assert expect.success(api.get(f"{PATH}/by-slug/third"))["slug"] == "first"
    assert api.delete(f"{PATH}/news").status_code == 204
    for slug in ("first", "second", "third"):
        add(api, f"new-{slug}", slug=slug)


def test_children_come_in_pages(api: TestClient) -> None:
    """Each once, in order, to the last page; a cursor is good for its own list only."""
    add(api, "news")
    for number in range(5):
        add(api, f"n{number}", "news", position=5 - number)
    first = expect.success(api.get(f"{PATH}/news/children?limit=3"))
    assert [each["categoryId"] for each in first["items"]] == ["n4", "n3", "n2"]
    assert first["items"][0]["parentId"] == "news"
    more = {"limit": 3, "cursor": first["nextCursor"]}
    rest = expect.success(api.get(f"{PATH}/news/children", params=more))
    assert [each["categoryId"] for each in rest["items"]] == ["n1", "n0"]
    assert rest["nextCursor"] is None
    expect.failure(api.get(f"{PATH}/n1/children", params=more), 400, "invalid-cursor")


def test_a_copy_goes_stale_with_its_counts(api: TestClient, repository: Repository) -> None:
    """304 while nothing changed; a child or a post makes another tag, of the same version."""
    add(api, "news")
    known = {"If-None-Match": api.get(f"{PATH}/news").headers["etag"]}
    assert api.get(f"{PATH}/news", headers=known).status_code == 304
    filed = CategoryUsage.key.patch(category_id=CategoryId("news")).add(posts=1)
    repository.write(filed)
    again = api.get(f"{PATH}/news", headers=known)
    assert expect.success(again)["allPosts"] == 1
    repository.write(categories.increment_published(CategoryId("news")))
    known_now = {"If-None-Match": again.headers["etag"]}
    assert expect.success(api.get(f"{PATH}/news", headers=known_now))["posts"] == 1
    lock = {"If-Match": known["If-None-Match"]}
    expect.success(api.patch(f"{PATH}/news", json={"name": "New"}, headers=lock))
    assert repository.fetch(categories.usage(CategoryId("news"))) is not None
