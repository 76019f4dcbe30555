"""What a read asks, as data and in words."""

from datetime import datetime
from typing import Annotated

import pytest

from singletable import TTL, Entity, Table
from singletable.design.compile_operations import compile_operation
from singletable.design.ir import Read
from singletable.emit.docs.words import condition_words, limit_words, order_words
from singletable.formats import integer
from singletable.patterns import declarations_of
from tests.singletable.library import library


def read(name: str) -> Read:
    (found,) = compile_operation(declarations_of(library).patterns[name].operation).reads
    return found


@pytest.mark.parametrize(
    ("name", "condition"),
    [
        ("books.by_id", ("PK = BOOK#{book_id}", "SK = BOOK")),
        ("books.crime", ("GSI1PK = GENRE#crime",)),
        (
            "books.released_between",
            ("GSI1PK = GENRE#{genre}", "GSI1SK between {since} and {until}#~"),
        ),
        ("books.on_shelf", ("GSI2PK = SHELF#{shard}",)),
        ("loans.of_member", ("PK = MEMBER#{member_id}", "SK begins with LOAN#")),
        ("loans.overdue", ("GSI1PK = BOOK#{book_id}", "GSI1SK <= {now}#U+10FFFF")),
        ("members.named", ("GSI1PK = NAME", "GSI1SK begins with {name}#")),
    ],
)
def test_key_conditions_are_readable(name: str, condition: tuple[str, ...]) -> None:
    """Placeholders are replaced, functions are words."""
    assert condition_words(read(name).conditions) == condition


@pytest.mark.parametrize(
    ("name", "order", "by"),
    [
        ("books.crime", "newest first", ("released_on", "book_id")),
        ("books.released_between", "oldest first", ("released_on", "book_id")),
        ("loans.of_member", "ascending", ("book_id",)),
        ("books.by_id", "", ()),
    ],
)
def test_the_order_is_told_by_what_is_left_of_the_sort_key(
    name: str, order: str, by: tuple[str, ...]
) -> None:
    """Newest and oldest only where the key tells time."""
    assert (order_words(read(name)), read(name).ordered_by) == (order, by)


def test_numbers_ascend_and_tell_no_time() -> None:
    """The greatest number is not the newest to a reader, whatever the query calls it."""
    table = Table("floors")

    class Floor(Entity, table=table):
        """A floor."""

        house: str
        level: Annotated[int, integer(0, 99)]
        key = table.primary.key("HOUSE#{house}", "FLOOR#{level}")

    floors = Floor.key.query(house="h")
    plans = [compile_operation(each) for each in (floors, floors.newest_first())]
    orders = [order_words(read) for plan in plans for read in plan.reads]
    assert orders == ["ascending", "descending"]


def test_a_sharded_query_takes_a_request_a_shard() -> None:
    """Readers should know what they pay for."""
    assert read("books.on_shelf").requests == 3


def test_a_filter_names_fields_and_arguments() -> None:
    """The clock is `now`, an argument stands in braces."""
    filters = [read(name).filter for name in ("books.on_shelf", "loans.of_member")]
    shelf, member = (each for each in filters if each is not None)
    text = "attribute_not_exists(copies) OR copies >= {least}"
    assert (shelf.text, shelf.attributes) == (text, ("copies",))
    assert member.text == "NOT forgotten_at <= now"


def test_limits_are_told() -> None:
    """Also those that the engine sets by itself."""
    assert list(limit_words(read("books.newest_three"))) == ["at most 3 items in all"]
    assert list(limit_words(read("books.latest"))) == []
    assert list(limit_words(read("loans.of_member"))) == ["at most 16 requests a page"]
    assert read("loans.of_member").consistent


def test_a_get_may_leave_out_expired_items() -> None:
    """It has no filter: the engine looks at the item that it got."""
    table = Table("coats")

    class Coat(Entity, table=table):
        """A coat."""

        number: str
        gone_at: Annotated[datetime, TTL]
        key = table.primary.key("COAT#{number}", "COAT")

    (found,) = compile_operation(Coat.key.get(number="7").excluding_expired()).reads
    assert found.excludes_expired
    assert list(limit_words(found)) == ["expired items are left out"]


def test_writes_read_nothing() -> None:
    """They are told by their actions."""
    assert compile_operation(declarations_of(library).patterns["books.add"].operation).reads == ()
