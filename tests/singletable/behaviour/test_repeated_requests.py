"""U9: what the caller holds is not changed, and a write built or sent twice is the same request."""

from __future__ import annotations

from contextlib import suppress
from copy import deepcopy
from typing import Any

import pytest

from singletable import attr, batch, create, delete, put, transaction, update, upsert
from singletable.errors import WriteRefused
from singletable.inspect import Context
from tests.conftest import MEMORY_FIRST, OpenBackend
from tests.singletable.cards import FULL, SEAT, Card, Seat, club

pytestmark = MEMORY_FIRST


def given_by_the_caller() -> dict[str, Any]:
    return {
        "tags": {"x"},
        "log": ["a"],
        "seat": Seat(row=2, tags={"s"}, log=["l"]),
    }


def builds(values: dict[str, Any]) -> dict[str, Any]:
    """Every write that takes what the caller holds."""
    before, after = Card(card_id="a", **FULL), Card(card_id="a", **values)
    patch = Card.key.patch(card_id="a")
    return {
        "create": create(after),
        "put": put(after),
        "update": update(before, after),
        "upsert": upsert(after),
        "upsert by key": Card.key.upsert(card_id="a").set(**values),
        "patch": patch.set(**values),
        "add": patch.add(tags=values["tags"]).append(log=values["log"]),
        "parts": patch.append_at(SEAT["log"], values["log"]).add_at(SEAT["tags"], values["tags"]),
        "if absent": patch.set_if_absent(log=values["log"]),
        "when": patch.set(note="x").when(attr("tags").equals(values["tags"])),
        "given": patch.set(note="x").given(log=values["log"]),
        "batch": batch(put(after)),
        "transaction": transaction(put(after), token="t"),
        "delete": delete(after),
    }


@pytest.mark.parametrize("verb", builds(given_by_the_caller()))
def test_what_the_caller_gave_stays_and_the_request_repeats(
    open_backend: OpenBackend, verb: str
) -> None:
    """Building, sending and sending again change neither."""
    db, values = open_backend(club), given_by_the_caller()
    copies, context = deepcopy(values), Context()
    write = builds(values)[verb]
    first = deepcopy(write.requests(context))
    for stored in (Card(card_id="a", **FULL), Card(card_id="a", **values)):
        db.repository.write(put(stored))
        with suppress(WriteRefused):  # whether it is refused or not
            db.repository.write(write)
    assert write.requests(context) == first == builds(values)[verb].requests(context)
    assert values == copies == given_by_the_caller()


def test_what_is_built_keeps_what_it_was_given(open_backend: OpenBackend) -> None:
    """The caller changes his list and his set afterwards: a patch has those that it was given."""
    db, log, tags = open_backend(club), ["a"], {"x"}
    db.repository.write(create(Card(card_id="a")))
    patch = Card.key.patch(card_id="a").set(log=log).add(tags=tags)
    first = deepcopy(patch.requests(Context()))
    log.append("b")
    tags.add("y")
    assert patch.requests(Context()) == first
    found = db.repository.write(patch)
    assert (found.log, found.tags) == (["a"], {"x"})
