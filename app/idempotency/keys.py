"""The Idempotency-Key header: its form, and how it reads. Knows no request."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Header
from pydantic import WithJsonSchema

from app.http.refusals import MalformedKey

HEADER = "Idempotency-Key"
# Visible ASCII but quotes and backslashes: so the draft's quoted string has one spelling.
_BARE = r"[!#-\[\]-~]{8,128}"
_FORM = re.compile(rf'(?P<quoted>")?(?P<key>{_BARE})(?(quoted)")')
SCHEMA = {
    "type": "string",
    "pattern": rf'^({_BARE}|"{_BARE}")$',
    "examples": ["8e03978e-40d5-43dd-bc93-6894a57f9324"],
}

# Several lines of a header are one list (RFC 9110, section 5.3): to a client it is one text.
SentKeys = Annotated[
    Annotated[list[str] | None, WithJsonSchema(SCHEMA)],
    Header(
        alias=HEADER,
        description="Names what is to be done once: repeated with it, it is answered as before.",
    ),
]


def key_of(lines: list[str] | None) -> str | None:
    """The key without its quotes; None if none was sent. Raises `MalformedKey`."""
    if not lines:
        return None
    found = _FORM.fullmatch(lines[0]) if len(lines) == 1 else None
    if found is None:
        raise MalformedKey()
    return found["key"]
