"""Half of a surrogate pair, which UTF-8 has no bytes for, is refused wherever text is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import Field

from singletable import Entity, Table, attr, put, transaction
from singletable.errors import TransactionRefused, UnstorableValue
from singletable.expressions import Condition
from tests.backends import run
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

papers = Table("papers-of-half-texts")
HALF = "a\ud83d"


class Paper(Entity, table=papers):
    """A paper."""

    id: str
    title: str = ""
    tags: list[str] = Field(default_factory=list)
    meta: dict[str, str] = Field(default_factory=dict)
    held: Any = None
    key = papers.primary.key("PAPER#{id}", "PAPER")


CONDITIONS: dict[str, Condition] = {
    "begins_with": attr("title").begins_with(HALF),
    "contains": attr("title").contains(HALF),
    "of an element": attr("tags").contains(HALF),
    "of an entry": attr("meta")["a"].begins_with(HALF),
    "of anything": attr("held").contains(HALF),
    "a key": attr("meta")[HALF].exists(),
    "a step into anything": attr("held")[HALF].equals(1),
    "equals": attr("title").equals(HALF),
}
ASKED: dict[str, Callable[[Condition], Any]] = {
    "filter": lambda asked: Paper.key.query(id="1").where(asked),
    "condition": lambda asked: Paper.key.patch(id="1").set(title="b").when(asked),
    "check": lambda asked: Paper.key.check(id="1").when(asked),
}


@pytest.mark.parametrize("make", ASKED.values(), ids=ASKED)
@pytest.mark.parametrize("condition", CONDITIONS.values(), ids=CONDITIONS)
def test_no_condition_asks_for_it(
    open_backend: OpenBackend, condition: Condition, make: Callable[[Condition], Any]
) -> None:
    db = open_backend(papers)
    with raises(UnstorableValue, reason="surrogate"):
        run(db.repository, make(condition))
    assert db.sent == []


def test_no_change_of_a_part_names_it(open_backend: OpenBackend) -> None:
    db = open_backend(papers)
    with raises(UnstorableValue, reason="surrogate"):
        db.repository.write(Paper.key.patch(id="1").set_at(attr("held")[HALF], 1))
    assert db.sent == []


def test_no_token_has_it() -> None:
    with raises(TransactionRefused, problem=f"its token is {HALF!r}"):
        transaction(put(Paper(id="1")), token=HALF)
