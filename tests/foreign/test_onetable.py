"""Items of OneTable 2.7, written by itself: read and changed by ours, and by it again.

Schema and layout are those of docs/from-onetable.md and of node/onetable.mjs.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import pytest

from singletable import attr, create, delete, update
from singletable.errors import InvalidStoredItem, UniqueTaken
from tests.foreign.conftest import LoadPage, OpenLibrary, OpenLocal
from tests.foreign.library import Item, Refused, SharedTable, in_order

pytestmark = [pytest.mark.connected, pytest.mark.slow]

KIM = {"accountId": "acme", "email": "Kim@example.com"}
OWN = {"account_id": "acme", "email": "Kim@example.com"}
ACCOUNT, USER = "account#acme / account#", "account#acme / user#Kim@example.com"
STAMPS = ("created", "updated")


class Customers(SharedTable):
    """Customers that OneTable writes, too."""

    def user(self) -> Any:
        """Kim as ours reads her."""
        return self.repository.fetch(self.design.User.key.get(**OWN).consistent())

    def theirs(self, model: str = "User", **key: str) -> Any:
        """The same as OneTable reads her; another item if its key is named."""
        return self.other.call(model, ["get", key or KIM])


@pytest.fixture
def customers(load_page: LoadPage, open_library: OpenLibrary, open_local: OpenLocal) -> Customers:
    """An account, a user and a session, created by OneTable."""
    design = load_page("from-onetable.md")
    backend = open_local(design.customers)
    onetable = open_library("onetable", backend)
    onetable.call("Account", ["create", {"id": "acme", "name": "Acme Ltd"}])
    more = {"address": {"zip": 1170}, "marks": ["new"], "groups": {"$set": ["news", "staff"]}}
    born = {"$date": "2000-01-02T00:00:00Z"}
    user = {**KIM, "handle": "kim", "role": "admin", "born": born, **more}
    onetable.call("User", ["create", user])
    expires = {"$date": "2027-01-02T03:04:05.678Z"}
    onetable.call("Session", ["create", {"accountId": "acme", "id": "s1", "expires": expires}])
    return Customers(design, backend, onetable)


def test_the_page_shows_what_onetable_writes(customers: Customers) -> None:
    """Its items are OneTable's, but for the moments."""
    shown = importlib.import_module("customers_items").ITEMS
    assert in_order(customers.backend.items(), STAMPS) == in_order(shown, STAMPS)


def test_ours_writes_what_onetable_writes(customers: Customers) -> None:
    """Of the same values both make the same items, unique ones included, but for the moments."""
    written = customers.backend.items()
    read = customers.repository.fetch(customers.design.everything_of("acme"))
    assert len(read.items) == 3
    customers.remove_all()
    account, session, user = read.items
    for entity in (account, session, user):
        customers.repository.write(create(type(entity)(**dict(entity))))
    assert in_order(customers.backend.items(), STAMPS) == in_order(written, STAMPS)
    assert customers.theirs()["groups"] == ["news", "staff"]


def test_every_read_finds_what_onetable_wrote(customers: Customers) -> None:
    """By key, by index, by type, as item collection, counted, and in a scan."""
    design, repository = customers.design, customers.repository
    user = customers.user()
    assert (user.handle, user.role, user.address.zip) == ("kim", design.Role.ADMIN, 1170)
    assert (user.born.isoformat(), user.groups) == ("2000-01-02T00:00:00+00:00", {"news", "staff"})
    everything = repository.fetch(design.everything_of("acme"))
    (session,) = everything.of(design.Session)
    assert session.expires.isoformat() == "2027-01-02T03:04:06+00:00"
    assert everything.of(design.User) == (user,)
    assert repository.fetch(design.in_role("admin")).items == (user,)
    assert repository.fetch(design.Account.by_age.query().count()) == 1
    scan = design.User.key.scan(because="all of them").where(attr("handle").equals("kim"))
    assert list(repository.iterate(scan)) == [user]


@pytest.mark.parametrize(
    ("change", "stored", "theirs"),
    [
        pytest.param(
            lambda patch: patch.append(marks=["old"]),
            {"marks": {"L": [{"S": "new"}, {"S": "old"}]}},
            {"marks": ["new", "old"]},
            id="append",
        ),
        pytest.param(
            lambda patch: patch.set_at(attr("address")["street"], "Nygade 1"),
            {"address": {"M": {"zip": {"N": "1170"}, "street": {"S": "Nygade 1"}}}},
            {"address": {"zip": 1170, "street": "Nygade 1"}},
            id="set in a map",
        ),
        pytest.param(
            lambda patch: patch.set(role="user"),
            {"role": {"S": "user"}, "gs1pk": {"S": "role#user"}},
            {"role": "user"},
            id="set a field of an index key",
        ),
        pytest.param(
            lambda patch: patch.unset("role"),
            {"role": None, "gs1pk": None, "gs1sk": None},
            {"role": None},
            id="leave an index",
        ),
        pytest.param(
            lambda patch: patch.set(born="1999-12-31T23:00:00Z"),
            {"born": {"S": "1999-12-31T23:00:00.000Z"}},
            {"born": "1999-12-31T23:00:00.000Z"},
            id="set a moment",
        ),
    ],
)
def test_a_patch_changes_its_attributes_alone(
    customers: Customers,
    change: Callable[[Any], Any],
    stored: Item,
    theirs: dict[str, Any],
) -> None:
    """All else stays as OneTable wrote it, and OneTable reads the new values."""
    patch = change(customers.design.User.key.patch(**OWN))
    changed = customers.changes(patch)
    assert changed.keys() == {USER}
    assert changed[USER].pop("updated")
    assert changed[USER] == stored
    assert {name: customers.theirs().get(name) for name in theirs} == theirs


def test_an_update_moves_the_user_in_onetables_index(customers: Customers) -> None:
    """OneTable finds her in her new role, and no more in the old one."""
    before = customers.user()
    after = before.model_copy(update={"role": customers.design.Role.USER})
    changed = customers.changes(update(before, after))
    assert changed[USER].keys() == {"role", "gs1pk", "updated"}
    by_role = {"index": "gs1"}
    assert customers.other.call("User", ["find", {"role": "admin"}, by_role]) == []
    (found,) = customers.other.call("User", ["find", {"role": "user"}, by_role])
    assert (found["handle"], found["groups"]) == ("kim", ["news", "staff"])
    assert customers.other.call("User", ["update", {**KIM, "marks": []}])["marks"] == []
    assert customers.user().marks == []


def claims(customers: Customers) -> set[str]:
    """The values that are taken."""
    items = [item for item in customers.backend.items() if item["_type"] == {"S": "_Unique"}]
    return {item["pk"]["S"].removeprefix("_unique#") for item in items}


def test_both_keep_names_unique(customers: Customers) -> None:
    """Neither takes a name that the other's account has; a name that is given up is free."""
    design, repository = customers.design, customers.repository
    with pytest.raises(UniqueTaken):
        repository.write(create(design.Account(id="beta", name="Acme Ltd")))
    beta = repository.write(create(design.Account(id="beta", name="Beta")))
    with pytest.raises(Refused, match="already exists") as refused:
        customers.other.call("Account", ["create", {"id": "gamma", "name": "Beta"}])
    assert refused.value.code == "UniqueError"
    with pytest.raises(Refused, match="already exists"):
        customers.other.call("Account", ["update", {"id": "acme", "name": "Beta"}])
    beta = repository.write(update(beta, beta.model_copy(update={"name": "Beta 2"})))
    customers.other.call("Account", ["update", {"id": "acme", "name": "Beta"}])
    with pytest.raises(UniqueTaken):
        repository.write(update(beta, beta.model_copy(update={"name": "Beta"})))
    repository.write(delete(beta, must_exist=True))
    customers.other.call("Account", ["create", {"id": "gamma", "name": "Beta 2"}])
    customers.other.call("Account", ["remove", {"id": "acme"}])
    assert claims(customers) == {"Account#name#Beta 2", "acme#User#handle#kim"}


def test_a_scope_is_part_of_the_claim(customers: Customers) -> None:
    """A handle is taken within the account alone; what OneTable has claimed ours gives up."""
    lee = customers.design.User(account_id="beta", email="lee@example.com", handle="kim")
    customers.repository.write(create(lee))
    mia = {"accountId": "beta", "email": "mia@example.com", "handle": "kim"}
    with pytest.raises(Refused, match="already exists"):
        customers.other.call("User", ["create", mia])
    kim = customers.user()
    customers.repository.write(update(kim, kim.model_copy(update={"handle": None})))
    assert claims(customers) == {"Account#name#Acme Ltd", "beta#User#handle#kim"}
    customers.other.call("User", ["create", {**mia, "accountId": "acme"}])


def test_both_write_one_item(customers: Customers) -> None:
    """Each changes its own attributes, and counts on."""
    customers.other.call("Account", ["update", {"id": "acme"}, {"add": {"balance": 5}}])
    patch = customers.design.Account.key.patch(id="acme").add(balance=2)
    assert customers.repository.write(patch).balance == 7
    assert customers.theirs("Account", id="acme")["balance"] == 7
    customers.other.call("User", ["update", {**KIM, "role": "user"}])
    user = customers.repository.write(customers.design.User.key.patch(**OWN).set(marks=[]))
    assert (user.role, user.marks) == (customers.design.Role.USER, [])
    assert customers.theirs()["marks"] == []


def test_sessions_expire_for_both(customers: Customers) -> None:
    """The TTL is the same number of seconds, whoever wrote it."""
    design, now = customers.design, customers.backend.clock()
    new = design.Session(account_id="acme", id="s2", expires=now)
    customers.repository.write(create(new))
    raw = customers.backend.raw(pk="account#acme", sk="session#s2")
    assert raw["expires"] == {"N": str(int(now.timestamp()))}
    assert customers.theirs("Session", accountId="acme", id="s2")["expires"].endswith("000Z")
    live = design.Session.key.query(account_id="acme").excluding_expired()
    assert [each.id for each in customers.repository.fetch(live)] == ["s1"]


def test_a_user_without_role_has_half_an_index_key(customers: Customers) -> None:
    """OneTable writes the sort key of an index alone; ours reads, keeps and completes it."""
    lee = {"account_id": "acme", "email": "lee@example.com"}
    customers.other.call("User", ["create", {"accountId": "acme", "email": lee["email"]}])
    raw = customers.backend.raw(pk="account#acme", sk="user#lee@example.com")
    assert "gs1sk" in raw and "gs1pk" not in raw
    user = customers.repository.fetch(customers.design.User.key.get(**lee))
    after = user.model_copy(update={"role": customers.design.Role.ADMIN})
    changed = customers.changes(update(user, after))
    (found,) = changed.values()
    assert found.keys() == {"role", "gs1pk", "updated"}
    assert len(customers.other.call("User", ["find", {"role": "admin"}, {"index": "gs1"}])) == 2


def test_a_removed_role_stays_in_onetables_index(customers: Customers) -> None:
    """OneTable removes the attribute and leaves the key: ours reports it there, and mends it."""
    customers.other.call("User", ["update", {**KIM, "role": None}])
    raw = customers.backend.raw(pk="account#acme", sk="user#Kim@example.com")
    assert (raw["gs1pk"], "role" in raw) == ({"S": "role#admin"}, False)
    with pytest.raises(InvalidStoredItem, match="role=None is missing"):
        customers.repository.fetch(customers.design.in_role("admin"))
    user = customers.user()
    assert user.role is None
    customers.repository.write(update(user, user))
    assert customers.repository.fetch(customers.design.in_role("admin")).items == ()
    customers.repository.write(delete(user, must_exist=True))
    assert customers.theirs() is None
