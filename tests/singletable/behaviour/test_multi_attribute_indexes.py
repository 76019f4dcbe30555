"""Global indexes with several attributes on each side of the key, natural ones and templates."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Annotated, Any

import pytest

from singletable import (
    Entity,
    Query,
    Table,
    access_pattern,
    attr,
    collection,
    create,
    create_table,
    number,
    put,
    update,
)
from singletable.design.compile import compile_design
from singletable.errors import (
    ContradictoryPattern,
    IncompleteKey,
    InvalidOperation,
    InvalidTable,
    InvalidTemplate,
)
from singletable.formats import integer
from tests.backends import Backend
from tests.conftest import OpenBackend, without_moto

cup = Table("cup-matches")
rounds = cup.global_index(
    "ByRound",
    partition_key=("cup", "region"),
    sort_key=("round", number("table_no"), "GSI1SK"),
)


class Match(Entity, table=cup):
    """A match at a table; in the index once it has one."""

    match_id: str
    cup: str
    region: str
    round: str
    table_no: Annotated[int, integer(1, 99)] | None = None
    home: str
    away: str
    key = cup.primary.key("MATCH#{match_id}", "MATCH")
    in_round = rounds.key(("{cup}", "{region}"), ("{round}", "{table_no}", "M#{home}#{away}"))


class Referee(Entity, table=cup):
    """Who watches a table; in the same collection."""

    name: str
    cup: str
    region: str
    round: str
    table_no: Annotated[int, integer(1, 99)]
    key = cup.primary.key("REFEREE#{name}", "REFEREE")
    in_round = rounds.key(("{cup}", "{region}"), ("{round}", "{table_no}", "R#{name}"))


@access_pattern
def at_tables(cup: str, region: str, round: str, low: int) -> Query[Match]:  # noqa: A002
    """Matches of a round from a table on."""
    query = Match.in_round.query(cup=cup, region=region, round=round)
    return query.at_least(table_no=low).skipping(Referee)


@access_pattern
def round_sheet(cup: str, region: str, round: str) -> Query[Match | Referee]:  # noqa: A002
    """All of a round, by table."""
    return collection(Match.in_round, Referee.in_round).query(cup=cup, region=region, round=round)


def match(at: int, **changes: Any) -> Match:
    known = {"cup": "c", "region": "eu", "round": "r1", "table_no": at, "home": "a", "away": "b"}
    return Match(match_id=str(at), **{**known, **changes})


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    return open_backend(cup)


@without_moto
def test_leading_attributes_select_and_the_next_one_has_a_range(db: Backend) -> None:
    """Held to what plain Python finds, for every prefix of the sort key."""
    places = product(("c", "d"), ("eu", "us"), ("r1", "r10", "r2"), (1, 2, 10), ("a", "ab"))
    every = [
        Match(match_id=str(at), cup=c, region=region, round=r, table_no=t, home=home, away="z")
        for at, (c, region, r, t, home) in enumerate(places)
    ]
    for each in every:
        db.repository.write(put(each))
    own = [each for each in every if (each.cup, each.region) == ("c", "eu")]
    own.sort(key=lambda each: (each.round, each.table_no, each.home))
    whole = Match.in_round.query(cup="c", region="eu")
    of_round = Match.in_round.query(cup="c", region="eu", round="r1")
    at_table = Match.in_round.query(cup="c", region="eu", round="r1", table_no=2)
    asked: list[tuple[Query[Match], Callable[[Match], bool]]] = [
        (whole, lambda each: True),
        (whole.at_least(round="r10"), lambda each: each.round >= "r10"),
        (whole.begins_with(round="r1"), lambda each: each.round.startswith("r1")),
        (of_round, lambda each: each.round == "r1"),
        (of_round.at_least(table_no=2), lambda each: each.round == "r1" and each.table_no != 1),
        (
            of_round.between(table_no=(1, 2)),
            lambda each: each.round == "r1" and each.table_no != 10,
        ),
        (at_table, lambda each: (each.round, each.table_no) == ("r1", 2)),
        (
            at_table.begins_with(home="ab"),
            lambda each: (each.round, each.table_no, each.home) == ("r1", 2, "ab"),
        ),
    ]
    for asking, is_wanted in asked:
        wanted, query = [each for each in own if is_wanted(each)], asking.skipping(Referee)
        assert list(db.repository.fetch(query)) == wanted
        assert list(db.repository.iterate(query.descending().page_size(2))) == wanted[::-1]
        assert db.repository.fetch(query.count()) == len(wanted)


@without_moto
def test_an_item_without_one_of_the_attributes_is_left_out(db: Backend) -> None:
    """And comes in, and moves, with every verb that writes the field."""
    write, waiting = db.repository.write, match(1, table_no=None)
    write(create(waiting))
    assert "GSI1SK" not in db.items()[0]
    assert list(db.repository.fetch(at_tables("c", "eu", "r1", 1))) == []
    seated = write(update(waiting, match(1, table_no=7)))
    assert list(db.repository.fetch(at_tables("c", "eu", "r1", 7))) == [seated]
    with pytest.raises(IncompleteKey):
        write(Match.key.patch(match_id="1").set(home="x"))
    moved = write(
        Match.key.patch(match_id="1")
        .set(table_no=9, home="x")
        .given(cup="c", region="eu", round="r1", away="b")
    )
    assert list(db.repository.fetch(at_tables("c", "eu", "r1", 8))) == [moved]
    write(Match.key.patch(match_id="1").set(table_no=None))
    assert {"table_no", "GSI1SK"}.isdisjoint(db.items()[0])


@without_moto
def test_a_collection_shares_the_attributes(db: Backend) -> None:
    """In the order of the whole key, in pages as well."""
    referee = Referee(name="kim", cup="c", region="eu", round="r1", table_no=2)
    for each in (match(1), match(2), match(3)):
        db.repository.write(put(each))
    db.repository.write(put(referee))
    query = round_sheet("c", "eu", "r1")
    wanted = [match(1), match(2), referee, match(3)]
    assert list(db.repository.fetch(query)) == wanted
    assert list(db.repository.iterate(query.page_size(1))) == wanted
    first = db.repository.fetch(query.page(3))
    assert list(db.repository.fetch(query.page(3, first.cursor))) == wanted[3:]


@pytest.mark.parametrize(
    "equals",
    [
        {"cup": "c"},
        {"cup": "c", "region": "eu", "table_no": 1},
        {"cup": "c", "region": "eu", "home": "a"},
    ],
)
def test_no_attribute_is_left_out_of_a_query(equals: dict[str, Any]) -> None:
    """DynamoDB asks for all of the partition key, and for the sort key from left to right."""
    with pytest.raises(InvalidOperation):
        Match.in_round.query(**equals)


def test_a_range_is_on_the_next_attribute() -> None:
    """And a filter on none of them."""
    query = Match.in_round.query(cup="c", region="eu")
    with pytest.raises(InvalidOperation):
        query.at_least(table_no=1)
    with pytest.raises(InvalidOperation):
        query.where(attr("table_no").at_least(1))


def test_other_entities_of_the_collection_must_be_named() -> None:
    """As in every index: the proof looks at each attribute."""

    def of_round(cup: str, region: str, round: str) -> Query[Match]:  # noqa: A002
        """It meets referees."""
        return Match.in_round.query(cup=cup, region=region, round=round)

    with pytest.raises(ContradictoryPattern) as caught:
        access_pattern(of_round)
    assert "Referee" in str(caught.value)


def test_created_with_every_attribute_in_order() -> None:
    """The key schema that DynamoDB takes."""
    (index,) = create_table(cup)["GlobalSecondaryIndexes"]
    kinds = {each["AttributeName"]: each["KeyType"] for each in index["KeySchema"]}
    assert kinds == {
        "cup": "HASH",
        "region": "HASH",
        "round": "RANGE",
        "table_no": "RANGE",
        "GSI1SK": "RANGE",
    }
    assert list(kinds) == ["cup", "region", "round", "table_no", "GSI1SK"]


def test_iam_names_no_leading_key() -> None:
    """It is not known which of the attributes would be it."""
    design = compile_design([cup])
    (need,) = next(each for each in design.patterns if each.name.endswith("at_tables")).needs
    assert (need.action, need.index, need.key) == ("Query", "ByRound", ("", ""))


@pytest.mark.parametrize(
    "key",
    [
        {"partition_key": ("a", "a")},
        {"partition_key": tuple("abcde")},
        {"partition_key": "a", "sort_key": tuple("bcdef")},
        {"partition_key": ()},
        {"partition_key": ("a", 3)},
        {"partition_key": ["a"]},
    ],
)
def test_a_side_has_up_to_four_different_attributes(key: dict[str, Any]) -> None:
    """More, or the same twice, is no index."""
    with pytest.raises(InvalidTable):
        Table("other-cup").global_index("Bad", **key)


@pytest.mark.parametrize("key", [{"partition_key": ("a", "b")}, {"sort_key": ("a", "b")}])
def test_only_global_indexes_have_several(key: dict[str, Any]) -> None:
    """Neither the table itself nor a local index."""
    with pytest.raises(InvalidTable):
        Table("other-cup", **key)
    several: Any = ("a", "b")
    with pytest.raises(InvalidTable):
        Table("other-cup").local_index("Local", sort_key=several)


def test_each_attribute_has_a_template() -> None:
    """Neither more nor fewer."""
    table = Table("other-cup")
    index = table.global_index("Many", partition_key=("a", "b"), sort_key="c")
    for templates in ("{a}", ("{a}", "{b}", "{c}")):
        with pytest.raises(InvalidTemplate) as caught:
            index.key(templates, "{c}")
        assert caught.value.allowed == "one for each attribute: a and b"
