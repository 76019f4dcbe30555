"""An upgrade gets whole items: no index that projects a part of them answers its entity."""

from __future__ import annotations

from typing import Any

import pytest

from singletable import KEYS_ONLY, Entity, Table, collection, include, unique, update
from singletable.errors.request import InvalidOperation
from singletable.inspect import Context
from singletable.table.index import Projection
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

SOME: dict[str, Projection] = {
    "keys alone": KEYS_ONLY,
    "every field": include("entity", "user_id", "email", "team"),
}
depots = Table("depots")
by_team = depots.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")


class Member(Entity, table=depots, renamed={"mail": "email"}):
    """A member, whose `email` was `mail`."""

    user_id: str
    email: str | None = None
    team: str = "a"
    key = depots.primary.key("MEMBER#{user_id}", "MEMBER")
    of_team = by_team.key("TEAM#{team}", "{user_id}")
    unique_email = unique("email", name="email")


@pytest.mark.parametrize("projection", SOME.values(), ids=SOME)
@pytest.mark.parametrize("kind", ["global", "local"])
def test_an_entity_with_an_upgrade_is_not_queried_where_attributes_lack(
    kind: str, projection: Projection
) -> None:
    """The upgrade may need any: of an older item, a field was read as absent."""
    table = Table("annexes")
    index = (
        table.global_index("GSI1", partition_key="PK2", sort_key="SK2", projection=projection)
        if kind == "global"
        else table.local_index("LSI1", sort_key="SK2", projection=projection)
    )
    partition = "TEAM#{team}" if kind == "global" else "USER#{user_id}"

    class User(Entity, table=table, renamed={"mail": "email"}):
        """A user, whose `email` was `mail`."""

        user_id: str
        email: str | None = None
        team: str = "a"
        key = table.primary.key("USER#{user_id}", "USER")
        on_index = index.key(partition, "U#{user_id}")

    class Guest(Entity, table=table):
        """A guest, who has no older form."""

        user_id: str
        team: str = "a"
        key = table.primary.key("USER#{user_id}", "GUEST")
        on_index = index.key(partition, "G#{user_id}")

    asked: dict[str, Any] = {"team": "a"} if kind == "global" else {"user_id": "1"}
    refusal = raises(InvalidOperation, where="User.on_index", declared="upgrade of User")
    with refusal:
        User.on_index.query(**asked).requests(Context())
    with refusal:
        collection(User.on_index, Guest.on_index).query(**asked).requests(Context())


def test_what_an_index_of_all_attributes_answers_is_updated_whole(
    open_backend: OpenBackend,
) -> None:
    """The unique item of the former value goes with it."""
    db = open_backend(depots)
    own = {"PK": "MEMBER#1", "SK": "MEMBER"}
    index = {"GSI1PK": "TEAM#a", "GSI1SK": "1"}
    db.put(**own, **index, entity="Member", user_id="1", mail="kim", team="a")
    owner = {"M": {name: {"S": text} for name, text in own.items()}}
    db.put(PK="UNIQUE#Member#email#kim", SK="UNIQUE", entity="Member.email", owner=owner)
    [read] = db.repository.fetch(Member.of_team.query(team="a"))
    assert read.email == "kim"
    db.repository.write(update(read, read.model_copy(update={"email": "lee"})))
    assert {item["PK"]["S"] for item in db.items()} == {"MEMBER#1", "UNIQUE#Member#email#lee"}
