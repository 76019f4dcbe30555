"""Writing posts: drafts, their slugs, and texts that replace others under If-Match."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from unicodedata import normalize
from urllib.parse import unquote

import pytest

from tests.app import expect
from tests.app.harness import TEXT, AppHarness, path

pytestmark = pytest.mark.quick_on_local

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"title": ""}, "title"),
    ({"title": "   "}, "title"),
    ({"title": None}, "title"),
    ({"title": "x" * 201}, "title"),
    ({"title": 1}, "title"),
    ({"title": "\ud800"}, "title"),
    ({"summary": "x" * 501}, "summary"),
    ({"tags": ["x"] * 21}, "tags"),
    ({"tags": "x"}, "tags"),
    ({"tags": [""]}, "tags.0"),
    ({"tags": ["x" * 51]}, "tags.0"),
    ({"categoryId": "A#B"}, "categoryId"),
    ({"categoryId": None}, "categoryId"),
    ({"categoryId": "x" * 65}, "categoryId"),
    ({"category_id": "news"}, "category_id"),
    ({"authorId": "bob"}, "authorId"),
    ({"status": "published"}, "status"),
    ({"version": 7}, "version"),
]


def test_a_new_post_is_a_draft_of_the_caller(any_harness: AppHarness) -> None:
    """201, where it is, its tag; counted in its category."""
    answer = any_harness.ada.post("/v1/posts", json={**TEXT, "summary": "s", "tags": ["a", "b"]})
    post = expect.success(answer, 201)
    assert answer.headers["location"] == path(post)
    read = any_harness.ada.get(path(post))
    assert expect.success(read) == post
    assert read.headers["etag"] == answer.headers["etag"]
    assert (post["status"], post["authorId"], post["version"]) == ("draft", "ada", 1)
    assert (post["slug"], post["summary"], post["tags"]) == ("hello", "s", ["a", "b"])
    assert post["createdAt"] == post["statusSince"]
    assert any_harness.count_in("news") == 1


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Hello, DynamoDB!", "hello-dynamodb"),
        ("Crème brûlée — à la carte", "crème-brûlée-à-la-carte"),
        ("단일 테이블 DynamoDB 2", "단일-테이블-dynamodb-2"),
    ],
)
def test_a_slug_is_made_from_the_title(harness: AppHarness, title: str, slug: str) -> None:
    """Its words, whatever the script."""
    assert harness.draft(title=title)["slug"] == slug


def test_a_title_without_words_has_its_identity_as_slug(harness: AppHarness) -> None:
    """Nothing of it can stand in an address."""
    post = harness.published(title="😀 ✔")
    assert post["slug"] == post["postId"].lower()
    assert expect.success(harness.anonymous.get(f"/v1/posts/by-slug/{post['slug']}")) == post


def test_a_slug_of_any_script_leads_to_its_post(harness: AppHarness) -> None:
    """Made or given, in whatever spelling; from another one the way leads to the one it has."""
    made = harness.published(title="단일 테이블 설계")
    given = harness.published(title="Straßen", slug=normalize("NFD", "Größe-und-Straße"))
    assert (made["slug"], given["slug"]) == ("단일-테이블-설계", "grösse-und-strasse")
    for post in (made, given):
        where = f"/v1/posts/by-slug/{post['slug']}"
        assert expect.success(harness.anonymous.get(where)) == post
        decomposed = f"/v1/posts/by-slug/{normalize('NFD', post['slug'])}"
        other = harness.anonymous.get(decomposed, follow_redirects=False)
        assert unquote(other.headers["location"]) == where
        assert expect.success(harness.anonymous.get(other.headers["location"])) == post


def test_a_made_slug_that_is_taken_gets_a_suffix(any_harness: AppHarness) -> None:
    """Every post of one title has a slug of its own."""
    slugs = [any_harness.draft()["slug"] for _ in range(4)]
    assert slugs[0] == "hello"
    assert len(set(slugs)) == 4
    assert all(slug.startswith("hello-") for slug in slugs[1:])
    assert any_harness.count_in("news") == 4


def test_a_given_slug_that_is_taken_is_refused(any_harness: AppHarness) -> None:
    """409 naming the field, also for a former slug; nothing was written."""
    post = any_harness.draft(slug="mine")
    any_harness.ada.put(f"{path(post)}/slug", json={"slug": "still-mine"})
    for slug in ("mine", "still-mine"):
        answer = any_harness.client_as("bob", "editor").post(
            "/v1/posts", json={**TEXT, "slug": slug}
        )
        (detail,) = expect.failure(answer, 409, "taken")["details"]
        assert detail["location"] == "body.slug"
    assert any_harness.count_in("news") == 1


def test_a_category_has_to_exist(any_harness: AppHarness) -> None:
    """422 naming the field, for new posts and for those that move; nothing was written."""
    post, elsewhere = any_harness.draft(), {**TEXT, "categoryId": "nowhere"}
    answers = [
        any_harness.ada.post("/v1/posts", json={**elsewhere, "slug": "free"}),
        any_harness.ada.post("/v1/posts", json=elsewhere),
        any_harness.ada.put(path(post), json=elsewhere, headers=any_harness.tag(post)),
    ]
    for answer in answers:
        (detail,) = expect.failure(answer, 422, "unprocessable")["details"]
        assert detail["location"] == "body.categoryId"
        assert detail["message"] == "the category does not exist"
    assert any_harness.stored(post) == post
    expect.failure(any_harness.editor.get("/v1/posts/by-slug/free"), 404, "not-found")


def test_only_a_taken_slug_is_tried_again(harness: AppHarness) -> None:
    """No other slug would make the category exist: one transaction, no more."""
    sent = list[str]()

    def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        sent.append(operation)
        return harness.store.transport(operation, parameters)

    watched = harness.with_store(replace(harness.store, transport=send))
    watched.ada.post("/v1/posts", json={**TEXT, "categoryId": "nowhere"})
    assert sent == ["TransactWriteItems"]


@pytest.mark.parametrize(("fields", "named"), WRONG, ids=lambda value: str(value)[:30])
def test_what_no_post_can_say_is_named(
    harness: AppHarness, fields: dict[str, Any], named: str
) -> None:
    """422 with the place, for every way to write a text."""
    post = harness.draft()
    tag = harness.tag(post)
    ways = [
        ("POST", "/v1/posts", {**TEXT, **fields}),
        ("PUT", path(post), {**TEXT, **fields}),
        ("PATCH", path(post), fields),
    ]
    for method, where, body in ways:
        headers = {**tag, "Content-Type": "application/json"}
        answer = harness.ada.request(method, where, content=json.dumps(body), headers=headers)
        error = expect.failure(answer, 422, "unprocessable")
        assert [each["location"] for each in error["details"]] == [f"body.{named}"]
    assert harness.stored(post) == post


@pytest.mark.parametrize(
    "slug", ["", "a b", "a--b", "a#b", "a\u202eb", "한" * 86, "a" * 256, None, 1]
)
def test_what_is_no_slug_is_refused(harness: AppHarness, slug: Any) -> None:
    """Words joined by hyphens, at most 255 bytes."""
    post = harness.draft()
    answers = [harness.ada.put(f"{path(post)}/slug", json={"slug": slug})]
    if slug is not None:
        answers.append(harness.ada.post("/v1/posts", json={**TEXT, "slug": slug}))
    for answer in answers:
        error = expect.failure(answer, 422, "unprocessable")
        assert error["details"][0]["location"] == "body.slug"


def test_put_replaces_the_whole_text(any_harness: AppHarness) -> None:
    """What is left out becomes empty; the slug, the author and the state stay."""
    post = any_harness.published(summary="old", tags=["old"], slug="stays")
    new = {"title": "New", "categoryId": "news"}
    answer = any_harness.ada.put(path(post), json=new, headers=any_harness.tag(post))
    after = expect.success(answer)
    assert any_harness.stored(post) == after
    changed = {"title": "New", "summary": "", "body": "", "tags": [], "version": 4}
    assert after == {**post, **changed, "updatedAt": after["updatedAt"]}
    assert answer.headers["etag"] == any_harness.tag(post)["If-Match"]


def test_patch_changes_what_it_names(harness: AppHarness) -> None:
    """What is left out stays, null empties what may be empty."""
    post = harness.draft(summary="old", tags=["old"])
    patches: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"title": "New"}, {"title": "New"}),
        ({"tags": ["a", "b"]}, {"tags": ["a", "b"]}),
        ({"summary": None, "tags": None}, {"summary": "", "tags": []}),
        ({"body": None}, {"body": ""}),
    ]
    for patch, changed in patches:
        answer = harness.ada.patch(path(post), json=patch, headers=harness.tag(post))
        after = expect.success(answer)
        told = {"version": post["version"] + 1, "updatedAt": after["updatedAt"]}
        assert after == {**post, **changed, **told}
        post = after


def test_moving_to_another_category_counts_both_anew(any_harness: AppHarness) -> None:
    """By PUT and by PATCH, with a text or without."""
    any_harness.category("science")
    post = any_harness.draft()
    for method, body in (("PATCH", {"categoryId": "science"}), ("PUT", {**TEXT, "title": "New"})):
        tag = any_harness.tag(post)
        after = expect.success(any_harness.ada.request(method, path(post), json=body, headers=tag))
        counts = {name: any_harness.count_in(name) for name in ("news", "science")}
        assert counts == {"news": 0, "science": 0, after["categoryId"]: 1}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_text_is_replaced_under_if_match_alone(any_harness: AppHarness, method: str) -> None:
    """428 without, 412 with another state's tag, 400 when mangled; `*` takes any state."""
    post = any_harness.draft()
    stale = any_harness.tag(post)

    def write(title: str, headers: dict[str, str]) -> Any:
        body = {**TEXT, "title": title}
        return any_harness.ada.request(method, path(post), json=body, headers=headers)

    expect.failure(write("none", {}), 428, "precondition-required")
    expect.success(write("first", stale))
    expect.failure(write("lost", stale), 412, "precondition-failed")
    expect.failure(write("mangled", {"If-Match": "x"}), 400, "malformed-header")
    assert any_harness.stored(post)["title"] == "first"
    assert expect.success(write("any", {"If-Match": "*"}))["title"] == "any"


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_what_changes_nothing_writes_nothing(harness: AppHarness, method: str) -> None:
    """The same version and tag, and no revision."""
    post, tag = harness.draft(), {}
    tag = harness.tag(post)
    for body in (TEXT, {} if method == "PATCH" else TEXT):
        answer = harness.ada.request(method, path(post), json=body, headers=tag)
        assert expect.success(answer) == post
        assert answer.headers["etag"] == tag["If-Match"]
    assert expect.success(harness.ada.get(f"{path(post)}/revisions"))["items"] == []


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_what_is_hidden_cannot_be_changed(harness: AppHarness, method: str) -> None:
    """404, as if it were not there."""
    post = harness.draft()
    answer = harness.client_as("bob").request(
        method,
        path(post),
        headers={"If-Match": "*"},
        **({} if method == "DELETE" else {"json": TEXT}),
    )
    expect.failure(answer, 404, "not-found")
    assert harness.stored(post) == post
