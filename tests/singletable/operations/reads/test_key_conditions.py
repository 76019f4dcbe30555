"""Key conditions by the letter: where ranges end, what is refused, and which field is named."""

from __future__ import annotations

import string
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import pytest

from singletable import Entity, Query, Table, access_pattern, number, shards
from singletable.errors.request import InvalidKeyValue, InvalidOperation
from singletable.formats import Format, escaped_text, integer, one_of, slug
from tests.singletable.clinic.making import keyed, make, sent
from tests.singletable.shop import Line, Product, Status

LETTERS = frozenset(string.ascii_lowercase)


@dataclass(frozen=True, kw_only=True)
class Letters(Format):
    """Text over one alphabet."""

    name: str = "letters"

    def encode(self, value: object) -> str:
        return str(value)

    def decode(self, text: str) -> object:
        return text

    def example(self, field: str) -> object:
        return field


def bounds_of(query: Any) -> list[str]:
    """The text values of the condition on the sort key."""
    values = sent(query)["ExpressionAttributeValues"]
    return [value["S"] for name, value in values.items() if name.startswith(":SK")]


@pytest.mark.parametrize(
    ("alphabet", "ceiling"),
    [
        (LETTERS, "~"),
        (LETTERS | {"}"}, "~"),
        (LETTERS | {"~"}, "\U0010ffff"),
        (LETTERS | {"é"}, "\U0010ffff"),
        (LETTERS | {"\U0001f600"}, "\U0010ffff"),
        (None, "\U0010ffff"),
    ],
    ids=["letters", "below tilde", "tilde", "two bytes", "four bytes", "any"],
)
def test_a_range_ends_above_every_text_of_its_alphabet(alphabet: Any, ceiling: str) -> None:
    """`~` where it can, as it is readable; of the part itself and of the one that follows."""
    format_ = Letters(alphabet=alphabet)
    last = keyed("A", "T#{x}", x=Annotated[str, format_])
    assert bounds_of(last.key.query().at_least(x="b")) == ["T#b", "T#" + ceiling]
    followed = keyed("A", "T#{n}#{x}", n=Annotated[int, integer(0, 9)], x=Annotated[str, format_])
    assert bounds_of(followed.key.query().at_most(n=3)) == ["T#", "T#3#" + ceiling]
    assert bounds_of(followed.key.query().at_least(n=3)) == ["T#3", "T#~"]
    assert bounds_of(followed.key.query(n=3).at_least(x="b")) == ["T#3#b", "T#3#" + ceiling]


def test_the_last_part_ends_with_its_own_text() -> None:
    """And with the literal behind it; nothing is added to a value that is whole."""
    thing = keyed("A", "T#{n}", n=Annotated[int, integer(0, 99)])
    assert bounds_of(thing.key.query().at_most(n=7)) == ["T#", "T#07"]
    closed = keyed("A", "T#{n}#END", n=Annotated[int, integer(0, 99)])
    assert bounds_of(closed.key.query().between(n=(7, 7))) == ["T#07", "T#07#END"]


def test_the_beginning_of_a_moment_ends_above_what_follows_it() -> None:
    """By `~`, or by the greatest character where a separator is not below that."""
    plain = keyed("A", "T#{at}#{n}", at=datetime, n=Annotated[int, integer(0, 9)])
    assert bounds_of(plain.key.query().at_most(at="2020-02")) == ["T#", "T#2020-02~"]
    tilde = keyed("A", "T#{at}~{n}", at=datetime, n=Annotated[int, integer(0, 9)])
    assert bounds_of(tilde.key.query().at_most(at="2020-02")) == ["T#", "T#2020-02\U0010ffff"]


def test_a_range_over_a_whole_sort_key_is_open_at_one_end() -> None:
    """There is nothing before it that would have to be closed."""
    table = Table("bare", sort_key=number("n"))
    bare = make(table, {"a": str, "n": int, "key": table.primary.key("A#{a}", "{n}")})
    parameters = sent(bare.key.query(a="x").at_least(n=3))
    assert parameters["KeyConditionExpression"].endswith(">= :n")
    assert parameters["ExpressionAttributeValues"][":n"] == {"N": "3"}
    assert sent(bare.key.query(a="x").at_most(n=3))["KeyConditionExpression"].endswith("<= :n")


# Inverted ranges


QUERY = Line.key.query(order_id="o1")


@access_pattern
def up_to(high: int) -> Query[Line]:
    """Lines from the fifth on, up to one."""
    return Line.key.query(order_id="o1").between(line_no=(5, high))


@access_pattern
def since(low: int) -> Query[Line]:
    """Lines from one on, up to the fifth."""
    return Line.key.query(order_id="o1").between(line_no=(low, 5))


def test_of_an_argument_it_is_not_known_yet_whether_it_is_the_lesser_end() -> None:
    """Both patterns import, whichever end is an argument, and are refused when they are asked."""
    for query in (up_to(4), since(6)):
        with pytest.raises(InvalidOperation) as refused:
            sent(query)
        assert "line_no" in refused.value.declared
    for query in (up_to(5), up_to(9), since(1), since(5)):
        assert sent(query)
    assert bounds_of(codes_from_tilde("~~~")) == ["CODE#~~", "CODE#~~~"]
    with pytest.raises(InvalidOperation):
        sent(codes_from_tilde("a"))


codes = Table("codes")


class Code(Entity, table=codes):
    """A code, which may sort behind the text of every symbol."""

    code: Annotated[str, escaped_text()]

    key = codes.primary.key("CODES", "CODE#{code}")


@access_pattern
def codes_from_tilde(high: str) -> Query[Code]:
    """Codes from two tildes on, up to one."""
    return Code.key.query().between(code=("~~", high))


def test_numbers_are_compared_as_numbers_and_bytes_as_bytes() -> None:
    """9 is less than 10, as text it is not."""
    table = Table("bare", sort_key=number("n"))
    bare = make(table, {"a": str, "n": int, "key": table.primary.key("A#{a}", "{n}")})
    query = bare.key.query(a="x")
    assert sent(query.between(n=(9, 10)))
    assert sent(query.between(n=(-10, -9)))
    assert sent(query.between(n=(10, 10)))
    for ends in ((10, 9), (-9, -10), (1, 0)):
        with pytest.raises(InvalidOperation):
            sent(query.between(n=ends))


def test_equal_ends_are_a_range() -> None:
    """Of one value."""
    assert bounds_of(QUERY.between(line_no=(3, 3))) == ["LINE#0003", "LINE#0003"]
    several: Any = [3, 4]
    assert bounds_of(QUERY.between(line_no=several)) == ["LINE#0003", "LINE#0004"]


# What is refused


def declared(call: Any) -> tuple[str, str]:
    with pytest.raises(InvalidOperation) as refused:
        call()
    return refused.value.declared, refused.value.allowed


def test_a_shard_is_no_part_of_a_key_without_shards() -> None:
    """Nor is a shard beyond those that there are, or one that is no number."""
    text, _ = declared(lambda: Line.key.query(order_id="o1", shard=0))
    assert text == "there is no field 'shard'"
    text, _ = declared(lambda: Product.by_shelf.query(shelf="s", shard=1))
    assert text == "there is no field 'shard'"
    for shard in (3, -1, "0", True, 1.0, None):
        with pytest.raises((InvalidKeyValue, InvalidOperation)):
            sent(Product.catalogue.query(status=Status.DRAFT, shard=shard))
    assert Product.catalogue.query(status=Status.DRAFT, shard=2).key_query.partition_count == 1


def test_a_field_that_is_called_shard_is_a_field() -> None:
    """It may not be left out where the key has no shards."""
    thing = keyed("X#{shard}", "{n}", shard=Annotated[str, slug()], n=str)
    text, _ = declared(thing.key.query)
    assert text == "shard of the partition key is missing"
    assert thing.key.query(shard="a").key_query.partition_count == 1


def test_a_sharded_key_needs_its_other_partition_fields() -> None:
    """The shard alone may be left out."""
    text, _ = declared(lambda: Product.catalogue.query(shard=1))
    assert text == "status of the partition key is missing"
    text, _ = declared(lambda: Product.catalogue.query(rank=1))
    assert text == "status of the partition key is missing"


def test_the_error_names_the_field_that_is_wrong_and_the_one_before_it() -> None:
    """Of several gaps the first."""
    table = Table("deep")
    fields: dict[str, Any] = {name: Annotated[str, slug()] for name in "abcd"}
    key = table.primary.key("P", "{a}#{b}#{c}#{d}")
    deep = make(table, {**fields, "key": key})
    assert declared(lambda: deep.key.query(a="x", d="x"))[0] == "d is given but b before it is not"
    assert declared(lambda: deep.key.query(b="x", d="x"))[0] == "b is given but a before it is not"
    assert declared(lambda: deep.key.query(a="x", c="x"))[0] == "c is given but b before it is not"
    assert declared(lambda: deep.key.query(e="x"))[0].startswith("there is no field 'e'")
    assert declared(lambda: deep.key.query(a="x").at_least(c="x")) == (
        "a range on c",
        "a range on b",
    )
    whole = deep.key.query(a="x", b="x", c="x", d="x")
    assert declared(lambda: whole.at_least(d="x"))[1] == "equality only: the key is complete"
    assert declared(lambda: whole.begins_with(d="x"))[1] == "equality only: the key is complete"
    assert declared(lambda: deep.key.query(a="x").begins_with(c="x"))[1] == "begins_with on b"


def test_ranges_are_refused_where_text_does_not_sort_as_values_do() -> None:
    """A closed set out of order, and text of several widths before a separator that sorts later."""
    members = Annotated[str, one_of(["b", "a"])]
    thing = keyed("A", "T#{x}", x=members)
    assert "does not sort" in declared(lambda: thing.key.query().at_least(x="a"))[0]
    width = keyed("A", "T#{x}~{y}", x=Annotated[str, slug()], y=str)
    assert "does not sort" in declared(lambda: width.key.query().at_least(x="a"))[0]
    assert sent(width.key.query().begins_with(x="a"))
    sorts = keyed("A", "T#{x}#{y}", x=Annotated[str, escaped_text()], y=str)
    assert sent(sorts.key.query().at_least(x="a"))


def test_a_sharded_query_asks_every_shard_for_the_same_range() -> None:
    """In each partition."""
    from tests.singletable.clinic.making import CONTEXT

    table = Table("spread")
    gsi = table.global_index("GSI", partition_key="GPK", sort_key="GSK")
    fields: dict[str, Any] = {
        "x": Annotated[str, slug()],
        "key": table.primary.key("X#{x}", "X"),
        "all": gsi.key("ALL#{shard}", "{x}", shards=shards(4, by="x")),
    }
    spread = make(table, fields)
    requests = spread.all.query().begins_with(x="ab").requests(CONTEXT)
    values = [each.parameters["ExpressionAttributeValues"] for each in requests]
    assert [each[":GPK"]["S"] for each in values] == [f"ALL#{n}" for n in range(4)]
    assert {each[":GSK"]["S"] for each in values} == {"ab"}
