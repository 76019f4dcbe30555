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
from tests.app.harness import TEXT, AppHarness, path
from tests.app.v1.stores import in_memory

AUDIT = "/v1/audit"


def entries(site: AppHarness, **params: Any) -> list[dict[str, Any]]:
    """All of a list, two by two."""
    found, cursor = list[dict[str, Any]](), dict[str, str]()
    while True:
        answer = site.admin.get(AUDIT, params={"limit": 2, **params, **cursor})
        page = expect.success(answer)
        found.extend(page["items"])
        if page["nextCursor"] is None:
            return found
        cursor = {"cursor": page["nextCursor"]}


def test_a_life_is_noted_step_by_step(any_site: AppHarness) -> None:
    """Who did what to a post, newest first; the names of what changed, and no value of it."""
    post = any_site.draft(title="Very secret")
    text = {**TEXT, "title": "Also secret"}
    tag = any_site.tag(post)
    answer = any_site.ada.put(path(post), json=text, headers=tag)
    post = any_site.steps(expect.success(answer), "submit", "publish")
    any_site.admin.delete(path(post))
    found = entries(any_site, entity="post", id=post["postId"])
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


def test_lists_by_person_and_by_day_find_the_same(any_site: AppHarness) -> None:
    """Newest first through the cursors, over all shards of the day."""
    for name in ("first", "second", "third", "fourth", "fifth"):
        any_site.draft("ada", slug=name)
    any_site.draft("eva", slug="another")
    by_ada = entries(any_site, actor="ada")
    assert len(by_ada) == 5
    on_day = entries(any_site, day=datetime.now(UTC).date().isoformat())
    assert len(on_day) == 6
    assert [each for each in on_day if each["actorId"] == "ada"] == by_ada
    moments = [each["at"] for each in on_day]
    assert moments == sorted(moments, reverse=True)
    assert entries(any_site, actor="nobody") == []
    assert entries(any_site, day="2020-01-01") == []


def test_refused_writes_leave_no_entry(site: AppHarness) -> None:
    """By the policy, by a precondition, by a rule of the store, by the form of the request."""
    post = site.draft(slug="taken")
    before = entries(site, day=datetime.now(UTC).date().isoformat())
    expect.failure(site.speaking("vic").post(f"{path(post)}/submit"), 404, "not-found")
    expect.failure(site.admin.post(f"{path(post)}/publish"), 409, "conflict")
    stale = {"If-Match": '"99"'}
    expect.failure(
        site.admin.post(f"{path(post)}/submit", headers=stale), 412, "precondition-failed"
    )
    taken = site.ada.post("/v1/posts", json={**TEXT, "slug": "taken"})
    expect.failure(taken, 409, "taken")
    expect.failure(site.ada.post("/v1/posts", json={}), 422, "unprocessable")
    assert entries(site, day=datetime.now(UTC).date().isoformat()) == before


def test_views_and_reads_leave_no_entry(site: AppHarness) -> None:
    """They are not what anybody did to a post; nothing is written but the view."""
    post = site.published()
    before = entries(site, entity="post", id=post["postId"])
    assert site.ada.post(f"{path(post)}/views").status_code == 204
    site.ada.get(path(post))
    assert entries(site, entity="post", id=post["postId"]) == before


def test_of_many_at_once_each_success_has_its_entry(any_site: AppHarness) -> None:
    """Eight rename the same post from the same state: as many entries as answers of success."""
    post = any_site.draft()
    tag = any_site.tag(post)

    def rename(number: int) -> int:
        body = {"slug": f"n{number}"}
        return int(any_site.ada.put(f"{path(post)}/slug", json=body, headers=tag).status_code)

    with ThreadPoolExecutor(8) as people:
        answers = list(people.map(rename, range(8)))
    found = entries(any_site, entity="post", id=post["postId"])
    renamed = [each for each in found if each["action"] == "posts.rename"]
    assert len(renamed) == answers.count(200) == 1


def test_a_crash_leaves_both_or_none(settings: Settings) -> None:
    """What did not get through has no entry; where the answer was lost, the entry tells of it."""
    with in_memory() as store:
        site = AppHarness.over(settings, store)
        post = site.draft()

        def failing(is_sent: bool) -> AppHarness:
            def send(operation: str, parameters: Any) -> Any:
                if operation == "TransactWriteItems":
                    if is_sent:
                        store.transport(operation, parameters)
                    raise TransportError("Unreachable", "the test's")
                return store.transport(operation, parameters)

            return site.through(replace(store, transport=send))

        for is_sent, actions in (
            (False, ["posts.create"]),
            (True, ["posts.submit", "posts.create"]),
        ):
            answer = failing(is_sent).ada.post(f"{path(post)}/submit")
            assert answer.status_code == 503
            found = entries(site, entity="post", id=post["postId"])
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
def test_exactly_one_list_is_asked_for(site: AppHarness, params: dict[str, str]) -> None:
    """An item, a person or a day, each well-formed."""
    expect.failure(site.admin.get(AUDIT, params=params), 422, "unprocessable")


def test_administrators_alone_see_it(site: AppHarness) -> None:
    """Before anything else: others learn nothing of the form of the question either."""
    for params in ({"actor": "ada"}, {}):
        expect.failure(site.editor.get(AUDIT, params=params), 403, "forbidden")
        expect.failure(site.anonymous.get(AUDIT, params=params), 401, "credentials-missing")
    for method in ("post", "put", "patch", "delete"):
        answer = site.admin.request(method, AUDIT, params={"actor": "ada"})
        expect.failure(answer, 405, "method-not-allowed")


def test_a_cursor_fits_its_own_list(site: AppHarness) -> None:
    """Not another person's."""
    for name in ("one", "two"):
        site.draft("ada", slug=name)
    page = expect.success(site.admin.get(AUDIT, params={"actor": "ada", "limit": 1}))
    params = {"actor": "eva", "cursor": page["nextCursor"]}
    expect.failure(site.admin.get(AUDIT, params=params), 400, "invalid-cursor")
