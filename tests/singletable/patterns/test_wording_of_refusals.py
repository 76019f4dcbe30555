"""What a refused pattern is told to do instead is said once, and can be done."""

from __future__ import annotations

from collections.abc import Callable

from singletable import (
    Entity,
    Table,
    Transaction,
    access_pattern,
    collection,
    transaction,
)
from singletable.errors import ContradictoryPattern, InvalidOperation
from tests.singletable.raises import raises

hall = Table("hall")


class Tenant(Entity, table=hall):
    """Who has shows."""

    tenant_id: str
    key = hall.primary.key("TENANT#{tenant_id}", "#TENANT")


class Show(Entity, table=hall):
    """A show of a tenant."""

    tenant_id: str
    show_id: str
    key = hall.primary.key("TENANT#{tenant_id}", "SHOW#{show_id}")


def test_a_range_on_what_one_member_lacks_offers_shared_parts_alone() -> None:
    """The name that is refused is not among those that are allowed."""
    queries: tuple[Callable[[], object], ...] = (
        lambda: collection(Tenant.key, Show.key).query(tenant_id="a").after(show_id="x"),
        lambda: collection(Tenant.key, Show.key).query(show_id="x"),
    )
    for query in queries:
        with raises(InvalidOperation, declared="show_id is no shared part") as caught:
            query()
        assert caught.value.allowed == "tenant_id"


def test_a_pattern_of_a_refused_transaction_says_once_what_is_allowed() -> None:
    """The transaction's own limit, and no second remedy behind it."""
    with raises(
        ContradictoryPattern, declared="two actions are on one item", allowed="one an item"
    ) as caught:

        @access_pattern
        def close(tenant_id: str) -> Transaction[None]:
            """Deletes a tenant, twice."""
            gone = Tenant.key.delete(tenant_id=tenant_id)
            return transaction(gone, Tenant.key.delete(tenant_id=tenant_id))

    assert str(caught.value).count("Allowed") == 1
