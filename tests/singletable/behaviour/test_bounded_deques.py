"""The greatest length of a deque: no part of what is stored, unless a validator sets it."""

from __future__ import annotations

from collections import deque

import pytest
from pydantic import Field, field_validator

from singletable import Entity, Table, create, update
from tests.backends import Backend
from tests.conftest import OpenBackend

players = Table("players")


class Player(Entity, table=players):
    """A player, with the last three songs, and all of them."""

    player_id: str
    last: deque[str] = Field(default_factory=deque)
    every: deque[str] = Field(default_factory=deque)
    key = players.primary.key("PLAYER#{player_id}", "PLAYER")

    @field_validator("last")
    @classmethod
    def _bound(cls, songs: deque[str]) -> deque[str]:
        return deque(songs, maxlen=3)


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    return open_backend(players)


def read(db: Backend) -> Player:
    found = db.repository.fetch(Player.key.get(player_id="1"))
    assert found is not None
    return found


def test_a_validator_sets_the_greatest_length_of_what_is_read(db: Backend) -> None:
    """And of what is changed afterwards."""
    made = Player(player_id="1", last=deque("abcd"))
    assert (made.last, made.last.maxlen) == (deque("bcd"), 3)
    db.repository.write(create(made))
    found = read(db)
    assert (found.last, found.last.maxlen) == (deque("bcd"), 3)
    longer = deque([*found.last, "e"], maxlen=3)
    db.repository.write(update(found, found.model_copy(update={"last": longer})))
    assert (read(db).last, read(db).last.maxlen) == (deque("cde"), 3)


def test_a_greatest_length_that_only_the_value_has_is_not_stored(db: Backend) -> None:
    """As Pydantic reads it from JSON."""
    made = Player(player_id="1", every=deque("abc", maxlen=3))
    assert Player.model_validate_json(made.model_dump_json()).every.maxlen is None
    db.repository.write(create(made))
    assert (read(db).every, read(db).every.maxlen) == (deque("abc"), None)
