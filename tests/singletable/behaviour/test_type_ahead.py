"""`begins_with` finds what begins with a text, open where a query otherwise closes."""

from __future__ import annotations

from typing import Annotated, NewType

import pytest
from pydantic import Field, StringConstraints

from singletable import Entity, Query, Table, access_pattern, attr, create
from singletable.design import compile_design
from singletable.errors.declaration import ContradictoryPattern
from singletable.errors.request import InvalidCursor, InvalidKeyValue, InvalidOperation
from singletable.formats import escaped_text, slug, text
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.clinic.making import CONTEXT, keyed, make

people = Table("people")
by_name = people.global_index("by_name", partition_key="NAMEPK", sort_key="NAMESK")
by_handle = people.global_index("by_handle", partition_key="kind", sort_key="handle")
by_title = people.global_index("by_title", partition_key="TITLEPK", sort_key="TITLESK")

PersonId = NewType("PersonId", str)
Name = NewType("Name", str)


class Person(Entity, table=people):
    """Someone with a name that people type."""

    person_id: Annotated[PersonId, slug()]
    name: Name
    handle: Annotated[str, slug(), Field(min_length=3)] = "abc"
    kind: str = "person"
    title: Annotated[str, escaped_text(lower=True)] = "a"

    key = people.primary.key("PERSON#{person_id}", "PERSON")
    named = by_name.key("PEOPLE", "{name}#{person_id}")
    handled = by_handle.key("{kind}", "{handle}")
    titled = by_title.key("TITLES", "T#{title}#{person_id}")


@access_pattern
def whose_name_begins(prefix: str) -> Query[Person]:
    """People whose name begins with a text: type-ahead."""
    return Person.named.query().begins_with(name=prefix)


@access_pattern
def last_whose_name_begins(prefix: str) -> Query[Person]:
    """The same, in the other order."""
    return Person.named.query().begins_with(name=prefix).descending()


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    backend = open_backend(people)
    for at, name in enumerate(["Jan", "Jane", "Janet", "Jane d", "Ja\U0001f600", "Kim", "ja"]):
        handle = f"new-{name.lower()}" if name.isalpha() and name.isascii() else "old"
        person = Person(person_id=PersonId(f"p{at}"), name=Name(name), handle=handle, title=name)
        backend.repository.write(create(person))
    backend.sent.clear()
    return backend


def test_a_pattern_of_one_parameter_is_type_ahead(db: Backend) -> None:
    """Also names with signs beyond U+FFFF; letters count as they are; one request."""
    found = db.repository.fetch(whose_name_begins("Ja"))
    assert [each.name for each in found] == ["Jan", "Jane d", "Jane", "Janet", "Ja\U0001f600"]
    assert len(db.sent) == 1
    for prefix, count in (("Jane", 3), ("Jane ", 1), ("Janet", 1), ("Janets", 0), ("j", 1)):
        assert len(db.repository.fetch(whose_name_begins(prefix))) == count


def test_it_pages_and_filters_as_every_query(db: Backend) -> None:
    """In both orders; a cursor belongs to its beginning."""
    first = db.repository.fetch(whose_name_begins("Ja").page(2))
    rest = db.repository.fetch(whose_name_begins("Ja").page(9, first.cursor))
    assert [each.name for each in (*first, *rest)][1:4] == ["Jane d", "Jane", "Janet"]
    for other in (whose_name_begins("Jan"), last_whose_name_begins("Ja"), Person.named.query()):
        with pytest.raises(InvalidCursor):
            db.repository.fetch(other.page(2, first.cursor))
    backwards = db.repository.fetch(last_whose_name_begins("Jane"))
    assert [each.name for each in backwards] == ["Janet", "Jane", "Jane d"]
    some = whose_name_begins("Ja").where(attr("handle").equals("new-jane"))
    assert [each.name for each in db.repository.fetch(some)] == ["Jane"]


def test_a_beginning_need_not_be_a_value(db: Backend) -> None:
    """`new-` is no slug and `n` too short; an escaped text keeps its case rule."""
    query = Person.handled.query(kind="person")
    assert len(db.repository.fetch(query.begins_with(handle="new-"))) == 5
    assert len(db.repository.fetch(query.begins_with(handle="n"))) == 5
    assert len(db.repository.fetch(query.begins_with(handle="new-jan"))) == 3
    titled = Person.titled.query()
    assert len(db.repository.fetch(titled.begins_with(title="JANE"))) == 3
    assert len(db.repository.fetch(titled.begins_with(title="JANE "))) == 1


def test_a_natural_key_is_asked_as_it_is_stored(open_backend: OpenBackend) -> None:
    """Escapes are those of rendered keys alone."""
    db = open_backend(streets)
    for name in ("a b", "a#b", "ab", "a"):
        db.repository.write(create(Street(name=name)))
    for prefix, found in (("a ", ["a b"]), ("a#", ["a#b"]), ("a", ["a", "a b", "a#b", "ab"])):
        for key in (Street.key, Street.natural):
            page = db.repository.fetch(key.query(city="c").begins_with(name=prefix))
            assert [each.name for each in page] == found
        assert [each.name for each in db.repository.fetch(in_street("c", prefix))] == found


streets = Table("streets")
by_city = streets.global_index("by_city", partition_key="city", sort_key="name")


class Street(Entity, table=streets):
    """A street, whose name may hold anything."""

    city: str = "c"
    name: Annotated[str, escaped_text()]

    key = streets.primary.key("CITY#{city}", "STREET#{name}")
    natural = by_city.key("{city}", "{name}")


@access_pattern
def in_street(city: str, prefix: str) -> Query[Street]:
    """Streets whose name begins with a text."""
    return Street.natural.query(city=city).begins_with(name=prefix)


def test_the_documentation_shows_the_beginning() -> None:
    """As the request has it, with the argument in its place."""
    (pattern,) = (
        each
        for each in compile_design([people]).patterns
        if each.name.endswith(".whose_name_begins")
    )
    (condition,) = pattern.operation.reads[0].conditions[1:]
    assert (condition.attribute, condition.operator) == ("NAMESK", "begins_with")
    segments = [(each.kind, each.text) for each in condition.operands[0].segments]
    assert segments == [("argument", "prefix")]


def test_a_beginning_that_holds_the_delimiter_or_nothing_is_refused() -> None:
    """It would reach into the part behind it, or ask for everything."""
    for prefix in ("Ja#", "#", ""):
        with pytest.raises(InvalidKeyValue) as refused:
            whose_name_begins(prefix).requests(CONTEXT)
        assert refused.value.field == "name"
    for prefix in ("New", "n_", "-" * 97):
        with pytest.raises(InvalidKeyValue):
            Person.handled.query(kind="k").begins_with(handle=prefix).requests(CONTEXT)


def test_an_argument_that_is_no_text_does_not_import() -> None:
    """As it is with every argument of a wrong type."""

    def by_number(prefix: int) -> Query[Person]:
        """A number."""
        return Person.named.query().begins_with(name=prefix)  # type: ignore[arg-type]

    with pytest.raises(ContradictoryPattern):
        access_pattern(by_number)


def test_it_stands_alone_and_on_the_next_part(db: Backend) -> None:
    """One range, and not behind a part that is open."""
    with pytest.raises(InvalidOperation):
        Person.named.query().begins_with(person_id="p")
    with pytest.raises(InvalidOperation):
        Person.named.query(name=Name("Jan"), person_id=PersonId("p1")).begins_with(name="J")
    with pytest.raises(InvalidOperation):
        Person.named.query().begins_with(name="J").begins_with(name="J")
    with pytest.raises(InvalidOperation):
        Person.titled.query().begins_with(title="J").at_least(title="J")
    last = Person.named.query(name=Name("Jan")).begins_with(person_id="p")
    assert [each.name for each in db.repository.fetch(last)] == ["Jan"]


def test_it_never_meets_the_items_of_others() -> None:
    """Where another entity's keys may begin with the same text, it is refused."""
    table = Table("mixed")
    free = make(
        table,
        {"name": Annotated[str, text()], "key": table.primary.key("ALL", "{name}")},
        "Free",
    )
    assert free.key.query().begins_with(name="b").requests(CONTEXT)
    closed = keyed("ALL", "BOOK#{name}", name=str)
    make(closed.key.compiled and table, {"n": str, "key": table.primary.key("A#{n}", "B")}, "Apart")
    (request,) = closed.key.query().begins_with(name="b").requests(CONTEXT)
    assert request.parameters["ExpressionAttributeValues"][":SK"] == {"S": "BOOK#b"}
    other = Table("mixed2")
    make(other, {"name": str, "key": other.primary.key("ALL", "NAME#{name}#{name2}"), "name2": str})
    short = make(other, {"name": str, "key": other.primary.key("ALL", "NAME#{name}")}, "Short")
    with pytest.raises(InvalidOperation) as refused:
        short.key.query().begins_with(name="b").requests(CONTEXT)
    assert "can meet items of Thing" in refused.value.declared


def test_a_blank_at_the_end_of_a_beginning_is_part_of_it() -> None:
    """A field that strips its values strips none of it, and one that is too short is no value."""
    tidy = Annotated[
        str, StringConstraints(to_lower=True, strip_whitespace=True, min_length=3, max_length=9)
    ]
    thing = keyed("A", "T#{name}", name=tidy)
    for given, asked in ((" Kim ", "kim "), ("K", "k"), ("KI", "ki"), ("Kim Lee X", "kim lee x")):
        (request,) = thing.key.query().begins_with(name=given).requests(CONTEXT)
        values = [*request.parameters["ExpressionAttributeValues"].values()]
        assert values[-1] == {"S": f"T#{asked}"}
