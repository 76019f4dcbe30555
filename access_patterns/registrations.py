"""Questions about accounts in the making, and how one comes to its end."""

from __future__ import annotations

from datetime import datetime

from model import Registration, User
from singletable import (
    Create,
    Delete,
    Get,
    Patch,
    Query,
    Transaction,
    access_pattern,
    attr,
    create,
    transaction,
)

BEING_MADE = "an account with this address is being made"
GIVEN_UP = "the registration took too long and was given up"


def _unless_taken_up(ending: Delete, registration: Registration, words: str) -> Delete:
    same = attr("started_at").equals(registration.started_at)
    return ending.when(same).otherwise(words)


@access_pattern
def of(email: str) -> Get[Registration]:
    """An account in the making, by its e-mail address."""
    return Registration.key.get(email=email)


@access_pattern
def waiting() -> Query[Registration]:
    """Accounts in the making, the oldest first."""
    return Registration.by_age.query()


@access_pattern
def begin(registration: Registration) -> Create[Registration]:
    """Begins to register an e-mail address, which nobody else may be registering."""
    return create(registration).otherwise(BEING_MADE)


@access_pattern
def take_up(former: Registration, now: datetime) -> Patch[Registration]:
    """Takes an interrupted registration up again, unless someone else was faster."""
    own = Registration.key.patch(email=former.email).set(started_at=now)
    return own.when(attr("started_at").equals(former.started_at)).otherwise(BEING_MADE)


@access_pattern
def complete(registration: Registration, user: User) -> Transaction[User]:
    """Creates the user, whose e-mail address must be new, and ends the registration."""
    own = create(user)
    ended = Registration.key.remove(email=registration.email)
    return transaction(own, _unless_taken_up(ended, registration, GIVEN_UP)).answering(own)


@access_pattern
def give_up(registration: Registration) -> Delete:
    """Ends a registration that came to nothing, unless it was taken up again."""
    ended = Registration.key.delete(email=registration.email)
    return _unless_taken_up(ended, registration, BEING_MADE)
