"""R4 and R6: three limits with three names; cursors that cannot be mistaken."""

from __future__ import annotations

from typing import Any

import pytest

from singletable import attr, create
from singletable.errors.request import InvalidCursor, InvalidOperation, RequestLimitReached
from tests.backends import SECRET, Backend
from tests.singletable.raises import raises
from tests.singletable.shop import Line, Product, Status, line, product

QUERY = Line.key.query(order_id="o1")
NEVER = attr("sku").equals("nothing")


@pytest.fixture
def ordered(db: Backend) -> Backend:
    for number in range(1, 25):
        db.repository.write(create(line(number)))
    db.sent.clear()
    return db


# R4


def test_r4_page_size_bounds_each_request_alone(ordered: Backend) -> None:
    """All 24 items come, 5 at a time."""
    assert len(ordered.repository.fetch(QUERY.page_size(5))) == 24
    assert [sent.request.parameters["Limit"] for sent in ordered.sent] == [5] * 5


def test_r4_take_bounds_the_items_in_all(ordered: Backend) -> None:
    """By fetch and by iterate, whatever the requests hold."""
    for query in (QUERY.take(7), QUERY.take(7).page_size(2), QUERY.take(7).page_size(24)):
        assert len(ordered.repository.fetch(query)) == 7
        assert [item.line_no for item in ordered.repository.iterate(query)] == list(range(1, 8))
    assert len(list(ordered.repository.iterate(QUERY.take(99)))) == 24


def test_r4_a_page_never_exceeds_what_is_taken_in_all(ordered: Backend) -> None:
    """`take` is the declaration's, `page` the caller's: the smaller counts."""
    assert len(ordered.repository.fetch(QUERY.take(3).page(10))) == 3


def test_r4_max_requests_bounds_a_page(ordered: Backend) -> None:
    """Its cursor continues where it stopped."""
    page = ordered.repository.fetch(QUERY.page_size(5).max_requests(2))
    assert (len(page), page.is_last, len(ordered.sent)) == (10, False, 2)
    rest = ordered.repository.fetch(QUERY.page(99, page.cursor))
    assert [item.line_no for item in rest] == list(range(11, 25))


def test_r4_iterate_raises_where_its_requests_end_and_items_do_not(ordered: Backend) -> None:
    """What was found by then is given out first."""
    found = list[int]()
    with pytest.raises(RequestLimitReached):
        for item in ordered.repository.iterate(QUERY.page_size(5).max_requests(3)):
            found.append(item.line_no)
    assert (found, len(ordered.sent)) == (list(range(1, 16)), 3)


def test_r4_iterate_uses_all_the_requests_it_may(db: Backend) -> None:
    """More than one internal page is no reason to stop."""
    for number in range(130):
        db.repository.write(create(line(number)))
    assert len(list(db.repository.iterate(QUERY.max_requests(3)))) == 130
    assert len(list(db.repository.iterate(QUERY.page_size(50).max_requests(3)))) == 130
    assert len(list(db.repository.iterate(QUERY.take(120).max_requests(3)))) == 120


def test_r4_first_reads_on_past_what_a_filter_discards(ordered: Backend) -> None:
    """Up to the stated number of requests; then it says so, and does not answer None."""
    last = QUERY.where(attr("sku").equals("sku-24"))
    found = ordered.repository.fetch(last.page_size(6).first())
    assert found is not None
    assert found.line_no == 24
    with pytest.raises(RequestLimitReached) as reached:
        ordered.repository.fetch(last.page_size(6).max_requests(2).first())
    assert reached.value.requests == 2
    with pytest.raises(RequestLimitReached) as reached:
        ordered.repository.fetch(last.page_size(1).first())
    assert reached.value.requests == 16


def test_r4_first_of_nothing_is_none(ordered: Backend) -> None:
    """At the end of the partition, with and without a filter."""
    assert ordered.repository.fetch(Line.key.query(order_id="none").first()) is None
    assert ordered.repository.fetch(QUERY.where(NEVER).first()) is None
    first = ordered.repository.fetch(QUERY.descending().first())
    assert first is not None
    assert first.line_no == 24


def test_r4_every_request_of_a_filtered_page_goes_on_from_the_last(ordered: Backend) -> None:
    """Empty pages always make progress, so that a reader of pages comes to an end."""
    query, after, pages = QUERY.where(NEVER).page_size(5).max_requests(1), None, 0
    while True:
        page = ordered.repository.fetch(query.page(3, after))
        assert page.items == ()
        pages += 1
        after = page.cursor
        if after is None:
            break
    assert pages == 5


def test_r4_a_bound_below_the_number_of_partitions_is_refused(db: Backend) -> None:
    """A sharded query that may not ask every shard could never answer."""
    for number in range(9):
        db.repository.write(create(product(f"p{number}")))
    query = Product.catalogue.query(status=Status.DRAFT)
    with raises(InvalidOperation, where="Product.catalogue", declared="3 partitions"):
        query.max_requests(2)
    found, after, pages = list[Any](), None, 0
    while pages < 50:
        page = db.repository.fetch(query.page_size(1).max_requests(3).page(4, after))
        found += page.items
        pages, after = pages + 1, page.cursor
        if after is None:
            break
    assert [item.product_id for item in found] == [f"p{number}" for number in range(9)]
    one_shard = Product.catalogue.query(status=Status.DRAFT, shard=0).max_requests(1)
    assert db.repository.fetch(one_shard.first()) is not None


def test_r4_limits_are_1_or_more() -> None:
    """Also for a page."""
    for limit in (QUERY.take, QUERY.page_size, QUERY.max_requests, QUERY.page):
        with raises(InvalidOperation, where="Line.key", allowed="1 or more"):
            limit(0)


# R6


@pytest.fixture
def cursor(ordered: Backend) -> str:
    page = ordered.repository.fetch(QUERY.page(5))
    assert page.cursor is not None
    return page.cursor


def test_r6_a_cursor_that_was_edited_is_refused(ordered: Backend, cursor: str) -> None:
    """A character changed, dropped, doubled or added, anywhere."""
    edits = [cursor[:at] + "A" + cursor[at + 1 :] for at in range(len(cursor))]
    edits += [cursor[:at] + cursor[at + 1 :] for at in range(len(cursor))]
    edits += [cursor[:at] + extra + cursor[at:] for at in (0, 5, len(cursor)) for extra in "!\n=."]
    edits += [cursor[:-1] + chr(ord(cursor[-1]) + 1)]
    for edited in edits:
        if edited != cursor:
            with pytest.raises(InvalidCursor):
                ordered.repository.fetch(QUERY.page(5, edited))


@pytest.mark.parametrize("garbage", ["", "x", "é", "=" * 9, "A" * 40_000, "null", "\x00", "bnVsbA"])
def test_r6_garbage_is_one_clear_error(moto_db: Backend, garbage: str) -> None:
    """Never an error of base64, JSON or the SDK."""
    with pytest.raises(InvalidCursor):
        moto_db.repository.fetch(QUERY.page(5, garbage))


def test_r6_a_cursor_belongs_to_its_query_alone(ordered: Backend, cursor: str) -> None:
    """Not to another partition, range, order, filter or index."""
    for query in (
        Line.key.query(order_id="o2"),
        QUERY.at_least(line_no=2),
        QUERY.descending(),
        QUERY.where(NEVER),
        QUERY.excluding_expired(),
        Line.by_time.query(order_id="o1"),
    ):
        with pytest.raises(InvalidCursor):
            ordered.repository.fetch(query.page(5, cursor))


def test_r6_a_cursor_survives_another_page_size_and_process(ordered: Backend, cursor: str) -> None:
    """The secret decides, not the repository; how much is read is not part of the question."""
    again = ordered.another(cursor_secret=SECRET)
    page = again.fetch(QUERY.page_size(2).page(3, cursor))
    assert [item.line_no for item in page] == [6, 7, 8]
    with pytest.raises(InvalidCursor):
        ordered.another(cursor_secret=b"another secret, 16+").fetch(QUERY.page(3, cursor))
    with pytest.raises(InvalidCursor):
        ordered.another(cursor_secret=None).fetch(QUERY.page(3, cursor))


def test_r6_a_short_secret_is_refused(moto_db: Backend) -> None:
    """16 bytes at least."""
    with raises(InvalidOperation, where="repository", allowed="16 bytes"):
        moto_db.another(cursor_secret=b"short")


def test_r6_the_last_item_may_be_gone_when_reading_goes_on(ordered: Backend, cursor: str) -> None:
    """A position is a place in the order, not an item."""
    ordered.repository.write(Line.key.delete(order_id="o1", line_no=5).ignoring_version())
    ordered.repository.write(Line.key.delete(order_id="o1", line_no=6).ignoring_version())
    page = ordered.repository.fetch(QUERY.page(3, cursor))
    assert [item.line_no for item in page] == [7, 8, 9]
