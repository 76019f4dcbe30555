"""What a read asks, in words."""

from typing import Annotated

import pytest

from singletable import Entity, Table, integer
from singletable.catalogue.reading import Reading, reading_of
from tests.singletable.library import library


def reading(name: str) -> Reading:
    found = reading_of(library.patterns[name].operation)
    assert found is not None
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
    assert reading(name).key_condition == condition


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
    assert (reading(name).order, reading(name).ordered_by) == (order, by)


def test_numbers_ascend_and_tell_no_time() -> None:
    """The greatest number is not the newest to a reader, whatever the query calls it."""
    table = Table("floors")

    class Floor(Entity, table=table):
        """A floor."""

        house: str
        level: Annotated[int, integer(0, 99)]
        key = table.primary.key("HOUSE#{house}", "FLOOR#{level}")

    floors = Floor.key.query(house="h")
    told = [reading_of(floors), reading_of(floors.newest_first())]
    assert [each.order for each in told if each] == ["ascending", "descending"]


def test_a_sharded_query_takes_a_request_a_shard() -> None:
    """Readers should know what they pay for."""
    assert reading("books.on_shelf").requests == 3


def test_a_filter_names_fields_and_arguments() -> None:
    """The clock is `now`, an argument stands in braces."""
    assert reading("books.on_shelf").filter == "copies >= {least}"
    assert "forgotten_at > now" in reading("loans.of_member").filter


def test_limits_are_told() -> None:
    """Also those that the engine sets by itself."""
    assert reading("books.newest_three").limits == ("at most 3 items in all",)
    assert reading("books.latest").limits == ()
    assert reading("loans.of_member").limits == ("at most 16 requests a page",)
    assert reading("loans.of_member").consistent


def test_writes_read_nothing() -> None:
    """They are told by their actions."""
    assert reading_of(library.patterns["books.add"].operation) is None
