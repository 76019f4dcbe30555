"""Writers at the same time: exactly one wins or none loses anything, and counts stay exact."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from access_patterns import categories
from model import CategoryId
from singletable.errors import TransactionCancelled
from tests.app import expect
from tests.app.api.v1.races import at_once, interrupted, meeting
from tests.app.harness import TEXT, AppHarness, path

pytestmark = pytest.mark.quick_on_local


def statuses(answers: list[Any]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


def racing(harness: AppHarness, number: int) -> AppHarness:
    return harness.with_store(meeting(harness.store, number))


def delete_category(harness: AppHarness, name: str) -> bool:
    """Whether it was empty, and is gone."""
    category = harness.repository.fetch(categories.by_id(CategoryId(name)).consistent())
    assert category is not None
    try:
        harness.repository.write(categories.delete(category))
    except TransactionCancelled:
        return False
    return True


def exists(harness: AppHarness, name: str) -> bool:
    return harness.repository.fetch(categories.by_id(CategoryId(name)).consistent()) is not None


def test_one_of_two_creators_gets_the_slug(any_harness: AppHarness) -> None:
    """The other is told that it is taken; one post is counted."""
    race = racing(any_harness, 2)
    new = {**TEXT, "slug": "wanted"}
    answers = at_once(
        [partial(race.client_as(n, "editor").post, "/v1/posts", json=new) for n in "ab"]
    )
    assert statuses(answers) == [201, 409]
    (lost,) = [answer for answer in answers if answer.status_code == 409]
    expect.failure(lost, 409, "taken")
    assert any_harness.count_in("news") == 1


def test_all_creators_with_one_title_get_a_slug(any_harness: AppHarness) -> None:
    """Each another one; as many are counted as were created."""
    race = racing(any_harness, 5)
    answers = at_once(
        [partial(race.client_as(n, "editor").post, "/v1/posts", json=TEXT) for n in "abcde"]
    )
    made = [expect.success(each, 201) for each in answers if each.status_code != 503]
    assert len({post["slug"] for post in made}) == len(made) == any_harness.count_in("news") >= 1


def test_one_of_two_editors_of_a_version_wins(any_harness: AppHarness) -> None:
    """The other is told by 412; the text before is kept once."""
    post = any_harness.draft()
    tag, race = any_harness.tag(post), racing(any_harness, 2)
    edits = [{"body": "by one"}, {"body": "by the other"}]
    answers = at_once([partial(race.ada.patch, path(post), json=e, headers=tag) for e in edits])
    assert statuses(answers) == [200, 412]
    (won,) = [expect.success(answer) for answer in answers if answer.status_code == 200]
    assert any_harness.stored(post) == won
    revisions = expect.success(any_harness.ada.get(f"{path(post)}/revisions"))["items"]
    assert [revision["number"] for revision in revisions] == [1]


def test_one_of_two_movers_wins(any_harness: AppHarness) -> None:
    """The post is counted where it is, once."""
    for name in ("science", "sports"):
        any_harness.category(name)
    post = any_harness.draft()
    tag, race = any_harness.tag(post), racing(any_harness, 2)
    moves = [{"categoryId": "science"}, {"categoryId": "sports"}]
    answers = at_once([partial(race.ada.patch, path(post), json=m, headers=tag) for m in moves])
    assert statuses(answers) == [200, 412]
    counts = {name: any_harness.count_in(name) for name in ("news", "science", "sports")}
    assert counts == {**dict.fromkeys(counts, 0), any_harness.stored(post)["categoryId"]: 1}


def test_publishing_keeps_the_category(any_harness: AppHarness) -> None:
    """A category with a post cannot be deleted, however the two meet."""
    post = any_harness.steps(any_harness.draft(), "submit")
    race = racing(any_harness, 2)
    answer, gone = at_once(
        [
            partial(race.editor.post, f"{path(post)}/publish"),
            partial(delete_category, race, "news"),
        ]
    )
    assert expect.success(answer)["status"] == "published"
    assert not gone
    assert exists(any_harness, "news")
    assert any_harness.count_in("news") == 1


def test_a_post_and_the_end_of_its_category_exclude_each_other(any_harness: AppHarness) -> None:
    """Either the post is filed and the category stays, or the category is gone and no post."""
    race = racing(any_harness, 2)
    answer, gone = at_once(
        [partial(race.ada.post, "/v1/posts", json=TEXT), partial(delete_category, race, "news")]
    )
    if gone:
        (detail,) = expect.failure(answer, 422, "unprocessable")["details"]
        assert detail["location"] == "body.categoryId"
    else:
        expect.success(answer, 201)
        assert any_harness.count_in("news") == 1
    assert exists(any_harness, "news") is not gone


def test_a_post_is_deleted_once(any_harness: AppHarness) -> None:
    """One or both say 204, the category counts one post less."""
    post, _ = any_harness.draft(), any_harness.draft()
    race = racing(any_harness, 2)
    answers = at_once([partial(race.ada.delete, path(post)) for _ in range(2)])
    assert statuses(answers) == [204, 404]
    assert any_harness.count_in("news") == 1


def test_an_edit_and_the_end_of_its_post_exclude_each_other(any_harness: AppHarness) -> None:
    """Whoever comes second is told so, and nothing of a deleted post stays."""
    post = any_harness.draft()
    tag, race = any_harness.tag(post), racing(any_harness, 2)
    edited, deleted = at_once(
        [
            partial(race.ada.patch, path(post), json={"body": "new"}, headers=tag),
            partial(race.ada.delete, path(post)),
        ]
    )
    if deleted.status_code == 204:
        expect.failure(edited, 404, "not-found")
        assert any_harness.count_in("news") == 0
        expect.failure(any_harness.ada.delete(path(post)), 404, "not-found")
    else:
        expect.failure(deleted, 409, "version-conflict")
        assert any_harness.stored(post) == expect.success(edited)
        assert any_harness.count_in("news") == 1


def test_no_view_is_lost(any_harness: AppHarness) -> None:
    """However many readers come at once."""
    post = any_harness.published()
    where, race = f"{path(post)}/views", racing(any_harness, 8)
    answers = at_once([partial(race.client_as(n, "editor").post, where) for n in "abcdefgh"])
    assert statuses(answers) == [204] * 8
    assert expect.success(any_harness.anonymous.get(where)) == {"views": 8}


@pytest.mark.parametrize(
    ("method", "operation"), [("POST", "/submit"), ("PUT", "/slug"), ("DELETE", "")]
)
def test_a_race_lost_without_if_match_is_a_version_conflict(
    any_harness: AppHarness, method: str, operation: str
) -> None:
    """409 where no state was named, 412 where one was; nothing was written."""
    post = any_harness.draft()
    body: dict[str, Any] = {"json": {"slug": "other"}} if method == "PUT" else {}
    for number, code in enumerate(("version-conflict", "precondition-failed")):
        tag = any_harness.tag(post)

        def edit(body: str = str(number), tag: dict[str, str] = tag) -> object:
            return any_harness.ada.patch(path(post), json={"body": body}, headers=tag)

        harness = any_harness.with_store(interrupted(any_harness.store, edit))
        headers = tag if number else {}
        answer = harness.ada.request(method, f"{path(post)}{operation}", headers=headers, **body)
        expect.failure(answer, 412 if number else 409, code)
        assert any_harness.stored(post)["body"] == str(number)
        assert any_harness.stored(post)["status"] == "draft"
