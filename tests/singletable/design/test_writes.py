"""What a write does, as data and in words."""

from __future__ import annotations

from singletable.design.compile_operations import compile_operation
from singletable.design.ir import Action, Refusal
from singletable.emit.docs.words import (
    change_words,
    condition_words,
    item_words,
    refusal_words,
)
from singletable.patterns import declarations_of
from tests.singletable.library import library


def actions(name: str) -> tuple[Action, ...]:
    return compile_operation(declarations_of(library).patterns[name].operation).writes


def condition(action: Action) -> str:
    return action.condition.text if action.condition else ""


def test_a_creation_tells_its_condition_and_refusal() -> None:
    """The item must not exist yet."""
    (action,) = actions("books.add")
    assert (action.verb, item_words(action)) == ("Create", "Book")
    assert condition(action) == "attribute_not_exists(PK)"
    assert refusal_words(action) == ["`ItemExists`"]


def test_a_unique_item_is_an_action_of_its_own() -> None:
    """A unique field makes a write a transaction."""
    _, unique_item = actions("members.register")
    assert item_words(unique_item) == "unique item of Member.email"
    assert condition_words(unique_item.key) == (
        "PK = UNIQUE#Member#email#{member.email}",
        "SK = UNIQUE",
    )
    assert refusal_words(unique_item) == ["`UniqueTaken`: Member.email"]


def test_a_transaction_tells_every_action() -> None:
    """In the order that its refusals count them."""
    told = [(each.verb, item_words(each)) for each in actions("loans.lend")]
    assert told == [("Create", "Loan"), ("Patch", "Book"), ("Check", "Member")]


def test_a_versioned_update_can_conflict() -> None:
    """Its condition names the version that was read."""
    update, *_ = actions("members.change")
    assert "version = {before.version}" in condition(update)
    assert refusal_words(update) == ["`ItemMissing`", "`VersionConflict`"]
    assert [change_words(each) for each in update.changes] == ["email", "name"]


def test_a_unique_item_is_touched_only_when_its_value_changes() -> None:
    """The plan shows the most that an update can do."""
    _, released, claimed = actions("members.change")
    assert (
        item_words(released)
        == item_words(claimed)
        == "unique item of Member.email, if that changes"
    )


def test_an_update_tells_the_values_that_the_pattern_gives() -> None:
    """A field that is simply another in the new entity stands alone."""
    (update,) = actions("books.withdraw")
    assert [change_words(each) for each in update.changes] == [
        "genre = {genre}",
        "copies = 0",
        "released_on removed",
    ]


def test_an_unversioned_update_can_conflict_where_it_rewrites_keys() -> None:
    """The traced condition cannot show it: which fields it relies on depends on what changes."""
    (update,) = actions("books.correct")
    assert Refusal("VersionConflict") in update.refusals


def test_a_condition_is_told_in_the_patterns_own_words() -> None:
    """As the refusal will say it."""
    (removal,) = actions("books.discard")
    assert removal.verb == "Delete"
    assert condition(removal) == 'entity = "Book" AND (attribute_not_exists(lent) OR lent = 0)'
    assert refusal_words(removal) == ["`ItemMissing`", "`ConditionFailed`: somebody has it"]
    assert removal.refusals[1] == Refusal("ConditionFailed", "on-loan", "somebody has it")


def test_partial_changes_show_their_expression() -> None:
    """With the arguments that go into it."""
    (patch,) = actions("books.buy_copies")
    assert patch.update is not None
    assert patch.update.text == "SET copies = if_not_exists(copies, 1) + {number}"


def test_a_deletion_without_conditions_asks_for_the_type_alone() -> None:
    """`delete` does not mind an item that is gone."""
    (deletion,) = actions("loans.give_back")
    assert condition(deletion) == 'attribute_not_exists(PK) OR entity = "Loan"'
    assert deletion.refusals == ()
