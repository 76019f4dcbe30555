"""A unique value that an upgrade makes of what is no text is claimed by the next update."""

from __future__ import annotations

from typing import Any

import pytest

from singletable import Entity, Table, create, delete, unique, update
from singletable.errors import UniqueTaken
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

NO_TEXTS: dict[str, Any] = {
    "absent": None,
    "null": {"NULL": True},
    "empty": {"S": ""},
    "list": {"L": []},
    "map": {"M": {}},
    "false": {"BOOL": False},
    "bytes": {"B": b"x"},
    "set": {"SS": ["x"]},
    "too long": {"S": "x" * 3000},
}


def name_it(item: dict[str, Any]) -> dict[str, Any]:
    for name in ("email", "team"):
        if not 0 < len(item.get(name, {}).get("S", "")) < 99:
            item[name] = {"S": f"none-{item['SK']['S']}"}
    return item


table = Table("members-of-teams")


class Member(Entity, table=table, upgrade=name_it, reaches=["email", "team"]):
    """A member; of old without address or team."""

    member_id: str
    email: str
    team: str
    slug: str
    notes: int = 0
    key = table.primary.key("MEMBER", "{member_id}")
    unique_email = unique("email")
    unique_slug = unique("slug", within="team")


@pytest.mark.parametrize("stored", NO_TEXTS.values(), ids=NO_TEXTS)
def test_it_is_claimed_once(open_backend: OpenBackend, stored: Any) -> None:
    db = open_backend(table)
    given = {} if stored is None else {"email": stored, "team": stored}
    db.put(PK="MEMBER", SK="1", entity="Member", member_id="1", slug="kim", **given)
    for at in (1, 2):
        read = db.repository.fetch(Member.key.get(member_id="1"))
        assert read is not None
        assert (read.email, read.team) == ("none-1", "none-1")
        db.repository.write(update(read, read.model_copy(update={"notes": at})))
    other = Member(member_id="2", email="none-1", team="b", slug="kim")
    with raises(UniqueTaken, field="email"):
        db.repository.write(create(other))
    other = Member(member_id="2", email="x", team="none-1", slug="kim")
    with raises(UniqueTaken, field="slug"):
        db.repository.write(create(other))
    read = db.repository.fetch(Member.key.get(member_id="1"))
    assert read is not None
    db.repository.write(delete(read))
    assert db.items() == []
