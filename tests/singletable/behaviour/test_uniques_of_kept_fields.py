"""Unique values are not made of what the engine changes itself: patches would leave them behind."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import pytest

from singletable import CREATED, TTL, UPDATED, VERSION, Entity, Table, create, unique
from singletable.errors import InvalidEntity
from singletable.errors.request import UniqueTaken
from singletable.formats import integer
from tests.backends import START
from tests.conftest import OpenBackend
from tests.singletable.clinic.making import make
from tests.singletable.raises import raises

KEPT: dict[str, Any] = {
    "version": Annotated[int, integer(1, 999), VERSION],
    "updated": Annotated[datetime | None, UPDATED],
}
UNIQUES: dict[str, Any] = {
    "the value itself": unique,
    "its scope": lambda field: unique("slug", within=field),
    "one field of its scope": lambda field: unique("slug", within=("shelf", field)),
}


@pytest.mark.parametrize("declare", UNIQUES.values(), ids=UNIQUES)
@pytest.mark.parametrize("role", KEPT)
def test_a_unique_value_with_the_version_or_the_updated_stamp_is_refused(
    role: str, declare: Any
) -> None:
    """As an index key with the version is."""
    table = Table("pages")
    fields = {"page_id": str, "shelf": str, "slug": str, "at": KEPT[role]}
    fields |= {"key": table.primary.key("PAGE#{page_id}", "PAGE"), "one": declare("at")}
    defaults = {"at": 1 if role == "version" else None}
    with raises(InvalidEntity, declared=f"the {role} at is part of Page.unique("):
        make(table, fields, "Page", defaults=defaults)


def test_a_unique_value_may_be_a_stamp_that_stays(open_backend: OpenBackend) -> None:
    table = Table("leaflets")

    class Leaflet(Entity, table=table):
        """A leaflet, one a moment."""

        leaflet_id: str
        at: Annotated[datetime | None, CREATED] = None
        ends: Annotated[datetime | None, TTL] = None
        key = table.primary.key("LEAFLET#{leaflet_id}", "LEAFLET")
        one_a_moment = unique("at")

    db = open_backend(table)
    assert db.repository.write(create(Leaflet(leaflet_id="1"))).at == START
    with raises(UniqueTaken, field="at"):
        db.repository.write(create(Leaflet(leaflet_id="2")))
