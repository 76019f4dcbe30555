"""Example values, entities and arguments."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, NewType
from uuid import UUID, uuid4

import pytest
from pydantic import BaseModel, Field

from singletable import TTL, Create, Entity, Get, Table, access_pattern, create, transaction
from singletable.design import compile_design, compile_table, ir
from singletable.design.arguments import example_arguments
from singletable.design.compile import compile_pattern
from singletable.design.examples import MOMENT, entity_example, field_example, plain_example
from singletable.entity import schema_of
from singletable.errors.declaration import InvalidPattern
from singletable.errors.design import MissingExample
from singletable.formats import integer
from singletable.operations import Transaction
from singletable.patterns import declarations_of
from tests.singletable.library import library
from tests.singletable.library.model.book import Book, Genre
from tests.singletable.library.model.loan import Loan
from tests.singletable.library.model.member import Member
from tests.singletable.raises import raises


class Colour(Enum):
    RED = "red"


class Place(BaseModel):
    street: str
    number: int = Field(examples=[12])
    note: str = "none"


def arguments(name: str) -> dict[str, Any]:
    return example_arguments(declarations_of(library).patterns[name])


def make_table() -> Table:
    return Table("things")


def example(table: Table) -> ir.Example:
    """The example of the table's one pattern."""
    (pattern,) = declarations_of(table).patterns.values()
    found = compile_pattern(pattern, {table.name: compile_table(table)}).example
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (str, "some-name"),
        (bool, False),
        (int, 7),
        (Decimal, Decimal("1.5")),
        (bytes, b"bytes"),
        (datetime | None, MOMENT),
        (date, MOMENT.date()),
        (timedelta, timedelta(hours=1)),
        (UUID, UUID("018f3c5e-7a20-7c11-9b1e-3f6d2a4b5c6d")),
        (Colour, Colour.RED),
        (Literal["x", "y"], "x"),
        (list, []),
        (list[int], [7]),
        (frozenset[str], {"some-name"}),
        (tuple[int, ...], (7,)),
        (tuple[int, bool], (7, False)),
        (dict[str, int], {"some-name": 7}),
        (int | str, 7),
        (Place, {"street": "street", "number": 12}),
    ],
)
def test_every_type_has_a_plain_example(annotation: object, value: object) -> None:
    """Text is named after its field; a model consists of what it requires."""
    assert plain_example(annotation, "some_name") == value


def test_declared_examples_come_first() -> None:
    """The author knows what an example should look like."""
    assert field_example(schema_of(Book), "book_id") == "dune"
    assert field_example(schema_of(Book), "book_id", 1) == "solaris"


def test_examples_are_validated_as_the_field_is() -> None:
    """An example may be written as text; the entity holds the value."""
    assert field_example(schema_of(Book), "released_on") == date(2021, 3, 4)


def test_a_reference_takes_the_example_of_what_it_refers_to() -> None:
    """`Loan.book_id` says nothing, but its new type is that of `Book`'s key."""
    loan = entity_example(schema_of(Loan))
    assert isinstance(loan, Loan)
    assert loan.book_id == "dune"


def test_two_entities_of_one_key_do_not_refer_to_each_other() -> None:
    """Both are identified by the same new type, and neither has an example of it."""
    table = make_table()
    person_id = NewType("person_id", str)

    class Person(Entity, table=table):
        """A person."""

        person: person_id
        key = table.primary.key("PERSON#{person}", "PERSON")

    class Account(Entity, table=table):
        """What a person owes."""

        owner: person_id
        key = table.primary.key("PERSON#{owner}", "ACCOUNT")

    person, account = (entity_example(schema_of(each)) for each in (Person, Account))
    assert isinstance(person, Person)
    assert isinstance(account, Account)
    assert person.person == account.owner


def test_an_example_that_no_key_can_have_is_named() -> None:
    """By the entity, not as a refusal of a request that nobody has sent."""
    table = make_table()

    class Thing(Entity, table=table):
        """A thing."""

        code: str = Field(examples=["a#b"])
        key = table.primary.key("THING#{code}#X", "THING")

    with raises(MissingExample, where="Thing", declared="cannot be stored"):
        compile_design([table])


def test_an_item_expires_a_day_after_its_example() -> None:
    """A TTL of the moment itself would look like a mistake."""
    loan = entity_example(schema_of(Loan))
    assert isinstance(loan, Loan)
    assert loan.forgotten_at == MOMENT + timedelta(days=1)


def test_fields_with_defaults_keep_them() -> None:
    """The example is what an author would write, no more."""
    member = entity_example(schema_of(Member))
    assert member.model_fields_set == {"member_id", "email", "name"}


def test_second_examples_differ_also_where_keys_have_none() -> None:
    """Two items need two keys: the last character is changed."""
    schema = schema_of(Member)
    one, other = entity_example(schema), entity_example(schema, 1)
    assert isinstance(one, Member)
    assert isinstance(other, Member)
    assert one.member_id != other.member_id
    assert len(one.member_id) == len(other.member_id)


def test_two_states_of_one_item_share_its_identity() -> None:
    """`before` and `after` differ in the second examples, not in the key or version."""
    given = arguments("members.change")
    before, after = given["before"], given["after"]
    assert (before.member_id, before.version) == (after.member_id, after.version)
    assert (before.name, after.name) == ("Ada", "Eve")


def test_an_argument_is_an_example_of_the_field_it_stands_for() -> None:
    """`number` is added to `copies`, `least` is compared with it: the plan says so."""
    assert arguments("books.buy_copies") == {"book_id": "dune", "number": 1}
    assert arguments("books.on_shelf") == {"least": 1}


def test_the_ends_of_a_range_are_in_order() -> None:
    """The upper end takes the greater of two examples."""
    given = arguments("books.released_between")
    assert given["genre"] is Genre.CRIME
    assert given["since"] < given["until"]


def test_two_new_items_of_one_kind_are_two_items() -> None:
    """A transaction on one item twice could not be shown."""
    table = make_table()

    class Thing(Entity, table=table):
        """A thing."""

        thing_id: str
        key = table.primary.key("THING#{thing_id}", "THING")

    @access_pattern
    def both(one: Thing, other: Thing) -> Transaction[None]:
        """Makes two."""
        return transaction(create(one), create(other))

    assert example(table).arguments == {
        "one": {"thing_id": "thing-id"},
        "other": {"thing_id": "thing-iB"},
    }


def test_default_factories_that_are_no_containers_are_not_called() -> None:
    """A clock or an identifier would make every run different."""
    table = make_table()

    def boom() -> datetime:
        raise AssertionError

    class Thing(Entity, table=table):
        """A thing."""

        rank: Annotated[int, integer(0, 99)]
        made_at: datetime = Field(default_factory=boom)
        parts: list[str] = Field(default_factory=list)
        pieces: list[str] = Field(default_factory=list[str])
        gone_at: Annotated[datetime | None, TTL] = None
        key = table.primary.key("THING#{rank}", "THING")

    thing = entity_example(schema_of(Thing))
    assert thing.model_dump() == {
        "rank": 7,
        "made_at": MOMENT,
        "parts": [],
        "pieces": [],
        "gone_at": None,
    }


def test_a_field_without_any_example_is_named() -> None:
    """The message says which, why, and what to write."""
    table = make_table()

    class Thing(Entity, table=table):
        """A thing."""

        code: str = Field(pattern=r"^\d{4}$")
        key = table.primary.key("THING#{code}", "THING")

    with raises(MissingExample, where="Thing.code", allowed="Field(examples"):
        entity_example(schema_of(Thing))


def test_an_example_that_does_not_fit_is_no_example() -> None:
    """A wrong example is a mistake of its author, not replaced in silence."""
    table = make_table()

    class Thing(Entity, table=table):
        """A thing."""

        code: Annotated[int, integer(0, 9)] = Field(examples=[10])
        key = table.primary.key("THING#{code}", "THING")

    with raises(MissingExample, where="Thing.code", declared="not within 0 and 9"):
        entity_example(schema_of(Thing))


def test_an_example_that_cannot_be_asked_names_the_pattern() -> None:
    """What the engine refuses before sending is the fault of the examples."""
    table = make_table()

    class Thing(Entity, table=table):
        """A thing."""

        thing_id: str = Field(examples=["a#b"])
        key = table.primary.key("THING#{thing_id}", "THING")

    @access_pattern
    def by_id(thing_id: str) -> Get[Thing]:
        """One."""
        return Thing.key.get(thing_id=thing_id)

    with raises(MissingExample, declared="contains '#'") as refused:
        example(table)
    assert refused.value.where.startswith("test_examples.by_id (")


def test_examples_are_asked_at_one_moment() -> None:
    """So that requests are the same in every run."""
    assert datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC) == MOMENT


def test_an_arguments_own_example_counts_before_the_fields() -> None:
    """Two arguments for one field can so differ."""
    table = make_table()

    class Friend(Entity, table=table):
        """A friendship, seen from one side."""

        one: Annotated[str, Field(examples=["kim"])]
        other: Annotated[str, Field(examples=["kim"])]

        key = table.primary.key("FRIEND#{one}", "{other}")

    def befriend(one: str, other: Annotated[str, Field(examples=["lee"])]) -> Transaction[None]:
        """Both sides of a friendship."""
        return transaction(
            create(Friend(one=one, other=other)), create(Friend(one=other, other=one))
        )

    access_pattern(befriend)
    (pattern,) = declarations_of(table).patterns.values()
    assert example_arguments(pattern) == {"one": "kim", "other": "lee"}
    assert len(example(table).requests) == 1


def test_a_body_that_makes_a_value_has_no_example() -> None:
    """Pages made of it would never be the same twice."""
    table = make_table()

    class Ticket(Entity, table=table):
        """A numbered ticket."""

        ticket_id: str = Field(default_factory=lambda: uuid4().hex)
        seat: str

        key = table.primary.key("TICKET#{ticket_id}", "TICKET")

    def sell(seat: str) -> Create[Ticket]:
        """A new ticket."""
        return create(Ticket(seat=seat))

    access_pattern(sell)
    with raises(InvalidPattern, declared="its body makes a value"):
        example(table)
