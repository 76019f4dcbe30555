"""What everything done with accounts needs, in one place. Knows no HTTP."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from app.accounts.challenges import Challenges
from app.accounts.errors import AccountError
from app.accounts.pool import UserPool
from app.accounts.pool_errors import PoolError
from app.auth.claims import TokenVerifier
from app.sessions.gate import SessionGate
from singletable import Repository

log = logging.getLogger("app.accounts")


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Desk:
    """`lasting`: how long after a sign-in its session ends, whatever happens.

    `clock` says when something is done that is asked for without a moment.
    """

    repository: Repository
    pool: UserPool
    tokens: TokenVerifier
    gate: SessionGate
    lasting: timedelta
    challenges: Challenges
    clock: Callable[[], datetime] = utc_now

    def over(self, repository: Repository) -> Desk:
        """The same desk, which writes another way."""
        return replace(self, repository=repository)


@contextmanager
def as_far_as_possible(what: str) -> Generator[None]:
    """For what the pool should do as well, when the table alone already keeps the promise."""
    try:
        yield
    except (PoolError, AccountError) as error:
        log.warning("%s did not succeed at the user pool: %s", what, error)
