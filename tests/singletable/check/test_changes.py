"""What updates do to index keys, and what indexes hold, of designs in Python."""

from __future__ import annotations

import dataclasses

import pytest

from singletable.check.changes import change_findings
from singletable.check.projections import projection_findings
from singletable.design import compile_design, ir, load_design


@pytest.fixture(scope="module")
def library() -> ir.Design:
    return compile_design(load_design("tests.singletable.library"), examples=False)


def test_a_field_that_a_pattern_changes_moves_items(library: ir.Design) -> None:
    """The pattern is named; fields that no pattern changes are not."""
    found = {each.subject: each.declared for each in change_findings(library)}
    assert "genre (books.correct)" in found["Book.by_genre"]
    assert "name (members.change)" in found["Member.by_name"]
    assert {each.rule.slug for each in change_findings(library)} == {"moves-in-index"}


def test_an_update_of_a_key_is_found_in_data_that_has_one(library: ir.Design) -> None:
    """No declaration in Python can have it."""
    pattern = next(each for each in library.patterns if each.name == "books.correct")
    [book] = [each for each in library.entities if each.name == "Book"]
    [write, *others] = pattern.operation.writes
    changes = (*write.changes, ir.Change(book.primary.fields[0], "set"))
    writes = (dataclasses.replace(write, changes=changes), *others)
    operation = dataclasses.replace(pattern.operation, writes=writes)
    broken = dataclasses.replace(
        library, patterns=(dataclasses.replace(pattern, operation=operation),)
    )
    slugs = [each.rule.slug for each in change_findings(broken)]
    assert slugs[0] == "changes-primary-key"


def test_an_index_that_gives_whole_items_copies_nothing_in_vain(library: ir.Design) -> None:
    assert not list(projection_findings(library))


def test_an_index_of_which_keys_are_read_alone_does(library: ir.Design) -> None:
    """Items that are read from the table by the keys that an index has need no copies."""
    hydrated = [
        dataclasses.replace(
            pattern,
            operation=dataclasses.replace(
                pattern.operation,
                reads=tuple(
                    dataclasses.replace(read, hydration=ir.Hydration(), filter=None)
                    for read in pattern.operation.reads
                ),
            ),
        )
        for pattern in library.patterns
        if pattern.operation.index == "GSI1"
    ]
    found = [*projection_findings(dataclasses.replace(library, patterns=tuple(hydrated)))]
    assert [each.rule.slug for each in found] == ["unread-copies"]
    assert "title" in found[0].declared
