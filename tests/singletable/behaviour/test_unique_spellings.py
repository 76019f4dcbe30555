"""A unique value follows what an upgrade, or a fold that came later, makes of what is stored."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import pytest

from singletable import TTL, VERSION, Entity, Table, create, delete, transaction, unique, update
from singletable.errors.request import InvalidItem, UniqueTaken, VersionConflict
from singletable.formats import text
from singletable.operations import Context
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

clubs = Table("clubs")


def upgrade(item: dict[str, Any]) -> dict[str, Any]:
    """Of old, case was kept, an address was `mail`, an expiry `expires`, and a member a `Guest`."""
    item["entity"] = {"S": item["entity"]["S"].replace("Guest", "Upgraded")}
    if "mail" in item:
        item["email"] = item.pop("mail")
    if "email" in item:
        item["email"] = {"S": item["email"]["S"].lower()}
    if "expires" in item:
        item["expiry"] = item.pop("expires")
    return item


def move_club(item: dict[str, Any]) -> dict[str, Any]:
    """Members of no club were in `none`, and are in `all` now; who had no address wrote `n/a`."""
    item.setdefault("club", {"S": "all"})
    if item.get("email") == {"S": "n/a"}:
        del item["email"]
    return item


REACHED = ["mail", "email", "expires", "expiry"]


class Moved(Entity, table=clubs, upgrade=move_club, reaches=["club", "email"]):
    """A member whose club an upgrade sets."""

    member_id: str
    email: str | None = None
    club: str = "none"
    visits: int = 0
    key = clubs.primary.key("Moved#{member_id}", "MEMBER")
    unique_email = unique("email", within="club")


class Upgraded(Entity, table=clubs, upgrade=upgrade, reaches=REACHED):
    """A member whose address an upgrade lowers."""

    member_id: str
    email: str
    visits: int = 0
    expiry: Annotated[datetime | None, TTL] = None
    key = clubs.primary.key("Upgraded#{member_id}", "MEMBER")
    unique_email = unique("email")


class Folded(Entity, table=clubs):
    """A member whose address is lowered since lately."""

    member_id: str
    email: Annotated[str, text(lower=True)]
    visits: int = 0
    key = clubs.primary.key("Folded#{member_id}", "MEMBER")
    unique_email = unique("email")


class Versioned(Entity, table=clubs):
    """The same with a version, unique within a club, of which the name is folded too."""

    member_id: str
    email: Annotated[str, text(fold="nfc")]
    club: Annotated[str, text(lower=True)] = "a"
    visits: int = 0
    version: Annotated[int, VERSION] = 1
    key = clubs.primary.key("Versioned#{member_id}", "MEMBER")
    unique_email = unique("email", within="club")


Member = type[Upgraded] | type[Folded] | type[Versioned]
MEMBERS: tuple[Member, ...] = (Upgraded, Folded, Versioned)
each = pytest.mark.parametrize("kind", MEMBERS)


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    return open_backend(clubs)


def value_of(kind: Member, email: str) -> str:
    scope = "a#" if kind is Versioned else ""
    return f"UNIQUE#{kind.__name__}#email#{scope}{email}"


def store_old(db: Backend, kind: Member, address: str, member_id: str = "1", **more: Any) -> Any:
    """Stores a member as the former program did, with its unique item, and reads it."""
    key = {"PK": {"S": f"{kind.__name__}#{member_id}"}, "SK": {"S": "MEMBER"}}
    fields = {"member_id": {"S": member_id}, "email": {"S": address}, "visits": {"N": "0"}}
    fields["entity"] = {"S": kind.__name__}
    if kind is Versioned:
        fields |= {"club": {"S": "a"}, "version": {"N": "1"}}
    item = {name: value for name, value in {**key, **fields, **more}.items() if value}
    claim = {"PK": {"S": value_of(kind, address)}, "SK": {"S": "UNIQUE"}, "owner": {"M": key}}
    claim["entity"] = {"S": f"{kind.__name__}.email"}
    db.put(**item)
    db.put(**claim)
    return db.repository.fetch(kind.key.get(member_id=member_id).consistent())


def held(db: Backend) -> dict[str, str]:
    """The values that are held, with their owners."""
    return {
        item["PK"]["S"]: item["owner"]["M"]["PK"]["S"].partition("#")[2]
        for item in db.items()
        if "owner" in item
    }


def new(kind: Member, member_id: str, email: str) -> Any:
    return kind(member_id=member_id, email=email)


@each
def test_an_update_of_something_else_moves_the_value_to_its_present_spelling(
    db: Backend, kind: Member
) -> None:
    """The attribute was kim@x, the unique item stayed Kim@X: two members could have kim@x."""
    old = store_old(db, kind, "Kim@X")
    db.repository.write(update(old, old.model_copy(update={"visits": 1})))
    assert held(db) == {value_of(kind, "kim@x"): "1"}
    stored = db.raw(PK=f"{kind.__name__}#1", SK="MEMBER")
    assert stored is not None
    assert stored["email"] == {"S": "kim@x"}
    with raises(UniqueTaken, field="email"):
        db.repository.write(create(new(kind, "2", "kim@x")))


@each
def test_what_was_moved_moves_once(db: Backend, kind: Member) -> None:
    old = store_old(db, kind, "Kim@X")
    moved = db.repository.write(update(old, old.model_copy(update={"visits": 1})))
    again = update(moved, moved.model_copy(update={"visits": 2}))
    assert len(again.prepare(Context()).actions) == 1


@each
def test_a_deletion_releases_the_spelling_that_is_stored(db: Backend, kind: Member) -> None:
    db.repository.write(delete(store_old(db, kind, "Kim@X")))
    assert held(db) == {}


@each
def test_another_value_releases_the_spelling_that_is_stored(db: Backend, kind: Member) -> None:
    old = store_old(db, kind, "Kim@X")
    db.repository.write(update(old, old.model_copy(update={"email": "lee@x"})))
    assert held(db) == {value_of(kind, "lee@x"): "1"}


@each
def test_a_value_that_another_has_by_now_is_not_taken_from_it(db: Backend, kind: Member) -> None:
    """Two spellings were two values. One of the two members has to take another one."""
    old = store_old(db, kind, "Kim@X")
    db.repository.write(create(new(kind, "2", "kim@x")))
    with raises(UniqueTaken, field="email", reason="another spelling"):
        db.repository.write(update(old, old.model_copy(update={"visits": 1})))
    assert held(db) == {value_of(kind, "Kim@X"): "1", value_of(kind, "kim@x"): "2"}
    db.repository.write(update(old, old.model_copy(update={"email": "lee@x"})))
    assert held(db) == {value_of(kind, "lee@x"): "1", value_of(kind, "kim@x"): "2"}


@each
def test_a_deletion_leaves_the_present_spelling_to_the_one_that_has_it(
    db: Backend, kind: Member
) -> None:
    old = store_old(db, kind, "Kim@X")
    db.repository.write(create(new(kind, "2", "kim@x")))
    db.repository.write(delete(old))
    assert held(db) == {value_of(kind, "kim@x"): "2"}


@each
def test_a_unique_item_that_was_migrated_before_its_owner_is_found(
    db: Backend, kind: Member
) -> None:
    """The value is under the present spelling, and the attribute is not yet."""
    old = store_old(db, kind, "Kim@X")
    db.client.delete_item(
        TableName=db.name, Key={"PK": {"S": value_of(kind, "Kim@X")}, "SK": {"S": "UNIQUE"}}
    )
    owner = {"PK": {"S": f"{kind.__name__}#1"}, "SK": {"S": "MEMBER"}}
    db.put(PK=value_of(kind, "kim@x"), SK="UNIQUE", owner={"M": owner})
    changed = db.repository.write(update(old, old.model_copy(update={"visits": 1})))
    assert held(db) == {value_of(kind, "kim@x"): "1"}
    db.repository.write(delete(changed))
    assert held(db) == {}


@each
def test_a_transaction_hands_a_value_over_in_another_spelling(db: Backend, kind: Member) -> None:
    """The one gives up both spellings, the other takes one of them."""
    old = store_old(db, kind, "Kim@X")
    changed = old.model_copy(update={"email": "lee@x"})
    db.repository.write(transaction(update(old, changed), create(new(kind, "2", "kim@x"))))
    assert held(db) == {value_of(kind, "lee@x"): "1", value_of(kind, "kim@x"): "2"}


@each
def test_a_transaction_deletes_two_whose_values_are_spelled_alike_now(
    db: Backend, kind: Member
) -> None:
    """Both may hold kim@x: one action gives it up for both."""
    first, second = (store_old(db, kind, email, email[0]) for email in ("Kim@X", "kIm@x"))
    db.repository.write(transaction(delete(first), delete(second)))
    assert held(db) == {}


@each
def test_a_transaction_moves_a_value_that_another_gives_up(db: Backend, kind: Member) -> None:
    old = store_old(db, kind, "Kim@X")
    other = db.repository.write(create(new(kind, "2", "kim@x")))
    changed = old.model_copy(update={"visits": 1})
    db.repository.write(transaction(delete(other), update(old, changed)))
    assert held(db) == {value_of(kind, "kim@x"): "1"}


@each
def test_a_value_that_changed_since_the_read_is_not_lost(db: Backend, kind: Member) -> None:
    old = store_old(db, kind, "Kim@X")
    db.repository.write(update(old, old.model_copy(update={"email": "lee@x"})))
    for write in (update(old, old.model_copy(update={"visits": 1})), delete(old)):
        with pytest.raises(VersionConflict):
            db.repository.write(write)
    assert held(db) == {value_of(kind, "lee@x"): "1"}


def test_a_scope_that_is_folded_since_lately_moves_the_value(db: Backend) -> None:
    old = store_old(db, Versioned, "Kim@X", club={"S": "A"})
    former = "UNIQUE#Versioned#email#A#Kim@X"
    owner = {"PK": {"S": "Versioned#1"}, "SK": {"S": "MEMBER"}}
    db.put(PK=former, SK="UNIQUE", owner={"M": owner})
    db.repository.write(update(old, old.model_copy(update={"visits": 1})))
    assert value_of(Versioned, "kim@x") in held(db)
    assert former not in held(db)


def test_a_default_scope_that_is_not_stored_is_part_of_the_value(db: Backend) -> None:
    old = store_old(db, Versioned, "Kim@X", club=None)
    db.repository.write(update(old, old.model_copy(update={"visits": 1})))
    assert held(db) == {value_of(Versioned, "kim@x"): "1"}


@pytest.mark.parametrize(
    ("email", "left"), [("kim@x", {"UNIQUE#Moved#email#all#kim@x": "1"}), ("n/a", {})]
)
def test_a_default_that_an_upgrade_replaces_releases_the_value(
    db: Backend, email: str, left: dict[str, str]
) -> None:
    owner = {"PK": {"S": "Moved#1"}, "SK": {"S": "MEMBER"}}
    db.put(**owner, entity="Moved", member_id="1", email=email)
    db.put(PK=f"UNIQUE#Moved#email#none#{email}", SK="UNIQUE", owner={"M": owner})
    old = db.repository.fetch(Moved.key.get(member_id="1").consistent())
    assert old is not None
    db.repository.write(update(old, old.model_copy(update={"visits": 1})))
    assert held(db) == left


def test_an_attribute_that_an_upgrade_renames_releases_its_value(db: Backend) -> None:
    old = store_old(db, Upgraded, "Kim@X", email=None, mail={"S": "Kim@X"})
    db.repository.write(update(old, old.model_copy(update={"visits": 1})))
    assert held(db) == {value_of(Upgraded, "kim@x"): "1"}


@pytest.mark.parametrize("email", ["Kim@X", "kim@x"])
def test_an_entity_that_an_upgrade_renames_keeps_its_value(db: Backend, email: str) -> None:
    """Its unique item stands under the former name, where nobody would look."""
    old = store_old(db, Upgraded, email, entity={"S": "Guest"})
    key = {"PK": {"S": value_of(Upgraded, email)}, "SK": {"S": "UNIQUE"}}
    claim = db.raw(PK=key["PK"]["S"], SK="UNIQUE")
    db.client.delete_item(TableName=db.name, Key=key)
    db.put(**{**(claim or {}), "PK": f"UNIQUE#Guest#email#{email}"})
    db.repository.write(update(old, old.model_copy(update={"visits": 1})))
    assert held(db) == {value_of(Upgraded, "kim@x"): "1"}


def test_an_expiry_that_an_upgrade_fills_is_its_unique_items_too(db: Backend) -> None:
    """The owner had an expiry and its unique item none: the value would have been lost."""
    old = store_old(db, Upgraded, "kim@x", expires={"N": "1900000000"})
    assert old.expiry == datetime.fromtimestamp(1900000000, UTC)
    db.repository.write(update(old, old.model_copy(update={"visits": 1})))
    claim = db.raw(PK=value_of(Upgraded, "kim@x"), SK="UNIQUE")
    assert claim is not None
    assert claim["expiry"] == {"N": "1900000000"}


def test_a_value_that_the_upgrade_would_change_is_not_written(db: Backend) -> None:
    """It would be stored, and taken, as another one than it is read as."""
    with raises(InvalidItem, entity="Upgraded", problems="email"):
        db.repository.write(create(new(Upgraded, "1", "Kim@X")))
    member = db.repository.write(create(new(Upgraded, "1", "kim@x")))
    with raises(InvalidItem, entity="Upgraded", problems="email"):
        db.repository.write(update(member, member.model_copy(update={"email": "Lee@X"})))
    assert held(db) == {value_of(Upgraded, "kim@x"): "1"}
