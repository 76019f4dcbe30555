"""Creating an entity as it is given: what was stored elsewhere keeps its version and stamps."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from singletable import create
from singletable.errors.request import InvalidItem
from singletable.operations import Context
from singletable.operations.reads.cursor import CursorSeal
from tests.singletable.library.model.member import Member, MemberId

NOW = datetime(2026, 3, 14, tzinfo=UTC)
CONTEXT = Context(None, NOW, CursorSeal(bytes(32)))
MEMBER = Member(
    member_id=MemberId("01JD9GZ2J0V5X7Q3M8K4T6B1RA"),
    email="ada@example.com",
    name="Ada",
    version=7,
    joined_at=datetime(2025, 1, 1, tzinfo=UTC),
    changed_at=None,
)


def test_what_is_created_as_given_is_stored_so() -> None:
    """Version and stamps, even those that are absent; otherwise both begin anew."""
    assert create(MEMBER).preserving_stamps().build_entity(CONTEXT) == MEMBER
    anew = create(MEMBER).build_entity(CONTEXT)
    assert (anew.version, anew.changed_at) == (1, NOW)


def test_it_is_created_all_the_same() -> None:
    """Where there is nothing yet, unique fields included, by the same conditions."""
    given, usual = (
        each.requests(CONTEXT) for each in (create(MEMBER).preserving_stamps(), create(MEMBER))
    )
    items = [
        [action["Put"].get("ConditionExpression") for action in each.parameters["TransactItems"]]
        for (each,) in (given, usual)
    ]
    assert items[0] == items[1]


def test_what_is_no_valid_entity_is_refused() -> None:
    """Copies may be unchecked."""
    with pytest.raises(InvalidItem):
        create(MEMBER.model_copy(update={"version": "x"})).preserving_stamps().build_entity(CONTEXT)
