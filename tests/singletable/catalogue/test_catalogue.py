"""The catalogue as a whole."""

import json
from dataclasses import asdict

import pytest

from singletable.catalogue import Catalogue, EntityRow, PatternRow
from singletable.errors.design import UnknownPattern
from tests.singletable.library import library
from tests.singletable.library.callers import callers

CATALOGUE = Catalogue(library, callers())


def entity(name: str) -> EntityRow:
    return next(row for row in CATALOGUE.entities if row.name == name)


def pattern(name: str) -> PatternRow:
    return next(row for row in CATALOGUE.patterns if row.name == name)


def test_rows_are_in_the_order_of_their_declaration() -> None:
    """Those of one module together."""
    assert [row.name for row in CATALOGUE.entities] == ["Book", "Member", "Loan"]
    assert [group.name for group in CATALOGUE.groups] == ["books", "loans", "members"]
    assert CATALOGUE.patterns[0].name == "books.by_id"
    assert len(CATALOGUE.patterns) == len(library.patterns)


def test_a_group_is_described_by_its_module() -> None:
    """The docstring of the file in which the patterns stand."""
    assert CATALOGUE.groups[0].description == "Books: finding them, keeping their records."


def test_a_pattern_says_what_it_asks_and_answers() -> None:
    """The first line is the question, the whole docstring the description."""
    row = pattern("books.released_between")
    assert row.question == "Books of a genre released within a time."
    assert "Both days are included." in row.description
    assert [each.type for each in row.parameters] == ["Genre", "date", "date"]
    assert (row.operation, row.index, row.returns) == ("Query", "GSI1", "Page[Book]")


def test_a_first_item_is_found_on_its_querys_index() -> None:
    """And is one entity or none."""
    row = pattern("books.latest")
    assert (row.operation, row.index, row.returns) == ("First", "GSI1", "Book | None")


def test_examples_are_the_exact_requests() -> None:
    """With the declared table's name."""
    (request,) = pattern("books.by_id").example.requests
    assert request == {
        "operation": "GetItem",
        "parameters": {
            "TableName": "library",
            "Key": {"PK": {"S": "BOOK#dune"}, "SK": {"S": "BOOK"}},
        },
    }


def test_an_example_reads_the_clock_once_and_for_all() -> None:
    """Stamps and time-outs are those of one fixed moment."""
    put = pattern("members.register").example.requests[0]["parameters"]["TransactItems"][0]["Put"]
    assert put["Item"]["joined_at"] == {"S": "2026-03-14T09:26:53.000000Z"}


def test_every_row_is_json() -> None:
    """For other programs."""
    for row in CATALOGUE.patterns:
        assert json.loads(json.dumps(asdict(row)))["name"] == row.name


def test_two_catalogues_of_one_design_are_equal() -> None:
    """Nothing random, nothing of the clock."""
    assert Catalogue(library, callers()).patterns == CATALOGUE.patterns
    assert Catalogue(library).entities == CATALOGUE.entities


def test_sparse_keys_name_the_fields_that_may_be_absent() -> None:
    """A book without a day of release is not on that index."""
    by_genre = next(key for key in entity("Book").keys if key.label == "Book.by_genre")
    assert by_genre.sparse == ("released_on",)
    rows = {row.index.label: row.entities for row in CATALOGUE.indexes}
    assert rows["GSI1"] == {"Book": ("released_on",), "Member": (), "Loan": ()}


def test_fields_tell_their_roles() -> None:
    """Identity, indexes, uniqueness, and what the engine keeps."""
    fields = {field.name: field.roles for field in entity("Member").fields}
    assert fields["member_id"] == ("identity", "in GSI1")
    assert fields["email"] == ("unique",)
    assert fields["version"] == ("version",)
    assert fields["changed_at"] == ("set by every write",)


def test_example_items_bring_their_sentinels() -> None:
    """What a unique field costs is seen."""
    kinds = [item["entity"]["S"] for item in entity("Member").items]
    assert kinds == ["Member", "Member.email"]


def test_two_examples_of_a_key_are_two_items() -> None:
    """So that item collections show more than one."""
    assert [item["PK"]["S"] for item in entity("Book").items] == ["BOOK#dune", "BOOK#solaris"]


def test_callers_are_shown_with_their_patterns() -> None:
    """Patterns that nobody asks have none."""
    assert pattern("books.by_id").callers == ("GET /books/{book_id}", "the nightly report")
    assert pattern("books.crime").callers == ()


def test_callers_of_what_is_not_declared_are_refused() -> None:
    """A renamed pattern leaves no caption behind."""
    with pytest.raises(UnknownPattern, match=r"books\.gone"):
        Catalogue(library, {"books.gone": ["GET /"]})
