"""Lists show exactly what the policy makes visible: drafts leak through none, and no cursor."""

from __future__ import annotations

from typing import Any

import pytest
from httpx2 import Response

from model import PostStatus, UserId
from scripts.docs.matrix import ROLES, Cell, Ownership, Who
from tests.app import expect
from tests.app.adapters.policy import expected
from tests.app.api.matrix.harness import SHELF, MatrixHarness

LISTS: list[tuple[Who, Ownership]] = [
    (who, ownership)
    for who in ROLES
    for ownership in ("own", "other")
    if (who, ownership) != ("anonymous", "own")
]
READERS = {
    "the feed": {},
    "a category": {"category": SHELF},
    "a category since": {"category": SHELF, "since": "2026-01-01T00:00:00Z"},
}


def page(harness: MatrixHarness, who: Who, **params: str) -> Response:
    caller = harness.caller(who)
    headers = {"Authorization": f"Bearer {caller.tokens.access}"} if caller else {}
    answer: Response = harness.client.get("/v1/posts", params=params, headers=headers)
    return answer


def every(harness: MatrixHarness, who: Who, **params: str) -> list[dict[str, Any]]:
    """All posts of a list, one by one, following the cursors."""
    found, cursor = list[dict[str, Any]](), dict[str, str]()
    while True:
        answer = expect.success(page(harness, who, limit="1", **params, **cursor))
        found.extend(answer["items"])
        if answer["nextCursor"] is None:
            return found
        cursor = {"cursor": answer["nextCursor"]}


def statuses(posts: list[dict[str, Any]]) -> list[str]:
    return sorted(post["status"] for post in posts)


@pytest.mark.parametrize(("who", "ownership"), LISTS)
def test_an_authors_list_shows_what_is_visible(
    harness: MatrixHarness, who: Who, ownership: Ownership
) -> None:
    """One post in each visible status, and none of another author's, through all cursors."""
    cell = Cell(who, "posts.list", "post", ownership)
    visible = harness.decisions.visible_statuses(cell.question())
    assert visible == expected.shown(cell)
    owner = harness.owner(cell)
    for status in PostStatus:
        harness.post(owner, status)
        harness.post(UserId("a-third-one"), status)
    found = every(harness, who, author=owner)
    assert statuses(found) == sorted(visible)
    assert {post["authorId"] for post in found} == {owner}


@pytest.mark.parametrize("who", ROLES)
@pytest.mark.parametrize("filters", READERS.values(), ids=READERS)
def test_readers_lists_show_what_is_published(
    harness: MatrixHarness, who: Who, filters: dict[str, str]
) -> None:
    """To everyone the same, whoever wrote it: no draft, nothing in review, nothing archived."""
    caller = harness.caller(who)
    authors = [harness.someone_else.user_id, *([caller.user.user_id] if caller else [])]
    for author in authors:
        for status in PostStatus:
            harness.post(author, status)
    found = every(harness, who, **filters)
    assert statuses(found) == [PostStatus.PUBLISHED] * len(authors)


@pytest.mark.parametrize("status", PostStatus)
def test_a_queue_is_shown_to_editors_alone(harness: MatrixHarness, status: PostStatus) -> None:
    """The one status that was asked for; a cursor opens it to nobody else."""
    for each in PostStatus:
        harness.post(harness.someone_else.user_id, each)
        harness.post(harness.someone_else.user_id, each)
    for who in ("editor", "admin"):
        assert statuses(every(harness, who, status=status)) == [status, status]
    first = expect.success(page(harness, "editor", status=status, limit="1"))
    query = {"status": status, "cursor": first["nextCursor"]}
    expect.failure(page(harness, "viewer", **query), 403, "forbidden")
    expect.failure(page(harness, "anonymous", **query), 401, "credentials-missing")


@pytest.mark.parametrize("who", ["anonymous", "viewer"])
def test_an_editors_cursor_shows_nobody_elses_drafts(harness: MatrixHarness, who: Who) -> None:
    """The cursor of a list with drafts does not fit the list without, nor the feed."""
    author = harness.someone_else.user_id
    for _ in range(3):
        harness.post(author, PostStatus.DRAFT)
    first = expect.success(page(harness, "editor", author=author, limit="1"))
    assert first["nextCursor"]
    for filters in ({"author": author}, {}, {"category": SHELF}):
        answer = page(harness, who, cursor=first["nextCursor"], **filters)
        expect.failure(answer, 400, "invalid-cursor")


def test_an_authors_own_cursor_shows_them_to_nobody_else(harness: MatrixHarness) -> None:
    """A viewer lists drafts of their own; with the same cursor, another sees none."""
    viewer = harness.caller("viewer")
    assert viewer is not None
    for _ in range(2):
        harness.post(viewer.user.user_id, PostStatus.DRAFT)
    query = {"author": viewer.user.user_id, "limit": "1"}
    first = expect.success(page(harness, "viewer", **query))
    again = page(harness, "anonymous", cursor=first["nextCursor"], **query)
    expect.failure(again, 400, "invalid-cursor")


def test_the_cursor_of_a_public_list_is_anyones(harness: MatrixHarness) -> None:
    """It leads on to what is published, whoever got it."""
    for status in (PostStatus.DRAFT, PostStatus.PUBLISHED, PostStatus.PUBLISHED):
        harness.post(harness.someone_else.user_id, status)
    first = expect.success(page(harness, "admin", limit="1"))
    rest = expect.success(page(harness, "anonymous", cursor=first["nextCursor"]))
    assert statuses(first["items"] + rest["items"]) == [PostStatus.PUBLISHED] * 2
