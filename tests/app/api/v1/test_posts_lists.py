"""Lists of posts: which filters there are, in which order, page by page."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient
from ulid import ULID

from access_patterns import posts
from app.services import post_lists, tag_lists
from model import CategoryId, Post, PostId, PostStatus, Slug, User, UserId
from singletable import create
from singletable.inspect import Observed
from tests.app import expect
from tests.app.harness import AppHarness, path


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
    any_harness: AppHarness, limit: int
) -> None:
    """One cursor over all shards; pages are full but the last; drafts are not in it."""
    for number in range(13):
        any_harness.published(title=f"number {number}")
    any_harness.draft(title="draft")
    found = pages(any_harness.anonymous, limit)
    assert [post["title"] for page in found for post in page] == [
        f"number {number}" for number in reversed(range(13))
    ]
    assert all(len(page) == limit for page in found[:-1])
    assert all("body" not in post for page in found for post in page)


def test_posts_of_a_category(any_harness: AppHarness) -> None:
    """Its published ones, newest first, and of these the ones since a moment."""
    any_harness.category("science")
    made = [any_harness.published(title=f"n{number}") for number in range(4)]
    any_harness.published(title="elsewhere", categoryId="science")
    any_harness.draft(title="draft")
    assert titles(any_harness.anonymous, 2, category="news") == ["n3", "n2", "n1", "n0"]
    since = made[2]["publishedAt"]
    assert titles(any_harness.anonymous, 1, category="news", since=since) == ["n3", "n2"]
    assert titles(any_harness.anonymous, categoryId="science") == ["elsewhere"]
    assert titles(any_harness.anonymous, categoryId="nothing-here") == []
    unknown = any_harness.anonymous.get("/v1/posts?category=nothing-here")
    expect.failure(unknown, 404, "not-found")


def test_posts_of_an_author(any_harness: AppHarness) -> None:
    """Everyone sees the published ones; the author and editors see all."""
    any_harness.published(title="old")
    any_harness.draft(title="draft")
    any_harness.published(title="new")
    any_harness.published(by="bob", title="of Bob")
    for stranger in (any_harness.anonymous, any_harness.client_as("bob")):
        assert titles(stranger, 1, author="ada") == ["new", "old"]
    for friend in (any_harness.ada, any_harness.editor):
        assert titles(friend, 2, author="ada") == ["new", "draft", "old"]


def test_drafts_of_an_author(any_harness: AppHarness) -> None:
    """By status, for the author and for editors; others are refused all but the published ones."""
    for title in ("first", "second"):
        any_harness.draft(title=title)
    any_harness.steps(any_harness.draft(title="waiting"), "submit")
    any_harness.published(title="out")
    for friend in (any_harness.ada, any_harness.editor):
        assert titles(friend, 1, author="ada", status="draft") == ["second", "first"]
        assert titles(friend, author="ada", status="in-review") == ["waiting"]
        assert titles(friend, 1, author="ada", order="oldest") == [
            "first",
            "second",
            "waiting",
            "out",
        ]
    assert titles(any_harness.anonymous, author="ada", status="published") == ["out"]
    drafts = "/v1/posts?author=ada&status=draft"
    expect.failure(any_harness.anonymous.get(drafts), 401, "credentials-missing")
    expect.failure(any_harness.client_as("bob").get(drafts), 403, "forbidden")


@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_posts_of_a_subtree_are_merged(any_harness: AppHarness, order: str) -> None:
    """Those of a category and of all below it, by time, each once, on pages of any size."""
    for name, parent in (("physics", "news"), ("optics", "physics"), ("other", None)):
        body = {"categoryId": name, "name": name, "slug": name, "parentId": parent}
        expect.success(any_harness.editor.post("/v1/categories", json=body), 201)
    made = list[str]()
    for number in range(7):
        shelf = ("news", "physics", "optics")[number % 3]
        made.append(any_harness.published(title=f"n{number}", categoryId=shelf)["title"])
        any_harness.published(title="elsewhere", categoryId="other")
        any_harness.draft(title="draft", categoryId=shelf)
    expected = made if order == "oldest" else made[::-1]
    for limit in (1, 2, 3, 100):
        query = {"category": "news", "below": "true", "order": order}
        assert titles(any_harness.anonymous, limit, **query) == expected
    assert titles(any_harness.anonymous, category="optics", below="true") == ["n5", "n2"]


@pytest.mark.parametrize("order", ["newest", "oldest"])
def test_posts_of_a_large_subtree_are_sifted(
    any_harness: AppHarness, order: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No number of categories makes a reader's page fail: pages may be short then. A cursor stays
    good while the subtree grows."""
    any_harness.category("other")
    for number in range(3):
        any_harness.category(f"part-{number}", parent="news")
    made = list[str]()
    for number in range(9):
        shelf = ("news", "other", "part-0", "other", "part-2")[number % 5]
        post = any_harness.published(title=f"n{number}", categoryId=shelf)
        made += [post["title"]] * (shelf != "other")
    expected = made if order == "oldest" else made[::-1]
    query = {"category": "news", "below": "true", "order": order}
    first = expect.success(any_harness.anonymous.get("/v1/posts", params={**query, "limit": "2"}))
    monkeypatch.setattr(post_lists, "MOST_MERGED", 3)
    monkeypatch.setattr(post_lists, "MOST_SIFTED", 2)
    for limit in (1, 2, 100):
        found = pages(any_harness.anonymous, limit, **query)
        assert [post["title"] for page in found for post in page] == expected
        assert max(map(len, found)) <= min(limit, 2)
    after = {"limit": "100", "cursor": first["nextCursor"]}
    second = expect.success(any_harness.anonymous.get("/v1/posts", params={**query, **after}))
    assert [each["title"] for each in first["items"] + second["items"]] == expected[:3]


@pytest.mark.slow
def test_more_categories_than_are_merged(harness: AppHarness) -> None:
    """As they are: a hundred and one below one."""
    for number in range(post_lists.MOST_MERGED + 1):
        harness.category(f"part-{number}", parent="news")
    harness.published(title="deep", categoryId="part-100")
    assert titles(harness.anonymous, category="news", below="true") == ["deep"]


def test_posts_of_one_moment_are_all_in_a_merged_list(harness: AppHarness) -> None:
    """Many more than a page: imported posts may have been published in the same second."""
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    harness.category("science")
    for number in range(12):
        shelf = CategoryId(("news", "science")[number % 2])
        post = Post(
            post_id=PostId(str(ULID.from_datetime(moment))),
            author_id=UserId("ada"),
            category_id=shelf,
            slug=Slug(f"n{number}"),
            title=f"n{number}",
            status=PostStatus((*PostStatus,)[number % 4]),
            status_since=moment,
            created_at=moment,
        )
        harness.repository.write(posts.import_post(post))
    for limit in (1, 5):
        found = titles(harness.editor, limit, author="ada")
        assert sorted(found) == sorted(f"n{number}" for number in range(12))


def test_posts_with_a_tag(any_harness: AppHarness) -> None:
    """In any letter case, published ones only; the list follows every change of a post."""
    any_harness.draft(title="draft", tags=["Go"])
    first = any_harness.published(title="first", tags=["Go", "한글 태그"])
    second = any_harness.published(title="second", tags=["go", "C#"])
    for tag in ("go", "GO"):
        assert titles(any_harness.anonymous, 1, tag=tag) == ["second", "first"]
        assert titles(any_harness.anonymous, 1, tag=tag, order="oldest") == ["first", "second"]
    assert titles(any_harness.anonymous, tag="c#") == ["second"]
    assert titles(any_harness.anonymous, tag="한글  태그") == ["first"]
    assert titles(any_harness.anonymous, tag="none") == []
    change = {"title": "changed", "tags": ["C#"]}
    changed = any_harness.admin.patch(path(second), json=change, headers=any_harness.tag(second))
    assert titles(any_harness.anonymous, tag="go") == ["first"]
    (listed,) = expect.success(any_harness.anonymous.get("/v1/posts?tag=C%23"))["items"]
    seen = expect.success(changed)
    assert listed == {name: seen.get(name) for name in listed}
    any_harness.steps(first, "unpublish")
    assert titles(any_harness.anonymous, tag="go") == []
    any_harness.steps(second, "archive")
    assert titles(any_harness.anonymous, tag="c#") == []
    any_harness.steps(first, "submit", "publish")
    assert titles(any_harness.anonymous, tag="go") == ["first"]
    assert any_harness.admin.delete(path(first)).status_code == 204
    assert titles(any_harness.anonymous, tag="go") == []


def test_posts_by_the_beginning_of_their_title(any_harness: AppHarness) -> None:
    """Whatever the letter case; published ones only, by title."""
    for title in ("단일 테이블 설계란", "단일 키", "\uff21bc", "abd # one", "Zoo"):
        any_harness.published(title=title)
    any_harness.draft(title="abe")
    assert titles(any_harness.anonymous, 1, title="단일") == ["단일 키", "단일 테이블 설계란"]
    assert titles(any_harness.anonymous, title="단일 테이블 설계란") == ["단일 테이블 설계란"]
    assert titles(any_harness.anonymous, title="AB") == ["\uff21bc", "abd # one"]
    assert titles(any_harness.anonymous, title="ABD #") == ["abd # one"]
    assert titles(any_harness.anonymous, title="oo") == []


def test_what_is_asked_for_stands_beside_each_post(any_harness: AppHarness) -> None:
    """Names of author and category and the number of views; null if not asked for, or gone."""
    shelf = {"categoryId": "science", "name": "Science", "slug": "on-science"}
    expect.success(any_harness.editor.post("/v1/categories", json=shelf), 201)
    user = User(
        user_id=UserId("ada"), email="ada@example.com", name="Ada", created_at=datetime.now(UTC)
    )
    any_harness.repository.write(create(user))
    seen = any_harness.published(categoryId="science")
    any_harness.published(by="bob")
    for reader in (any_harness.anonymous, any_harness.editor):
        assert reader.post(f"{path(seen)}/views").status_code == 204
    plain = expect.success(any_harness.anonymous.get("/v1/posts"))["items"]
    assert all(post[name] is None for post in plain for name in ("author", "category", "views"))
    query = {"include": ["author", "category", "views"]}
    of_bob, of_ada = expect.success(any_harness.anonymous.get("/v1/posts", params=query))["items"]
    assert of_ada["author"] == {"userId": "ada", "name": "Ada", "about": ""}
    assert of_ada["category"] == {"categoryId": "science", "slug": "on-science", "name": "Science"}
    assert (of_ada["views"], of_bob["views"]) == (2, 0)
    assert of_bob["author"] is None
    query = {"include": "author,category,views"}
    assert (
        expect.success(any_harness.anonymous.get("/v1/posts", params=query))["items"][1] == of_ada
    )
    where = path(seen), f"/v1/posts/by-slug/{seen['slug']}"
    for address in where:
        alone = expect.success(any_harness.anonymous.get(address, params=query))
        assert [alone[each] for each in ("author", "category", "views")] == [
            of_ada[each] for each in ("author", "category", "views")
        ]
        assert expect.success(any_harness.anonymous.get(address))["author"] is None


def test_the_tag_of_a_post_covers_what_stands_beside_it(harness: AppHarness) -> None:
    """A view more is another state to its readers, and the same lock to its writers."""
    post = harness.published()
    plain = harness.ada.get(path(post)).headers["etag"]
    tags = [harness.ada.get(path(post), params={"include": "views"}).headers["etag"]]
    assert harness.anonymous.post(f"{path(post)}/views").status_code == 204
    tags.append(harness.ada.get(path(post), params={"include": "views"}).headers["etag"])
    assert len({plain, *tags}) == 3
    assert harness.ada.get(path(post)).headers["etag"] == plain
    known = {"If-None-Match": tags[-1]}
    again = harness.ada.get(path(post), params={"include": "views"}, headers=known)
    assert again.status_code == 304
    lock = {"If-Match": tags[0]}
    expect.success(harness.ada.patch(path(post), json={"title": "New"}, headers=lock))


def test_a_former_slug_leads_on_with_what_was_asked_for(harness: AppHarness) -> None:
    """The way to the present one has the same query."""
    post = harness.published()
    renamed = harness.ada.put(
        f"{path(post)}/slug", json={"slug": "other"}, headers=harness.tag(post)
    )
    expect.success(renamed)
    former = f"/v1/posts/by-slug/{post['slug']}?include=author%2Cviews"
    answer = harness.anonymous.get(former, follow_redirects=False)
    assert answer.status_code == 308
    assert answer.headers["location"] == "/v1/posts/by-slug/other?include=author%2Cviews"


def test_what_the_policy_allows_stands_beside_a_post(harness: AppHarness) -> None:
    """Of all actions on posts; state and caller make the difference, and lists do not say it."""
    post = harness.draft()

    def allowed(who: TestClient) -> set[str]:
        shown = expect.success(who.get(path(post), params={"include": "allowed"}))["allowed"]
        return set(shown)

    demoted, own = harness.client_as("ada"), {"posts.read", "posts.edit", "posts.history"}
    assert own | {"posts.publish", "posts.submit"} <= allowed(harness.ada)
    assert own <= allowed(demoted)
    assert "posts.publish" not in allowed(demoted)
    harness.steps(post, "submit", "publish")
    assert allowed(harness.anonymous) == {"posts.read", "posts.view"}
    refused = harness.anonymous.get("/v1/posts?include=allowed")
    expect.failure(refused, 422, "unprocessable")


LONG: dict[str, Any] = {
    "body": "긴 글 " * 25_000,
    "summary": "요약한 문장. " * 25,
    "tags": ["한글", "테이블"],
}
COSTLY = [
    "",
    "order=oldest",
    "category=news",
    "categoryId=news",
    "author=ada",
    "tag=한글",
    "title=글",
]


def test_a_page_costs_what_it_shows(harness: AppHarness) -> None:
    """Twenty summaries of posts of 225 kB each: 3 read units at most, in one request.

    Not on DynamoDB Local, which cuts the pages of an index by whole items.
    """
    roomy = harness.with_settings(max_body_bytes=1_000_000)
    for number in range(24):
        post = roomy.published(title=f"글 {number:02} 단일 테이블 설계란", **LONG)
        stored = harness.repository.fetch(posts.by_id(post["postId"]).consistent())
        assert stored is not None
        illustrated = stored.model_copy(update={"cover_media_id": post["postId"]})
        change = posts.show_media(stored, illustrated)
        harness.repository.write(tag_lists.with_lists(change, stored, illustrated))
    asked, store = list[Observed](), harness.store
    measured = replace(
        harness, options={"repository_factory": lambda _: store.repository(observe=asked.append)}
    )
    for query in COSTLY:
        asked.clear()
        page = expect.success(measured.anonymous.get(f"/v1/posts?{query}"))
        assert len(page["items"]) == 20
        assert all(post["coverUrl"] for post in page["items"])
        *before, listed = asked
        assert all(each.pattern == "categories.by_slug" for each in before)
        assert len(listed.sent) == 1
        assert sum(each.units for each in listed.capacity) <= 3, query
        assert len(json.dumps(page).encode()) < 64 * 1024


def test_the_queue_is_for_editors(harness: AppHarness) -> None:
    """The longest waiting first if so ordered; 401 without a caller, 403 for others."""
    for title in ("first", "second"):
        harness.steps(harness.draft(title=title), "submit")
    harness.draft(title="third")
    assert titles(harness.editor, 1, status="in-review", order="oldest") == ["first", "second"]
    assert titles(harness.editor, 1, status="in-review") == ["second", "first"]
    assert titles(harness.client_as("root", "admin"), status="draft") == ["third"]
    queue = "/v1/posts?status=draft"
    expect.failure(harness.anonymous.get(queue), 401, "credentials-missing")
    error = expect.failure(harness.client_as("bob").get(queue), 403, "forbidden")
    assert error["message"] == "not allowed: posts.queue"


@pytest.mark.parametrize(
    "query",
    ["since=2026-01-01T00:00:00Z", "category=news&author=ada", "author=ada&tag=go"],
)
def test_filters_that_no_list_answers_are_refused(harness: AppHarness, query: str) -> None:
    """422, and the message says which lists there are."""
    error = expect.failure(harness.editor.get(f"/v1/posts?{query}"), 422, "unprocessable")
    (detail,) = error["details"]
    assert detail["code"] == "no-such-list"
    asked = " + ".join(each.partition("=")[0] for each in query.split("&"))
    assert detail["message"] == (
        f"there is no list by {asked}; there are lists by "
        "category, category + since, category + below, author, author + status, status, tag, "
        "title, and the one without filter"
    )


@pytest.mark.parametrize(
    ("query", "location"),
    [
        ("category=A%23b", "query.category"),
        ("category=", "query.category"),
        ("author=%F0%9F%92%A5", "query.author"),
        ("status=gone", "query.status"),
        ("order=best", "query.order"),
        ("include=body", "query.include.0"),
        ("tag=", "query.tag"),
        ("title=", "query.title"),
        ("category=news&since=2026-01-01T00:00:00", "query.since"),
        ("category=news&since=yesterday", "query.since"),
        ("category=news&since=0001-01-01T00:00:00%2B14:00", "query.since"),
        ("limit=0", "query.limit"),
        ("limit=101", "query.limit"),
        ("cursor=", "query.cursor"),
    ],
)
def test_a_filter_that_is_no_such_thing_is_named(
    harness: AppHarness, query: str, location: str
) -> None:
    """422 with the place; nothing of it reaches a key."""
    error = expect.failure(harness.editor.get(f"/v1/posts?{query}"), 422, "unprocessable")
    assert error["details"][0]["location"] == location


def test_a_cursor_is_good_for_its_own_list_only(harness: AppHarness) -> None:
    """Of another list, other filters, another caller's view, or edited: 400."""
    for _ in range(3):
        harness.published(tags=["go"])
    lists = [
        "",
        "order=oldest",
        "category=news",
        "category=news&below=true",
        "author=ada",
        "tag=go",
    ]
    cursors = {
        each: expect.success(harness.editor.get(f"/v1/posts?limit=1&{each}"))["nextCursor"]
        for each in lists
    }
    assert len(set(cursors.values())) == len(lists)
    for of, cursor in cursors.items():
        for other in (*lists, "categoryId=science"):
            answer = harness.editor.get(f"/v1/posts?limit=1&{other}&cursor={cursor}")
            if other == of:
                expect.success(answer)
            else:
                expect.failure(answer, 400, "invalid-cursor")
    of_editor = cursors["author=ada"]
    answer = harness.anonymous.get(f"/v1/posts?author=ada&cursor={of_editor}")
    expect.failure(answer, 400, "invalid-cursor")
    other = "y" if of_editor[0] == "x" else "x"
    for broken in (of_editor[:-2], other + of_editor[1:], "nonsense", "%F0%9F%92%A5"):
        answer = harness.editor.get(f"/v1/posts?author=ada&cursor={broken}")
        expect.failure(answer, 400, "invalid-cursor")
