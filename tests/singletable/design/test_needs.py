"""What patterns need, whatever their arguments."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from singletable import (
    CREATED,
    Create,
    Entity,
    Table,
    Update,
    access_pattern,
    create,
    unique,
    update,
)
from singletable.design import compile_design, compile_table
from singletable.design.ir import PRIMARY
from singletable.design.needs import needs_of
from singletable.emit.iam.permissions import key_pattern
from singletable.formats import text
from singletable.patterns import declarations_of
from tests.singletable.library import library

log = Table("log")


class Entry(Entity, table=log):
    """Something that happened; it stands under its moment."""

    name: str
    noted_at: Annotated[datetime, CREATED]

    key = log.primary.key("NOTED#{noted_at}#x", "{name}")


@access_pattern
def note(entry: Entry) -> Create[Entry]:
    """Writes an entry, stamped."""
    return create(entry)


PATTERNS = {each.name: each for each in compile_design([library], examples=False).patterns}


def of(name: str) -> set[tuple[str, str, str]]:
    return {(need.action, need.index, key_pattern(need.key)) for need in PATTERNS[name].needs}


def test_reads_need_one_thing() -> None:
    """A sharded partition is one, however many requests it takes."""
    assert of("books.by_id") == {("GetItem", PRIMARY, "BOOK#*")}
    assert of("books.latest") == {("Query", "GSI1", "GENRE#*")}
    assert of("books.on_shelf") == {("Query", "GSI2", "SHELF#*")}
    assert of("loans.of_member") == {("Query", PRIMARY, "MEMBER#*")}


def test_a_transaction_needs_what_its_parts_do() -> None:
    """On the keys of each."""
    assert of("loans.lend") == {
        ("PutItem", PRIMARY, "MEMBER#*"),
        ("UpdateItem", PRIMARY, "BOOK#*"),
        ("ConditionCheckItem", PRIMARY, "MEMBER#*"),
    }


def test_unique_items_are_claimed_and_released() -> None:
    """A change may do both."""
    unique_item = "UNIQUE#Member#email#*"
    assert ("PutItem", PRIMARY, unique_item) in of("members.register")
    assert ("DeleteItem", PRIMARY, unique_item) in of("members.leave")
    assert {(action, key) for action, _, key in of("members.change")} == {
        ("UpdateItem", "MEMBER#*"),
        ("PutItem", unique_item),
        ("DeleteItem", unique_item),
    }


def test_an_update_is_an_update_whatever_differs() -> None:
    """Where nothing does, it writes what is there."""
    assert of("books.correct") == {("UpdateItem", PRIMARY, "BOOK#*")}


def test_a_key_of_the_moment_is_no_constant() -> None:
    """The policy is for every moment, not for the one at which it was made."""
    (need,) = needs_of(
        declarations_of(log).patterns["test_needs.note"].operation, {log.name: compile_table(log)}
    )
    assert need.key == ("NOTED#", "#x")


class Person(Entity, table=log):
    """Somebody, whose address was not folded once."""

    person_id: str
    email: Annotated[str, text(lower=True)]
    badge: str
    note: str = ""

    key = log.primary.key("PERSON#{person_id}", "PERSON")
    unique_email = unique("email")
    unique_badge = unique("badge")


@access_pattern
def annotate(person: Person, words: str) -> Update[Person]:
    """Changes no unique field."""
    return update(person, person.model_copy(update={"note": words}))


def test_an_update_may_move_a_unique_item_to_another_spelling() -> None:
    """Where a fold, or an upgrade, may make another value of what is stored; not elsewhere."""
    pattern = declarations_of(log).patterns["test_needs.annotate"]
    found = needs_of(pattern.operation, {log.name: compile_table(log)})
    assert {(need.action, key_pattern(need.key)) for need in found} == {
        ("UpdateItem", "PERSON#*"),
        ("PutItem", "UNIQUE#Person#email#*"),
        ("DeleteItem", "UNIQUE#Person#email#*"),
    }
