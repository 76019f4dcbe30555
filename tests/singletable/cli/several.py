"""Patterns that answer several items, or a number."""

from __future__ import annotations

from collections.abc import Sequence

from singletable import BatchGet, Entity, Table, access_pattern
from singletable.inspect import Count

shelf = Table("shelf")


class Tape(Entity, table=shelf):
    """A tape."""

    tape_id: str
    genre: str = "crime"
    key = shelf.primary.key("GENRE#{genre}", "TAPE#{tape_id}")


@access_pattern
def tapes(ids: Sequence[str]) -> BatchGet[Tape]:
    """Several tapes."""
    return Tape.key.get_each(genre="crime", tape_id=ids)


@access_pattern
def how_many() -> Count:
    """How many tapes there are."""
    return Tape.key.query(genre="crime").count()
