"""A process that dies right after any of its requests, so in front of the next: one effect."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest

from singletable.transport import TransportError
from tests.app import expect
from tests.app.api.matrix.harness import SETTINGS
from tests.app.api.v1.stores import in_memory
from tests.app.harness import TEXT, AppHarness, open_with_pool, path
from tests.app.services.accounts.user_pool import ORIGIN, PASSWORD
from tests.app.services.idempotency.harness import BreakableHarness, open_breakable
from tests.app.services.idempotency.keyed import (
    REPLAYED,
    Breaking,
    claims_in,
    content_of,
    is_killed,
    new_key,
)

pytestmark = pytest.mark.slow

numbers = count(1)


@dataclass(frozen=True)
class Deed:
    """`prepared` makes what it is about, and gives path and body; `is_tagged`: If-Match is sent."""

    prepared: Callable[[AppHarness], tuple[str, Any]]
    is_tagged: bool = False

    def asked(self, harness: AppHarness) -> Callable[[], Any]:
        """The same request, as often as it is called."""
        where, json = self.prepared(harness)
        headers = new_key() | ({"If-Match": "*"} if self.is_tagged else {})
        return lambda: harness.admin.post(where, json=json, headers=headers)


def _category(_: AppHarness) -> tuple[str, Any]:
    return "/v1/categories", {"name": f"Shelf {next(numbers)}", "parentId": "news"}


def _moved(harness: AppHarness) -> tuple[str, Any]:
    name = f"shelf-{next(numbers)}"
    harness.category(name)
    return f"/v1/categories/{name}/move", {"parentId": "news"}


def _edited(harness: AppHarness) -> tuple[str, Any]:
    post = harness.draft()
    harness.ada.patch(path(post), json={"body": "Later words."}, headers=harness.tag(post))
    return f"{path(post)}/revisions/1/restore", None


DEEDS = {
    "a post": Deed(lambda _: ("/v1/posts", TEXT)),
    "a category": Deed(_category),
    "a publication": Deed(
        lambda harness: (f"{path(harness.steps(harness.draft(), 'submit'))}/publish", None)
    ),
    "a former text": Deed(_edited, is_tagged=True),
    "a move": Deed(_moved, is_tagged=True),
    "a view": Deed(lambda harness: (f"{path(harness.published())}/views", None)),
    "a preview": Deed(lambda harness: (f"{path(harness.draft())}/previews", {})),
}


@pytest.fixture(scope="module")
def built() -> Iterator[BreakableHarness]:
    with open_breakable() as made:
        yield made


@pytest.fixture
def harness(built: BreakableHarness) -> Iterator[BreakableHarness]:
    yield built
    built.tidy()


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_killed_anywhere_it_is_done_once(harness: BreakableHarness, deed: Deed) -> None:
    """What was written has its answer: the repetition finds both at once, or does both later."""
    outcomes = list[bool]()
    for at in count(1):
        send = deed.asked(harness)
        untouched = content_of(harness.store)
        harness.breaking.break_at(at, is_after=True)
        killed = is_killed(send)
        harness.breaking.mend()
        if not killed:
            break
        outcomes.append(content_of(harness.store) != untouched)
        done_once(harness, send, is_done=outcomes[-1])
    assert outcomes[0] is False
    assert True in outcomes


def done_once(harness: BreakableHarness, send: Callable[[], Any], *, is_done: bool) -> None:
    """Now, or as soon as the lock is over; and no more than that."""
    left = content_of(harness.store)
    if not is_done:
        harness.store.clock.tick(seconds=SETTINGS.idempotency_lock_seconds)
    first = send()
    done = content_of(harness.store)
    assert first.status_code < 300, first.text
    assert (REPLAYED in first.headers) is is_done
    assert (done == left) is is_done
    assert send().content == first.content
    assert content_of(harness.store) == done


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_an_answer_that_got_lost_is_found(harness: BreakableHarness, deed: Deed) -> None:
    """The table carried the write out and did not say so: 503, and then the answer."""
    send = deed.asked(harness)
    harness.breaking.break_at("TransactWriteItems", is_after=True, fault=unreachable)
    expect.failure(send(), 503, "unavailable")
    harness.breaking.mend()
    done_once(harness, send, is_done=True)


def unreachable() -> TransportError:
    return TransportError("Unreachable", "the test's")


def test_an_account_is_made_with_its_answer() -> None:
    """The pool knew of it before; the transaction that completes it keeps the answer as well."""
    with in_memory() as store:
        breaking = Breaking(store)
        with open_with_pool(SETTINGS, breaking.way()) as harness:
            body = {"email": "eve@example.com", "password": PASSWORD}
            browser, key = harness.browser(ORIGIN), new_key()

            def sign_up() -> Any:
                return browser.post("/v1/auth/signup", json=body, headers=key)

            breaking.break_at("TransactWriteItems", is_after=True)
            assert is_killed(sign_up)
            breaking.mend()
            done, answer = content_of(store), sign_up()
            assert expect.success(answer, 201)["email"] == "eve@example.com"
            assert answer.headers[REPLAYED] == "true"
            assert content_of(store) == done
            assert all("answer" in item for item in claims_in(store))
