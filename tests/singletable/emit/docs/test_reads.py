"""What a declared read tolerates, and where it begins, stands in its documentation."""

from __future__ import annotations

from singletable.design.compile_operations import compile_operation
from singletable.emit.docs.words import condition_words, limit_words
from tests.singletable.shop import Line, Product, Status


def test_a_query_that_tolerates_unreadable_items_says_so() -> None:
    """With the bound that comes with it."""
    (read,) = compile_operation(Line.key.query(order_id="o1").tolerating_unreadable()).reads
    assert list(limit_words(read)) == [
        "unreadable items are left out and reported",
        "at most 16 requests a page",
    ]
    (read,) = compile_operation(Line.key.query(order_id="o1")).reads
    assert list(limit_words(read)) == []


def test_a_beginning_is_shown_open() -> None:
    """Without the delimiter that closes what is given before it."""
    drafts = Product.by_shelf.query(shelf="s", status=Status.DRAFT)
    (read,) = compile_operation(drafts.begins_with(product_id="la")).reads
    assert condition_words(read.conditions) == (
        "GSI1PK = SHELF#s",
        "GSI1SK begins with draft#la",
    )
