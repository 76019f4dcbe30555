"""Conditions on what another program has spelt otherwise than the engine would."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import pytest

from singletable import Entity, Repository, Table, attr, put, update
from singletable.formats import text
from tests.backends import Backend
from tests.conftest import OpenBackend

mail = Table("letters")
WHEN = datetime(2026, 3, 1, tzinfo=UTC)
NUMBER = UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")


class Letter(Entity, table=mail):
    """A letter, whose fields have more spellings than one."""

    letter_id: str
    email: Annotated[str, text(lower=True)]
    name: Annotated[str, text(fold="nfkc")]
    number: UUID
    sent_at: datetime
    key = mail.primary.key("LETTERS", "{letter_id}")


def respell(item: dict[str, Any]) -> dict[str, Any]:
    item["email"] = {"S": item["email"]["S"].lower()}
    return item


class Card(Entity, table=mail, upgrade=respell, reaches=["email"]):
    """A card, whose upgrade spells the address as the engine does."""

    card_id: str
    email: Annotated[str, text(lower=True)]
    key = mail.primary.key("CARDS", "{card_id}")


CONDITIONS: dict[str, Any] = {
    "lower case": attr("email").equals("kim@x"),
    "capitals": attr("email").equals("Kim@X"),
    "folded": attr("name").equals("ab c"),
    "as typed": attr("name").equals("Ab  C"),
    "beginning": attr("email").begins_with("Kim"),
    "number": attr("number").equals(NUMBER),
    "moment": attr("sent_at").equals(WHEN),
}
GET = Letter.key.get(letter_id="1")


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    """With a letter and a card of another program."""
    db = open_backend(mail)
    values = {"name": "Ab  C", "number": str(NUMBER).upper(), "sent_at": "2026-03-01T00:00:00Z"}
    db.put(PK="LETTERS", SK="1", entity="Letter", letter_id="1", email="Kim@X", **values)
    db.put(PK="CARDS", SK="1", entity="Card", card_id="1", email="Kim@X")
    return db


def rewrite(repository: Repository) -> None:
    letter = repository.fetch(GET)
    assert letter is not None
    repository.write(put(letter))


@pytest.mark.parametrize("kind", CONDITIONS)
@pytest.mark.parametrize(("prepare", "found"), [(lambda _: None, 0), (rewrite, 1)])
def test_a_condition_finds_what_is_spelt_as_the_engine_stores_it(
    db: Backend, kind: str, prepare: Callable[[Repository], None], found: int
) -> None:
    """However the operand is spelt; an item of another program is found once it is put anew."""
    prepare(db.repository)
    page = db.repository.fetch(Letter.key.query().where(CONDITIONS[kind]))
    assert len(page.items) == found


def test_what_another_program_has_spelt_otherwise_is_read_as_the_same_value(db: Backend) -> None:
    letter = db.repository.fetch(GET)
    assert letter is not None
    assert (letter.email, letter.name, letter.number) == ("kim@x", "ab c", NUMBER)
    assert letter.sent_at == WHEN


def test_an_update_writes_the_spelling_that_the_upgrade_gives(db: Backend) -> None:
    """Also where both states are equal."""
    card = db.repository.fetch(Card.key.get(card_id="1"))
    assert card is not None
    query = Card.key.query().where(attr("email").equals("kim@x"))
    assert db.repository.fetch(query).items == ()
    db.repository.write(update(card, card))
    assert db.repository.fetch(query).items == (card,)
