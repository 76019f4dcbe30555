"""Players, all that they have, and what they pay, as it was published."""

from __future__ import annotations

import pytest

from singletable import access_pattern
from singletable.errors import ConditionFailed, ContradictoryPattern
from tests.conftest import OpenBackend, without_moto
from tests.designs import game_player_profiles as design
from tests.designs.corpus import Item, load_design
from tests.designs.game_player_profiles import PlayerId
from tests.designs.proofs import Asked, check_answers, check_published, put_again, raw

PUBLISHED = "07-game-player-profiles"
TEN = {"M": {"Gold": {"N": "10"}}}


def player(player_id: str) -> Item:
    """A new player with ten coins."""
    numbers = dict.fromkeys(("PlayerLevel", "PlayerHealth", "PlayerExperience"), "1")
    names = raw(Nickname="Bo", Email="bo@example.com", Gender="f", Avatar="s3://b/1.png")
    key = raw(PK=player_id, SK=f"#METADATA#{player_id}", Type="Metadata", Currency="10")
    return key | names | raw(CreatedAt="1700000000", UpdatedAt="1700000060", **numbers)


def item(player_id: str, number: str) -> Item:
    """One of a kind."""
    key = raw(PK=player_id, SK=f"ITEMS#{number}", Type="Item", ItemAttributes={"M": {}})
    return key | raw(ItemName="Rope", ItemType="Tool", ItemCount="12")


def equipment(player_id: str, number: str) -> Item:
    """A hat."""
    key = raw(PK=player_id, SK=f"EQUIPMENTS#{number}", Type="Equipment", EquipmentAttributes=TEN)
    return key | raw(EquipmentName="Hat", EquipmentType="Clothes")


def task(player_id: str, number: str) -> Item:
    """Something to do."""
    key = raw(PK=player_id, SK=f"TASK#{number}", Type="Task", TaskReward=TEN)
    return key | raw(TaskName="Dig", TaskDescription="Dig a hole.", TaskStatus="Available")


def activity(player_id: str, number: str) -> Item:
    """Something that was done."""
    times = raw(ActivityStartTime="1700000000", ActivityEndTime="1700003600")
    key = raw(PK=player_id, SK=f"ACTIVITY#{number}", Type="Activity", ActivityReward=TEN)
    return key | times | raw(ActivityName="Race", ActivityType="Sport")


FRIENDS = raw(
    PK="bo",
    SK="FRIENDS#bo",
    Type="Friends",
    FriendList={"L": [{"M": raw(FriendId="al", FriendName="Al")}]},
)
ITEMS = [
    player("bo"),
    player("bob"),
    FRIENDS,
    *(item(*each) for each in (("bo", "007"), ("bo", "010"), ("bob", "001"))),
    *(equipment(*each) for each in (("bo", "002"), ("bo", "011"), ("bob", "002"))),
    *(task(*each) for each in (("bo", "003"), ("bob", "003"))),
    *(activity(*each) for each in (("bo", "004"), ("bob", "004"))),
]


@without_moto
def test_each_pattern_finds_what_it_asks_for(open_backend: OpenBackend) -> None:
    def of_bo(beginning: str, operation: object) -> Asked:
        return Asked(operation, ("PK", "SK"), "bo", lambda text: text.startswith(beginning))

    bo = PlayerId("bo")
    asked = {
        "getPlayerMetaData": of_bo("#METADATA#", design.metadata(player_id=bo)),
        "getPlayerFriends": of_bo("FRIENDS#", design.friends(player_id=bo)),
        "getPlayerAllItems": of_bo("ITEMS#", design.items(player_id=bo)),
        "getPlayerAllEquipments": of_bo("EQUIPMENTS#", design.equipment(player_id=bo)),
        "getPlayerTasks": of_bo("TASK#", design.tasks(player_id=bo)),
        "getPlayerAllProfile": of_bo("", design.profile(bo)),
    }
    check_answers(open_backend(design.profiles), ITEMS, asked)


@without_moto
def test_published_examples_have_their_answers(open_backend: OpenBackend) -> None:
    player_id = PlayerId("player001")
    asked = {
        "getPlayerMetaData": design.metadata(player_id=player_id),
        "getPlayerFriends": design.friends(player_id=player_id),
        "getPlayerAllItems": design.items(player_id=player_id),
        "getPlayerAllEquipments": design.equipment(player_id=player_id),
        "getPlayerTasks": design.tasks(player_id=player_id),
        "getPlayerAllProfile": design.profile(player_id),
    }
    check_published(open_backend(design.profiles), load_design(PUBLISHED), asked)


@without_moto
def test_published_items_stay_as_they_are(open_backend: OpenBackend) -> None:
    scan = design.everything.scan(because="the test reads all")
    assert put_again(open_backend(design.profiles), load_design(PUBLISHED).items, scan) == {}


@without_moto
def test_of_two_payments_at_once_one_is_refused(open_backend: OpenBackend) -> None:
    backend = open_backend(design.profiles)
    backend.put(**player("bo"))
    backend.repository.write(design.change_currency(PlayerId("bo"), 10, 7))
    with pytest.raises(ConditionFailed) as caught:
        backend.repository.write(design.change_currency(PlayerId("bo"), 10, 9))
    assert caught.value.label == design.CHANGED_MEANWHILE
    assert backend.items() == [player("bo") | raw(Currency="7")]


def test_adding_to_currency_that_is_text_is_refused() -> None:
    with pytest.raises(ContradictoryPattern):
        access_pattern(design.earn_refused)
