"""Values that another program keeps unique, too, by items of its own key and type."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

import pytest

from singletable import TTL, Entity, Table, clear, create, delete, transaction, unique, update
from singletable.errors import (
    InvalidEntity,
    InvalidOperation,
    ItemMissing,
    UniqueTaken,
    VersionConflict,
)
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

crm = Table("crm", partition_key="pk", sort_key="sk", type_attribute="_type")
NAMES = crm.primary.key("_unique#Account#name#{name}", "_unique#")


class Account(Entity, table=crm):
    """An account, of a name that no other has."""

    id: str
    name: str
    ends: Annotated[datetime | None, TTL] = None

    key = crm.primary.key("account#{id}", "account#")
    unique_name = unique("name", key=NAMES, name="_Unique")


class User(Entity, table=crm):
    """A user, whose handle no other of the account has."""

    account: str
    email: str
    handle: str | None = None

    key = crm.primary.key("account#{account}", "user#{email}")
    unique_handle = unique(
        "handle",
        within="account",
        key=crm.primary.key("_unique#{account}#User#handle#{handle}", "_unique#"),
        name="_Unique",
    )


def taken(db: Backend) -> dict[str, dict[str, Any]]:
    """The unique items by their values, without their keys."""
    items = [item for item in db.items() if item["_type"] == {"S": "_Unique"}]
    assert all(item["sk"] == {"S": "_unique#"} for item in items)
    return {item.pop("pk")["S"].removeprefix("_unique#"): item for item in items if item.pop("sk")}


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    """With a name that the other program has claimed."""
    db = open_backend(crm)
    db.put(pk="_unique#Account#name#Acme", sk="_unique#", _type="_Unique")
    db.put(pk="account#acme", sk="account#", _type="Account", id="acme", name="Acme")
    return db


def acme(db: Backend) -> Account:
    found = db.repository.fetch(Account.key.get(id="acme").consistent())
    assert found is not None
    return found


def test_what_is_claimed_is_taken(db: Backend) -> None:
    """And what ours claims has the key and the type of the other program, and no owner."""
    with raises(UniqueTaken, field="name"):
        db.repository.write(create(Account(id="b", name="Acme")))
    db.repository.write(create(Account(id="b", name="Beta")))
    db.repository.write(create(User(account="acme", email="e", handle="kim")))
    db.repository.write(create(User(account="b", email="e", handle="kim")))
    db.repository.write(create(User(account="b", email="f")))
    handles = {"acme#User#handle#kim", "b#User#handle#kim"}
    assert taken(db).keys() == {"Account#name#Acme", "Account#name#Beta"} | handles
    assert all(item == {"_type": {"S": "_Unique"}} for item in taken(db).values())


def test_an_update_moves_the_claim(db: Backend) -> None:
    """Also one that the other program has made; the former name is free."""
    read = acme(db)
    db.repository.write(update(read, read.model_copy(update={"name": "Beta"})))
    db.repository.write(create(Account(id="b", name="Acme")))
    assert taken(db).keys() == {"Account#name#Beta", "Account#name#Acme"}
    with raises(UniqueTaken, field="name"):
        now = acme(db)
        db.repository.write(update(now, now.model_copy(update={"name": "Acme"})))


def test_a_deletion_gives_up_the_claim_of_what_was_there(db: Backend) -> None:
    """Where the item may be gone, the name may be another's: that is refused before it is sent."""
    read = acme(db)
    with raises(InvalidOperation, allowed="delete(entity, must_exist=True), as its unique"):
        db.repository.write(delete(read))
    db.repository.write(delete(read, must_exist=True))
    assert taken(db) == {}
    db.repository.write(create(Account(id="b", name="Acme")))
    with raises(ItemMissing):
        db.repository.write(delete(read, must_exist=True))
    assert taken(db).keys() == {"Account#name#Acme"}


def test_a_name_goes_over_in_one_transaction(db: Backend) -> None:
    """The old account is deleted, and the new one has its name."""
    new = create(Account(id="b", name="Acme"))
    db.repository.write(transaction(delete(acme(db), must_exist=True), new))
    assert taken(db).keys() == {"Account#name#Acme"}
    assert db.repository.fetch(Account.key.scan(because="all").count()) == 1


def test_a_claim_expires_with_its_item(db: Backend) -> None:
    """The TTL of both is the same, whoever made the claim."""
    read = acme(db)
    ends = datetime(2030, 1, 1, tzinfo=UTC)
    db.repository.write(update(read, read.model_copy(update={"ends": ends})))
    (claim,) = taken(db).values()
    assert claim["ends"] == {"N": str(int(ends.timestamp()))}


@pytest.mark.parametrize(
    ("read", "now"), [(2040, None), (None, 2040), (2040, 2041)], ids=["ended", "begun", "moved"]
)
def test_an_item_whose_expiry_has_changed_is_not_deleted_by_what_was_read(
    db: Backend, read: int | None, now: int | None
) -> None:
    """A claim without an owner is known by its expiry: one that has another would stay for ever."""
    older = create_expiring(db, read)
    ends = now and datetime(now, 1, 1, tzinfo=UTC)
    db.repository.write(update(older, older.model_copy(update={"ends": ends})))
    before = db.items()
    with raises(VersionConflict):
        db.repository.write(delete(older, must_exist=True))
    assert db.items() == before
    present = db.repository.fetch(Account.key.get(id="b"))
    assert present is not None
    db.repository.write(delete(present, must_exist=True))
    assert "Account#name#Beta" not in taken(db)


def create_expiring(db: Backend, year: int | None) -> Account:
    ends = None if year is None else datetime(year, 1, 1, tzinfo=UTC)
    return db.repository.write(create(Account(id="b", name="Beta", ends=ends)))


def test_clearing_gives_up_claims(db: Backend) -> None:
    """Of each item that is there."""
    db.repository.write(create(User(account="acme", email="e", handle="kim")))
    assert db.repository.write(clear(User.key.query(account="acme"))) == 1
    assert taken(db).keys() == {"Account#name#Acme"}


untyped = Table("untyped", type_attribute=None)
UNTYPED = untyped.primary.key("_unique#{name}", "_unique#")
REFUSED: list[tuple[Callable[[], Any], str]] = [
    (lambda: unique("name", key="_unique#{name}"), "key='_unique#{name}'"),  # type: ignore[arg-type]
    (
        lambda: declare(unique("name", key=crm.primary.key("_unique#{name}#{id}", "_unique#"))),
        "has the key '_unique#{name}#{id}'",
    ),
    (
        lambda: declare(unique("name", key=crm.primary.key("_unique#{name}", "{id}"))),
        "has a key on",
    ),
    (lambda: declare(unique("name", key=NAMES, name="User")), "an entity named User"),
    (lambda: declare(unique("name", key=UNTYPED, name="_Unique"), untyped), "the name '_Unique'"),
]


def declare(constraint: Any, table: Table = crm) -> type:
    """An entity with this constraint."""
    body = {
        "__module__": __name__,
        "__doc__": "A shop.",
        "__annotations__": {"id": str, "name": str},
        "key": table.primary.key("shop#{id}", "shop#"),
        "unique_name": constraint,
    }
    return type("Shop", (Entity,), body, table=table)


@pytest.mark.parametrize(("ask", "declared"), REFUSED, ids=[each[1] for each in REFUSED])
def test_a_key_that_is_none_of_a_unique_item_is_refused(
    ask: Callable[[], Any], declared: str
) -> None:
    """When it is declared."""
    with pytest.raises(InvalidEntity) as caught:
        ask()
    assert declared in caught.value.declared
