"""What an Idempotency-Key may be refused for: 400, 409, 422. Knows no operation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.http.refusals.base import Refusal


@dataclass(eq=False, kw_only=True)
class MalformedKey(Refusal):
    status, code = 400, "malformed-idempotency-key"
    message = "the Idempotency-Key is not one line of 8 to 128 visible ASCII characters"
    why = "An Idempotency-Key is too short, too long, sent twice, or has other characters."
    remedy = "Send a UUID, bare or in quotes, a new one for each thing to be done."


@dataclass(eq=False, kw_only=True)
class InProgress(Refusal):
    status, code = 409, "idempotency-in-progress"
    message = "a request with this Idempotency-Key is under way"
    why = "The first request with this Idempotency-Key has not been answered yet."
    remedy = "Repeat it unchanged after the seconds in `Retry-After`."

    seconds: int = 1

    def headers(self) -> Mapping[str, str]:
        return {"Retry-After": str(self.seconds)}


@dataclass(eq=False, kw_only=True)
class KeyReused(Refusal):
    status, code = 422, "idempotency-key-reused"
    message = "this Idempotency-Key belongs to another request"
    why = "The Idempotency-Key came before, with another body, query, type or If-Match."
    remedy = "Repeat a request exactly as it was, and send another one with a new key."


@dataclass(eq=False, kw_only=True)
class AnswerTooLarge(Refusal):
    status, code = 422, "idempotency-answer-too-large"
    message = "the answer would be too large to be kept under an Idempotency-Key"
    why = "The answer has more than 300 kB when it is compressed; nothing was written."
    remedy = "Send it without an Idempotency-Key, or send less."
