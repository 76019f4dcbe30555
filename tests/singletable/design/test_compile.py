"""A design as a whole, as data."""

from pathlib import Path

from singletable.design import compile_design
from singletable.design.ir import PRIMARY, Entity, Example, Operation, Pattern
from singletable.emit.docs.entities import role_words
from singletable.errors.design import UnknownPattern
from singletable.patterns import declarations_of
from tests.singletable.library import library
from tests.singletable.library.callers import callers
from tests.singletable.raises import raises

ROOT = Path(__file__).parents[3]
DESIGN = compile_design([library], callers())


def entity(name: str) -> Entity:
    return next(each for each in DESIGN.entities if each.name == name)


def pattern(name: str) -> Pattern:
    return next(each for each in DESIGN.patterns if each.name == name)


def operation(name: str) -> Operation:
    return pattern(name).operation


def example(name: str) -> Example:
    found = pattern(name).example
    assert found is not None
    return found


def test_everything_is_in_the_order_of_its_declaration() -> None:
    """What is declared in one module stands together."""
    assert [each.name for each in DESIGN.entities] == ["Book", "Member", "Loan"]
    assert [group.name for group in DESIGN.groups] == ["books", "loans", "members"]
    assert DESIGN.patterns[0].name == "books.by_id"
    assert len(DESIGN.patterns) == len(declarations_of(library).patterns)


def test_a_group_is_described_by_its_module() -> None:
    """The docstring of the file in which the patterns stand."""
    assert DESIGN.groups[0].description == "Books: finding them, keeping their records."


def test_a_table_has_its_indexes_and_conventions() -> None:
    """The table's own index first; TTL is that of its entities."""
    (table,) = DESIGN.tables
    assert [index.name for index in table.indexes] == [PRIMARY, "GSI1", "GSI2"]
    assert [each.name for each in table.primary.attributes] == ["PK", "SK"]
    assert (table.delimiter, table.type_attribute) == ("#", "entity")
    assert table.ttl_attribute == "forgotten_at"


def test_a_pattern_says_what_it_asks_and_answers() -> None:
    """The first line is the question, the whole docstring the description."""
    found = pattern("books.released_between")
    assert found.question == "Books of a genre released within a time."
    assert "Both days are included." in found.description
    assert [each.type for each in found.parameters] == ["Genre", "date", "date"]
    assert (found.operation.kind, found.operation.index) == ("Query", "GSI1")
    assert found.returns == "Page[Book]"


def test_declarations_know_their_place() -> None:
    """Relative to the folder from which they are imported, so the same on every machine."""
    places = [entity("Book").place, pattern("books.by_id").place]
    files = ["library/model/book.py", "library/asked/books.py"]
    for place, file, text in zip(places, files, ["class Book", "@access_pattern"], strict=True):
        assert place is not None
        assert place.file == f"tests/singletable/{file}"
        assert (ROOT / place.file).read_text().splitlines()[place.line - 1].startswith(text)


def test_a_first_item_is_found_on_its_querys_index() -> None:
    """And is one entity or none."""
    found = operation("books.latest")
    assert (found.kind, found.index) == ("First", "GSI1")
    assert pattern("books.latest").returns == "Book | None"


def test_an_entity_that_is_passed_whole_is_named() -> None:
    """Other arguments are values."""
    parameters = [*pattern("books.add").parameters, *pattern("books.by_id").parameters]
    assert [each.entity for each in parameters] == ["Book", None]


def test_examples_are_the_exact_requests() -> None:
    """With the declared table's name."""
    (request,) = example("books.by_id").requests
    assert request.operation == "GetItem"
    assert request.parameters == {
        "TableName": "library",
        "Key": {"PK": {"S": "BOOK#dune"}, "SK": {"S": "BOOK"}},
    }


def test_an_example_reads_the_clock_once_and_for_all() -> None:
    """Stamps and time-outs are those of one fixed moment."""
    put = example("members.register").requests[0].parameters["TransactItems"][0]["Put"]
    assert put["Item"]["joined_at"] == {"S": "2026-03-14T09:26:53.000000Z"}


def test_examples_can_be_left_out() -> None:
    """So that what needs none is not refused for lack of one."""
    bare = compile_design([library], examples=False)
    assert {each.example for each in bare.patterns} == {None}
    assert {each.items for each in bare.entities} == {()}


def test_one_design_is_compiled_to_equal_data() -> None:
    """Nothing random, nothing of the clock."""
    assert compile_design([library], callers()) == DESIGN


def test_sparse_keys_name_the_fields_that_may_be_absent() -> None:
    """A book without a day of release is not on that index."""
    by_genre = next(key for key in entity("Book").keys if key.label == "Book.by_genre")
    assert by_genre.sparse == ("released_on",)
    keys = [key for each in DESIGN.entities for key in each.keys if key.index == "GSI1"]
    assert [(key.label.split(".")[0], key.is_sparse) for key in keys] == [
        ("Book", True),
        ("Member", False),
        ("Loan", False),
    ]


def test_templates_hold_their_parts_and_formats() -> None:
    """What renders, parses and orders a key, without the code that does."""
    (sort,) = next(key for key in entity("Book").keys if key.label == "Book.by_genre").sort
    released_on, book_id = sort.parts
    assert (sort.attribute, sort.source) == ("GSI1SK", "{released_on}#{book_id}")
    assert (released_on.field, released_on.after) == ("released_on", "#")
    day = released_on.format
    assert (day.name, day.fixed_width, day.max_bytes) == ("day", True, 10)
    assert (day.chronological, day.alphabet) == (True, "-0123456789")
    assert book_id.format.shape == "[a-z0-9]+(?:-[a-z0-9]+)*"
    genre = next(key for key in entity("Book").keys if key.label == "Book.by_genre").partition[0]
    assert genre.parts[0].format.members == ("crime", "poetry")


def test_fields_tell_their_roles() -> None:
    """Identity, indexes, uniqueness, and what the engine keeps."""
    member = entity("Member")
    roles = {field.name: list(role_words(member, field)) for field in member.fields}
    assert roles["member_id"] == ["identity", "in GSI1"]
    assert roles["email"] == ["unique"]
    assert roles["version"] == ["version"]
    assert roles["changed_at"] == ["set by every write"]


def test_fields_tell_their_types_and_defaults() -> None:
    """The Python type, the wire types, and what an absent attribute is read as."""
    fields = {field.name: field for field in entity("Book").fields}
    assert (fields["copies"].type, fields["copies"].attribute_types) == ("int", ("N",))
    assert (fields["copies"].optional, fields["copies"].default) == (True, 1)
    assert (fields["title"].optional, fields["title"].default) == (False, None)


def test_example_items_bring_their_unique_items() -> None:
    """What a unique field costs is seen."""
    kinds = [item["entity"]["S"] for item in entity("Member").items]
    assert kinds == ["Member", "Member.email"]


def test_two_examples_of_a_key_are_two_items() -> None:
    """So that item collections show more than one."""
    assert [item["PK"]["S"] for item in entity("Book").items] == ["BOOK#dune", "BOOK#solaris"]


def test_callers_are_shown_with_their_patterns() -> None:
    """Patterns that nobody asks have none; where nothing is known there is no answer."""
    assert pattern("books.by_id").callers == ("GET /books/{book_id}", "the nightly report")
    assert pattern("books.crime").callers == ()
    assert compile_design([library], examples=False).patterns[0].callers is None


def test_callers_of_what_is_not_declared_are_refused() -> None:
    """A renamed pattern leaves no caption behind."""
    with raises(UnknownPattern, where="callers", declared="books.gone"):
        compile_design([library], {"books.gone": ["GET /"]})
