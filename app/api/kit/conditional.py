"""Conditional requests (RFC 9110, section 13): entity tags, 304, 412, 428.

A tag is made from a version number, so a route can refuse before it reads or writes anything else.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Annotated

from fastapi import Depends, Header, Response
from pydantic import WithJsonSchema

from app.core.problems import MalformedHeader, PreconditionFailed

_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')


_TAGS = re.compile(rf"{_TAG.pattern}(?:[ \t]*,[ \t]*{_TAG.pattern})*")


_BESIDE = re.compile(r'\.[0-9a-f]{8}"$')


# Several lines of a header are one list (RFC 9110, section 5.3): to a client it is one text.
# What cannot be understood is ignored on reading, and refused where it would let a write through.
_SHOWN_TAG = '"[!#-~]*"'


_KNOWN = {"type": "string", "examples": ['"6c3bee1f313eb2d648e06483c5a0d696"']}


_WELL_FORMED = {"pattern": rf"^([*]|(W/)?{_SHOWN_TAG}(, (W/)?{_SHOWN_TAG})*)$"}


_SCHEMA = WithJsonSchema(_KNOWN | _WELL_FORMED)


_WANTED = Header(description="Entity tags: 412, and no change, unless one is current.")


KnownTags = Annotated[
    Annotated[list[str] | None, WithJsonSchema(_KNOWN)],
    Header(description="Entity tags: 304 without a body if one is current."),
]


WantedTags = Annotated[Annotated[list[str] | None, _SCHEMA], _WANTED]


CertainTags = Annotated[Annotated[list[str], _SCHEMA], _WANTED]


def etag(kind: str, identity: str, version: int, *beside: int) -> str:
    """A strong entity tag; says nothing about what it is made from.

    `beside`: numbers that are sent along and change without the version.
    """
    state = _digest(kind, identity, version)[:32]
    return f'"{state}.{_digest(*beside)[:8]}"' if beside else f'"{state}"'


def _digest(*facts: str | int) -> str:
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def _locked(tag: str) -> str:
    """The tag of the version alone."""
    return _BESIDE.sub('"', tag)


class NotModified(Exception):
    """Answered as 304 without a body."""

    def __init__(self, tag: str) -> None:
        super().__init__(tag)
        self.tag = tag


class Reading:
    """For GET: `tagged` sends the entity tag, or ends the request with 304."""

    def __init__(self, response: Response, if_none_match: KnownTags = None) -> None:
        self._known = _listed(if_none_match)
        self._response = response

    def tagged(self, tag: str) -> None:
        if self._known == "*" or tag in {known.removeprefix("W/") for known in self._known or ()}:
            raise NotModified(tag)
        self._response.headers["ETag"] = tag


class Writing:
    """For a change: `expects` refuses with 412 unless If-Match names the present state."""

    def __init__(self, response: Response, if_match: WantedTags = None) -> None:
        self._wanted = _listed(if_match)
        if if_match is not None and self._wanted is None:
            raise MalformedHeader(header="If-Match")
        self._response = response

    def expects(self, tag: str) -> None:
        """`tag`: of what is stored now. Call it before the change."""
        if self._wanted in (None, "*"):
            return
        if _locked(tag) not in {_locked(wanted) for wanted in self._wanted or ()}:
            raise PreconditionFailed()

    def tagged(self, tag: str) -> None:
        """`tag`: of what is stored after the change."""
        self._response.headers["ETag"] = tag


class CertainWriting(Writing):
    """As `Writing`, and without If-Match the request ends with 428: `app.api.kit.answers`."""

    def __init__(self, response: Response, if_match: CertainTags) -> None:
        super().__init__(response, if_match)


def _listed(lines: list[str] | None) -> tuple[str, ...] | str | None:
    """The tags of a header's lines, `*`, or None if there are none to be understood."""
    text = ", ".join(lines or ()).strip()
    if text == "*":
        return text
    return tuple(_TAG.findall(text)) if _TAGS.fullmatch(text) else None


ReadingCondition = Annotated[Reading, Depends(Reading)]


WritingCondition = Annotated[Writing, Depends(Writing)]


RequiredCondition = Annotated[CertainWriting, Depends(CertainWriting)]
