"""Players of a game, each one item collection, told apart by the attribute `Type`.

All numbers are stored as text. Currency can therefore not be added to: a payment says what there
was, and is refused where another one came first. `earn_refused` is the declaration that adds."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, NewType

from pydantic import AliasGenerator, BaseModel, ConfigDict
from pydantic.alias_generators import to_pascal

from singletable import IN_KEY, Entity, Label, Patch, Query, Table, access_pattern, attr, collection
from singletable.formats import epoch, printed, shaped
from singletable.patterns import gets, queries

PlayerId = NewType("PlayerId", str)
Player = Annotated[PlayerId, IN_KEY]
Number = Annotated[int, printed(text=True)]
ItemId = Annotated[str, shaped(r"\d{3}", example="001"), IN_KEY]
EquipmentId = Annotated[str, shaped(r"\d{3}([A-Z]+#\d{3})?", example="001"), IN_KEY]
"""Three digits; in one published key they are followed by those of another key."""

CHANGED_MEANWHILE = Label("changed-meanwhile", "the currency was changed meanwhile")
STORED = ConfigDict(alias_generator=AliasGenerator(serialization_alias=to_pascal))

profiles = Table(
    "game-player-profiles",
    type_attribute="Type",
    instants=epoch("seconds", text=True),
    delimiter="|",  # no key has several fields, and one published id has a "#"
)
primary = profiles.primary


class TaskStatus(StrEnum):
    AVAILABLE = "Available"
    IN_PROGRESS = "InProgress"
    COMPLETED = "Completed"


class Profile(Entity):
    """What all items of a player have in common: attributes in the spelling of the game."""

    model_config = STORED


class Friend(BaseModel):
    model_config = STORED

    friend_id: PlayerId
    friend_name: str


class Metadata(Profile, table=profiles):
    """A player."""

    player_id: Player
    created_at: datetime
    updated_at: datetime
    nickname: str
    email: str
    gender: str
    avatar: str
    currency: Number
    player_level: Number
    player_health: Number
    player_experience: Number

    key = primary.key("{player_id}", "#METADATA#{player_id}")


class Friends(Profile, table=profiles):
    """The friends of a player: one item, which grows with them."""

    player_id: Player
    friend_list: list[Friend]

    key = primary.key("{player_id}", "FRIENDS#{player_id}")


class Item(Profile, table=profiles):
    """What a player has."""

    player_id: Player
    item_id: ItemId
    item_name: str
    item_type: str
    item_count: Number
    item_attributes: dict[str, int]

    key = primary.key("{player_id}", "ITEMS#{item_id}")


class Equipment(Profile, table=profiles):
    """What a player wears."""

    player_id: Player
    equip_id: EquipmentId
    equipment_name: str
    equipment_type: str
    equipment_attributes: dict[str, int]

    key = primary.key("{player_id}", "EQUIPMENTS#{equip_id}")


class Task(Profile, table=profiles):
    """What a player has to do."""

    player_id: Player
    task_id: ItemId
    task_name: str
    task_description: str
    task_status: TaskStatus
    task_reward: dict[str, int]

    key = primary.key("{player_id}", "TASK#{task_id}")


class Activity(Profile, table=profiles):
    """What a player has taken part in."""

    player_id: Player
    activity_id: ItemId
    activity_name: str
    activity_type: str
    activity_start_time: datetime
    activity_end_time: datetime
    activity_reward: dict[str, int]

    key = primary.key("{player_id}", "ACTIVITY#{activity_id}")


everything = collection(Metadata.key, Friends.key, Item.key, Equipment.key, Task.key, Activity.key)
metadata = gets(Metadata.key, "A player.")
friends = gets(Friends.key, "The friends of a player.")
items = queries(Item.key, "What a player has.")
equipment = queries(Equipment.key, "What a player wears.")
tasks = queries(Task.key, "What a player has to do.")


@access_pattern
def profile(
    player_id: PlayerId,
) -> Query[Metadata | Friends | Item | Equipment | Task | Activity]:
    """All that is known of a player."""
    return everything.query(player_id=player_id)


@access_pattern
def change_currency(player_id: PlayerId, was: int, now: int) -> Patch[Metadata]:
    """Spends or earns, from what a player had to what they have then."""
    patch = Metadata.key.patch(player_id=player_id).set(currency=now)
    return patch.when(attr("currency").equals(was), label=CHANGED_MEANWHILE)


def earn_refused(player_id: PlayerId, earned: int) -> Patch[Metadata]:
    """Adds to the currency, which is text."""
    return Metadata.key.patch(player_id=player_id).add(currency=earned)
