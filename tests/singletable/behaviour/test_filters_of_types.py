"""Filters by what an item is, where the key says it, and where no filter can."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from singletable import Table, collection, create
from singletable.errors.request import InvalidOperation
from singletable.formats import slug
from tests.conftest import OpenBackend
from tests.singletable.clinic.making import make

SLUG = Annotated[str, slug()]


def test_nothing_is_skipped_by_a_type_that_is_part_of_the_index_key() -> None:
    """DynamoDB filters a query by no key attribute: it refused the request when it was sent."""
    table = Table("things")
    by_type = table.global_index("ByType", partition_key="entity")
    lamp, desk = (
        make(
            table,
            {"id": str, "key": table.primary.key(f"{kind}#{{id}}", kind), "all": by_type.key(kind)},
            kind,
        )
        for kind in ("Lamp", "Desk")
    )
    with pytest.raises(InvalidOperation) as refused:
        lamp.all.query().skipping(desk)
    assert "ByType" in refused.value.declared


def test_a_scan_of_entities_of_which_one_key_begins_with_anything_has_no_filter(
    open_backend: OpenBackend,
) -> None:
    """Names without an expression made DynamoDB refuse it."""
    table = Table("things", type_attribute=None)
    fields: dict[str, Any] = {"id": SLUG}
    lamp = make(table, {**fields, "key": table.primary.key("LAMP", "{id}")}, "Lamp")
    desk = make(table, {**fields, "key": table.primary.key("{id}", "{id}")}, "Desk")
    db = open_backend(table)
    stored = [db.repository.write(create(each(id="a"))) for each in (lamp, desk)]
    found = db.repository.fetch(collection(lamp.key, desk.key).scan(because="all are wanted"))
    assert sorted(found, key=str) == sorted(stored, key=str)
