"""A version is never written that its own field refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import pytest
from pydantic import AfterValidator, Field, field_validator

from singletable import VERSION, Entity, Table, create, put, transaction, update
from singletable.errors.declaration import InvalidEntity
from singletable.errors.request import ConditionFailed, InvalidItem, InvalidOperation
from singletable.formats import integer
from tests.backends import Backend
from tests.conftest import OpenBackend
from tests.singletable.raises import raises

drafts = Table("drafts")


def at_most_two(version: int) -> int:
    if version > 2:
        raise ValueError("is too great")
    return version


class Limited(Entity, table=drafts):
    """Limited by Pydantic."""

    draft_id: str
    text: str = ""
    version: Annotated[int, VERSION, Field(le=2)] = 1
    key = drafts.primary.key("LIMITED#{draft_id}", "DRAFT")


class Formatted(Entity, table=drafts):
    """Limited by a format."""

    draft_id: str
    text: str = ""
    version: Annotated[int, VERSION, integer(0, 2)] = 1
    key = drafts.primary.key("FORMATTED#{draft_id}", "DRAFT")


class Validated(Entity, table=drafts):
    """Limited by a validator."""

    draft_id: str
    text: str = ""
    version: Annotated[int, VERSION, AfterValidator(at_most_two)] = 1
    key = drafts.primary.key("VALIDATED#{draft_id}", "DRAFT")


class Checked(Entity, table=drafts):
    """Limited by a validator of the model's."""

    draft_id: str
    text: str = ""
    version: Annotated[int, VERSION] = 1
    key = drafts.primary.key("CHECKED#{draft_id}", "DRAFT")

    @field_validator("version")
    @classmethod
    def _is_small(cls, version: int) -> int:
        return at_most_two(version)


Draft = type[Limited] | type[Formatted] | type[Validated] | type[Checked]
BOUNDED: tuple[Draft, ...] = (Limited, Formatted)
JUDGED: tuple[Draft, ...] = (Validated, Checked)
WRITES: dict[str, Callable[[Any], Any]] = {
    "patch": lambda draft: type(draft).key.patch(draft_id="1").set(text="c").at_version(2),
    "patch of nothing": lambda draft: type(draft).key.patch(draft_id="1").at_version(2),
    "patch in a transaction": lambda draft: transaction(
        type(draft).key.patch(draft_id="1").set(text="c").at_version(2)
    ),
    "update": lambda draft: update(draft, draft.model_copy(update={"text": "c"})),
    "put": put,
}


@pytest.fixture
def db(open_backend: OpenBackend) -> Backend:
    return open_backend(drafts)


def made(db: Backend, kind: Draft) -> Any:
    """A draft whose version is the greatest."""
    db.repository.write(create(kind(draft_id="1")))
    return db.repository.write(kind.key.patch(draft_id="1").set(text="b").at_version(1))


@pytest.mark.parametrize("kind", [*BOUNDED, *JUDGED])
@pytest.mark.parametrize("write", WRITES)
def test_the_version_after_the_greatest_is_refused(db: Backend, kind: Draft, write: str) -> None:
    """It was written, and the item could not be read any more."""
    draft = made(db, kind)
    with raises(InvalidItem, entity=kind.__name__, problems="version"):
        db.repository.write(WRITES[write](draft))
    assert db.repository.fetch(kind.key.get(draft_id="1").consistent()) == draft


@pytest.mark.parametrize("kind", BOUNDED)
def test_a_bound_is_kept_by_a_condition_where_the_version_is_not_known(
    db: Backend, kind: Draft
) -> None:
    draft = made(db, kind)
    with raises(ConditionFailed, reason="version must stay at most 2"):
        db.repository.write(kind.key.patch(draft_id="1").set(text="c").ignoring_version())
    assert db.repository.fetch(kind.key.get(draft_id="1").consistent()) == draft


@pytest.mark.parametrize("kind", JUDGED)
def test_no_condition_keeps_what_a_validator_says_of_a_version_that_is_not_known(
    kind: Draft,
) -> None:
    with raises(InvalidOperation, declared="it has a validator", allowed="at_version(n)"):
        kind.key.patch(draft_id="1").ignoring_version()


IMPOSSIBLE: dict[str, Any] = {
    "at least 2": Annotated[int, VERSION, Field(ge=2)],
    "at most 1": Annotated[int, VERSION, Field(le=1)],
    "a multiple": Annotated[int, VERSION, Field(multiple_of=2)],
    "a range": Annotated[int, VERSION, integer(2, 9)],
    "a validator": Annotated[int, VERSION, AfterValidator(lambda version: version + 1)],
}


@pytest.mark.parametrize("limit", IMPOSSIBLE)
def test_a_version_that_cannot_count_from_1_does_not_import(limit: str) -> None:
    """No create could have been written, or no change of it."""
    annotation = IMPOSSIBLE[limit]
    with raises(InvalidEntity, declared="the version version counts from 1"):

        class Impossible(Entity, table=Table("impossible")):
            """Never created."""

            draft_id: str
            version: annotation = 2  # type: ignore[valid-type]
            key = drafts.primary.key("IMPOSSIBLE#{draft_id}", "DRAFT")
