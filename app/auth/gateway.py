"""Claims that an API Gateway authorizer verified, from the Lambda event. Never reads a header.

The gateway turns every value into text, each of its two kinds in its own way. Here the text
becomes what the token held, and then passes the same checks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast

from app.auth.claims import Claims, Expected, TokenRefused, claims_of

_TIMES = ("exp", "iat", "auth_time", "nbf")
_GROUPS = "cognito:groups"
_EPOCH = re.compile(r"[0-9]{1,12}")
_JAVA_DATE = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?P<month>[A-Z][a-z]{2}) (?P<day>[0-9]{2})"
    r" (?P<time>[0-9]{2}:[0-9]{2}:[0-9]{2}) UTC (?P<year>[0-9]{4})"
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def claims_from_event(
    event: Mapping[str, object], expected: Expected, now: datetime
) -> Claims | None:
    """None if no authorizer put claims there; raises `TokenRefused` if it did and they don't fit.

    Claims of a JWT authorizer are at `authorizer.jwt.claims`, in events of format 1.0 and of REST
    APIs at `authorizer.claims`.
    """
    authorizer = _below(_below(event, "requestContext"), "authorizer")
    found = [
        each
        for each in (_below(authorizer, "jwt").get("claims"), authorizer.get("claims"))
        if each is not None
    ]
    if not found:
        return None
    if len(found) > 1 or not isinstance(found[0], Mapping):
        raise TokenRefused("event")
    text = cast("Mapping[str, object]", found[0])
    return claims_of(_typed(text, is_http_api="version" in event), expected, now)


def _below(parent: Mapping[str, object], name: str) -> Mapping[str, object]:
    """Empty if it is missing or null; another thing than an object is not guessed at."""
    child = parent.get(name)
    if child is None:
        return {}
    if not isinstance(child, Mapping):
        raise TokenRefused("event")
    return cast("Mapping[str, object]", child)


def _typed(text: Mapping[str, object], *, is_http_api: bool) -> dict[str, object]:
    """What has none of the gateway's forms stays as it is, and is refused as such."""
    typed = dict(text)
    for name in _TIMES:
        if isinstance(value := text.get(name), str):
            typed[name] = _seconds(value)
    if isinstance(groups := text.get(_GROUPS), str):
        typed[_GROUPS] = _bracketed(groups) if is_http_api else _listed(groups)
    return typed


def _seconds(text: str) -> object:
    """`1795620000`, or as REST APIs write it: `Wed Nov 25 15:37:23 UTC 2026`."""
    if _EPOCH.fullmatch(text):
        return int(text)
    date = _JAVA_DATE.fullmatch(text)
    if date is None or date["month"] not in _MONTHS:
        return text
    month = _MONTHS.index(date["month"]) + 1
    try:
        moment = datetime.fromisoformat(f"{date['year']}-{month:02}-{date['day']}T{date['time']}")
    except ValueError:
        return text
    return int(moment.replace(tzinfo=UTC).timestamp())


def _bracketed(text: str) -> object:
    """`[a b]`: names of groups hold no white space."""
    if len(text) < 2 or (text[0], text[-1]) != ("[", "]"):
        return text
    return text[1:-1].split(" ") if text != "[]" else []


def _listed(text: str) -> list[str]:
    """`a,b`."""
    return text.split(",") if text else []
