"""Vector indexes of a table without type attribute, whose items expire."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

import pytest

from singletable import TTL, Entity, Table, number, put
from singletable.errors import InvalidOperation
from singletable.formats import integer
from singletable.vectors import Vector
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

pytestmark = pytest.mark.parametrize("open_backend", ["memory", "async"], indirect=True)

untyped = Table("untyped", type_attribute=None)
by_hash = untyped.vector_index(
    "ByHash", "v", dimensions=2, distance="dot_product", partition_key=number("year")
)
together = untyped.vector_index("Together", "w", dimensions=2, distance="euclidean")


class Event(Entity, table=untyped):
    """What happened in a year; gone some day."""

    event_id: str
    year: Annotated[int, integer(0, 9999)]
    v: Vector
    w: Vector | None = None
    gone_at: Annotated[datetime | None, TTL] = None

    key = untyped.primary.key("EVENT#{event_id}", "EVENT")
    near = by_hash.key()
    together = together.key()


class Place(Entity, table=untyped):
    """In one of the indexes, too."""

    place_id: str
    w: Vector

    key = untyped.primary.key("PLACE#{place_id}", "PLACE")
    together = together.key()


def test_tables_without_type_attribute(open_backend: OpenBackend) -> None:
    """The partitions keep entities apart; what is in one without partitions cannot be told."""
    backend = open_backend(untyped)
    soon = backend.clock.now + timedelta(days=1)
    kept = Event(event_id="kept", year=2026, v=(1, 0), gone_at=soon)
    backend.repository.write(put(kept))
    backend.repository.write(put(Event(event_id="other", year=2025, v=(3, 0))))
    backend.repository.write(put(Event(event_id="gone", year=2026, v=(2, 0), gone_at=soon)))
    search = Event.near.search((1, 0), year=2026)
    found = backend.repository.fetch(search)
    assert [(each.event_id, score) for each, score in found] == [("gone", 2), ("kept", 1)]
    backend.clock.tick(days=2)
    assert len(backend.repository.fetch(search.excluding_expired())) == 0
    assert len(backend.repository.fetch(search.hydrated().excluding_expired())) == 0
    with raises(InvalidOperation, declared="items of Place (Place.together) may be in"):
        backend.repository.fetch(Event.together.search((1, 0)))
