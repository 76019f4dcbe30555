"""The store of idempotent requests: claims, locks, and encrypted answers."""

from __future__ import annotations

import hmac
import json
import logging
import os
import secrets as randomness
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from access_patterns import idempotency_records
from app.core.problems import AnswerTooLarge, InProgress, KeyReused
from app.core.settings import Settings
from model import IdempotencyRecord, IdempotencyRecordId
from singletable import Delete, Patch, Repository
from singletable.errors import Contended, RequestError, WriteRefused

KEEPING = (
    idempotency_records.by_id,
    idempotency_records.claim,
    idempotency_records.complete,
    idempotency_records.release,
)
"""What every operation that takes a key asks."""
LARGEST = 300_000
"""Of an encrypted answer, in bytes: with the rest of its item it stays below DynamoDB's 400 KB."""

KEPT_HEADERS = frozenset({"content-type", "etag", "location", "retry-after", "set-cookie"})
_END_OF_HEAD = b"\n"
_NONCE_BYTES = 12
_KEY_BYTES = 32

log = logging.getLogger("app.idempotency")


class UnreadableAnswer(Exception):
    """A kept answer was not encrypted with this secret, for this request: somebody changed it."""


class Secrets:
    """`secret` is the same on every instance."""

    def __init__(self, secret: bytes) -> None:
        self._names = hmac.digest(secret, b"names of keyed requests", sha256)
        self._prints = hmac.digest(secret, b"prints of keyed requests", sha256)
        self._answers = hmac.digest(secret, b"answers to keyed requests", sha256)

    def identify(self, *parts: str | Sequence[str]) -> IdempotencyRecordId:
        """Equal for equal parts alone, however they are cut."""
        text = json.dumps(parts).encode()
        return IdempotencyRecordId(hmac.digest(self._names, text, sha256).hex())

    def fingerprint(self, *parts: bytes) -> str:
        """Of bytes, whose lengths are part of it."""
        lengths = json.dumps([len(part) for part in parts]).encode()
        return hmac.digest(self._prints, lengths + b"".join(parts), sha256).hex()

    def encrypt(self, plain: bytes, key: str, record_id: IdempotencyRecordId) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher(key).encrypt(nonce, plain, record_id.encode())

    def decrypt(self, sealed: bytes, key: str, record_id: IdempotencyRecordId) -> bytes:
        """Raises `UnreadableAnswer`."""
        nonce, text = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        try:
            return self._cipher(key).decrypt(nonce, text, record_id.encode())
        except (InvalidTag, ValueError):
            raise UnreadableAnswer("a kept answer is not what was written") from None

    def _cipher(self, key: str) -> AESGCM:
        """Of two secrets: the table's readers lack both, the server the client's."""
        derived = HKDF(SHA256(), _KEY_BYTES, salt=self._answers, info=b"AES-256-GCM")
        return AESGCM(derived.derive(key.encode()))


@dataclass(frozen=True)
class Answer:
    """`headers`: those of `KEPT_HEADERS`, a cookie a line."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = field(default=b"", repr=False)

    @classmethod
    def build(cls, status: int, headers: Iterable[tuple[str, str]], body: bytes) -> Self:
        lower = ((name.lower(), value) for name, value in headers)
        return cls(status, tuple(each for each in lower if each[0] in KEPT_HEADERS), body)

    @classmethod
    def unpack(cls, packed: bytes) -> Self:
        head, _, body = zlib.decompress(packed).partition(_END_OF_HEAD)
        status, headers = json.loads(head)
        return cls(status, tuple((name, value) for name, value in headers), body)

    def pack(self) -> bytes:
        head = json.dumps([self.status, self.headers]).encode()
        return zlib.compress(head + _END_OF_HEAD + self.body)


@dataclass(frozen=True)
class IdempotentRequest:
    """`key` is the client's secret; the other two are what the table may know of the request."""

    key: str = field(repr=False)
    record_id: IdempotencyRecordId
    fingerprint: str


@dataclass
class Claim:
    """What one attempt holds. `is_sent`: a write that keeps the answer is, or was, under way."""

    store: IdempotencyStore
    asked: IdempotentRequest
    owner: str = field(default_factory=randomness.token_urlsafe)
    is_sent: bool = False
    is_kept: bool = False

    def complete(self, answer: Answer) -> Patch[IdempotencyRecord]:
        """The write that keeps it, to go along with the effect. Raises `AnswerTooLarge`."""
        asked = self.asked
        sealed = self.store.secrets.encrypt(answer.pack(), asked.key, asked.record_id)
        if len(sealed) > LARGEST:
            raise AnswerTooLarge()
        return idempotency_records.complete(asked.record_id, self.owner, sealed)

    def keep(self, answer: Answer) -> None:
        """For an effect that did not keep it itself; one that is too large without its body."""
        if self.is_kept:
            return
        try:
            write = self.complete(answer)
        except AnswerTooLarge:
            write = self.complete(replace(answer, body=b""))
        self._write(write)

    def release(self) -> None:
        """After an attempt that had no effect: the next one is judged anew."""
        if not self.is_kept:
            self._write(idempotency_records.release(self.asked.record_id, self.owner))

    def _write(self, write: Patch[IdempotencyRecord] | Delete) -> None:
        """Where it fails the lock runs out by itself; the answer to the client stands."""
        try:
            self.store.repository.write(write)
        except RequestError as error:
            log.warning("a keyed request is left to its lock: %s", type(error).__name__)


@dataclass(frozen=True)
class IdempotencyStore:
    """`lasting`: how long a request is known; `lock`: longer than any request takes."""

    repository: Repository
    secrets: Secrets
    lasting: timedelta
    lock: timedelta

    @classmethod
    def over(cls, repository: Repository, settings: Settings) -> Self:
        return cls(
            repository,
            Secrets(settings.secrets[0]),
            timedelta(seconds=settings.idempotency_seconds),
            timedelta(seconds=settings.idempotency_lock_seconds),
        )

    def claim(self, asked: IdempotentRequest, now: datetime) -> Claim | None:
        """None if another attempt holds the key, or held it. Raises `InProgress`."""
        claim = Claim(self, asked)
        wanted = IdempotencyRecord(
            record_id=asked.record_id,
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

    def load_answer(self, asked: IdempotentRequest) -> Answer:
        """What another attempt answered. Raises `KeyReused` or `InProgress`."""
        known = self.repository.fetch(idempotency_records.by_id(asked.record_id).consistent())
        if known is None:
            raise InProgress
        if not hmac.compare_digest(known.fingerprint, asked.fingerprint):
            raise KeyReused
        if known.response is None:
            raise InProgress
        return Answer.unpack(self.secrets.decrypt(known.response, asked.key, asked.record_id))
