"""A day as the beginning of a moment, in a range on an item collection."""

from __future__ import annotations

from datetime import UTC, datetime

from singletable import Table, collection, create
from tests.conftest import OpenBackend
from tests.singletable.clinic.making import make


def test_a_day_stands_for_all_of_it(open_backend: OpenBackend) -> None:
    """It can be read as a moment without a time zone, and was refused as one."""
    table = Table("things")
    seen, heard = (
        make(table, {"at": datetime, "key": table.primary.key("ALL", f"{{at}}#{kind}")}, kind)
        for kind in ("Seen", "Heard")
    )
    db = open_backend(table)
    days = [datetime(2026, 3, day, 12, tzinfo=UTC) for day in (1, 2)]
    stored = [db.repository.write(create(each(at=at))) for at in days for each in (heard, seen)]
    query = collection(seen.key, heard.key).query()
    assert list(db.repository.fetch(query.at_most(at="2026-03-01"))) == stored[:2]
    assert list(db.repository.fetch(query.after(at="2026-03-01"))) == stored[2:]
