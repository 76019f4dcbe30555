"""What a write does, in words."""

from __future__ import annotations

from singletable.catalogue.writing import Writing, writings_of
from tests.singletable.library import library


def writings(name: str) -> tuple[Writing, ...]:
    return writings_of(library.patterns[name].operation)


def test_a_creation_tells_its_condition_and_refusal() -> None:
    """The item must not exist yet."""
    (writing,) = writings("books.add")
    assert (writing.verb, writing.item) == ("Create", "Book")
    assert writing.condition == "attribute_not_exists(PK)"
    assert writing.refusals == ("`ItemExists`",)


def test_a_sentinel_is_an_action_of_its_own() -> None:
    """A unique field makes a write a transaction."""
    _, sentinel = writings("members.register")
    assert sentinel.item == "sentinel of Member.email"
    assert sentinel.key == ("PK = UNIQUE#Member#email#{member.email}", "SK = UNIQUE")
    assert sentinel.refusals == ("`UniqueTaken`: Member.email",)


def test_a_transaction_tells_every_action() -> None:
    """In the order that its refusals count them."""
    told = [(each.verb, each.item) for each in writings("loans.lend")]
    assert told == [("Create", "Loan"), ("Patch", "Book"), ("Check", "Member")]


def test_a_versioned_update_can_conflict() -> None:
    """Its condition names the version that was read."""
    update, *_ = writings("members.change")
    assert "version = {before.version}" in update.condition
    assert update.refusals == ("`ItemMissing`", "`VersionConflict`")
    assert update.changeable == ("email", "name")


def test_a_sentinel_is_touched_only_when_its_value_changes() -> None:
    """The plan shows the most that an update can do."""
    _, released, claimed = writings("members.change")
    assert released.item == claimed.item == "sentinel of Member.email, if that changes"


def test_an_update_tells_the_values_that_the_pattern_gives() -> None:
    """A field that is simply another in the new entity stands alone."""
    (update,) = writings("books.withdraw")
    assert update.changeable == ("genre = {genre}", "copies = 0", "released_on removed")


def test_an_unversioned_update_can_conflict_where_it_rewrites_keys() -> None:
    """The traced condition cannot show it: which fields it relies on depends on what changes."""
    (update,) = writings("books.correct")
    assert "`VersionConflict`" in update.refusals


def test_a_condition_is_told_in_the_patterns_own_words() -> None:
    """As the refusal will say it."""
    (removal,) = writings("books.discard")
    assert removal.verb == "Remove"
    assert removal.condition == "attribute_exists(PK) AND lent = 0"
    assert removal.refusals == ("`ItemMissing`", "`ConditionFailed`: somebody has it")


def test_partial_changes_show_their_expression() -> None:
    """With the arguments that go into it."""
    (patch,) = writings("books.buy_copies")
    assert patch.changes == "SET copies = if_not_exists(copies, 1) + {number}"


def test_a_deletion_of_anything_is_refused_by_nothing() -> None:
    """`delete` does not mind an item that is gone."""
    (deletion,) = writings("loans.give_back")
    assert (deletion.condition, deletion.refusals) == ("", ())
