"""A design of two tables, with an entity and a pattern each, and a transaction over both."""

from singletable import Entity, Get, Query, Table, Transaction, access_pattern, create, transaction

users, orders = Table("users"), Table("orders", delimiter="|")
by_day = orders.global_index("by-day", partition_key="day", sort_key="number")


class User(Entity, table=users):
    """Who orders."""

    user_id: str
    key = users.primary.key("USER#{user_id}", "USER")


class Order(Entity, table=orders):
    """What is ordered."""

    number: str
    day: str
    key = orders.primary.key("ORDER|{number}", "ORDER")
    on_day = by_day.key("{day}", "{number}")


@access_pattern
def user(user_id: str) -> Get[User]:
    """A user by the identifier."""
    return User.key.get(user_id=user_id)


@access_pattern
def orders_of_day(day: str) -> Query[Order]:
    """All orders of one day."""
    return Order.on_day.query(day=day)


@access_pattern
def sign_up(user: User, first: Order) -> Transaction[None]:
    """Creates a user with the first order."""
    return transaction(create(user), create(first))
