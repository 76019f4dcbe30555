"""Counting a number that is the sort key of an index itself, beside a partition key of text."""

from __future__ import annotations

from typing import Any

import pytest

from singletable import (
    KEYS_ONLY,
    Entity,
    Patch,
    Table,
    Upsert,
    access_pattern,
    attr,
    create,
    number,
    shards,
)
from singletable.errors.request import IncompleteKey, InvalidOperation
from singletable.inspect import Context
from tests.backends import Backend
from tests.conftest import OpenBackend

arcade = Table("arcade")
ranked = arcade.global_index("Ranked", partition_key="GSI1PK", sort_key=number("points"))
listed = arcade.global_index(
    "Listed", partition_key="GSI2PK", sort_key=number("coins"), projection=KEYS_ONLY
)


class Score(Entity, table=arcade):
    """Points of a player in a game."""

    game: str
    player: str
    team: str = "none"
    points: int = 0
    coins: int | None = None
    key = arcade.primary.key("GAME#{game}", "PLAYER#{player}")
    board = ranked.key("GAME#{game}#{shard}", "{points}", shards=shards(2, by="player"))
    purse = listed.key("TEAM#{team}", "{coins}")


class Medal(Entity, table=arcade):
    """Medals of a nation, on the board while it takes part."""

    nation: str
    league: str
    points: int = 10
    left: bool = False
    key = arcade.primary.key("NATION#{nation}", "MEDALS")
    board = ranked.key("LEAGUE#{league}", "{points}", when=attr("left").equals(False))


@access_pattern
def score(game: str, player: str, points: int) -> Upsert[Score]:
    """Adds points, also the first ones."""
    return Score.key.upsert(game=game, player=player).set(coins=None, team="a").add(points=points)


@access_pattern
def win(nation: str, points: int) -> Patch[Medal]:
    """Adds medals, whatever league it is."""
    return Medal.key.patch(nation=nation).add(points=points)


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    return open_backend(arcade)


def test_an_upsert_counts_and_keeps_the_item_in_the_index(db: Backend) -> None:
    for player, points in (("kim", 2), ("lee", 3), ("kim", 5), ("max", 1)):
        db.repository.write(score("go", player, points))
    found = db.repository.fetch(Score.board.query(game="go").descending())
    assert [(each.player, each.points) for each in found] == [("kim", 7), ("lee", 3), ("max", 1)]
    assert db.repository.fetch(Score.board.query(game="go").after(points=1).count()) == 2


def test_a_patch_counts_without_the_other_parts_of_the_key(db: Backend) -> None:
    db.repository.write(create(Medal(nation="no", league="snow", left=True)))
    db.repository.write(create(Medal(nation="is", league="snow")))
    assert [db.repository.write(win(nation, 2)).points for nation in ("no", "is")] == [12, 12]
    found = db.repository.fetch(Medal.board.query(league="snow"))
    assert [each.nation for each in found] == ["is"]


def test_a_patch_that_moves_the_item_counts_as_well(db: Backend) -> None:
    db.repository.write(create(Medal(nation="is", league="snow")))
    patch = Medal.key.patch(nation="is").add(points=1)
    with pytest.raises(IncompleteKey):
        db.repository.write(patch.set(league="ice"))
    db.repository.write(patch.set(league="ice").given(left=False))
    found = db.repository.fetch(Medal.board.query(league="ice"))
    assert [(each.nation, each.points) for each in found] == [("is", 11)]
    assert len(db.repository.fetch(Medal.board.query(league="snow"))) == 0


@pytest.mark.parametrize(
    "write",
    [
        Score.key.patch(game="go", player="kim").add(coins=1),  # may be None, and be no key then
        Medal.key.upsert(nation="is").set(points=1).set_if_absent(league="ice"),
    ],
)
def test_what_decides_about_other_attributes_of_the_key_is_not_counted(write: Any) -> None:
    with pytest.raises(InvalidOperation):
        write.requests(Context())
