"""Whose turn it is: attempts at the same time, cut short, refused, and those of other callers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event
from typing import Any, TypeVar

import pytest

from app.core.settings import Settings
from model import Role
from singletable.transport import TransportError
from tests.app import expect
from tests.app.api.v1.races import at_once
from tests.app.api.v1.stores import Store, timed
from tests.app.harness import TEXT, AppHarness, path
from tests.app.services.accounts.user_pool import PASSWORD
from tests.app.services.idempotency.keyed import (
    HEADER,
    REPLAYED,
    Breaking,
    claims_in,
    is_killed,
    new_key,
    same,
)

S = TypeVar("S", bound=Store)

PATH = "/v1/posts"


def create(harness: AppHarness, key: dict[str, str], by: str = "ada", **fields: Any) -> Any:
    return harness.client_as(by, "editor").post(PATH, json={**TEXT, **fields}, headers=key)


def held_up(store: S, reached: Event, go_on: Event) -> S:
    """Stops in front of the first transaction until it may go on."""

    def send(operation: str, parameters: Any) -> Any:
        if operation == "TransactWriteItems" and not reached.is_set():
            reached.set()
            assert go_on.wait(timeout=20)
        return store.transport(operation, parameters)

    return replace(store, transport=send)


def test_the_second_of_two_at_once_is_told_to_wait(any_harness: AppHarness) -> None:
    """By 409 and Retry-After while the first is under way; afterwards it has the first answer."""
    reached, go_on, key = Event(), Event(), new_key()
    slow = any_harness.with_store(held_up(any_harness.store, reached, go_on))
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(create, slow, key)
        assert reached.wait(timeout=20)
        early = create(any_harness, key)
        other = create(any_harness, key, title="Another")
        go_on.set()
    expect.failure(early, 409, "idempotency-in-progress")
    assert early.headers["retry-after"] == "1"
    expect.failure(other, 422, "idempotency-key-reused")
    assert same(first.result(), create(any_harness, key))
    assert any_harness.count_in("news") == 1


@pytest.mark.connected
@pytest.mark.parametrize("any_harness", ["dynamodb-local"], indirect=True)
def test_of_twenty_at_once_one_creates(any_harness: AppHarness) -> None:
    """All are answered by the same post, or told that it is being made."""
    key = new_key()
    answers = at_once([lambda: create(any_harness, key)] * 20)
    made = [each for each in answers if each.status_code == 201]
    others = [each for each in answers if each.status_code != 201]
    assert len({each.content for each in made}) == 1
    assert len([each for each in made if REPLAYED not in each.headers]) == 1
    for each in others:
        expect.failure(each, 409, "idempotency-in-progress")
    assert any_harness.count_in("news") == 1


def test_a_lock_that_is_over_is_taken_over(harness: AppHarness, settings: Settings) -> None:
    """Until then the repetition waits; the attempt that was cut short has no say any more."""
    store, key = timed(harness.store), new_key()
    now = harness.with_store(store)
    breaking = Breaking(store, at=2)
    assert is_killed(lambda: create(harness.with_store(replace(store, transport=breaking)), key))
    expect.failure(create(now, key), 409, "idempotency-in-progress")
    store.clock.tick(seconds=settings.idempotency_lock_seconds - 1)
    expect.failure(create(now, key), 409, "idempotency-in-progress")
    store.clock.tick(seconds=1)
    expect.failure(create(now, key, title="Another"), 422, "idempotency-key-reused")
    first = create(now, key)
    assert first.status_code == 201
    assert same(first, create(now, key))
    assert now.count_in("news") == 1


def test_who_was_taken_over_writes_nothing(harness: AppHarness, settings: Settings) -> None:
    """It wakes up after its lock: its effect is refused together with its answer."""
    store, key = timed(harness.store), new_key()
    reached, go_on = Event(), Event()
    sleeper = harness.with_store(held_up(store, reached, go_on))
    with ThreadPoolExecutor(1) as threads:
        late = threads.submit(create, sleeper, key)
        assert reached.wait(timeout=20)
        store.clock.tick(seconds=settings.idempotency_lock_seconds)
        first = create(harness.with_store(store), key)
        go_on.set()
    expect.failure(late.result(), 409, "idempotency-in-progress")
    assert same(first, create(harness.with_store(store), key))
    assert harness.count_in("news") == 1


def test_what_is_known_is_forgotten_after_a_day(harness: AppHarness, settings: Settings) -> None:
    """The key names something new then, whether or not the item is deleted yet."""
    store, key = timed(harness.store), new_key()
    app = harness.with_store(store)
    first = create(app, key)
    store.clock.tick(seconds=settings.idempotency_seconds - 1)
    assert same(first, create(app, key))
    store.clock.tick(seconds=1)
    second = create(app, key, title="Another")
    assert second.status_code == 201
    assert REPLAYED not in second.headers
    assert app.count_in("news") == 2


def test_a_refused_request_is_judged_anew(harness: AppHarness) -> None:
    """It had no effect: nothing is known of its key, which may name another request."""
    key = new_key()
    expect.failure(create(harness, key, categoryId="nowhere"), 422, "unprocessable")
    expect.failure(create(harness, key, title=""), 422, "unprocessable")
    assert claims_in(harness.store) == []
    assert create(harness, key).status_code == 201


def failed_at_the_write(harness: AppHarness, key: dict[str, str], code: str) -> None:
    breaking = Breaking(harness.store, at=2, fault=lambda: TransportError(code, "the test's"))
    broken = create(harness.with_store(breaking.way()), key)
    assert broken.status_code == 503
    assert breaking.sent[:2] == ["PutItem", "TransactWriteItems"]


def test_a_throttled_write_gives_the_key_up(harness: AppHarness) -> None:
    """It was certainly not carried out, and may be repeated at once."""
    key = new_key()
    failed_at_the_write(harness, key, "ThrottlingException")
    assert claims_in(harness.store) == []
    assert create(harness, key).status_code == 201


def test_a_write_without_an_answer_keeps_the_lock(harness: AppHarness) -> None:
    """It may yet be carried out: until that is over, the repetition waits."""
    key = new_key()
    failed_at_the_write(harness, key, "ServiceUnavailable")
    expect.failure(create(harness, key), 409, "idempotency-in-progress")


def test_before_the_write_is_sent_nothing_can_have_happened(harness: AppHarness) -> None:
    """A fault on reading gives the key up: the category that is moved could not be read."""
    harness.category("other")
    key = new_key() | {"If-Match": "*"}
    where, body = "/v1/categories/other/move", {"parentId": "news"}
    breaking = Breaking(
        harness.store, at=2, fault=lambda: TransportError("ServiceUnavailable", "the test's")
    )
    broken = harness.with_store(breaking.way()).admin.post(where, json=body, headers=key)
    expect.failure(broken, 503, "unavailable")
    assert breaking.sent[:2] == ["PutItem", "GetItem"]
    assert claims_in(harness.store) == []
    expect.success(harness.admin.post(where, json=body, headers=key))


def test_a_lost_claim_is_found_again(harness: AppHarness) -> None:
    """The table took it, the answer was lost, and the request was sent once more."""
    store = harness.store

    def twice(operation: str, parameters: Any) -> Any:
        if operation == "PutItem":
            store.transport(operation, parameters)
        return store.transport(operation, parameters)

    assert create(harness.with_store(replace(store, transport=twice)), new_key()).is_success


def test_other_callers_and_other_operations_have_their_own_keys(harness: AppHarness) -> None:
    """The same key in another's hand, or for another post, names something else."""
    key = new_key()
    posts = [expect.success(create(harness, key, by), 201) for by in ("ada", "bob")]
    assert len({post["postId"] for post in posts}) == 2
    for post in posts:
        submitted = harness.admin.post(f"{path(post)}/submit", headers=key)
        assert expect.success(submitted)["postId"] == post["postId"]
        assert REPLAYED not in submitted.headers


def test_quotes_make_no_other_key(harness: AppHarness) -> None:
    """The standard has them, most clients do not."""
    key = new_key()
    assert same(create(harness, key), create(harness, {HEADER: f'"{key[HEADER]}"'}))


def test_if_match_and_the_query_are_part_of_the_request(harness: AppHarness) -> None:
    """With another one it is another request, and the state is not looked at."""
    post, key = harness.draft(), new_key()
    first = harness.ada.post(f"{path(post)}/submit", headers=key | harness.tag(post))
    assert first.is_success
    again = harness.ada.post(f"{path(post)}/submit", headers=key)
    expect.failure(again, 422, "idempotency-key-reused")
    unknown = harness.ada.post(f"{path(post)}/submit?x=1", headers=key)
    expect.failure(unknown, 422, "unprocessable")


def test_an_ended_session_gets_no_answer(pool_harness: AppHarness) -> None:
    """Not even the one that it was given before."""
    pool_harness.account("ada", Role.ADMIN)
    browser, key = pool_harness.sign_in("ada"), new_key()
    body = {"categoryId": "news", "name": "News"}
    bearer = pool_harness.bearer(browser)
    first = bearer.post("/v1/categories", json=body, headers=key)
    assert same(first, browser.post("/v1/categories", json=body, headers=key))
    assert bearer.delete("/v1/sessions").status_code == 204
    again = bearer.post("/v1/categories", json=body, headers=key)
    expect.failure(again, 401, "session-ended")
    other = pool_harness.sign_in("ada").post("/v1/categories", json=body, headers=key)
    assert same(first, other)


def test_a_stranger_cannot_try_passwords_on_a_key(pool_harness: AppHarness) -> None:
    """Whoever knows a key has as many attempts as at sign-in: then right is as wrong as wrong."""
    narrow = pool_harness.with_settings(sign_in_attempts_per_minute=3)
    narrow.account("eve")
    key = new_key()
    first = _keyed_login(narrow, key)
    assert first.is_success
    guesses = [_keyed_login(narrow, key, f"Guess-number-{n}") for n in range(4)]
    for guess in guesses[:3]:
        expect.failure(guess, 422, "idempotency-key-reused")
    expect.failure(guesses[3], 429, "too-many-requests")
    expect.failure(_keyed_login(narrow, key), 429, "too-many-requests")


def _keyed_login(harness: AppHarness, key: dict[str, str], password: str = PASSWORD) -> Any:
    body = {"email": "eve@example.com", "password": password}
    return harness.browser().post("/v1/auth/login", json=body, headers=key)


def test_cookies_of_others_are_other_callers(pool_harness: AppHarness) -> None:
    """A key that two browsers share does not give one of them the other's tokens."""
    for name in ("ada", "eve"):
        pool_harness.account(name)
    ada, eve, key = pool_harness.sign_in("ada"), pool_harness.sign_in("eve"), new_key()
    answers = [each.post("/v1/auth/refresh", headers=key) for each in (ada, eve)]
    assert [expect.success(each)["user"]["name"] for each in answers] == ["ada", "eve"]
    assert all(REPLAYED not in each.headers for each in answers)


def test_the_table_has_no_token_and_no_key(pool_harness: AppHarness) -> None:
    """Answers with cookies and preview tokens are kept, and cannot be read there."""
    pool_harness.account("eve")
    key = new_key()
    first = _keyed_login(pool_harness, key)
    (item,) = claims_in(pool_harness.store)
    raw = repr(item).encode() + item["answer"]["B"]
    secrets = [
        each.partition("=")[2].partition(";")[0] for each in first.headers.get_list("set-cookie")
    ]
    assert len(secrets) == 3
    for hidden in (*secrets, key[HEADER], PASSWORD, "eve@example.com", "__Host", "/v1/auth/login"):
        assert hidden.encode() not in raw
    assert same(first, _keyed_login(pool_harness, key))
