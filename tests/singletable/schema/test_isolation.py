"""Which keys can be equal, which queries meet another entity: decided exactly, with a witness."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

import pytest
from pydantic import AwareDatetime

from singletable import Table, number, shards, unique
from singletable.errors import InvalidOperation, KeyCollision
from singletable.formats import Format, escaped_text, integer, slug, text, ulid
from singletable.formats.shaped_text import Shaped
from singletable.operations import Context
from tests.singletable.clinic.making import make
from tests.singletable.raises import raises

MOMENT = datetime(2020, 2, 1, tzinfo=UTC)

LETTERS = Annotated[
    str,
    Shaped(
        name="letters",
        alphabet=None,
        shape=re.compile("[A-Za-z]+"),
        description="letters",
        sample="kim",
    ),
]
FIELDS: dict[str, Any] = {
    "room": LETTERS,
    "hospital": str,
    "stamp": AwareDatetime,
    "day": date,
    "id": Annotated[str, ulid()],
    "n": Annotated[int, integer(0, 99)],
    "debt": Annotated[int, integer(-99, -10)],
    "word": Annotated[str, slug()],
    "few": Annotated[str, text(max_bytes=3)],
    "low": Annotated[str, text(lower=True)],
    "fold": Annotated[str, text(fold="nfkc")],
    "escaped": Annotated[str, escaped_text()],
    "side": Literal["left", "right"],
    "open": bool,
}


def declare(table: Table, name: str, *templates: str, **more: Any) -> Any:
    fields = {field: kind for field, kind in FIELDS.items() if f"{{{field}}}" in "".join(templates)}
    fields |= more.pop("fields", {})
    return make(table, {**fields, "key": table.primary.key(*templates, **more)}, name)


def witness(error: KeyCollision | InvalidOperation) -> list[str]:
    """The texts that a message shows."""
    return re.findall(r"'((?:[^'\\]|\\.)*)'", error.declared.partition(", e.g. ")[2])


APART = [
    ("Join:{room}", "{stamp}"),
    ("{hospital}-T", "{hospital}-M"),
    ("A", "{stamp}#{id}"),
    ("2023-02-29", "{day}"),
    ("100", "{n}"),
    ("9", "{n}"),
    ("0900", "{debt}"),
    ("ABCD", "{few}"),
    ("é\u20ac", "{few}"),
    ("Kim", "{low}"),
    ("İ", "{low}"),
    ("Straße", "{fold}"),
    ("a  b", "{fold}"),
    ("a ", "{fold}"),
    ("$", "{escaped}"),
    ("a$z", "{escaped}"),
    ("up", "{side}"),
    ("true#{side}", "{open}#{n}"),
    ("{side}#x", "{side}#y"),
    ("{word}.", "{id}"),
    ("a--{word}", "{word}"),
    ("{word}.", "{word}"),
    ("81JD9GZ2J0V5X7Q3M8K4T6B1RA", "{id}"),
    ("{{id}}", "{word}"),
    ("{n}{side}", "{n}"),
    ("{day}{n}", "{day}-{n}"),
]
EQUAL = [
    ("2024-02-29", "{day}", "2024-02-29"),
    ("Join:{room}", "{hospital}", "Join:A"),
    ("{hospital}-T", "{hospital}", "A-T"),
    ("A{hospital}", "AB{hospital}", "ABA"),
    ("99", "{n}", "99"),
    ("0901", "{debt}", "0901"),
    ("kim", "{low}", "kim"),
    ("i\u0307", "{low}", "i\u0307"),
    ("a b", "{fold}", "a b"),
    ("$A", "{escaped}", "$A"),
    ("ABC", "{few}", "ABC"),
    ("é-", "{few}", "é-"),
    ("{{A}}", "{hospital}", "{A}"),
    ("{word}", "{low}", "a"),
    ("{n}{n2}", "{hospital}", "0000"),
    ("{side}#A", "right#{hospital}", "right#A"),
]


@pytest.mark.parametrize(("one", "other"), APART)
def test_keys_that_are_never_equal_are_accepted(one: str, other: str) -> None:
    """As the texts of their formats say, not as their first letters do."""
    table = Table("clinic")
    declare(table, "One", "WARD", one)
    declare(table, "Other", "WARD", other)


@pytest.mark.parametrize(("one", "other", "shared"), EQUAL)
def test_keys_that_can_be_equal_are_refused_with_the_shortest_one(
    one: str, other: str, shared: str
) -> None:
    """Which both entities read."""
    table = Table("clinic")
    more = {"fields": {"n2": Annotated[int, integer(0, 99)]}}
    declare(table, "One", "WARD", one, **more)
    with pytest.raises(KeyCollision) as caught:
        declare(table, "Other", "WARD", other, **more)
    assert witness(caught.value) == ["WARD", shared]


def test_a_collision_is_told_with_both_keys_and_a_text_of_both() -> None:
    """A fact that anyone can try."""
    table = Table("clinic")
    declare(table, "Draft", "{hospital}#{n}", "{word}")
    with pytest.raises(KeyCollision) as caught:
        declare(table, "Post", "A#{n}", "b{word}")
    assert caught.value.where == "Post.key"
    assert caught.value.declared == (
        "'A#{n}' / 'b{word}' and Draft.key '{hospital}#{n}' / '{word}' can be the same key,"
        " e.g. 'A#00' / 'ba'"
    )


def test_a_key_of_text_that_is_a_field_itself_has_any_text_of_it() -> None:
    """Escaped text is stored as it is: what keys are made of elsewhere does not limit it."""
    table = Table("clinic", partition_key="escaped", sort_key="side")
    declare(table, "Natural", "{escaped}", "{side}")
    with pytest.raises(KeyCollision) as caught:
        declare(table, "Other", "WARD#{n}", "left")
    assert witness(caught.value) == ["WARD#00", "left"]
    declare(table, "Third", "WARD#{n}", "up")


def test_an_own_format_may_be_stored_otherwise_than_in_keys() -> None:
    """So a field that is a key itself may have any text, unless the format says it is the same."""

    class Plain(Format):
        def encode(self, value: object) -> str:
            return str(value)

        decode = encode

        def example(self, field: str) -> str:
            return "7"

    class Kept(Plain):
        keeps_text = True

    digits = {"name": "digits", "alphabet": frozenset("0123456789")}
    for kind, is_refused in ((Plain, True), (Kept, False)):
        table = Table("clinic", partition_key="code", sort_key=None)
        fields = {"code": Annotated[str, kind(**digits)]}
        declare(table, "Natural", "{code}", fields=fields)
        if is_refused:
            with pytest.raises(KeyCollision):
                declare(table, "Other", "WARD#{n}")
        else:
            declare(table, "Other", "WARD#{n}")


def test_an_own_format_is_as_exact_as_its_pattern() -> None:
    """Without one, every text of its alphabet and lengths is thought to be possible."""

    class Own(Format):
        def encode(self, value: object) -> str:
            return str(value)

        decode = encode

        def example(self, field: str) -> str:
            return "7"

    promises: dict[str, Any] = {"name": "own", "alphabet": frozenset("AB12"), "max_bytes": 4}
    for pattern, is_refused in ((None, True), ("[AB]{2}[12]{2}", False)):
        table = Table("clinic")
        code = Annotated[str, Own(**promises, pattern=pattern)]
        declare(table, "One", "WARD", "{code}", fields={"code": code})
        if is_refused:
            with pytest.raises(KeyCollision):
                declare(table, "Other", "WARD", "ABBA")
        else:
            declare(table, "Other", "WARD", "ABBA")


@pytest.mark.parametrize(("high", "shared"), [(20, "20"), (9, None)])
def test_numbers_that_are_keys_themselves_are_compared_as_numbers(
    high: int, shared: str | None
) -> None:
    """`5` and `05` are one number, and two ranges without a common number are apart."""
    table = Table("clinic", partition_key="ward", sort_key=number("bed"))
    for name, format_ in (("One", integer(0, high)), ("Other", integer(20, 30))):
        fields = {"ward": str, "bed": Annotated[int, format_]}
        fields["key"] = table.primary.key("{ward}", "{bed}")
        if name == "One" or shared is None:
            make(table, fields, name)
            continue
        with pytest.raises(KeyCollision) as caught:
            make(table, fields, name)
        assert witness(caught.value)[1] == shared


def test_a_field_that_stands_twice_has_one_value_in_what_is_shown() -> None:
    """The shown key is one of each entity, not of each attribute alone."""
    table = Table("clinic")
    declare(table, "Edge", "{hospital}", "{hospital}")
    with pytest.raises(KeyCollision) as caught:
        declare(table, "Meta", "{word}", "meta{n}")
    assert witness(caught.value) == ["meta00", "meta00"]


def test_a_shown_key_has_the_shard_of_its_item() -> None:
    """The hash decides it, not the shortest text."""
    table = Table("clinic")
    sharded: dict[str, Any] = {"shards": shards(7, by="word")}
    declare(table, "One", "WARD#{shard}", "{word}", **sharded)
    with pytest.raises(KeyCollision) as caught:
        declare(table, "Other", "WARD#{k}", "{low}", fields={"k": Annotated[int, integer(0, 9)]})
    partition, sort = witness(caught.value)
    assert int(partition.removeprefix("WARD#")) == shards(7, by="word").pick(sort)


def test_a_unique_item_is_compared_whole() -> None:
    """With its sort key; a query that would read it is still refused."""
    table = Table("clinic")
    declare(table, "User", "USER#{word}", "USER", fields={"one": unique("word")})
    with pytest.raises(KeyCollision) as caught:
        declare(table, "Same", "UNIQUE#{hospital}#word#{word}", "UNIQUE")
    assert witness(caught.value) == ["UNIQUE#User#word#a", "UNIQUE"]
    other = declare(table, "Other", "UNIQUE#{hospital}#word#{word}", "{n}")
    other.key.query(hospital="User", word="a", n=7).requests(Context())
    with pytest.raises(InvalidOperation) as refused:
        other.key.query(hospital="User", word="a").requests(Context())
    assert witness(refused.value) == ["UNIQUE#User#word#a", "UNIQUE"]


def asked(own: str) -> Any:
    """A table, and a query of all with this sort key."""
    table = Table("clinic")
    return table, declare(table, "Own", "WARD", own).key.query()


@pytest.mark.parametrize(
    ("own", "ask", "other"),
    [
        ("{stamp}#{id}", lambda q: q.between(stamp=(MOMENT, MOMENT)), "A"),
        ("{stamp}#{id}", lambda q: q.between(stamp=("2020", "2021")), "A"),
        ("{stamp}#{id}", lambda q: q.at_most(stamp=MOMENT), "A{n}"),
        ("{stamp}#{id}", lambda q: q.at_least(stamp=MOMENT), "#{n}"),
        ("{stamp}#{id}", lambda q: q.at_least(stamp=MOMENT), "0000{side}"),
        ("{n}", lambda q: q.between(n=(1, 2)), "A"),
        ("V#{n}", lambda q: q.at_most(n=2), "V#A"),
        ("V#{stamp}", lambda q: q.between(stamp=("2020", "2021")), "V#total"),
        ("V#{word}", lambda q: q.at_most(word="a"), "V#|"),
    ],
)
def test_a_range_meets_only_what_lies_between_its_ends(own: str, ask: Any, other: str) -> None:
    """Whatever their values are: no constant beside an instant is read between two of them."""
    table, query = asked(own)
    declare(table, "Other", "WARD", other)
    assert len(ask(query).requests(Context())) == 1


@pytest.mark.parametrize(
    ("own", "ask", "other", "met"),
    [
        ("{stamp}#{id}", lambda q: q, "A", "A"),
        ("{stamp}#{id}", lambda q: q.at_least(stamp=MOMENT), "A", "A"),
        ("{stamp}#{id}", lambda q: q.at_most(stamp=MOMENT), "#{n}", "#00"),
        ("{stamp}#{id}", lambda q: q.between(stamp=(MOMENT, MOMENT)), "{n}", "01"),
        ("{stamp}#{id}", lambda q: q.at_least(stamp="0000"), "0000{side}", "0000left"),
        ("{stamp}#{id}", lambda q: q.at_most(stamp="9999"), "9999~", "9999~"),
        ("V#{n}", lambda q: q.at_least(n=2), "V#A", "V#A"),
        ("V#{n}", lambda q: q, "V#A", "V#A"),
        ("V#{n}", lambda q: q, "V#", "V#"),
        ("V#{n}", lambda q: q.between(n=(1, 2)), "V#{side}", None),
        ("V#{n}", lambda q: q.between(n=(1, 2)), "V#{stamp}", "V#0001-01-01T11:11:11.111111Z"),
    ],
)
def test_a_query_that_meets_another_entity_shows_one_of_its_keys(
    own: str, ask: Any, other: str, met: str | None
) -> None:
    """One that the query would read."""
    table, query = asked(own)
    declare(table, "Other", "WARD", other)
    if met is None:
        assert ask(query).requests(Context())
        return
    with pytest.raises(InvalidOperation) as caught:
        ask(query).requests(Context())
    assert caught.value.where == "Own.key"
    assert witness(caught.value) == ["WARD", met]


@pytest.mark.parametrize(
    ("own", "ask"),
    [
        ("V#{few}", lambda q: q.at_most(few="a")),
        ("V#{few}", lambda q: q.between(few=("a", "b"))),
    ],
)
def test_a_query_with_constants_is_said_to_meet_others_for_some_values(own: str, ask: Any) -> None:
    """The key that is shown lies outside these ends: a shape is proved once, for all values."""
    table, query = asked(own)
    declare(table, "Other", "WARD", "V#x{few}#{n}")
    with raises(InvalidOperation, declared="its query, for some values, can meet items of Other"):
        ask(query).requests(Context())


def test_a_key_may_be_shared_that_the_partition_shows_first() -> None:
    """Where the sort key of the shortest text belongs to another partition."""
    table = Table("clinic")
    declare(table, "Edge", "{hospital}", "{hospital}")
    with pytest.raises(KeyCollision) as caught:
        declare(table, "Meta", "meta{n}", "{word}")
    assert witness(caught.value) == ["meta00", "meta00"]


def test_an_entity_cannot_have_the_key_of_its_own_unique_item() -> None:
    """It is compared with itself too."""
    table = Table("clinic")
    fields = {"word": str, "one": unique("word")}
    with pytest.raises(KeyCollision) as caught:
        declare(table, "Own", "UNIQUE#Own#word#{low}", "UNIQUE", fields=fields)
    assert witness(caught.value) == ["UNIQUE#Own#word#a", "UNIQUE"]


def test_a_late_entity_may_be_met_by_several_keys() -> None:
    """By its own and that of its unique item: the proof is forgotten once."""
    table = Table("clinic", partition_key="hospital")
    first = declare(table, "First", "{hospital}", "{n}")
    query = first.key.query(hospital="x")
    query.requests(Context())
    declare(table, "Late", "LATE", "META", fields={"word": str, "one": unique("word")})
    with pytest.raises(InvalidOperation):
        query.descending().requests(Context())


def test_ranges_of_numbers_meet_numbers_between_their_ends() -> None:
    """With one end, all that lie beyond the other."""
    table = Table("clinic", partition_key="ward", sort_key=number("bed"))
    for name, format_ in (("Own", integer(0, 9)), ("Cellar", integer(-9, -1))):
        fields = {"ward": str, "bed": Annotated[int, format_]}
        made = make(table, {**fields, "key": table.primary.key("{ward}", "{bed}")}, name)
        if name == "Own":
            query = made.key.query(ward="w")
    for asked in (query.between(bed=(0, 9)), query.at_least(bed=0)):
        assert asked.requests(Context())
    for asked, met in ((query.at_most(bed=9), "-9"), (query, "-9")):
        with pytest.raises(InvalidOperation) as caught:
            asked.requests(Context())
        assert witness(caught.value)[1] == met


def test_a_shape_with_flags_counts_as_its_alphabet() -> None:
    """Its pattern alone would say less than it takes."""
    shape = Shaped(name="any", alphabet=None, shape=re.compile("[a-z]+", re.I), description="any")
    table = Table("clinic")
    declare(table, "One", "WARD", "{code}", fields={"code": Annotated[str, shape]})
    with pytest.raises(KeyCollision):
        declare(table, "Other", "WARD", "ABC")
