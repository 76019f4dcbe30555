"""From pydantic's findings to a refusal that echoes nothing of what was sent.

`input` and `ctx` stay behind: they hold passwords, and NaN, which JSON cannot say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError

from app.http.envelope import Detail
from app.http.refusals import MalformedBody, PreconditionRequired, Refusal, Unprocessable

MOST_DETAILS = 20
LONGEST_LOCATION = 200
_IF_MATCH = ("header", "if-match")


def refusal_of(error: RequestValidationError) -> Refusal:
    """No JSON is malformed, a required If-Match is a precondition, all else is unprocessable."""
    findings = error.errors()
    if any(finding["type"] == "json_invalid" for finding in findings):
        return MalformedBody(reason="it is not JSON")
    if any(finding["type"] == "missing" and finding["loc"] == _IF_MATCH for finding in findings):
        return PreconditionRequired()
    return unprocessable(findings)


def unprocessable(findings: Sequence[Mapping[str, Any]]) -> Unprocessable:
    """Of pydantic's findings, the first ones."""
    return Unprocessable(
        wrong=[_detail(finding) for finding in findings[:MOST_DETAILS]], count=len(findings)
    )


def invalid(location: str, code: str, message: str) -> Unprocessable:
    """One value that is not allowed."""
    return Unprocessable(wrong=[Detail(location=location, code=code, message=message)])


def _detail(finding: Mapping[str, Any]) -> Detail:
    location = ".".join(str(part) for part in finding["loc"])
    return Detail(
        location=location[:LONGEST_LOCATION],
        code=finding["type"],
        message=finding["msg"],
    )
