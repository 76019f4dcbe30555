"""The one assertion every failure goes through: the envelope is exact."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from app.core.details import CODES


class Answer(Protocol):
    """What the test client and a decoded Lambda answer have in common."""

    @property
    def status_code(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    def json(self) -> Any: ...


def failure(answer: Answer, status: int, code: str) -> dict[str, Any]:
    """Asserts the whole shape and the headers of a failure; gives its `error`."""
    body = answer.json()
    assert (answer.status_code, body.get("error", {}).get("code")) == (status, code), body
    assert body.keys() == {"success", "data", "error"}
    assert body["success"] is False
    assert body["data"] is None
    error = body["error"]
    assert error.keys() == {"code", "message", "details", "traceId"}
    assert error["message"]
    assert "{" not in error["message"]
    for each in error["details"]:
        assert each.keys() == {"location", "code", "message", "params"}
        assert each["code"] in CODES
        assert each["message"]
        assert not set("{[^\\") & set(each["message"])
    if code in ("conflict", "already-exists"):
        assert error["details"]
    assert error["traceId"] == answer.headers["x-request-id"]
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    return dict(error)


def success(answer: Answer, status: int = 200) -> Any:
    """Asserts the whole shape of a success; gives its `data`."""
    body = answer.json()
    assert answer.status_code == status, body
    assert body.keys() == {"success", "data", "error"}
    assert body["success"] is True
    assert body["error"] is None
    assert answer.headers["x-request-id"]
    return body["data"]
