"""What an index finds is deleted, or read, by its primary key: that has to be the tenant's, too."""

from __future__ import annotations

from typing import Any

import pytest

from singletable import (
    KEYS_ONLY,
    Entity,
    Repository,
    Table,
    View,
    clear,
    collection,
    create,
    create_table,
)
from singletable.errors import InvalidOperation
from singletable.testing import memory_transport
from singletable.vectors import Vector
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

archive = Table("archive")
by_tenant = archive.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
by_title = archive.global_index(
    "GSI2", partition_key="GSI2PK", sort_key="GSI2SK", projection=KEYS_ONLY
)


class Doc(Entity, table=archive):
    """In its tenant's partition of an index alone."""

    id: str
    tenant_id: str
    title: str
    key = archive.primary.key("DOC#{id}", "DOC")
    of_tenant = by_tenant.key("TENANT#{tenant_id}", "DOC#{id}")
    by_title = by_title.key("TITLES#{tenant_id}", "{title}")


class Memo(Entity, table=archive):
    """In its tenant's partitions everywhere."""

    id: str
    tenant_id: str
    key = archive.primary.key("MEMO#{tenant_id}", "{id}")
    of_tenant = by_tenant.key("TENANT#{tenant_id}", "MEMO#{id}")


class Plan(Entity, table=archive):
    """What tenants can buy; everybody's."""

    id: str
    key = archive.primary.key("PLAN#{id}", "PLAN")
    in_order = by_tenant.key("PLANS", "{id}")


class Title(View[Doc]):
    """What the index holds."""

    id: str
    title: str


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    db = open_backend(archive)
    for tenant in ("acme", "other"):
        db.repository.write(create(Doc(id=f"of {tenant}", tenant_id=tenant, title="a")))
        db.repository.write(create(Memo(id="m", tenant_id=tenant)))
    db.sent.clear()
    return db


@pytest.fixture
def acme(db: Backend) -> Repository:
    return db.repository.for_tenant(tenant_id="acme")


TITLES = Doc.by_title.query(tenant_id="acme")
BOTH = collection(Doc.of_tenant, Memo.of_tenant).query(tenant_id="acme")
HYDRATED: dict[str, Any] = {
    "hydrated": TITLES.hydrated(),
    "a page": TITLES.hydrated().page(5),
    "the first": TITLES.hydrated().first(),
    "a view": TITLES.only(Title).hydrated(),
    "consistent": TITLES.hydrated().consistent(),
}
CLEARED: dict[str, Any] = {
    "by an index": clear(Doc.of_tenant.query(tenant_id="acme")),
    "a collection": clear(BOTH),
    "by keys": clear(TITLES),
}


@pytest.mark.parametrize("name", HYDRATED)
def test_items_are_not_read_by_keys_without_the_tenant(
    acme: Repository, db: Backend, name: str
) -> None:
    """What was moved to another tenant meanwhile would be answered."""
    with raises(InvalidOperation, declared="Doc.key has no tenant_id"):
        acme.fetch(HYDRATED[name])
    assert db.sent == []


@pytest.mark.parametrize("name", CLEARED)
def test_items_are_not_deleted_by_keys_without_the_tenant(
    acme: Repository, db: Backend, name: str
) -> None:
    """At once, or round by round."""
    with raises(InvalidOperation, declared="Doc.key has no tenant_id"):
        acme.write(CLEARED[name])
    with raises(InvalidOperation, declared="Doc.key has no tenant_id"):
        next(iter(acme.iterate(CLEARED[name])))
    assert db.sent == []
    assert len(db.items()) == 4


def test_what_the_index_holds_is_read(acme: Repository) -> None:
    """Whole items, views and numbers: no other key is asked."""
    assert [each.id for each in acme.fetch(Doc.of_tenant.query(tenant_id="acme"))] == ["of acme"]
    assert len(acme.fetch(BOTH)) == 2
    assert acme.fetch(TITLES.hydrated().count()) == 1


def test_what_has_the_tenant_in_both_keys_is_cleared(acme: Repository, db: Backend) -> None:
    """And read by them."""
    query = Memo.of_tenant.query(tenant_id="acme")
    assert [each.id for each in acme.fetch(query.hydrated())] == ["m"]
    assert acme.write(clear(query)) == 1
    assert len(db.items()) == 3


def test_shared_entities_are_read_by_any_index(db: Backend) -> None:
    """They have no tenant; no tenant clears them."""
    db.repository.write(create(Plan(id="small")))
    shared = db.repository.for_tenant(tenant_id="acme", shared=[Plan])
    assert len(shared.fetch(Plan.in_order.query().hydrated())) == 1
    with raises(InvalidOperation):
        shared.write(clear(Plan.in_order.query()))


scans = Table("scans")
by_looks = scans.vector_index(
    "Looks", "looks", dimensions=2, distance="euclidean", partition_key="tenant_id"
)


class Scan(Entity, table=scans):
    """Found by what it looks like, in its tenant's partition."""

    id: str
    tenant_id: str
    looks: Vector
    key = scans.primary.key("SCAN#{id}", "SCAN")
    alike = by_looks.key()


def test_neither_are_those_that_a_vector_finds() -> None:
    """What a search hydrates is read by the primary key, too."""
    transport = memory_transport()
    transport("CreateTable", create_table(scans))
    acme = Repository(transport, scans).for_tenant(tenant_id="acme")
    search = Scan.alike.search((1, 0), tenant_id="acme")
    assert len(acme.fetch(search)) == 0
    with raises(InvalidOperation, declared="Scan.key has no tenant_id"):
        acme.fetch(search.hydrated())
