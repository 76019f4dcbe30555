"""The audit log over HTTP: three lists, newest first, for administrators alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.core.settings import Settings
from singletable.transport import TransportError
from tests.app import expect
from tests.app.api.v1.stores import in_memory
from tests.app.harness import TEXT, AppHarness, path

AUDIT = "/v1/audit"


def entries(harness: AppHarness, **params: Any) -> list[dict[str, Any]]:
    """All of a list, two by two."""
    found, cursor = list[dict[str, Any]](), dict[str, str]()
    while True:
        answer = harness.admin.get(AUDIT, params={"limit": 2, **params, **cursor})
        page = expect.success(answer)
        found.extend(page["items"])
        if page["nextCursor"] is None:
            return found
        cursor = {"cursor": page["nextCursor"]}


def test_a_life_is_noted_step_by_step(any_harness: AppHarness) -> None:
    """Who did what to a post, newest first; the names of what changed, and no value of it."""
    post = any_harness.draft(title="Very secret")
    text = {**TEXT, "title": "Also secret"}
    tag = any_harness.tag(post)
    answer = any_harness.ada.put(path(post), json=text, headers=tag)
    post = any_harness.steps(expect.success(answer), "submit", "publish")
    any_harness.admin.delete(path(post))
    found = entries(any_harness, entity="post", id=post["postId"])
    assert [(each["actorId"], each["action"], each["effect"]) for each in found] == [
        ("root", "posts.delete", "posts.delete"),
        ("root", "posts.publish", "posts.publish"),
        ("root", "posts.submit", "posts.submit"),
        ("ada", "posts.edit", "posts.edit"),
        ("ada", "posts.create", "posts.create"),
    ]
    assert [each["changed"] for each in found] == [
        [],
        ["status", "statusSince", "publishedAt", "isListed"],
        ["status", "statusSince"],
        ["title"],
        [],
    ]
    assert found[3]["roles"] == ["fm-web:editor"]
    assert found[3]["requestId"] == answer.headers["x-request-id"]
    assert "secret" not in str(found).lower()


def test_lists_by_person_and_by_day_find_the_same(any_harness: AppHarness) -> None:
    """Newest first through the cursors, over all shards of the day."""
    for name in ("first", "second", "third", "fourth", "fifth"):
        any_harness.draft("ada", slug=name)
    any_harness.draft("eva", slug="another")
    by_ada = entries(any_harness, actor="ada")
    assert len(by_ada) == 5
    on_day = entries(any_harness, day=datetime.now(UTC).date().isoformat())
    assert len(on_day) == 6
    assert [each for each in on_day if each["actorId"] == "ada"] == by_ada
    moments = [each["at"] for each in on_day]
    assert moments == sorted(moments, reverse=True)
    assert entries(any_harness, actor="nobody") == []
    assert entries(any_harness, day="2020-01-01") == []


def test_refused_writes_leave_no_entry(harness: AppHarness) -> None:
    """By the policy, by a precondition, by a rule of the store, by the form of the request."""
    post = harness.draft(slug="taken")
    before = entries(harness, day=datetime.now(UTC).date().isoformat())
    expect.failure(harness.client_as("vic").post(f"{path(post)}/submit"), 404, "not-found")
    expect.failure(harness.admin.post(f"{path(post)}/publish"), 409, "conflict")
    stale = {"If-Match": '"99"'}
    expect.failure(
        harness.admin.post(f"{path(post)}/submit", headers=stale), 412, "precondition-failed"
    )
    taken = harness.ada.post("/v1/posts", json={**TEXT, "slug": "taken"})
    expect.failure(taken, 409, "taken")
    expect.failure(harness.ada.post("/v1/posts", json={}), 422, "unprocessable")
    assert entries(harness, day=datetime.now(UTC).date().isoformat()) == before


def test_views_and_reads_leave_no_entry(harness: AppHarness) -> None:
    """They are not what anybody did to a post; nothing is written but the view."""
    post = harness.published()
    before = entries(harness, entity="post", id=post["postId"])
    assert harness.ada.post(f"{path(post)}/views").status_code == 204
    harness.ada.get(path(post))
    assert entries(harness, entity="post", id=post["postId"]) == before


def test_of_many_at_once_each_success_has_its_entry(any_harness: AppHarness) -> None:
    """Eight rename the same post from the same state: as many entries as answers of success."""
    post = any_harness.draft()
    tag = any_harness.tag(post)

    def rename(number: int) -> int:
        body = {"slug": f"n{number}"}
        return int(any_harness.ada.put(f"{path(post)}/slug", json=body, headers=tag).status_code)

    with ThreadPoolExecutor(8) as people:
        answers = list(people.map(rename, range(8)))
    found = entries(any_harness, entity="post", id=post["postId"])
    renamed = [each for each in found if each["action"] == "posts.rename"]
    assert len(renamed) == answers.count(200) == 1


def test_a_crash_leaves_both_or_none(settings: Settings) -> None:
    """What did not get through has no entry; where the answer was lost, the entry tells of it."""
    with in_memory() as store:
        harness = AppHarness.over(settings, store)
        post = harness.draft()

        def failing(is_sent: bool) -> AppHarness:
            def send(operation: str, parameters: Any) -> Any:
                if operation == "TransactWriteItems":
                    if is_sent:
                        store.transport(operation, parameters)
                    raise TransportError("Unreachable", "the test's")
                return store.transport(operation, parameters)

            return harness.with_store(replace(store, transport=send))

        for is_sent, actions in (
            (False, ["posts.create"]),
            (True, ["posts.submit", "posts.create"]),
        ):
            answer = failing(is_sent).ada.post(f"{path(post)}/submit")
            assert answer.status_code == 503
            found = entries(harness, entity="post", id=post["postId"])
            assert [each["action"] for each in found] == actions


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"entity": "post"},
        {"id": "1"},
        {"actor": "ada", "day": "2026-11-25"},
        {"entity": "post", "id": "1", "actor": "ada"},
        {"entity": "Post", "id": "1"},
        {"entity": "post", "id": "1#2"},
        {"day": "25.11.2026"},
    ],
)
def test_exactly_one_list_is_asked_for(harness: AppHarness, params: dict[str, str]) -> None:
    """An item, a person or a day, each well-formed."""
    expect.failure(harness.admin.get(AUDIT, params=params), 422, "unprocessable")


def test_administrators_alone_see_it(harness: AppHarness) -> None:
    """Before anything else: others learn nothing of the form of the question either."""
    for params in ({"actor": "ada"}, {}):
        expect.failure(harness.editor.get(AUDIT, params=params), 403, "forbidden")
        expect.failure(harness.anonymous.get(AUDIT, params=params), 401, "credentials-missing")
    for method in ("post", "put", "patch", "delete"):
        answer = harness.admin.request(method, AUDIT, params={"actor": "ada"})
        expect.failure(answer, 405, "method-not-allowed")


def test_a_cursor_fits_its_own_list(harness: AppHarness) -> None:
    """Not another person's."""
    for name in ("one", "two"):
        harness.draft("ada", slug=name)
    page = expect.success(harness.admin.get(AUDIT, params={"actor": "ada", "limit": 1}))
    params = {"actor": "eva", "cursor": page["nextCursor"]}
    expect.failure(harness.admin.get(AUDIT, params=params), 400, "invalid-cursor")
