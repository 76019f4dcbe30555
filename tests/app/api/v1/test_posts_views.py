"""Views: one for each visitor and day, counted in slots, told as one number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from model.view_count import SLOTS
from singletable.transport import CANCELLED, CancellationReason, TransportError
from tests.app import expect
from tests.app.api.v1.races import at_once, meeting
from tests.app.harness import AppHarness, path

CROWD = 30


def views_of(post: Mapping[str, Any]) -> str:
    return f"{path(dict(post))}/views"


def counted(harness: AppHarness, post: Mapping[str, Any]) -> int:
    return int(expect.success(harness.anonymous.get(views_of(post)))["views"])


def stranger(harness: AppHarness, address: str, browser: str = "a browser") -> TestClient:
    """Somebody without credentials, by network address and browser."""
    return TestClient(harness.app, client=(address, 50_000), headers={"User-Agent": browser})


def view(client: TestClient, post: Mapping[str, Any]) -> None:
    answer = client.post(views_of(post))
    assert (answer.status_code, answer.content) == (204, b"")


def at(harness: AppHarness, now: datetime) -> None:
    """What time it is for all that follows."""
    harness.app.state.clock = lambda: now


def test_a_caller_counts_once(any_harness: AppHarness) -> None:
    """However often, from wherever; the post itself is not touched."""
    post = any_harness.published()
    assert counted(any_harness, post) == 0
    for name in ("bob", "bob", "eve", "bob"):
        view(any_harness.client_as(name), post)
    assert counted(any_harness, post) == 2
    assert any_harness.stored(post) == post


def test_strangers_count_by_network_and_browser(harness: AppHarness) -> None:
    """Two networks, two browsers, one household's addresses; and a caller beside them."""
    post = harness.published()
    for address, browser in (
        ("192.0.2.1", "one"),
        ("192.0.2.1", "one"),
        ("192.0.2.1", "two"),
        ("192.0.2.2", "one"),
        ("2001:db8:1:2::1", "one"),
        ("2001:db8:1:2::2", "one"),
    ):
        view(stranger(harness, address, browser), post)
    assert counted(harness, post) == 4
    view(harness.client_as("bob"), post)
    assert counted(harness, post) == 5


def test_posts_are_counted_apart(harness: AppHarness) -> None:
    """Having seen one says nothing of another."""
    first, second = harness.published(), harness.published()
    for post in (first, second):
        view(stranger(harness, "192.0.2.1"), post)
    assert (counted(harness, first), counted(harness, second)) == (1, 1)


def test_a_new_day_counts_anew(harness: AppHarness) -> None:
    """From midnight on, UTC, wherever the reader is."""
    post, late = harness.published(), datetime(2026, 11, 25, 23, 59, 59, tzinfo=UTC)
    for now in (late, late - timedelta(hours=23), late + timedelta(seconds=1)):
        at(harness, now)
        for client in (stranger(harness, "192.0.2.1"), harness.client_as("bob")):
            view(client, post)
    assert counted(harness, post) == 4


def test_what_is_kept_of_visitors_tells_nothing(harness: AppHarness) -> None:
    """No address, browser, subject or post; it goes when the day is over, and an hour more."""
    post, now = harness.published(), datetime(2026, 11, 25, 12, tzinfo=UTC)
    at(harness, now)
    view(stranger(harness, "192.0.2.1", "a rare browser"), post)
    view(harness.client_as("bob"), post)
    items = harness.store.transport("Scan", {"TableName": harness.store.table})["Items"]
    kept = [each for each in items if "VIEWING#" in str(each)]
    assert len(kept) == 2
    for told in ("192.0.2.1", "rare", "bob", post["postId"]):
        assert told not in str(kept)
    midnight = datetime(2026, 11, 26, tzinfo=UTC)
    expiring = {int(each["expires_at"]["N"]) for each in kept}
    assert expiring == {int((midnight + timedelta(hours=1)).timestamp())}


def test_views_are_of_published_posts(harness: AppHarness) -> None:
    """404 for who cannot see it, known or not; 403 for who can."""
    post = harness.draft()
    expect.failure(harness.anonymous.post(views_of(post)), 404, "not-found")
    expect.failure(harness.client_as("bob").post(views_of(post)), 404, "not-found")
    expect.failure(harness.anonymous.get(views_of(post)), 404, "not-found")
    expect.failure(harness.ada.post(views_of(post)), 403, "forbidden")
    assert expect.success(harness.ada.get(views_of(post))) == {"views": 0}


def test_reading_writes_nothing(harness: AppHarness) -> None:
    """Neither the post nor its slug, list or views: a reader's page has to say that it was seen."""
    post, operations = harness.published(), list[str]()

    def note_request(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        operations.append(operation)
        return harness.store.transport(operation, parameters)

    watched = harness.with_store(replace(harness.store, transport=note_request))
    for where in (path(post), f"/v1/posts/by-slug/{post['slug']}", "/v1/posts", views_of(post)):
        for client in (watched.anonymous, watched.client_as("bob")):
            assert client.get(where).status_code == 200
    assert set(operations) <= {"GetItem", "Query"}
    view(watched.anonymous, post)
    assert Counter(operations)["TransactWriteItems"] == 1


def failing(harness: AppHarness, *codes: str) -> AppHarness:
    """Where every transaction is cancelled for these reasons."""

    def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        if operation == "TransactWriteItems":
            raise TransportError(
                CANCELLED, "", reasons=tuple(CancellationReason(code) for code in codes)
            )
        return harness.store.transport(operation, parameters)

    return harness.with_store(replace(harness.store, transport=send))


def test_a_repeat_that_also_meets_others_has_been_counted(harness: AppHarness) -> None:
    """The viewing is there, whatever became of the counter."""
    post = harness.published()
    both = failing(harness, "ConditionalCheckFailed", "TransactionConflict")
    view(both.anonymous, post)


@pytest.mark.parametrize(
    ("known", "visitors"), [(True, 1), (False, CROWD)], ids=["one caller", "many strangers"]
)
def test_a_crowd_is_counted_exactly(any_harness: AppHarness, known: bool, visitors: int) -> None:
    """Thirty views at one moment: those of one visitor are one, those of thirty are thirty."""
    post, race = any_harness.published(), any_harness.with_store(meeting(any_harness.store, CROWD))

    def visitor(number: int) -> TestClient:
        name, address = f"reader{number % visitors}", f"192.0.2.{number % visitors}"
        return race.client_as(name) if known else stranger(race, address)

    viewing = [partial(visitor(number).post, views_of(post)) for number in range(CROWD)]
    answers: list[Response] = at_once(viewing)
    assert [answer.status_code for answer in answers] == [204] * CROWD
    assert counted(any_harness, post) == visitors
    items = any_harness.store.transport("Scan", {"TableName": any_harness.store.table})["Items"]
    counters = [each for each in items if "VIEWS#" in str(each)]
    assert len(counters) == 1 if visitors == 1 else SLOTS // 2 < len(counters) <= SLOTS
