"""Whose turn it is to do what a key names: one attempt's, until it is answered or cut short.

Knows no HTTP but refusals and answers.
"""

from __future__ import annotations

import hmac
import logging
import secrets as randomness
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

from access_patterns import idempotency_records
from app.http.refusals import AnswerTooLarge, InProgress, KeyReused
from app.idempotency.answers import Answer
from app.idempotency.asked import Asked
from app.idempotency.secrecy import Secrets
from app.settings import Settings
from model import IdempotencyRecord
from singletable import Delete, Patch, Repository
from singletable.errors import Contended, RequestError, WriteRefused

LARGEST = 300_000
"""Of a sealed answer, in bytes: with the rest of its item it stays below DynamoDB's 400 KB."""

log = logging.getLogger("app.idempotency")


@dataclass
class Claim:
    """What one attempt holds. `is_sent`: a write that keeps the answer is, or was, under way."""

    repository: Repository
    secrets: Secrets
    asked: Asked
    owner: str = field(default_factory=randomness.token_urlsafe)
    is_sent: bool = False
    is_kept: bool = False

    def keeping(self, answer: Answer) -> Patch[IdempotencyRecord]:
        """The write that keeps it, to go along with the effect. Raises `AnswerTooLarge`."""
        sealed = self.secrets.sealed(answer.packed(), self.asked.key, self.asked.identity)
        if len(sealed) > LARGEST:
            raise AnswerTooLarge()
        return idempotency_records.complete(self.asked.identity, self.owner, sealed)

    def keep(self, answer: Answer) -> None:
        """For an effect that did not keep it itself; one that is too large without its body."""
        if self.is_kept:
            return
        try:
            write = self.keeping(answer)
        except AnswerTooLarge:
            write = self.keeping(answer.without_body())
        self._write(write)

    def release(self) -> None:
        """After an attempt that had no effect: the next one is judged anew."""
        if not self.is_kept:
            self._write(idempotency_records.release(self.asked.identity, self.owner))

    def _write(self, write: Patch[IdempotencyRecord] | Delete) -> None:
        """Where it fails the lock runs out by itself; the answer to the client stands."""
        try:
            self.repository.write(write)
        except RequestError as error:
            log.warning("a keyed request is left to its lock: %s", type(error).__name__)


@dataclass(frozen=True)
class Claims:
    """`lasting`: how long a request is known; `lock`: longer than any request takes."""

    repository: Repository
    secrets: Secrets
    lasting: timedelta
    lock: timedelta

    @classmethod
    def over(cls, repository: Repository, settings: Settings) -> Self:
        return cls(
            repository,
            Secrets(settings.cursor_secret.get_secret_value().encode()),
            timedelta(seconds=settings.idempotency_seconds),
            timedelta(seconds=settings.idempotency_lock_seconds),
        )

    def open(self, asked: Asked, now: datetime) -> Claim | None:
        """The turn; None if another attempt has, or had it. Raises `InProgress`."""
        claim = Claim(self.repository, self.secrets, asked)
        wanted = IdempotencyRecord(
            record_id=asked.identity,
            fingerprint=asked.fingerprint,
            owner=claim.owner,
            locked_until=now + self.lock,
            expires_at=(now + self.lasting).replace(microsecond=0),
        )
        try:
            self.repository.write(idempotency_records.claim(wanted, now))
        except Contended:  # nobody else writes this item but attempts at the same
            raise InProgress from None
        except WriteRefused:
            return None
        return claim

    def known(self, asked: Asked) -> Answer:
        """What another attempt made of it. Raises `KeyReused` or `InProgress`."""
        known = self.repository.fetch(idempotency_records.by_id(asked.identity).consistent())
        if known is None:
            raise InProgress
        if not hmac.compare_digest(known.fingerprint, asked.fingerprint):
            raise KeyReused
        if known.response is None:
            raise InProgress
        return Answer.parse(self.secrets.opened(known.response, asked.key, asked.identity))
