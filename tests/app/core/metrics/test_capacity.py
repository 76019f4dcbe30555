"""DynamoDB's own numbers: of transactions, of queries over several requests, of indexes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from access_patterns import blog, categories, posts
from app.core import metrics
from app.core.metrics import Tally
from model import PostStatus
from singletable import Repository
from singletable.inspect import Observed
from tests.app.adapters.cache.harness import NOW, a_category, a_post
from tests.app.api.v1.stores import Store, in_dynamodb_local
from tests.backends import SECRET

pytestmark = pytest.mark.connected


@pytest.fixture
def store() -> Iterator[Store]:
    with in_dynamodb_local() as found:
        found.repository().write(categories.create(a_category()))
        yield found


def counting(store: Store, tally: Tally) -> Repository:
    def count(observed: Observed) -> None:
        for sent in observed.sent:
            tally.count_sent(sent)

    return Repository(
        store.transport,
        {blog: store.table},
        cursor_secret=SECRET,
        observe=count,
        count_capacity=True,
    )


def test_a_transaction_and_a_write_count_their_indexes(store: Store) -> None:
    """A write to the table and to each index; twice as much within a transaction."""
    tally = Tally()
    repository = counting(store, tally)
    draft = repository.write(posts.create(a_post()))
    writing = tally.patterns["posts.create"].counts
    assert writing[metrics.READ_UNITS] == 0
    assert writing[metrics.WRITE_UNITS] >= 2 * 3
    repository.write(posts.submit(draft, NOW))
    submitting = tally.patterns["posts.submit"].counts
    assert submitting[metrics.QUERIES] == 1
    assert submitting[metrics.WRITE_UNITS] >= 2


def test_a_question_of_several_requests_counts_them_all(store: Store) -> None:
    """Of an index; read through page by page, it is as much as all its pages."""
    for _ in range(7):
        store.repository().write(posts.create(a_post(body="x" * 5_000)))
    tally = Tally()
    repository = counting(store, tally)
    drafts = posts.in_status(PostStatus.DRAFT)
    alone = []
    cursor = None
    while True:
        page = repository.fetch(drafts.page(3, cursor))
        alone.append(tally.patterns["posts.in_status"].counts[metrics.READ_UNITS])
        cursor = page.cursor
        if cursor is None:
            break
    counts = tally.patterns["posts.in_status"].counts
    assert counts[metrics.QUERIES] >= len(alone) >= 3
    assert alone == sorted(alone)
    assert alone[0] > 0
    assert len(tally.patterns["posts.in_status"].latencies) == counts[metrics.QUERIES]


def test_asking_for_the_capacity_asks_nothing_else(store: Store) -> None:
    """The same requests, whether or not it is asked for."""
    sent: dict[bool, list[str]] = {}
    for is_counted in (False, True):
        asked = sent.setdefault(is_counted, [])
        repository = Repository(
            store.transport,
            {blog: store.table},
            cursor_secret=SECRET,
            observe=lambda each, asked=asked: asked.extend(
                request.operation for request in each.requests
            ),
            count_capacity=is_counted,
        )
        repository.fetch(posts.published().page(3))
        repository.write(posts.create(a_post()))
        repository.fetch(categories.tree().page(5))
    assert sent[False] == sent[True]
