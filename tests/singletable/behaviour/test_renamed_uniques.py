"""A unique field may have another name in the code, or in the table, than its unique items have."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import Field

from singletable import Entity, Table, create, delete, unique, update
from singletable.errors import InvalidEntity, UniqueTaken
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.clinic.making import make
from tests.singletable.raises import raises

EMAIL = "UNIQUE#Member#email#"
aliased, named = Table("aliased"), Table("named")


class Aliased(Entity, table=aliased, name="Member"):
    """The field was `email` in the code, and is so in the table."""

    member_id: str
    mail: str = Field(serialization_alias="email")

    key = aliased.primary.key("MEMBER#{member_id}", "MEMBER")
    unique_email = unique("mail")


class Named(Entity, table=named, name="Member", renamed={"email": "mail"}):
    """It was `email` in the table, too."""

    member_id: str
    mail: str

    key = named.primary.key("MEMBER#{member_id}", "MEMBER")
    unique_email = unique("mail", name="email")


def with_older(open_backend: OpenBackend, kind: Any, table: Table) -> tuple[Backend, Any]:
    """What the program before has stored, and what this one reads of it."""
    db = open_backend(table)
    owner = {"PK": "MEMBER#1", "SK": "MEMBER"}
    db.put(**owner, entity="Member", member_id="1", email="kim@x")
    whose = {"M": {name: {"S": text} for name, text in owner.items()}}
    db.put(PK=EMAIL + "kim@x", SK="UNIQUE", entity="Member.email", owner=whose)
    return db, db.repository.fetch(kind.key.get(member_id="1"))


def taken(db: Backend) -> set[str]:
    return {item["PK"]["S"] for item in db.items() if "owner" in item}


BOTH = pytest.mark.parametrize(("kind", "table"), [(Aliased, aliased), (Named, named)])


@BOTH
def test_what_was_claimed_under_the_former_name_is_taken(
    open_backend: OpenBackend, kind: Any, table: Table
) -> None:
    db, kim = with_older(open_backend, kind, table)
    assert kim.mail == "kim@x"
    with raises(UniqueTaken, field="mail"):
        db.repository.write(create(kind(member_id="2", mail="kim@x")))
    assert len(db.items()) == 2


@BOTH
def test_it_moves_with_the_value_and_goes_with_its_owner(
    open_backend: OpenBackend, kind: Any, table: Table
) -> None:
    db, kim = with_older(open_backend, kind, table)
    lee = db.repository.write(update(kim, kim.model_copy(update={"mail": "lee@x"})))
    assert taken(db) == {EMAIL + "lee@x"}
    db.repository.write(create(kind(member_id="2", mail="kim@x")))
    db.repository.write(delete(lee))
    assert taken(db) == {EMAIL + "kim@x"}


def test_a_renamed_attribute_needs_the_name_of_its_unique_items() -> None:
    table = Table("unsaid")
    body = {"mail": str, "key": table.primary.key("MEMBER#{mail}", "MEMBER")}
    with raises(
        InvalidEntity,
        declared="email is renamed to mail, which is unique: the unique items of items that were"
        " stored before are called email",
        allowed="unique('mail', name='email'), or the name that they have",
    ):
        make(table, {**body, "unique_mail": unique("mail")}, renamed={"email": "mail"})


def test_stored_names_may_have_any_characters(open_backend: OpenBackend) -> None:
    table = Table("odd")
    body = {"id": str, "mail": str, "key": table.primary.key("ODD#{id}", "ODD")}
    alias = Field(serialization_alias="{e}mail")
    odd = make(table, {**body, "unique_mail": unique("mail")}, defaults={"mail": alias})
    db = open_backend(table)
    stored = db.repository.write(create(odd(id="1", mail="kim@x")))
    assert taken(db) == {"UNIQUE#Thing#{e}mail#kim@x"}
    db.repository.write(delete(stored))
    assert db.items() == []
