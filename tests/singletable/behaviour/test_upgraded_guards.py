"""What was read through an upgrade is guarded as a whole: as stored, or as upgraded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import pytest
from pydantic import BaseModel

from singletable import (
    VERSION,
    Entity,
    Repository,
    Table,
    create,
    delete,
    put,
    transaction,
    unique,
    update,
)
from singletable.errors.request import TransactionCancelled, VersionConflict
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

users = Table("users")
gsi1 = users.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
LINES = [f"line{number}" for number in range(10)]
REACHED = ["name", "slug", "tenant", "shop", "address", *LINES]
OLD_KIND = {"S": "OldPrice"}


def to_cents(item: dict[str, Any]) -> dict[str, Any]:
    """Of old a price was in euros, and had no unit; older yet, it was of another type."""
    if "unit" not in item:
        item["price"] = {"N": str(int(item["price"]["N"]) * 100)}
        item["unit"] = {"S": "cent"}
    return item


def by_type(item: dict[str, Any]) -> dict[str, Any]:
    """Of old a price was in euros, as its type says."""
    if item["entity"] == OLD_KIND:
        item["price"] = {"N": str(int(item["price"]["N"]) * 100)}
        item["entity"] = {"S": "Typed"}
    return item


def to_address(item: dict[str, Any]) -> dict[str, Any]:
    """Of old there were a name, a tenant, and ten lines of an address."""
    if "name" in item:
        item.setdefault("slug", item.pop("name"))
    if "tenant" in item:
        item.setdefault("shop", item.pop("tenant"))
    if LINES[0] in item:
        lines = [item.pop(line) for line in LINES]
        item.setdefault("address", {"M": {"lines": {"L": lines}}})
    return item


class User(Entity, table=users, renamed={"mail": "email"}):
    """A user with a unique address."""

    user_id: str
    email: str | None = None
    note: str = ""
    key = users.primary.key("User#{user_id}", "U")
    unique_email = unique("email", name="email")


class Counted(Entity, table=users, renamed={"mail": "email", "rev": "version"}):
    """The same with a version."""

    user_id: str
    email: str | None = None
    note: str = ""
    version: Annotated[int, VERSION] = 1
    key = users.primary.key("Counted#{user_id}", "U")
    unique_email = unique("email", name="email")


class Doc(Entity, table=users, renamed={"name": "title"}):
    """A document in an index."""

    user_id: str
    title: str | None = None
    state: str = "draft"
    note: str = ""
    key = users.primary.key("Doc#{user_id}", "U")
    by_state = gsi1.key("S#{state}", "{title}#{user_id}")


class Page(Entity, table=users, renamed={"name": "title", "rev": "version"}):
    """A versioned document in an index."""

    user_id: str
    title: str | None = None
    state: str = "draft"
    note: str = ""
    version: Annotated[int, VERSION] = 1
    key = users.primary.key("Page#{user_id}", "U")
    by_state = gsi1.key("S#{state}", "{title}#{user_id}")


class Price(Entity, table=users, upgrade=to_cents, reaches=["price", "unit"]):
    """A price in cents."""

    user_id: str
    price: int
    note: str | None = None
    key = users.primary.key("Price#{user_id}", "U")


class Typed(Entity, table=users, upgrade=by_type, reaches=["price"]):
    """The same, where the type says the unit."""

    user_id: str
    price: int
    note: str | None = None
    key = users.primary.key("Typed#{user_id}", "U")


class Address(BaseModel):
    """Lines of an address."""

    lines: list[str] = []


class Product(Entity, table=users, upgrade=to_address, reaches=REACHED):
    """A product with a slug that is unique in its shop."""

    user_id: str
    slug: str
    shop: str
    address: Address = Address()
    note: str = ""
    key = users.primary.key("Product#{user_id}", "U")
    unique_slug = unique("slug", within="shop")


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    return open_backend(users)


@pytest.fixture
def store(db: Backend) -> Repository:
    return db.repository


def put_old(db: Backend, kind: str, **values: Any) -> None:
    db.put(**{"PK": f"{kind}#1", "SK": "U", "entity": kind, "user_id": "1", **values})


def put_unique(db: Backend, kind: str, field: str, text: str) -> None:
    db.put(
        PK=f"UNIQUE#{kind}#{field}#{text}",
        SK="UNIQUE",
        entity=f"{kind}.{field}",
        owner={"M": {"PK": {"S": f"{kind}#1"}, "SK": {"S": "U"}}},
    )


def fetch(store: Repository, kind: Any, user_id: str = "1") -> Any:
    found = store.fetch(kind.key.get(user_id=user_id))
    assert found is not None
    return found


def changed(entity: Any, **values: Any) -> Any:
    return update(entity, entity.model_copy(update=values))


def old_user(db: Backend, kind: Any) -> None:
    version = {"version": {"N": "1"}} if kind is Counted else {}
    put_old(db, kind.__name__, mail="kim", **version)
    put_unique(db, kind.__name__, "email", "kim")


def give_up(store: Repository, kind: Any) -> None:
    """Another writer gives up the address, and another user takes it."""
    theirs = fetch(store, kind)
    if kind is Counted:  # its version is 1 again
        store.write(delete(theirs))
        store.write(create(kind(user_id="1")))
    else:
        store.write(changed(theirs, email=None))
    store.write(create(kind(user_id="2", email="kim")))


def write_note(mine: Any) -> Any:
    return changed(mine, note="mine")


def move_email(mine: Any) -> Any:
    return changed(mine, email="lee")


def delete_it(mine: Any) -> Any:
    return delete(mine, must_exist=True)


@pytest.mark.parametrize("kind", [User, Counted])
@pytest.mark.parametrize("write", [write_note, move_email, delete_it, delete])
def test_a_unique_value_that_was_given_up_does_not_come_back(
    db: Backend, store: Repository, kind: Any, write: Callable[[Any], Any]
) -> None:
    old_user(db, kind)
    mine = fetch(store, kind)
    give_up(store, kind)
    with raises(VersionConflict):
        store.write(write(mine))
    with pytest.raises(TransactionCancelled):
        store.write(transaction(write(mine), create(kind(user_id="3"))))
    assert fetch(store, kind).email is None
    assert fetch(store, kind, "2").email == "kim"


@pytest.mark.parametrize("kind", [Doc, Page])
def test_a_renamed_attribute_that_was_removed_does_not_come_back(
    db: Backend, store: Repository, kind: Any
) -> None:
    version = {"version": {"N": "1"}} if kind is Page else {}
    put_old(db, kind.__name__, name="old", GSI1PK="S#draft", GSI1SK="old#1", **version)
    mine = fetch(store, kind)
    store.write(delete(fetch(store, kind)))
    store.write(create(kind(user_id="1")))
    for change in ({"note": "mine"}, {"state": "live"}):
        with raises(VersionConflict):
            store.write(changed(mine, **change))
    assert fetch(store, kind).title is None


def test_a_patch_that_removes_what_was_renamed_is_not_undone(
    db: Backend, store: Repository
) -> None:
    put_old(db, "Doc", name="old")
    mine, theirs = fetch(store, Doc), fetch(store, Doc)
    store.write(update(theirs, theirs))
    store.write(Doc.key.patch(user_id="1").unset("title"))
    with raises(VersionConflict):
        store.write(changed(mine, note="mine"))
    assert fetch(store, Doc).title is None


def test_two_readers_migrate_one_item_and_keep_both_their_changes(
    db: Backend, store: Repository
) -> None:
    put_old(db, "Doc", name="old", GSI1PK="S#draft", GSI1SK="old#1")
    mine, theirs = fetch(store, Doc), fetch(store, Doc)
    store.write(changed(theirs, note="theirs"))
    store.write(changed(mine, state="live"))
    found = fetch(store, Doc)
    assert (found.title, found.state, found.note) == ("old", "live", "theirs")


@pytest.mark.parametrize("kind", [Price, Typed])
def test_a_change_to_what_was_stored_of_old_is_written_over_the_migrated_item(
    db: Backend, store: Repository, kind: Any
) -> None:
    old = "OldPrice" if kind is Typed else "Price"
    put_old(db, kind.__name__, price={"N": "5"}, entity=old)
    mine, theirs = fetch(store, kind), fetch(store, kind)
    assert mine.price == 500
    store.write(changed(theirs, note="theirs"))
    assert store.write(changed(mine, price=5)).price == 5
    found = fetch(store, kind)
    assert (found.price, found.note) == (5, "theirs")


@pytest.mark.parametrize("kind", [Price, Typed])
def test_a_value_stored_of_old_is_another_one_in_the_present_form(
    db: Backend, store: Repository, kind: Any
) -> None:
    """Five cents are not the five euros that were read."""
    old = "OldPrice" if kind is Typed else "Price"
    put_old(db, kind.__name__, price={"N": "5"}, entity=old)
    mine, theirs = fetch(store, kind), fetch(store, kind)
    store.write(changed(theirs, price=5))
    with raises(VersionConflict):
        store.write(changed(mine, note="mine"))
    assert fetch(store, kind).price == 5


def test_what_an_upgrade_looks_at_and_leaves_is_guarded_in_the_older_form(
    db: Backend, store: Repository
) -> None:
    """No euros are no cents; five euros that came since would be five cents by the unit alone."""
    put_old(db, "Price", price={"N": "0"})
    mine = fetch(store, Price)
    put_old(db, "Price", price={"N": "5"})
    with raises(VersionConflict):
        store.write(changed(mine, note="mine"))
    assert fetch(store, Price).price == 500


def test_an_older_attribute_that_came_since_the_item_was_read_is_no_stored_form_of_it(
    db: Backend, store: Repository
) -> None:
    put_old(db, "Doc", name="old")
    mine = fetch(store, Doc)
    put_old(db, "Doc", name="old", title="new")
    with raises(VersionConflict):
        store.write(changed(mine, note="mine"))
    assert fetch(store, Doc).title == "new"


@pytest.mark.parametrize("kind", [User, Doc])
def test_a_removal_is_written_over_the_migrated_item(
    db: Backend, store: Repository, kind: Any
) -> None:
    field = "email" if kind is User else "title"
    if kind is User:
        old_user(db, User)
    else:
        put_old(db, "Doc", name="old")
    mine, theirs = fetch(store, kind), fetch(store, kind)
    store.write(update(theirs, theirs))
    assert getattr(store.write(changed(mine, **{field: None})), field) is None
    assert getattr(fetch(store, kind), field) is None
    if kind is User:
        store.write(create(User(user_id="2", email="kim")))


def put_it(mine: Any) -> Any:
    return put(mine.model_copy(update={"note": "mine"}))


@pytest.mark.parametrize("write", [write_note, put_it, delete_it, delete])
def test_a_version_that_was_renamed_is_checked_as_it_is_stored(
    db: Backend, store: Repository, write: Callable[[Any], Any]
) -> None:
    put_old(db, "Page", title="a", rev={"N": "3"})
    mine = fetch(store, Page)
    put_old(db, "Page", title="by the old program", rev={"N": "4"})
    with raises(VersionConflict):
        store.write(write(mine))
    with pytest.raises(TransactionCancelled):
        store.write(transaction(write(mine), create(Page(user_id="2"))))
    found = fetch(store, Page)
    assert (found.title, found.version) == ("by the old program", 4)
    store.write(write(found))


@pytest.mark.parametrize(
    "write",
    [
        Page.key.patch(user_id="1").set(note="mine").at_version(1),
        Page.key.patch(user_id="1").set(title="b").given(state="draft").at_version(1),
        update(Page(user_id="1", title="a"), Page(user_id="1", title="b")),
        put(Page(user_id="1", title="a")),
        delete(Page(user_id="1", title="a")),
    ],
)
def test_absence_is_no_default_where_an_upgrade_renames(
    db: Backend, store: Repository, write: Any
) -> None:
    """No version is not the first one: it may be stored as `rev`."""
    put_old(db, "Page", name="a", rev={"N": "3"})
    with raises(VersionConflict):
        store.write(write)


@pytest.mark.parametrize("write", [write_note, put_it, delete_it])
def test_a_version_that_was_renamed_is_checked_as_it_was_upgraded(
    db: Backend, store: Repository, write: Callable[[Any], Any]
) -> None:
    put_old(db, "Page", title="a", rev={"N": "3"})
    mine = fetch(store, Page)
    put_old(db, "Page", title="a", version={"N": "3"})
    store.write(write(mine))
    put_old(db, "Page", title="a", version={"N": "4"})
    with raises(VersionConflict):
        store.write(write(mine))


def move_slug(mine: Any) -> Any:
    return changed(mine, slug="m")


@pytest.mark.parametrize(
    ("write", "is_held"),
    [(write_note, True), (move_slug, False), (delete_it, False)],
)
def test_an_item_of_many_renamed_attributes_can_be_written(
    db: Backend, store: Repository, write: Callable[[Any], Any], is_held: bool
) -> None:
    put_old(db, "Product", name="n", tenant="t", **{line: line for line in LINES})
    put_unique(db, "Product", "slug", "t#n")
    store.write(write(fetch(store, Product)))
    assert (db.raw(PK="UNIQUE#Product#slug#t#n", SK="UNIQUE") is not None) is is_held
