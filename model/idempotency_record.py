"""Idempotency records: requests with an Idempotency-Key, in progress or with their response."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

from model.ids import IdempotencyRecordKey
from model.table import blog, primary
from singletable import TTL, Entity

Fingerprint = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

STORED_AS = "KeyedRequest"


class IdempotencyRecord(Entity, table=blog, name=STORED_AS):
    """A request with an Idempotency-Key: one attempt holds its lock until a response is stored.

    `owner` is the token of the attempt that holds the lock until `locked_until`. `record_id` is an
    HMAC of caller, operation and key, `fingerprint` an HMAC of the request. `response` is
    encrypted; decrypting it takes the client's key, which is not stored.
    """

    record_id: IdempotencyRecordKey = Field(serialization_alias="identity")
    fingerprint: Fingerprint = Field(
        examples=["5f2b9b1c6a3d4e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9012345678901234"]
    )
    owner: str = Field(examples=["u0pZr4vQ3m8Kx1Tn6bLw2A"])
    locked_until: AwareDatetime
    response: bytes | None = Field(default=None, serialization_alias="answer")
    expires_at: Annotated[datetime, TTL]

    key = primary.key("REQUEST#{record_id}", "REQUEST")
