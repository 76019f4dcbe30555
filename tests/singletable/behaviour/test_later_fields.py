"""Items stored before a field with a default existed count as if they held it."""

from __future__ import annotations

from typing import Annotated

import pytest

from singletable import VERSION, Entity, Table, update
from singletable.errors.request import VersionConflict
from tests.backends import Backend
from tests.conftest import OpenBackend

depot = Table("depot")


class Pallet(Entity, table=depot):
    """Boxes on a pallet."""

    pallet_id: str
    layers: int = 3
    boxes: int = 0
    version: Annotated[int, VERSION] = 1

    key = depot.primary.key("PALLET#{pallet_id}", "PALLET")


@pytest.fixture
def old(open_backend: OpenBackend) -> Backend:
    """A depot with one pallet of the time before layers, boxes and versions."""
    db = open_backend(depot)
    texts = {"PK": "PALLET#p", "SK": "PALLET", "entity": "Pallet", "pallet_id": "p"}
    item = {name: {"S": text} for name, text in texts.items()}
    db.client.put_item(TableName=db.name, Item=item)
    return db


def test_an_addition_to_an_absent_number_starts_at_its_default(old: Backend) -> None:
    """The result is what a reader of the item would have computed."""
    patch = Pallet.key.patch(pallet_id="p").ignoring_version().add(layers=2, boxes=2)
    assert (pallet := old.repository.write(patch)).layers == 5
    assert pallet.boxes == 2


def test_any_version_moves_an_absent_version_on(old: Backend) -> None:
    """Whoever read the item before is told of the conflict."""
    before = old.repository.fetch(Pallet.key.get(pallet_id="p"))
    assert before is not None
    after = old.repository.write(Pallet.key.patch(pallet_id="p").ignoring_version().set(boxes=1))
    assert after.version == 2
    with pytest.raises(VersionConflict):
        old.repository.write(update(before, before.model_copy(update={"boxes": 9})))
