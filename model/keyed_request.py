"""A request that came with an Idempotency-Key: under way, or with the answer that it was given."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

from model.ids import RequestIdentity
from model.table import blog, primary
from singletable import TTL, Entity

Print = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class KeyedRequest(Entity, table=blog):
    """Held by one attempt at a time, its `owner`, until `locked_until`; answered once.

    `identity` and `fingerprint` are keyed hashes: of caller, operation and key, and of what was
    sent. `answer` is encrypted; without the client's key nobody reads it.
    """

    identity: RequestIdentity
    fingerprint: Print = Field(
        examples=["5f2b9b1c6a3d4e8f90a1b2c3d4e5f60718293a4b5c6d7e8f9012345678901234"]
    )
    owner: str = Field(examples=["u0pZr4vQ3m8Kx1Tn6bLw2A"])
    locked_until: AwareDatetime
    answer: bytes | None = None
    expires_at: Annotated[datetime, TTL]

    key = primary.key("REQUEST#{identity}", "REQUEST")
