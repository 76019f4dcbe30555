"""Access patterns of registrations: sign-ups that are in progress or were interrupted."""

from __future__ import annotations

from datetime import datetime

from model import Registration, User
from singletable import (
    Create,
    Delete,
    Get,
    Label,
    Patch,
    Query,
    Transaction,
    access_pattern,
    attr,
    create,
    transaction,
)

IN_PROGRESS = Label("in-progress", "an account with this address is being made")
TIMED_OUT = Label("timed-out", "the registration took too long and was given up")


def _unless_resumed(deletion: Delete, registration: Registration, label: Label) -> Delete:
    is_same = attr("started_at").equals(registration.started_at)
    return deletion.when(is_same).label(label)


@access_pattern
def by_email(email: str) -> Get[Registration]:
    """The registration in progress for an e-mail address."""
    return Registration.key.get(email=email)


@access_pattern
def pending() -> Query[Registration]:
    """Registrations in progress, oldest first."""
    return Registration.by_age.query()


@access_pattern
def begin(registration: Registration) -> Create[Registration]:
    """Begins a registration, unless one for the same e-mail address is in progress."""
    return create(registration).label(IN_PROGRESS)


@access_pattern
def resume(interrupted: Registration, now: datetime) -> Patch[Registration]:
    """Resumes an interrupted registration, unless another process has resumed it."""
    own = Registration.key.patch(email=interrupted.email).set(started_at=now)
    return own.when(attr("started_at").equals(interrupted.started_at)).label(IN_PROGRESS)


@access_pattern
def complete(registration: Registration, user: User) -> Transaction[User]:
    """Creates the user, whose e-mail address must be unused, and deletes the registration."""
    own = create(user)
    deletion = Registration.key.delete(must_exist=True, email=registration.email)
    return transaction(own, _unless_resumed(deletion, registration, TIMED_OUT)).returning(own)


@access_pattern
def cancel(registration: Registration) -> Delete:
    """Deletes a failed registration, unless another process has resumed it."""
    deletion = Registration.key.delete(email=registration.email)
    return _unless_resumed(deletion, registration, IN_PROGRESS)
