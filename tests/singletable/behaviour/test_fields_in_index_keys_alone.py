"""Items of other programs that have a required field in the text of an index key alone."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from singletable import VERSION, Entity, Label, Table, attr, transaction, update
from singletable.errors import ConditionFailed, TransactionCancelled, VersionConflict
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

plain = Table("plain-texts", type_attribute=None)
by_cat = plain.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")
by_state = plain.global_index("GSI2", partition_key="GSI2PK", sort_key="GSI2SK")
mixed = Table("mixed-texts", untagged="by key")
by_shelf = mixed.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")


class Paper(Entity, table=plain):
    """In one index while it has a moment, in the other while it is open."""

    id: str
    cat: str
    place: str
    at: str | None = None
    state: str = "open"
    note: str | None = None
    key = plain.primary.key("B#{id}", "P")
    of_cat = by_cat.key("C#{cat}", "{at}#{id}")
    of_state = by_state.key("S#{place}", "{id}", when=attr("state").equals("open"))


class Copy(Entity, table=mixed):
    """Versioned, of a table in which some items say their type."""

    id: str
    shelf: str
    at: str | None = None
    version: Annotated[int, VERSION] = 1
    key = mixed.primary.key("C#{id}", "C")
    of_shelf = by_shelf.key("S#{shelf}", "{at}#{id}")


LABEL = Label("seven", "at is 7")
INDEXED = {"GSI1PK": "C#x", "GSI1SK": "7#9", "GSI2PK": "S#here", "GSI2SK": "9"}
OTHERS = {"PK": "B#9", "SK": "P", "id": "9", "at": "7"}
WHOLE = Paper(id="9", cat="x", place="here", at="7")
COPY = {"PK": "C#9", "SK": "C", "id": "9", "at": "7", "GSI1PK": "S#x", "GSI1SK": "7#9"}
paper, copy = Paper.key.patch(id="9"), Copy.key.patch(id="9").ignoring_version()
LEAVING: dict[str, tuple[Any, str]] = {
    "set to None": (paper.set(at=None), "cat"),
    "unset": (paper.unset("at"), "cat"),
    "a condition that ends": (paper.set(state="closed"), "place"),
    "once": (paper.set(at=None).once(), "cat"),
    "both indexes": (paper.set(at=None, cat="y", state="closed"), "place"),
}


@pytest.mark.parametrize("name", LEAVING)
def test_a_patch_that_would_remove_the_only_copy_is_refused(
    open_backend: OpenBackend, name: str
) -> None:
    """Nothing is written, and the item is read as before."""
    db = open_backend(plain)
    db.put(**OTHERS, **INDEXED)
    before, (write, field) = db.items(), LEAVING[name]
    with raises(ConditionFailed, reason=f"{field} has no attribute") as refused:
        db.repository.write(write)
    assert (refused.value.written, db.items()) == ("no", before)
    assert db.repository.fetch(Paper.key.get(id="9")) == WHOLE


def test_one_of_an_untagged_item_is_refused_too(open_backend: OpenBackend) -> None:
    """Alone and in a transaction; a label of the caller's does not hide what did not hold."""
    db = open_backend(mixed)
    db.put(**COPY, version={"N": "1"})
    for write, error in (
        (copy.set(at=None), ConditionFailed),
        (transaction(copy.set(at=None)), TransactionCancelled),
        (copy.set(at=None).when(attr("at").equals("7"), label=LABEL), ConditionFailed),
    ):
        with pytest.raises(error, match="shelf has no attribute"):
            db.repository.write(write)
    assert db.repository.fetch(Copy.key.get(id="9")) == Copy(id="9", shelf="x", at="7")


def test_what_has_the_attribute_leaves_the_index(open_backend: OpenBackend) -> None:
    """By every such patch; and so does what gets the attribute by the same patch."""
    db = open_backend(plain)
    for write, _ in LEAVING.values():
        db.put(**OTHERS, **INDEXED, cat="x", place="here")
        assert db.repository.write(write).at in (None, "7")
        (item,) = db.items()
        assert not {"GSI1PK", "GSI2PK"} <= item.keys()
    db.put(**OTHERS, **INDEXED)
    written = db.repository.write(paper.set(at=None, cat="y"))
    assert written == Paper(id="9", cat="y", place="here")


def test_an_update_of_what_was_read_keeps_the_field(open_backend: OpenBackend) -> None:
    """It writes the attribute; of states built by hand nothing says so, and it is refused."""
    db = open_backend(mixed)
    db.put(**COPY, version={"N": "1"})
    by_hand = Copy(id="9", shelf="x", at="7")
    with pytest.raises(VersionConflict):
        db.repository.write(update(by_hand, by_hand.model_copy(update={"at": None})))
    read = db.repository.fetch(Copy.key.get(id="9"))
    assert read is not None
    written = db.repository.write(update(read, read.model_copy(update={"at": None})))
    assert written == Copy(id="9", shelf="x", version=2)
    assert db.repository.fetch(Copy.key.get(id="9")) == written


def test_given_values_ask_for_the_attribute(open_backend: OpenBackend) -> None:
    """As ever: the item that lacks it is not as the caller says."""
    db = open_backend(plain)
    db.put(**OTHERS, **INDEXED)
    with pytest.raises(VersionConflict):
        db.repository.write(paper.given(cat="x").set(at=None))
    with pytest.raises(VersionConflict):
        db.repository.write(paper.given(cat="x").set(at="8"))
