"""U3 and U5: changes of the identity, and values that no model takes, by every verb."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from singletable import (
    Patch,
    Upsert,
    access_pattern,
    attr,
    batch,
    create,
    put,
    transaction,
    update,
    upsert,
)
from singletable.errors import DeclarationError, InvalidItem, InvalidOperation, UnstorableValue
from tests.conftest import MEMORY_FIRST, OpenBackend
from tests.singletable.cards import SEAT, WAYS, Card, club
from tests.singletable.raises import raises

IDENTITY_CHANGES: dict[str, Callable[[Any], Any]] = {
    "set": lambda patch: patch.set(card_id="other"),
    "set to itself": lambda patch: patch.set(card_id="a"),
    "set to a field": lambda patch: patch.set(card_id=attr("note")),
    "set if absent": lambda patch: patch.set_if_absent(card_id="other"),
    "unset": lambda patch: patch.unset("card_id"),
    "add": lambda patch: patch.add(card_id=1),
    "append": lambda patch: patch.append(card_id=["x"]),
    "prepend": lambda patch: patch.prepend(card_id=["x"]),
    "remove": lambda patch: patch.remove(card_id={"x"}),
    "set_at": lambda patch: patch.set_at(attr("card_id"), "other"),
    "unset_at": lambda patch: patch.unset_at(attr("card_id")),
}


def names_the_identity(error: DeclarationError) -> bool:
    return "card_id" in error.declared


@pytest.mark.parametrize("change", IDENTITY_CHANGES)
def test_the_identity_cannot_be_changed(change: str) -> None:
    """Where a pattern does it, the pattern does not import."""
    act = IDENTITY_CHANGES[change]
    with raises(InvalidOperation, declared="card_id"):
        act(Card.key.patch(card_id="a"))

    def rename(card_id: str) -> Patch[Card]:
        """Gives it another identity."""
        done: Patch[Card] = act(Card.key.patch(card_id=card_id))
        return done

    with pytest.raises(DeclarationError, check=names_the_identity):
        access_pattern(rename)
    if change.endswith("_at"):
        return
    with raises(InvalidOperation, declared="card_id"):
        act(Card.key.upsert(card_id="a"))

    def replace(card_id: str) -> Upsert[Card]:
        """Gives a new one another identity."""
        made: Upsert[Card] = act(Card.key.upsert(card_id=card_id))
        return made

    with pytest.raises(DeclarationError, check=names_the_identity):
        access_pattern(replace)


BAD_CHANGES: dict[str, Callable[[Any], Any]] = {
    "set": lambda patch: patch.set(rank=10),
    "set of another type": lambda patch: patch.set(note=5),
    "set to a field of another type": lambda patch: patch.set(note=attr("rank")),
    "set if absent": lambda patch: patch.set_if_absent(extra=5),
    "set to none": lambda patch: patch.set(rank=None),
    "unset": lambda patch: patch.unset("rank"),
    "add": lambda patch: patch.add(tags={1}),
    "add text": lambda patch: patch.add(rank="1"),
    "append": lambda patch: patch.append(log=[1]),
    "prepend": lambda patch: patch.prepend(log=[1]),
    "remove": lambda patch: patch.remove(tags={1}),
    "given": lambda patch: patch.set(note="x").given(rank=10),
    "when": lambda patch: patch.set(note="x").when(attr("rank").equals("x")),
    "set_at": lambda patch: patch.set_at(SEAT["row"], 10),
    "unset_at": lambda patch: patch.unset_at(SEAT["row"]),
    "add_at": lambda patch: patch.add_at(SEAT["row"], "1"),
    "append_at": lambda patch: patch.append_at(SEAT["log"], [1]),
    "prepend_at": lambda patch: patch.prepend_at(SEAT["log"], [1]),
    "remove_at": lambda patch: patch.remove_at(SEAT["tags"], {1}),
    "an unknown field": lambda patch: patch.set(colour="red"),
    "an unknown field, if absent": lambda patch: patch.set_if_absent(colour="red"),
    "an unknown field, unset": lambda patch: patch.unset("colour"),
    "an unknown field, added to": lambda patch: patch.add(colour=1),
    "an unknown field, appended to": lambda patch: patch.append(colour=["x"]),
    "an unknown field, prepended to": lambda patch: patch.prepend(colour=["x"]),
    "an unknown field, removed from": lambda patch: patch.remove(colour={"x"}),
    "an unknown field, given": lambda patch: patch.set(note="x").given(colour="red"),
    "an unknown field in a condition": lambda patch: patch.when(attr("colour").equals("red")),
    "an unknown part": lambda patch: patch.set_at(SEAT["colour"], "red"),
    "an unknown part, unset": lambda patch: patch.unset_at(SEAT["colour"]),
    "an unknown part, added to": lambda patch: patch.add_at(SEAT["colour"], 1),
}
WHOLE: dict[str, dict[str, Any]] = {
    "a bound": {"rank": 10},
    "a type": {"note": 5},
    "an element": {"log": [1]},
    "a nested model": {"seat": {"row": 10}},
    "an unknown field": {"colour": "red"},
    "none": {"rank": None},
}
REFUSED = (InvalidItem, InvalidOperation, UnstorableValue)


@MEMORY_FIRST
@pytest.mark.parametrize("change", BAD_CHANGES)
def test_a_change_is_validated_before_anything_is_sent(
    open_backend: OpenBackend, change: str
) -> None:
    """By patch and by upsert, in every way."""
    db, act = open_backend(club), BAD_CHANGES[change]
    builds: list[Callable[[], Any]] = [
        lambda way=way: way(act(Card.key.patch(card_id="a")))  # type: ignore[misc]
        for way in WAYS.values()
    ]
    if "given" not in change and "_at" not in change and "part" not in change:
        builds.append(lambda: act(Card.key.upsert(card_id="a")))
    for build in builds:
        with pytest.raises(REFUSED) as caught:
            db.repository.write(build())
        assert caught.value.written == "no"
    assert (db.sent, db.items()) == ([], [])


@MEMORY_FIRST
@pytest.mark.parametrize("kind", WHOLE)
def test_an_entity_is_validated_before_anything_is_sent(
    open_backend: OpenBackend, kind: str
) -> None:
    """What a copy was given, or what no validator has seen."""
    db, good = open_backend(club), Card(card_id="a")
    bad = good.model_copy(update=WHOLE[kind])
    for build in (
        lambda: create(bad),
        lambda: put(bad),
        lambda: upsert(bad),
        lambda: update(good, bad),
        lambda: batch(put(bad)),
        lambda: transaction(create(bad)),
        lambda: create(Card(card_id="b")).with_writes(put(bad)),
    ):
        with pytest.raises(REFUSED):
            db.repository.write(build())
    assert (db.sent, db.items()) == ([], [])
