"""What the request says cannot be read or used: 400, 413, 415, 422."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.http.envelope import Detail
from app.http.refusals.base import Refusal


@dataclass(eq=False, kw_only=True)
class MalformedBody(Refusal):
    status, code = 400, "malformed-body"
    message = "the body is not JSON in UTF-8: {reason}"
    why = "The body is not UTF-8 or JSON, too deep, names a member twice, or holds NaN."
    remedy = "Send JSON as RFC 8259 has it."

    reason: str


@dataclass(eq=False, kw_only=True)
class MalformedHeader(Refusal):
    status, code = 400, "malformed-header"
    message = "{header} cannot be understood"
    why = "A header that decides about a write is not of the form its standard demands."
    remedy = "Send the entity tag exactly as it was received, with its quotes."

    header: str


@dataclass(eq=False, kw_only=True)
class InvalidCursor(Refusal):
    status, code = 400, "invalid-cursor"
    message = "the cursor does not belong to this list"
    why = "A cursor was edited, cut, or belongs to another list or other filters."
    remedy = "Start again from the first page."


@dataclass(eq=False, kw_only=True)
class TooLarge(Refusal):
    status, code = 413, "too-large"
    message = "the body is larger than {limit} bytes"
    why = "The body is larger than the app takes."
    remedy = "Send less; upload files through a presigned URL."

    limit: int


@dataclass(eq=False, kw_only=True)
class UnsupportedMediaType(Refusal):
    status, code = 415, "unsupported-media-type"
    message = "the body has to be application/json"
    why = "The body is declared as something else than JSON, or as nothing."
    remedy = "Send `Content-Type: application/json`."


@dataclass(eq=False, kw_only=True)
class Unprocessable(Refusal):
    status, code = 422, "unprocessable"
    message = "the request has {count} invalid value(s)"
    why = "The request can be read, but a value is missing, unknown or not allowed."
    remedy = "Correct what `details` names."

    wrong: Sequence[Detail]
    count: int = 0

    def __post_init__(self) -> None:
        self.count = self.count or len(self.wrong)

    def details(self) -> Sequence[Detail]:
        return self.wrong
