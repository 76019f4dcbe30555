"""`singletable init`: writes a small design that runs, to be made one's own."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from singletable.cli.files import write_files
from singletable.cli.usage import UsageError

_PROJECT = """\
[tool.singletable]
design = "shop"

[tool.pytest.ini_options]
pythonpath = ["."]
"""

_MODEL = '''\
"""The table of the shop, and what is kept in it."""

from datetime import date
from typing import Annotated

from pydantic import Field
from singletable import Entity, Table
from singletable.formats import slug
from singletable.volumes import volume

table = Table("shop")
primary = table.primary
gsi1 = table.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")

CustomerId = Annotated[str, slug(), Field(examples=["ada"])]
OrderId = Annotated[str, slug(), Field(examples=["o1"])]


class Customer(Entity, table=table):
    """Somebody who orders."""

    customer_id: CustomerId
    name: str

    key = primary.key("CUSTOMER#{customer_id}", "CUSTOMER")


@volume(
    items=10_000,
    size=200,
    keys={"key": {"values": 1_000}, "by_day": {"values": 365}},
)
class Order(Entity, table=table):
    """What a customer orders."""

    customer_id: CustomerId
    order_id: OrderId
    placed: date
    cents: int

    key = primary.key("CUSTOMER#{customer_id}", "ORDER#{order_id}")
    by_day = gsi1.key("PLACED#{placed}", "{order_id}#{customer_id}")
'''

_CUSTOMERS = '''\
"""What is asked of customers."""

from singletable import Query, access_pattern, collection
from singletable.patterns import creates, gets

from shop.model import Customer, CustomerId, Order

sign_up = creates(Customer, "A new customer.")
by_id = gets(Customer.key, "A customer.")


@access_pattern
def with_orders(customer_id: CustomerId) -> Query[Customer | Order]:
    """A customer and all their orders, in one request."""
    return collection(Customer.key, Order.key).query(customer_id=customer_id)
'''

_ORDERS = '''\
"""What is asked of orders."""

from datetime import date

from singletable import Label, Query, Transaction, access_pattern, create, transaction
from singletable.patterns import gets

from shop.model import Customer, Order

NO_CUSTOMER = Label("no-customer", "there is no such customer")

by_id = gets(Order.key, "An order of a customer.")


@access_pattern
def placed_on(day: date) -> Query[Order]:
    """The orders of a day."""
    return Order.by_day.query(placed=day)


@access_pattern
def place(order: Order) -> Transaction[Order]:
    """Places an order of a customer who is there."""
    own = create(order)
    customer = Customer.key.check(customer_id=order.customer_id)
    return transaction(own, customer.label(NO_CUSTOMER)).returning(own)
'''

_TEST = '''\
"""The shop, on a table in memory; with --dynamodb-endpoint on another."""

from datetime import date

import pytest
from singletable.errors import TransactionCancelled
from singletable.testing.plugin import OpenTables

from shop import customers, orders
from shop.model import Customer, Order, table

ADA = Customer(customer_id="ada", name="Ada")
ORDER = Order(customer_id="ada", order_id="o1", placed=date(2026, 5, 4), cents=1200)


def test_orders_are_found_by_customer_and_by_day(open_tables: OpenTables) -> None:
    repository = open_tables(table)
    repository.write(customers.sign_up(ADA))
    repository.write(orders.place(ORDER))
    assert repository.fetch(orders.placed_on(date(2026, 5, 4))).items == (ORDER,)
    page = repository.fetch(customers.with_orders("ada"))
    assert (page.of(Customer), page.of(Order)) == ((ADA,), (ORDER,))


def test_an_order_needs_a_customer(open_tables: OpenTables) -> None:
    repository = open_tables(table)
    with pytest.raises(TransactionCancelled, match="there is no such customer"):
        repository.write(orders.place(ORDER))
    assert repository.fetch(orders.by_id("ada", "o1")) is None
'''

_PROJECT_FILE = "pyproject.toml"
_FILES = {
    "shop/__init__.py": '"""The design of a shop: what is kept, and what is asked."""\n',
    "shop/model.py": _MODEL,
    "shop/customers.py": _CUSTOMERS,
    "shop/orders.py": _ORDERS,
    "tests/test_shop.py": _TEST,
}

_NEXT = """\

pytest                   runs its test, on a table in memory
singletable check        looks for what breaks the design
singletable explain orders.placed_on --example
singletable docs         writes docs/access-patterns.md"""


def init_options(parser: ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument(
        "folder", nargs="?", default=".", metavar="DIR", help="the folder (default: this one)"
    )


def init(options: Namespace) -> int:
    """Writes the files of a design; `UsageError` if one of them is there.

    A pyproject.toml that is there is left, and what belongs into it is printed.
    """
    if options.design:
        raise UsageError("init writes a design; it takes no --design")
    folder = Path(options.folder).resolve()
    there = [name for name in _FILES if (folder / name).exists()]
    if there:
        raise UsageError(
            f"{folder} has {', '.join(there)} already, and nothing is written over; name another"
            " folder"
        )
    project = folder / _PROJECT_FILE
    has_project = project.exists()
    write_files(
        {
            **({} if has_project else {project: _PROJECT}),
            **{folder / name: text for name, text in _FILES.items()},
        }
    )
    if has_project:
        print(f"\n{project} is left as it is; add to it:\n\n{_PROJECT}", end="")
    print(_NEXT)
    return 0
