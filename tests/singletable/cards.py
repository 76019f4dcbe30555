"""A card with a field of every kind, unversioned and versioned, and every way to change one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BaseModel, Field

from singletable import VERSION, Entity, Table, attr, create, transaction
from singletable.formats import slug

club = Table("club")
gsi1 = club.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
Small = Annotated[int, Field(ge=0, le=9)]


class Seat(BaseModel):
    """A nested model."""

    row: Small = 1
    note: str | None = None
    tags: set[str] = Field(default_factory=set)
    log: list[str] = Field(default_factory=list)


class Card(Entity, table=club):
    """A card; unversioned."""

    card_id: Annotated[str, slug()]
    rank: Small = 1
    side: Small = 1
    note: str | None = None
    extra: str | None = None
    tags: set[str] = Field(default_factory=set)
    log: list[str] = Field(default_factory=list)
    seat: Seat = Seat()
    shelf: str | None = None

    key = club.primary.key("CARD#{card_id}", "CARD")
    by_shelf = gsi1.key("SHELF#{shelf}", "{card_id}")


class Kept(Card, table=club):
    """The same with a version."""

    version: Annotated[int, VERSION] = 1

    key = club.primary.key("KEPT#{card_id}", "KEPT")
    by_shelf = gsi1.key("KEPT#{shelf}", "{card_id}")


FULL: dict[str, Any] = {
    "note": "n",
    "tags": {"a", "b"},
    "log": ["l"],
    "seat": Seat(note="n", tags={"a", "b"}, log=["l"]),
    "shelf": "s",
}
SEAT = attr("seat")
CHANGES: dict[str, Callable[[Any], Any]] = {
    "set": lambda patch: patch.set(note="x", shelf="t"),
    "set to none": lambda patch: patch.set(note=None, shelf=None),
    "set to a field": lambda patch: patch.set(side=attr("rank")),
    "set if absent": lambda patch: patch.set_if_absent(extra="x"),
    "unset": lambda patch: patch.unset("note"),
    "add": lambda patch: patch.add(rank=1, tags={"c"}),
    "append": lambda patch: patch.append(log=["m"]),
    "prepend": lambda patch: patch.prepend(log=["k"]),
    "remove": lambda patch: patch.remove(tags={"a"}),
    "set_at": lambda patch: patch.set_at(SEAT["row"], 2),
    "unset_at": lambda patch: patch.unset_at(SEAT["note"]),
    "add_at": lambda patch: patch.add_at(SEAT["row"], 1),
    "append_at": lambda patch: patch.append_at(SEAT["log"], ["m"]),
    "prepend_at": lambda patch: patch.prepend_at(SEAT["log"], ["k"]),
    "remove_at": lambda patch: patch.remove_at(SEAT["tags"], {"a"}),
}
WAYS: dict[str, Callable[[Any], Any]] = {
    "alone": lambda write: write,
    "in a transaction": transaction,
    "once": lambda write: write.once(),
    "attached": lambda write: create(Card(card_id="other")).with_writes(write),
}
