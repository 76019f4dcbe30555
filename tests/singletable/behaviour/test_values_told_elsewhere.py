"""What a write relies on may be told by something else than its attribute.

By a former name, by what an upgrade goes by, by the text of an index key, or by the fields of which
a default is made. Another program may write that in between, and leave the attribute as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import pytest
from pydantic import Field

from singletable import (
    VERSION,
    Entity,
    Table,
    create,
    delete,
    put,
    transaction,
    unique,
    update,
)
from singletable.errors import (
    ConditionFailed,
    InvalidOperation,
    TransactionCancelled,
    UniqueTaken,
    VersionConflict,
)
from singletable.formats import integer
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises


def to_email(item: dict[str, Any]) -> dict[str, Any]:
    if "mail" in item:
        item["email"] = item.pop("mail")
    return item


def to_version(item: dict[str, Any]) -> dict[str, Any]:
    if "rev" in item:
        item["version"] = item.pop("rev")
    return item


users = Table("users-of-old")
gsi1 = users.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")


class Renamed(Entity, table=users, renamed={"mail": "email"}):
    """A user, whose address was its mail."""

    id: str
    email: str | None = None
    key = users.primary.key("Renamed#{id}", "USER")
    unique_email = unique("email", name="email")


class Upgraded(Entity, table=users, upgrade=to_email, reaches=["mail", "email"]):
    """The same by an upgrade."""

    id: str
    email: str | None = None
    key = users.primary.key("Upgraded#{id}", "USER")
    unique_email = unique("email")


class Counted(Entity, table=users, renamed={"rev": "version"}):
    """A document that was without a version at first, then had one of another name."""

    id: str
    text: str = ""
    version: Annotated[int, VERSION] = 1
    key = users.primary.key("Counted#{id}", "USER")


class CountedAnew(Entity, table=users, upgrade=to_version, reaches=["rev", "version"]):
    """The same by an upgrade."""

    id: str
    text: str = ""
    version: Annotated[int, VERSION] = 1
    key = users.primary.key("CountedAnew#{id}", "USER")


def read(db: Backend, kind: Any, id_: str = "1") -> Any:
    found = db.repository.fetch(kind.key.get(id=id_))
    assert found is not None
    return found


def refused(db: Backend, write: Any) -> None:
    """Alone and in a transaction; nothing is written."""
    before = db.items()
    with raises(VersionConflict):
        db.repository.write(write)
    with pytest.raises(TransactionCancelled) as caught:
        db.repository.write(transaction(write, create(Counted(id="other"))))
    assert type(caught.value.failures[0]) is VersionConflict
    assert db.items() == before


DELETIONS: dict[str, Callable[[Any], Any]] = {
    "delete": delete,
    "of what must exist": lambda seen: delete(seen, must_exist=True),
    "ignoring the version": lambda seen: delete(seen).ignoring_version(),
}


@pytest.mark.parametrize("write", DELETIONS.values(), ids=DELETIONS)
@pytest.mark.parametrize("kind", [Renamed, Upgraded])
def test_a_unique_value_that_came_under_a_former_name_is_not_left_behind(
    open_backend: OpenBackend, kind: Any, write: Callable[[Any], Any]
) -> None:
    """By a stale deletion, which does not know that there is one to release."""
    db, name = open_backend(users), kind.__name__
    db.repository.write(create(kind(id="1")))
    seen = read(db, kind)
    db.put(PK=f"{name}#1", SK="USER", entity=name, id="1", mail="kim@x")
    owner = {"M": {"PK": {"S": f"{name}#1"}, "SK": {"S": "USER"}}}
    db.put(PK=f"UNIQUE#{name}#email#kim@x", SK="UNIQUE", entity=f"{name}.email", owner=owner)
    refused(db, write(seen))
    db.repository.write(write(read(db, kind)))
    assert db.items() == []


@pytest.mark.parametrize("write", [put, delete, lambda seen: update(seen, seen)])
@pytest.mark.parametrize("kind", [Counted, CountedAnew])
def test_a_version_that_came_under_a_former_name_is_a_conflict(
    open_backend: OpenBackend, kind: Any, write: Callable[[Any], Any]
) -> None:
    """What was read had none, and is read as the first."""
    db, name = open_backend(users), kind.__name__
    db.put(PK=f"{name}#1", SK="USER", entity=name, id="1")
    seen = read(db, kind)
    db.put(PK=f"{name}#1", SK="USER", entity=name, id="1", text="theirs", rev={"N": "2"})
    refused(db, write(seen))
    refused(db, write(seen.model_copy(update={"text": "mine"})))
    db.repository.write(write(read(db, kind)))


def to_cents(item: dict[str, Any]) -> dict[str, Any]:
    if "unit" not in item:
        item["price"] = {"N": str(int(item["price"]["N"]) * 100)}
        item["unit"] = {"S": "cent"}
    return item


class Listed(Entity, table=users, renamed={"name": "title"}):
    """A document, whose title was its name. What has one is listed."""

    id: str
    status: str = "draft"
    title: str | None = None
    key = users.primary.key("Listed#{id}", "USER")
    by_status = gsi1.key("LISTED#{status}", "{title}#{id}")


class Priced(Entity, table=users, upgrade=to_cents, reaches=["price", "unit"]):
    """A price in cents; of old in euros, without a unit."""

    id: str
    shop: str = "a"
    price: Annotated[int, integer(0, 99999)] = 0
    key = users.primary.key("Priced#{id}", "USER")
    by_shop = gsi1.key("SHOP#{shop}", "{price}#{id}")


def test_what_is_given_as_absent_does_not_stand_under_a_former_name(
    open_backend: OpenBackend,
) -> None:
    """The patch would take the item out of the index."""
    db = open_backend(users)
    db.repository.write(create(Listed(id="1")))
    patch = Listed.key.patch(id="1").set(status="live").given(title=None)
    item = {"PK": "Listed#1", "SK": "USER", "entity": "Listed", "id": "1"}
    db.put(**item, name="a", GSI1PK="LISTED#draft", GSI1SK="a#1")
    refused(db, patch)
    db.put(**item)
    assert db.repository.write(patch) == Listed(id="1", status="live")


def test_what_an_upgrade_may_make_of_something_else_completes_no_index_key(
    open_backend: OpenBackend,
) -> None:
    """Five euros are stored as five, and the key would be that of five cents."""
    db = open_backend(users)
    item = {"PK": "Priced#1", "SK": "USER", "entity": "Priced", "id": "1", "price": {"N": "5"}}
    db.put(**item, shop="a", GSI1PK="SHOP#a", GSI1SK="00005#1")
    before = db.items()
    with raises(InvalidOperation, declared="price, of which the upgrade may make another"):
        db.repository.write(Priced.key.patch(id="1").set(shop="b").given(price=5))
    assert db.items() == before


plain = Table("orders-without-types", type_attribute=None)
mixed = Table("orders-of-others", untagged="by key")
PLAIN_INDEX = plain.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
MIXED_INDEX = mixed.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")


class Plain(Entity, table=plain):
    """An order; another program has its status in the index key alone."""

    id: str
    status: str
    note: str = ""
    at: str = "1"
    key = plain.primary.key("ORDER#{id}", "ORDER")
    by_status = PLAIN_INDEX.key("STATUS#{status}", "{at}#{id}")


class Mixed(Entity, table=mixed):
    """The same in a table of which some items have a type."""

    id: str
    status: str
    note: str = ""
    at: str = "1"
    key = mixed.primary.key("ORDER#{id}", "ORDER")
    by_status = MIXED_INDEX.key("STATUS#{status}", "{at}#{id}")


class Versioned(Entity, table=mixed):
    """The same with a version, of which the other program knows nothing."""

    id: str
    status: str
    note: str = ""
    at: str = "1"
    version: Annotated[int, VERSION] = 1
    key = mixed.primary.key("VERSIONED#{id}", "ORDER")
    by_status = MIXED_INDEX.key("STATUS#{status}", "{at}#{id}")


class Owned(Entity, table=mixed):
    """An account, whose name another program has in the index key alone."""

    id: str
    name: str
    note: str = ""
    key = mixed.primary.key("OWNED#{id}", "ACCOUNT")
    by_name = MIXED_INDEX.key("NAME#{name}", "{id}")
    unique_name = unique("name")


class Free(Entity, table=mixed):
    """The same; its unique items are the other program's, and say not whose they are."""

    id: str
    name: str
    note: str = ""
    key = mixed.primary.key("FREE#{id}", "ACCOUNT")
    by_name = MIXED_INDEX.key("NAME#{name}", "{id}")
    unique_name = unique("name", key=mixed.primary.key("_unique#{name}", "_"), name="_Unique")


def put_order(db: Backend, kind: Any, status: str, **others: Any) -> None:
    """As the other program does."""
    opening = "VERSIONED" if kind is Versioned else "ORDER"
    index = {"GSI1PK": f"STATUS#{status}", "GSI1SK": "1#1"}
    db.put(PK=f"{opening}#1", SK="ORDER", id="1", **index, **others)


@pytest.mark.parametrize("change", [{"note": "x"}, {"at": "2"}, {"note": "x", "at": "2"}])
@pytest.mark.parametrize("kind", [Plain, Mixed, Versioned])
def test_an_update_puts_back_no_value_that_key_text_alone_told(
    open_backend: OpenBackend, kind: Any, change: dict[str, str]
) -> None:
    """It writes the attribute that was lacking, of a value that is another by now."""
    db = open_backend(plain if kind is Plain else mixed)
    put_order(db, kind, "open")
    seen = read(db, kind)
    put_order(db, kind, "paid")
    before = db.items()
    with raises(VersionConflict):
        db.repository.write(update(seen, seen.model_copy(update=change)))
    assert db.items() == before
    seen = read(db, kind)
    written = db.repository.write(update(seen, seen.model_copy(update=change)))
    assert written == read(db, kind)
    assert (written.status, db.items()[0]["status"]) == ("paid", {"S": "paid"})


@pytest.mark.parametrize("kind", [Plain, Mixed])
def test_a_value_that_got_its_attribute_in_between_is_no_other_one(
    open_backend: OpenBackend, kind: Any
) -> None:
    """Two writers who read the same change other fields."""
    db = open_backend(plain if kind is Plain else mixed)
    put_order(db, kind, "open")
    one, other = read(db, kind), read(db, kind)
    db.repository.write(update(one, one.model_copy(update={"note": "x"})))
    db.repository.write(update(other, other.model_copy(update={"at": "2"})))
    found = read(db, kind)
    assert (found.status, found.note, found.at) == ("open", "x", "2")


def put_account(db: Backend, kind: Any, id_: str, name: str) -> None:
    """As the other program does, with the unique item."""
    word = kind.__name__.upper()
    db.put(PK=f"{word}#{id_}", SK="ACCOUNT", id=id_, GSI1PK=f"NAME#{name}", GSI1SK=id_)
    if kind is Free:
        db.put(PK=f"_unique#{name}", SK="_", entity="_Unique")
    else:
        owner = {"M": {"PK": {"S": f"{word}#{id_}"}, "SK": {"S": "ACCOUNT"}}}
        db.put(PK=f"UNIQUE#Owned#name#{name}", SK="UNIQUE", entity="Owned.name", owner=owner)


@pytest.mark.parametrize(
    "write",
    [
        lambda seen: delete(seen, must_exist=True),
        lambda seen: update(seen, seen.model_copy(update={"note": "x"})),
        lambda seen: update(seen, seen.model_copy(update={"name": "max"})),
    ],
    ids=["delete", "update of another field", "update of it"],
)
@pytest.mark.parametrize("kind", [Owned, Free])
def test_a_unique_value_that_key_text_alone_told_is_released_by_nobody_else(
    open_backend: OpenBackend, kind: Any, write: Callable[[Any], Any]
) -> None:
    """The account was renamed meanwhile, and another one has its former name."""
    db = open_backend(mixed)
    put_account(db, kind, "1", "kim")
    seen = read(db, kind)
    put_account(db, kind, "1", "lee")
    put_account(db, kind, "2", "kim")
    before = db.items()
    with pytest.raises(VersionConflict):
        db.repository.write(write(seen))
    assert db.items() == before
    db.repository.write(write(read(db, kind)))
    with raises(UniqueTaken, field="name"):
        db.repository.write(create(kind(id="3", name="kim")))


made = Table("documents-with-slugs")


class Article(Entity, table=made):
    """An article; its slug came later."""

    id: str
    title: str = "Untitled"
    slug: str = Field(default_factory=lambda known: known["title"].lower())
    note: str = ""
    key = made.primary.key("ARTICLE#{id}", "ARTICLE")


def test_a_default_that_was_made_of_another_value_is_not_written(open_backend: OpenBackend) -> None:
    """The title is another one by now, and so is what is read as the slug."""
    db = open_backend(made)
    db.put(PK="ARTICLE#1", SK="ARTICLE", entity="Article", id="1", title="Emma")
    seen = read(db, Article)
    db.repository.write(Article.key.patch(id="1").set(title="Persuasion"))
    with raises(VersionConflict):
        db.repository.write(update(seen, seen.model_copy(update={"note": "x"})))
    seen = read(db, Article)
    assert seen.slug == "persuasion"
    db.repository.write(update(seen, seen.model_copy(update={"note": "x"})))
    db.repository.write(Article.key.patch(id="1").set(title="Emma"))
    assert read(db, Article).slug == "persuasion"


def test_an_upsert_makes_no_default_of_a_value_that_is_not_stored(
    open_backend: OpenBackend,
) -> None:
    """The slug would be of no title, and the item is read with that of its own."""
    db = open_backend(made)
    untitled, noted = Article.key.upsert(id="1").set(note="x"), Article.key.upsert(id="2")
    assert db.repository.write(untitled).slug == "untitled"
    assert db.repository.write(noted.set(title="Emma")).slug == "emma"
    item = {"PK": "ARTICLE#1", "SK": "ARTICLE", "entity": "Article", "id": "1"}
    db.put(**item, title="Emma")
    before = db.items()
    with raises(ConditionFailed, reason="its default is made of title"):
        db.repository.write(untitled)
    assert db.items() == before
    stored: dict[str, dict[str, Any]] = {
        "untitled": {"title": "Untitled"},
        "e": {"title": "Emma", "slug": "e"},
    }
    for slug, others in stored.items():
        db.put(**item, **others)
        assert db.repository.write(untitled).slug == slug
    db.put(**item)
    assert db.repository.write(untitled).title == "Untitled"
