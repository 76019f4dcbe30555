"""Conditional requests (RFC 9110, section 13): entity tags, 304, 412, 428; and shared caching.

The tag of one thing is made from its version, so a route can refuse before it reads or writes
anything else; the tag of a list is made from its text, but for its cursor: no two texts of a
cursor are equal.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Self, TypeAlias

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel, WithJsonSchema

from app.api.kit.container import container_of
from app.core.problems import MalformedHeader, PreconditionFailed

_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"')
_TAGS = re.compile(rf"{_TAG.pattern}(?:[ \t]*,[ \t]*{_TAG.pattern})*")
_BESIDE = re.compile(r'\.[0-9a-f]{8}"$')
_CODED = re.compile(r'-(?:br|gzip)"')
SHARED_SECONDS = 10
"""How old a list may be that strangers see: it comes from caches between them and the app."""
# Several lines of a header are one list (RFC 9110, section 5.3): to a client it is one text.
# What cannot be understood is ignored on reading, and refused where it would let a write through.
_SHOWN_TAG = '"[!#-~]*"'
_KNOWN = {"type": "string", "examples": ['"6c3bee1f313eb2d648e06483c5a0d696"']}
_WELL_FORMED = {"pattern": rf"^([*]|(W/)?{_SHOWN_TAG}(, (W/)?{_SHOWN_TAG})*)$"}
_SCHEMA = WithJsonSchema(_KNOWN | _WELL_FORMED)
_WANTED = Header(
    description='Entity tags, or versions in quotes such as `"3"`: 412 unless one is current.'
)
Tags: TypeAlias = tuple[str, ...] | str | None
KnownTags = Annotated[
    Annotated[list[str] | None, WithJsonSchema(_KNOWN)],
    Header(description="Entity tags: 304 without a body if one is current."),
]
WantedTags = Annotated[Annotated[list[str] | None, _SCHEMA], _WANTED]
CertainTags = Annotated[Annotated[list[str], _SCHEMA], _WANTED]


class EntityTag(str):
    """A strong entity tag; `version`, as bodies and list items have it, stands for it in If-Match.

    It says nothing about what it is made from. `beside`: facts that are sent along and change
    without the version; no lock depends on them.
    """

    version: int

    def __new__(cls, kind: str, identity: str, version: int, *beside: str | int) -> Self:
        state = _digest(kind, identity, version)[:32]
        tag = super().__new__(cls, f'"{state}.{_digest(*beside)[:8]}"' if beside else f'"{state}"')
        tag.version = version
        return tag


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


@dataclass(frozen=True)
class Reading:
    """For GET: sends the entity tag, or ends the request with 304. `known`: of If-None-Match."""

    response: Response
    known: Tags

    def send_tag(self, tag: str) -> None:
        if self.known and _is_known(tag, self.known):
            raise NotModified(tag)
        self.response.headers["ETag"] = tag


@dataclass(frozen=True)
class SharedReading:
    """For GET of lists that everyone may see: caches may share what strangers get."""

    is_public: bool
    known: Tags
    secret: bytes
    """That of cursors: with another one, what a reader has kept is sent again."""

    def answer(self, out: BaseModel) -> Response:
        """The list with a tag of its text, or 304."""
        body = out.model_dump_json(by_alias=True).encode()
        cursor: str | None = getattr(getattr(out, "data", None), "next_cursor", None)
        facts = body.replace(f'"{cursor}"'.encode(), b"true") if cursor else body
        tag = f'"{hmac.digest(self.secret, facts, "sha256").hex()[:32]}"'
        headers = {
            "ETag": tag,
            "Vary": "Authorization, Cookie",
            "Cache-Control": f"public, max-age={SHARED_SECONDS}"
            if self.is_public
            else "private, no-cache",
        }
        if self.known and _is_known(tag, self.known):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        return Response(body, media_type="application/json", headers=headers)


@dataclass(frozen=True)
class Writing:
    """For a change: refuses with 412 unless If-Match names the present state."""

    response: Response
    wanted: Tags

    def expects(self, tag: EntityTag) -> None:
        """`tag`: of what is stored now. Call it before the change."""
        if self.wanted in (None, "*"):
            return
        wanted = {_locked(each) for each in self.wanted or ()}
        if not {_locked(tag), f'"{tag.version}"'} & wanted:
            raise PreconditionFailed()

    def send_tag(self, tag: str) -> None:
        """`tag`: of what is stored after the change."""
        self.response.headers["ETag"] = tag


async def read_conditionally(response: Response, if_none_match: KnownTags = None) -> Reading:
    return Reading(response, _listed(if_none_match) if if_none_match else None)


async def read_shared(request: Request, if_none_match: KnownTags = None) -> SharedReading:
    is_public = "authorization" not in request.headers and "cookie" not in request.headers
    secret = container_of(request).settings.secrets[0]
    return SharedReading(is_public, _listed(if_none_match), secret)


async def write_conditionally(response: Response, if_match: WantedTags = None) -> Writing:
    wanted = _listed(if_match)
    if if_match is not None and wanted is None:
        raise MalformedHeader(header="If-Match")
    return Writing(response, wanted)


async def require_condition(response: Response, if_match: CertainTags) -> Writing:
    """Without If-Match the request ends with 428: `app.api.kit.answers`."""
    return await write_conditionally(response, if_match)


def _listed(lines: list[str] | None) -> Tags:
    """The tags of a header's lines, `*`, or None if there are none to be understood."""
    text = ", ".join(lines or ()).strip()
    if text == "*":
        return text
    tags = _TAG.findall(text) if _TAGS.fullmatch(text) else None
    if tags is None:
        return None
    return tuple(_CODED.sub('"', tag) for tag in tags)  # compressed, it is the same state


def _is_known(tag: str, known: tuple[str, ...] | str) -> bool:
    return known == "*" or tag in {each.removeprefix("W/") for each in known}


ReadingCondition = Annotated[Reading, Depends(read_conditionally)]
SharedCondition = Annotated[SharedReading, Depends(read_shared)]
WritingCondition = Annotated[Writing, Depends(write_conditionally)]
RequiredCondition = Annotated[Writing, Depends(require_condition)]
