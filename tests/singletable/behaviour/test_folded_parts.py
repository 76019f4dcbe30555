"""Parts of folded text are folded as whole texts are, and steps are those of every collection."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any

import pytest
from pydantic import Field
from typing_extensions import TypeAliasType

from singletable import Entity, Table, attr, create
from singletable.errors.request import InvalidItem, InvalidOperation
from singletable.formats import escaped_text, text
from tests.backends import Backend
from tests.conftest import OpenBackend

folded = Table("folded")
NFC = Annotated[str, text(fold="nfc")]
ALIAS = TypeAliasType("ALIAS", Annotated[str, text(fold="nfc")])
ACUTE = "\u0301"


class Person(Entity, table=folded):
    """Someone with names that people type, and all kinds of collections."""

    person_id: str
    name: NFC
    alias: ALIAS = "x"
    wide: Annotated[str, text(fold="nfkc")] = "x"
    escaped: Annotated[str, escaped_text(fold="nfc")] = "x"
    low: Annotated[str, text(lower=True)] = "x"
    names: list[NFC] = Field(default_factory=list)
    by_name: dict[NFC, NFC] = Field(default_factory=dict)
    few: frozenset[NFC] = frozenset()
    seq: Sequence[int] = Field(default_factory=list)
    queue: deque[int] = Field(default_factory=deque)
    table: Mapping[str, int] = Field(default_factory=dict)
    by_int: dict[int, int] = Field(default_factory=dict)
    by_day: dict[date, int] = Field(default_factory=dict)
    by_moment: dict[datetime, int] = Field(default_factory=dict)
    either: dict[int, int] | list[int] = Field(default_factory=list)

    key = folded.primary.key("PEOPLE", "{person_id}")


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    """With one person."""
    backend = open_backend(folded)
    person = Person(
        person_id="1",
        name="José  GARCÍA",
        alias="JOSÉ",
        wide="\uff21bc²",
        escaped="É#é",
        low="ÀÉ",
        names=["José"],
        by_name={"José": "É"},
        few=frozenset({"José"}),
        seq=[1],
        queue=deque([1]),
        table={"a": 1},
        by_int={1: 5},
        by_day={date(2020, 1, 1): 5},
        by_moment={datetime(2020, 1, 1, tzinfo=UTC): 5},
        either=[5],
    )
    backend.repository.write(create(person))
    return backend


FOUND: list[Any] = [
    attr("name").begins_with(f"Jose{ACUTE}"),
    attr("name").begins_with("JOSÉ"),
    attr("name").begins_with(" josé "),
    attr("name").begins_with("josé\u200b"),
    attr("name").begins_with("josé  g"),
    attr("name").contains(f"GARCI{ACUTE}A"),
    attr("name").contains("é  g"),
    attr("name").contains(" g"),
    attr("name").contains(" "),
    attr("alias").begins_with(f"JOSE{ACUTE}"),
    attr("wide").begins_with("\uff21"),
    attr("wide").contains("²"),
    attr("wide").begins_with("ABC2"),
    attr("escaped").begins_with(f"E{ACUTE}#"),
    attr("low").begins_with("À"),
    attr("names")[0].begins_with(f"JOSE{ACUTE}"),
    attr("names").contains(f"JOSE{ACUTE}"),
    attr("by_name")[f"Jose{ACUTE}"].contains(f"E{ACUTE}"),
    attr("few").contains(f"Jose{ACUTE}"),
    attr("seq").contains(1),
    attr("seq")[0].equals(1),
    attr("queue").contains(1),
    attr("queue")[0].equals(1),
    attr("queue").size().equals(1),
    attr("table")["a"].equals(1),
    attr("by_int")[1].equals(5),
    attr("by_int")["1"].equals(5),
    attr("by_int")["01"].equals(5),
    attr("by_int")[2].is_absent(),
    attr("by_day")["2020-01-01"].equals(5),
    attr("by_moment")["2020-01-01T00:00:00Z"].equals(5),
    attr("either")["1"].is_absent(),
]


@pytest.mark.parametrize("at", range(len(FOUND)))
def test_a_part_finds_what_the_whole_holds(db: Backend, at: int) -> None:
    query = Person.key.query()
    assert len(db.repository.fetch(query.where(FOUND[at]))) == 1
    assert len(db.repository.fetch(query.where(~FOUND[at]))) == 0


MISSED: list[Any] = [
    attr("name").begins_with("Jose"),
    attr("name").begins_with("garcía"),
    attr("name").contains(" arcía"),
    attr("name").begins_with("jos é"),
    attr("wide").contains("²3"),
    attr("by_int")["2"].equals(5),
]


@pytest.mark.parametrize("at", range(len(MISSED)))
def test_another_part_finds_nothing(db: Backend, at: int) -> None:
    """A blank at the end of a part is one between words."""
    assert len(db.repository.fetch(Person.key.query().where(MISSED[at]))) == 0


REFUSED: list[tuple[Any, type[Exception]]] = [
    (attr("name").begins_with("\u200b"), InvalidOperation),
    (attr("name").begins_with(" "), InvalidOperation),
    (attr("name").contains(""), InvalidOperation),
    (attr("by_int")["nonsense"].is_absent(), InvalidItem),
    (attr("by_day")["nonsense"].is_absent(), InvalidItem),
    (attr("table")[1].is_absent(), InvalidOperation),
    (attr("either")[0].equals(5), InvalidOperation),
]


@pytest.mark.parametrize("at", range(len(REFUSED)))
def test_what_no_value_can_hold_is_refused(at: int) -> None:
    condition, error = REFUSED[at]
    with pytest.raises(error):
        condition.resolve(Person.key.schema.scope)


def test_elements_are_appended_to_every_list(db: Backend) -> None:
    patch = Person.key.patch(person_id="1")
    person = db.repository.write(patch.append(seq=[2], queue=deque([3]), names=[f"E{ACUTE}"]))
    assert (person.seq, person.queue, person.names) == ([1, 2], deque([1, 3]), ["josé", "é"])
