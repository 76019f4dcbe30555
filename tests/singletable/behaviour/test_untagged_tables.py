"""Tables without type attribute, as other programs write them: the primary key tells the entity."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import pytest

from singletable import (
    VERSION,
    Entity,
    Query,
    Table,
    access_pattern,
    attr,
    clear,
    collection,
    create,
    delete,
    put,
    transaction,
    unique,
    update,
    upsert,
)
from singletable.errors import (
    BatchUnfinished,
    ConditionFailed,
    InvalidOperation,
    InvalidStoredItem,
    ItemExists,
    ItemMissing,
    KeyCollision,
    UniqueTaken,
    VersionConflict,
)
from singletable.formats import escaped_text, integer
from tests.backends import Backend
from tests.conftest import OpenBackend

pytestmark = pytest.mark.quick_on_local

royale = Table("battle-royale", type_attribute=None)
places = royale.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")


class Game(Entity, table=royale):
    """A game; its identity stands in the key alone where other programs wrote it."""

    game_id: str
    place: str
    people: int = 0
    key = royale.primary.key("GAME#{game_id}", "#METADATA#{game_id}")
    at_place = places.key("PLACE#{place}", "{game_id}")


class Player(Entity, table=royale):
    """Who plays."""

    game_id: str
    username: str
    score: Annotated[int, integer(0, 999)] = 0
    joined: datetime | None = None
    key = royale.primary.key("GAME#{game_id}", "USER#{username}")


class Account(Entity, table=royale):
    """Versioned, with a unique field."""

    account_id: str
    email: str
    note: str | None = None
    version: Annotated[int, VERSION] = 1
    key = royale.primary.key("ACCOUNT#{account_id}", "ACCOUNT")
    unique_email = unique("email")


@access_pattern
def game_and_players(game_id: str) -> Query[Game | Player]:
    """A game and who plays in it."""
    return collection(Game.key, Player.key).query(game_id=game_id)


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    """What another program wrote: keys, and what they do not say."""
    opened = open_backend(royale)
    opened.put(PK="GAME#g1", SK="#METADATA#g1", place="lake", GSI1PK="PLACE#lake", GSI1SK="g1")
    opened.put(PK="GAME#g1", SK="USER#ann")
    opened.put(PK="GAME#g1", SK="USER#bob", colour="red")
    return opened


def stored(db: Backend, key: str) -> dict[str, Any]:
    return next(item for item in db.items() if item["SK"] == {"S": key})


def test_items_are_what_their_key_says(db: Backend) -> None:
    """Fields that no attribute has are read from the key text."""
    fetch = db.repository.fetch
    assert fetch(Game.key.get(game_id="g1")) == Game(game_id="g1", place="lake")
    assert fetch(Player.key.get(game_id="g1", username="ann")) == Player(
        game_id="g1", username="ann"
    )
    page = fetch(game_and_players("g1"))
    assert [type(item).__name__ for item in page] == ["Game", "Player", "Player"]
    assert [player.username for player in page.of(Player)] == ["ann", "bob"]
    assert list(fetch(Game.at_place.query(place="lake"))) == [Game(game_id="g1", place="lake")]
    assert fetch(Player.key.get_each(game_id="g1", username=["bob", "zoe"]))[1] is None


def test_nothing_is_added_to_what_a_patch_does_not_name(db: Backend) -> None:
    """The rest stays as the other program wrote it."""
    patch = Player.key.patch(game_id="g1", username="bob").set(
        joined=datetime(2026, 3, 1, tzinfo=UTC)
    )
    assert db.repository.write(patch.add(score=5)).score == 5
    assert stored(db, "USER#bob") == {
        "PK": {"S": "GAME#g1"},
        "SK": {"S": "USER#bob"},
        "colour": {"S": "red"},
        "score": {"N": "5"},
        "joined": {"S": "2026-03-01T00:00:00.000000Z"},
    }
    with pytest.raises(ItemMissing):
        db.repository.write(Player.key.patch(game_id="g1", username="zoe").set(score=1))


def test_what_is_written_has_no_type(db: Backend) -> None:
    """By every verb that writes a whole item."""
    write = db.repository.write
    made = write(create(Player(game_id="g2", username="eve")))
    with pytest.raises(ItemExists):
        write(create(made))
    changed = write(update(made, made.model_copy(update={"score": 7})))
    assert write(update(changed, changed)) == changed
    assert write(put(changed.model_copy(update={"score": 8}))).score == 8
    write(upsert(Player(game_id="g2", username="fay", score=1)))
    write(Player.key.upsert(game_id="g2", username="gil").add(score=2))
    for name in ("eve", "fay", "gil"):
        assert {"entity", ""}.isdisjoint(stored(db, f"USER#{name}"))
    found = db.repository.fetch(collection(Game.key, Player.key).query(game_id="g2"))
    assert [(each.username, each.score) for each in found.of(Player)] == [
        ("eve", 8),
        ("fay", 1),
        ("gil", 2),
    ]
    write(transaction(delete(made), Player.key.check(game_id="g2", username="fay")))
    assert db.repository.fetch(Player.key.get(game_id="g2", username="eve")) is None


def test_versions_and_unique_values_hold(db: Backend) -> None:
    """They need no type attribute."""
    write = db.repository.write
    ada = write(create(Account(account_id="ada", email="ada@example.com")))
    with pytest.raises(UniqueTaken):
        write(create(Account(account_id="bob", email="ada@example.com")))
    moved = write(update(ada, ada.model_copy(update={"email": "lovelace@example.com"})))
    with pytest.raises(VersionConflict):
        write(update(ada, ada.model_copy(update={"note": "late"})))
    write(create(Account(account_id="bob", email="ada@example.com")))
    write(delete(moved))
    write(create(Account(account_id="eve", email="lovelace@example.com")))


def test_an_item_of_no_entity_is_reported(db: Backend) -> None:
    """By its key."""
    db.put(PK="GAME#g1", SK="GHOST#1")
    with pytest.raises(InvalidStoredItem) as caught:
        db.repository.fetch(game_and_players("g1"))
    assert (caught.value.entity, caught.value.key) == ("Game | Player", "GAME#g1 / GHOST#1")


def test_a_filter_and_a_condition_ask_for_no_type() -> None:
    """Only for what is named."""
    from singletable.operations import Context

    query = Game.at_place.query(place="lake").where(attr("people").at_least(1))
    (request,) = query.requests(Context(None, datetime(2026, 3, 1, tzinfo=UTC)))
    assert set(request.parameters["ExpressionAttributeNames"].values()) == {
        "GSI1PK",
        "people",
    }


def test_skipped_items_are_known_by_their_key(db: Backend) -> None:
    """No filter could tell them; they are left out, also from pages and the first one."""
    query = Player.key.query(game_id="g1").skipping(Game)
    assert [player.username for player in db.repository.fetch(query)] == ["ann", "bob"]
    assert db.repository.fetch(query.first()) == Player(game_id="g1", username="ann")
    page = db.repository.fetch(query.page(1))
    assert page.cursor is not None
    assert [player.username for player in db.repository.fetch(query.page(1, page.cursor))] == [
        "bob"
    ]
    assert db.repository.fetch(query.count()) == 2


@pytest.mark.parametrize("field", ["username", "place"])
def test_no_filter_guesses_of_a_field_that_stands_in_the_key_alone(db: Backend, field: str) -> None:
    """Such an item is reported, whatever is asked: it might meet the condition."""
    db.put(PK="GAME#g2", SK="#METADATA#g2", GSI1PK="PLACE#sea", GSI1SK="g2")
    db.put(PK="GAME#g1", SK="USER#cid", username="cid")
    queries = {
        "username": Player.key.query(game_id="g1").skipping(Game),
        "place": Game.at_place.query(place="sea"),
    }
    for condition in (attr(field).equals("ann"), attr(field).differs_from("ann")):
        query = queries[field].where(condition)
        with pytest.raises(InvalidStoredItem) as caught:
            db.repository.fetch(query)
        assert (
            caught.value.problems == f"its {field} stands in the key alone, where no filter looks"
        )
        with pytest.raises(InvalidStoredItem):
            db.repository.fetch(query.count())
    asked = queries["username"].where(attr("username").equals("cid")).tolerating_unreadable()
    page = db.repository.fetch(asked)
    assert ([each.username for each in page], len(page.unreadable)) == (["cid"], 2)


def test_nothing_is_cleared_of_which_the_filter_could_not_tell(db: Backend) -> None:
    """What has the field in its key alone stays, and is reported."""
    db.put(PK="GAME#g1", SK="USER#cid", username="cid")
    found = Player.key.query(game_id="g1").skipping(Game).where(attr("username").equals("cid"))
    with pytest.raises(BatchUnfinished) as caught:
        db.repository.write(clear(found))
    assert len(caught.value.unwritten) == 2
    keys = {item["SK"]["S"] for item in db.items()}
    assert keys == {"#METADATA#g1", "USER#ann", "USER#bob"}


def test_no_write_passes_by_a_field_that_stands_in_the_key_alone(db: Backend) -> None:
    """Neither by a condition that would hold, nor by its opposite."""
    for condition in (attr("username").equals("ann"), attr("username").differs_from("ann")):
        patch = Player.key.patch(game_id="g1", username="ann").set(score=1)
        with pytest.raises(ConditionFailed):
            db.repository.write(patch.when(condition))
    assert "score" not in stored(db, "USER#ann")
    db.put(PK="GAME#g1", SK="USER#cid", username="cid")
    patch = Player.key.patch(game_id="g1", username="cid").set(score=1)
    assert db.repository.write(patch.when(attr("username").equals("cid"))).score == 1


def test_given_parts_of_the_identity_are_known(db: Backend) -> None:
    """By the key, also where no attribute says them."""
    patch = Game.key.patch(game_id="g1").set(place="sea").given(game_id="g1")
    assert db.repository.write(patch).place == "sea"
    with pytest.raises(InvalidOperation):
        Game.key.patch(game_id="g1").given(game_id="g2")


def test_natural_keys_tell_an_entity_by_what_is_stored(open_backend: OpenBackend) -> None:
    """Not by the text that the format writes into templates."""
    table = Table("natural-keys", partition_key="grp", sort_key="name", type_attribute=None)

    class Row(Entity, table=table):
        """Escaped in templates, and plain in an attribute of its own."""

        grp: Annotated[str, escaped_text()]
        name: str
        note: str = ""
        key = table.primary.key("{grp}", "{name}")

    db = open_backend(table)
    row = db.repository.write(create(Row(grp="a#b%", name="s")))
    assert db.repository.fetch(Row.key.get(grp="a#b%", name="s")) == row
    assert list(db.repository.fetch(Row.key.query(grp="a#b%"))) == [row]
    assert db.repository.write(update(row, row.model_copy(update={"note": "n"}))).note == "n"


def test_keys_that_do_not_tell_entities_apart_do_not_import() -> None:
    """There is nothing else that could."""
    with pytest.raises(KeyCollision):

        class Spectator(Entity, table=royale):
            """Has a player's key."""

            game_id: str
            name: str
            key = royale.primary.key("GAME#{game_id}", "USER#{name}")
