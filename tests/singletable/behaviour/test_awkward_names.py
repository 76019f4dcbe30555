"""U8: names and values that look alike or mean something to DynamoDB, by every write and read."""

from __future__ import annotations

from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field

from singletable import (
    Entity,
    Table,
    View,
    attr,
    batch,
    create,
    delete,
    put,
    snapshot,
    transaction,
    update,
    upsert,
)
from singletable.errors import ConditionFailed
from tests.backends import Backend
from tests.conftest import MEMORY_FIRST, OpenBackend

pytestmark = MEMORY_FIRST

words = Table("words", partition_key="key", sort_key="value")
index = words.global_index("INDEX", partition_key="status", sort_key="date")


class Inner(BaseModel):
    """Names inside."""

    size: int = 0
    dashed: Annotated[int, Field(alias="a-b")] = 0
    dotted: Annotated[int, Field(alias="a.b")] = 0
    model_config = {"validate_by_name": True}


class Word(Entity, table=words):
    """Reserved words, signs, and names that differ in signs alone."""

    word_id: str
    status: str = "s"
    date: str = "d"
    name: str = "n"
    size: int = 1
    count: int = 1
    values: set[str] = Field(default_factory=set)
    dashed: Annotated[int, Field(alias="a-b")] = 0
    dotted: Annotated[int, Field(alias="a.b")] = 0
    spaced: Annotated[int, Field(alias="a b")] = 0
    hashed: Annotated[int, Field(alias="#a")] = 0
    coloned: Annotated[int, Field(alias=":a")] = 0
    plain: Annotated[int, Field(alias="a")] = 0
    map: Inner = Inner()

    primary = words.primary.key("WORD#{word_id}", "WORD")
    by_status = index.key("{status}", "{date}")


class Signs(View[Word]):
    """Those with signs, and reserved ones."""

    status: str
    size: int
    dashed: int
    dotted: int
    spaced: int
    hashed: int
    coloned: int
    plain: int
    map: Inner


SIGNS = ("dashed", "dotted", "spaced", "hashed", "coloned", "plain")
APART: dict[str, Any] = {name: at for at, name in enumerate(SIGNS, start=1)}
AFTER: dict[str, Any] = {
    **APART,
    "name": "true",
    "size": 3,
    "values": {"True", "1", "1.0", "true"},
    "map": Inner(size=1, dashed=2, dotted=3),
}
ALL = attr("size").equals(3) & attr("name").equals("true")
for _name, _value in APART.items():
    ALL &= attr(_name).equals(_value)
for _name in ("size", "dashed", "dotted"):
    ALL &= attr("map")[_name].at_least(1)
MAP = attr("map")


def word(**values: Any) -> Word:
    return Word(word_id="w", **values)


def raw(db: Backend) -> dict[str, Any]:
    return db.raw(key="WORD#w", value="WORD") or {}


@pytest.mark.parametrize("verb", ["create", "put", "update", "patch", "upsert", "parts", "batch"])
def test_names_stay_apart_by_every_write(open_backend: OpenBackend, verb: str) -> None:
    """And so they are read, alone and together, in conditions and views."""
    db = open_backend(words)
    before, after = word(), word(**AFTER)
    if verb != "create":
        db.repository.write(create(before))
    patch = Word.primary.patch(word_id="w")
    parts = patch.set(**{name: AFTER[name] for name in AFTER if name != "map"})
    for name in ("size", "dashed", "dotted"):
        parts = parts.add_at(MAP[name], getattr(after.map, name))
    db.repository.write(
        {
            "create": create(after),
            "put": put(after),
            "update": update(before, after),
            "patch": patch.set(**AFTER),
            "upsert": upsert(after),
            "parts": parts,
            "batch": batch(put(after)),
        }[verb]
    )
    stored = raw(db)
    aliases = ("a-b", "a.b", "a b", "#a", ":a", "a")
    assert [stored[alias] for alias in aliases] == [{"N": str(at)} for at in range(1, 7)]
    assert stored["map"] == {"M": {"size": {"N": "1"}, "a-b": {"N": "2"}, "a.b": {"N": "3"}}}
    query = Word.by_status.query(status="s", date="d")
    view = Signs(status="s", size=3, **APART, map=AFTER["map"])
    assert db.repository.fetch(query.where(ALL)).items == (after,)
    assert db.repository.fetch(query.where(ALL).only(Signs)).items == (view,)
    assert db.repository.fetch(Word.primary.get(word_id="w").only(Signs)) == view
    assert db.repository.fetch(Word.primary.get_each(word_id=["w"]).only(Signs)) == (view,)
    assert db.repository.fetch(snapshot(Word.primary.get(word_id="w").only(Signs))) == (view,)
    assert db.repository.fetch(Word.primary.scan(because="all").where(ALL)).items == (after,)


def test_alike_values_and_names_stay_apart_in_conditions(open_backend: OpenBackend) -> None:
    """`True`, `1`, `1.0`, "true": each is asked as itself; so is each name."""
    db = open_backend(words)
    db.repository.write(create(word(**AFTER)))
    patch = Word.primary.patch(word_id="w")
    held = ALL & attr("values").contains("True") & attr("values").contains("1")
    assert db.repository.write(patch.set(count=2).when(held)).count == 2
    db.repository.write(transaction(Word.primary.check(word_id="w").when(held)))
    for name in SIGNS:
        with pytest.raises(ConditionFailed):
            db.repository.write(patch.set(count=3).when(attr(name).equals(APART[name] + 1)))
    for element in ("TRUE", "1.00", "01", "0"):
        with pytest.raises(ConditionFailed):
            db.repository.write(patch.set(count=3).when(attr("values").contains(element)))
    db.repository.write(delete(word(**AFTER), must_exist=True).when(held))
    assert db.items() == []
