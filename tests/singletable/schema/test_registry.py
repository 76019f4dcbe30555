"""A new entity is compared with what may meet it, and with nothing else."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from singletable import Query, Table, access_pattern
from singletable.errors import ContradictoryPattern, InvalidOperation
from singletable.formats import slug
from singletable.operations import Context
from singletable.schema import isolation
from tests.singletable.clinic.making import make
from tests.singletable.raises import raises

NAME = Annotated[str, slug()]


def declare(table: Table, name: str, partition: str, sort: str) -> Any:
    key = table.primary.key(partition, sort)
    return make(table, {"name": NAME, "other": NAME, "key": key}, name)


def test_entities_with_other_first_words_are_not_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty of them, each queried as soon as it is declared, need no comparison of templates."""
    compared: list[str] = []
    compare = isolation.shared_text

    def counting(one: Any, other: Any) -> str | None:
        compared.append(one.opening)
        return compare(one, other)

    monkeypatch.setattr(isolation, "shared_text", counting)
    table = Table("many")
    for number in range(50):
        entity = declare(table, f"E{number}", f"E{number}#{{name}}", "{other}")
        assert len(entity.key.query(name="a").requests(Context())) == 1
    assert compared == []
    declare(table, "Same", "E7#{name}#X", "Y")
    assert 0 < len(compared) < 6


def test_a_query_is_proved_again_after_a_late_entity() -> None:
    """It met one entity alone until then; now it is refused before it is sent."""
    table = Table("late")
    first = declare(table, "First", "W#{name}", "{other}")
    query = first.key.query(name="a")
    assert len(query.requests(Context())) == 1
    declare(table, "Late", "W#{name}", "B#{other}")
    with raises(InvalidOperation, where="First.key", declared="can meet items of Late (Late.key)"):
        query.descending().requests(Context())


def test_an_entity_that_a_patterns_query_would_meet_is_refused() -> None:
    """And leaves the table as it was: the pattern is still proved."""
    table = Table("kept")
    first = declare(table, "First", "W#{name}", "{other}")

    def named(name: NAME) -> Query[first]:  # type: ignore[valid-type]
        """Everything of one name."""
        return first.key.query(name=name)

    named.__annotations__ = {"name": NAME, "return": Query[first]}
    ask = access_pattern(named)
    with raises(ContradictoryPattern, declared="can meet items of Late"):
        declare(table, "Late", "W#{name}", "B#{other}")
    assert len(ask("a").requests(Context())) == 1
    declare(table, "Late", "V#{name}", "B#{other}")
