"""Operations are data: a copy of one, by pickle or by `deepcopy`, is equal and asks the same."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from singletable import Label, attr, create, delete, put, transaction, update
from singletable.operations import Context
from singletable.patterns import declarations_of
from tests.singletable.behaviour.test_paths import LEE, Person
from tests.singletable.clinic.design import clinic
from tests.singletable.shop import Customer, Product, Visits, changed, customer, line, product

NOW = Context().now
EDIT = update(customer(), changed(customer(), name="B"))
MADE = create(product())
OPERATIONS: dict[str, Any] = {
    "get": Product.key.get(product_id="lamp").consistent(),
    "query": Product.by_shelf.query(shelf="a").where(attr("stock").less_than(attr("rank"))),
    "sharded query": Product.catalogue.query(status="live").at_least(rank=3).descending().first(),
    "natural key": Product.by_brand.query(brand="acme").between(price=(1, 9)).page(3),
    "create": MADE.when(attr("note").is_absent(), label=Label("a", "b")),
    "put": put(line()),
    "update": EDIT,
    "delete": delete(customer(), must_exist=True),
    "patch": Product.key.patch(product_id="lamp").set(name="b").add(stock=1).unset("note"),
    "patch of a part": Person.key.patch(person_id="1").set_at(attr("address")["floor"], 2),
    "upsert": Visits.key.upsert(page="a").add(count=1).when(attr("count").less_than(9)),
    "check": Customer.key.check(customer_id="ada").when(~attr("visits").between(1, 2)),
    "transaction": transaction(MADE, EDIT, token="t").returning(MADE),
    "nested": Person.key.query().where(attr("phones")[0]["kind"].is_in("h", "w")),
}
COPIES: list[Callable[[Any], Any]] = [
    copy.copy,
    copy.deepcopy,
    lambda operation: pickle.loads(pickle.dumps(operation)),  # noqa: S301
]


@pytest.mark.parametrize("copied", COPIES, ids=["copy", "deepcopy", "pickle"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_a_copy_of_an_operation_is_equal_and_asks_the_same(name: str, copied: Any) -> None:
    """Schema and keys are those of the model, not copies."""
    operation = OPERATIONS[name]
    operation.requests(Context(now=NOW))  # whatever that remembers is no part of the operation
    other = copied(operation)
    assert other == operation
    assert other.requests(Context(now=NOW)) == operation.requests(Context(now=NOW))


@pytest.mark.parametrize("copied", COPIES[1:], ids=["deepcopy", "pickle"])
def test_a_copy_of_a_plan_is_equal(copied: Any) -> None:
    """Symbols are known by their names."""
    for pattern in declarations_of(clinic).patterns.values():
        assert copied(pattern.operation) == pattern.operation


def test_schema_and_key_of_a_copy_are_the_models_own() -> None:
    """So that what is compared by identity stays the same."""
    query = copy.deepcopy(OPERATIONS["query"])
    assert query.reader.schema is Product.key.schema
    assert query.key_query.key is Product.by_shelf.compiled


def test_an_entity_beside_an_operation_stays_what_it_is() -> None:
    """It is copied by value."""
    other = copy.deepcopy(put(LEE))
    assert other.entity == LEE
    assert other.entity is not LEE


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_is_shown_by_the_names_of_its_keys(name: str) -> None:
    """In a console it is some lines; the schema and the key templates are in the documents."""
    shown = repr(OPERATIONS[name])
    assert len(shown) < 1500
    assert "Schema(" in shown
    assert "Template" not in shown
