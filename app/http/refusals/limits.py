"""Turned away before it is looked at: 403 for where it comes from, 429 for how often it comes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.http.refusals.base import Refusal


@dataclass(eq=False, kw_only=True)
class ForeignOrigin(Refusal):
    status, code = 403, "foreign-origin"
    message = "pages of this origin may not write with cookies"
    why = (
        "The request relies on cookies or sets them, and comes from a page of neither the API's own"
        " origin nor one in `ALLOWED_ORIGINS`, or does not say from where."
    )
    remedy = "Send it from such a page, or send `Authorization: Bearer <token>` instead of cookies."


@dataclass(eq=False, kw_only=True)
class TooManyRequests(Refusal):
    """`seconds`: until one more would be let in."""

    status, code = 429, "too-many-requests"
    message = "too many requests: try again in {seconds} s"
    why = (
        "This caller, this source, or all sources together at this account, made as many requests"
        " or attempts in the last minute as are allowed. This one was not carried out."
    )
    remedy = "Try again after the seconds in `Retry-After`."

    seconds: int

    def headers(self) -> Mapping[str, str]:
        return {"Retry-After": str(self.seconds)}
