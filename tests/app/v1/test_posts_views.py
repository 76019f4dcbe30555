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
from tests.app.harness import AppHarness, path
from tests.app.v1.races import at_once, meeting

CROWD = 30


def views_of(post: Mapping[str, Any]) -> str:
    return f"{path(dict(post))}/views"


def counted(site: AppHarness, post: Mapping[str, Any]) -> int:
    return int(expect.success(site.anonymous.get(views_of(post)))["views"])


def stranger(site: AppHarness, address: str, browser: str = "a browser") -> TestClient:
    """Somebody without credentials, by network address and browser."""
    return TestClient(site.app, client=(address, 50_000), headers={"User-Agent": browser})


def view(client: TestClient, post: Mapping[str, Any]) -> None:
    answer = client.post(views_of(post))
    assert (answer.status_code, answer.content) == (204, b"")


def at(site: AppHarness, now: datetime) -> None:
    """What time it is for all that follows."""
    site.app.state.clock = lambda: now


def test_a_caller_counts_once(any_site: AppHarness) -> None:
    """However often, from wherever; the post itself is not touched."""
    post = any_site.published()
    assert counted(any_site, post) == 0
    for name in ("bob", "bob", "eve", "bob"):
        view(any_site.speaking(name), post)
    assert counted(any_site, post) == 2
    assert any_site.stored(post) == post


def test_strangers_count_by_network_and_browser(site: AppHarness) -> None:
    """Two networks, two browsers, one household's addresses; and a caller beside them."""
    post = site.published()
    for address, browser in (
        ("192.0.2.1", "one"),
        ("192.0.2.1", "one"),
        ("192.0.2.1", "two"),
        ("192.0.2.2", "one"),
        ("2001:db8:1:2::1", "one"),
        ("2001:db8:1:2::2", "one"),
    ):
        view(stranger(site, address, browser), post)
    assert counted(site, post) == 4
    view(site.speaking("bob"), post)
    assert counted(site, post) == 5


def test_posts_are_counted_apart(site: AppHarness) -> None:
    """Having seen one says nothing of another."""
    first, second = site.published(), site.published()
    for post in (first, second):
        view(stranger(site, "192.0.2.1"), post)
    assert (counted(site, first), counted(site, second)) == (1, 1)


def test_a_new_day_counts_anew(site: AppHarness) -> None:
    """From midnight on, UTC, wherever the reader is."""
    post, late = site.published(), datetime(2026, 11, 25, 23, 59, 59, tzinfo=UTC)
    for now in (late, late - timedelta(hours=23), late + timedelta(seconds=1)):
        at(site, now)
        for client in (stranger(site, "192.0.2.1"), site.speaking("bob")):
            view(client, post)
    assert counted(site, post) == 4


def test_what_is_kept_of_visitors_tells_nothing(site: AppHarness) -> None:
    """No address, browser, subject or post; it goes when the day is over, and an hour more."""
    post, now = site.published(), datetime(2026, 11, 25, 12, tzinfo=UTC)
    at(site, now)
    view(stranger(site, "192.0.2.1", "a rare browser"), post)
    view(site.speaking("bob"), post)
    items = site.store.transport("Scan", {"TableName": site.store.table})["Items"]
    kept = [each for each in items if "VIEWING#" in str(each)]
    assert len(kept) == 2
    for told in ("192.0.2.1", "rare", "bob", post["postId"]):
        assert told not in str(kept)
    midnight = datetime(2026, 11, 26, tzinfo=UTC)
    expiring = {int(each["expires_at"]["N"]) for each in kept}
    assert expiring == {int((midnight + timedelta(hours=1)).timestamp())}


def test_views_are_of_published_posts(site: AppHarness) -> None:
    """404 for who cannot see it, known or not; 403 for who can."""
    post = site.draft()
    expect.failure(site.anonymous.post(views_of(post)), 404, "not-found")
    expect.failure(site.speaking("bob").post(views_of(post)), 404, "not-found")
    expect.failure(site.anonymous.get(views_of(post)), 404, "not-found")
    expect.failure(site.ada.post(views_of(post)), 403, "forbidden")
    assert expect.success(site.ada.get(views_of(post))) == {"views": 0}


def test_reading_writes_nothing(site: AppHarness) -> None:
    """Neither the post nor its slug, list or views: a reader's page has to say that it was seen."""
    post, operations = site.published(), list[str]()

    def note_request(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        operations.append(operation)
        return site.store.transport(operation, parameters)

    watched = site.through(replace(site.store, transport=note_request))
    for where in (path(post), f"/v1/posts/by-slug/{post['slug']}", "/v1/posts", views_of(post)):
        for client in (watched.anonymous, watched.speaking("bob")):
            assert client.get(where).status_code == 200
    assert set(operations) <= {"GetItem", "Query"}
    view(watched.anonymous, post)
    assert Counter(operations)["TransactWriteItems"] == 1


def failing(site: AppHarness, *codes: str) -> AppHarness:
    """Where every transaction is cancelled for these reasons."""

    def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        if operation == "TransactWriteItems":
            raise TransportError(
                CANCELLED, "", reasons=tuple(CancellationReason(code) for code in codes)
            )
        return site.store.transport(operation, parameters)

    return site.through(replace(site.store, transport=send))


def test_a_repeat_that_also_meets_others_has_been_counted(site: AppHarness) -> None:
    """The viewing is there, whatever became of the counter."""
    post = site.published()
    both = failing(site, "ConditionalCheckFailed", "TransactionConflict")
    view(both.anonymous, post)


@pytest.mark.parametrize(
    ("known", "visitors"), [(True, 1), (False, CROWD)], ids=["one caller", "many strangers"]
)
def test_a_crowd_is_counted_exactly(any_site: AppHarness, known: bool, visitors: int) -> None:
    """Thirty views at one moment: those of one visitor are one, those of thirty are thirty."""
    post, race = any_site.published(), any_site.through(meeting(any_site.store, CROWD))

    def visitor(number: int) -> TestClient:
        name, address = f"reader{number % visitors}", f"192.0.2.{number % visitors}"
        return race.speaking(name) if known else stranger(race, address)

    viewing = [partial(visitor(number).post, views_of(post)) for number in range(CROWD)]
    answers: list[Response] = at_once(viewing)
    assert [answer.status_code for answer in answers] == [204] * CROWD
    assert counted(any_site, post) == visitors
    items = any_site.store.transport("Scan", {"TableName": any_site.store.table})["Items"]
    counters = [each for each in items if "VIEWS#" in str(each)]
    assert len(counters) == 1 if visitors == 1 else SLOTS // 2 < len(counters) <= SLOTS
