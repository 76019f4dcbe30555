"""Names of fields that stand for other parts in another key of an item collection."""

from __future__ import annotations

from typing import Any

import pytest

from singletable import Table, collection
from singletable.errors.request import InvalidOperation
from tests.singletable.clinic.making import make

table = Table("people")
follows: Any = make(
    table,
    {"a": str, "b": str, "key": table.primary.key("USER#{a}", "FOLLOWS#{b}")},
    "Follows",
)
followed: Any = make(
    table,
    {"a": str, "b": str, "c": str, "key": table.primary.key("USER#{b}", "BY#{a}#{c}")},
    "Followed",
)
owns: Any = make(
    table,
    {"user": str, "b": str, "key": table.primary.key("USER#{user}", "OWNS#{b}")},
    "Owns",
)


def test_a_name_that_keys_use_for_different_parts_is_said_to_be_that() -> None:
    """It was said to be no shared part, and was among those that are allowed."""
    with pytest.raises(InvalidOperation) as refused:
        collection(follows.key, followed.key).query(a="ann")
    assert refused.value.declared == "a stands for several parts"
    assert refused.value.allowed == "names that stand for the same part in all of the keys"


def test_the_names_that_are_allowed_are_those_that_stand_for_one_part() -> None:
    """By any member's names."""
    with pytest.raises(InvalidOperation) as refused:
        collection(follows.key, owns.key).query(nobody="ann")
    assert (refused.value.declared, refused.value.allowed) == (
        "nobody is no shared part",
        "a, b, user",
    )
    assert collection(follows.key, owns.key).query(user="ann")
