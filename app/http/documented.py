"""What an operation may answer besides success, for OpenAPI. Made from the refusals alone."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from itertools import groupby
from typing import Any

from pydantic import BaseModel

from app.http.envelope import Failed, Failure
from app.http.quota import QUOTA_HEADERS
from app.http.refusals import Refusal

BETWEEN = " · "
_TRACE = "6f1c2a54-8d2e-4b53-9a0e-0c5f3f3d7c11"


def problems(*refusals: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """For `responses=`: one entry per status, one example per code."""
    ranked = sorted(set(refusals), key=lambda cls: (cls.status, cls.code))
    return {
        status: _entry(list(group)) for status, group in groupby(ranked, lambda cls: cls.status)
    }


Responses = Mapping[int | str, dict[str, Any]]


def together(router: Responses, route: Responses) -> dict[int | str, dict[str, Any]]:
    """The router's answers and the route's: a status of both has the codes of both."""
    both = {
        status: _both(router[status], entry)
        for status, entry in route.items()
        if status in router and "model" in entry
    }
    return {**router, **route, **both}


def _both(router: dict[str, Any], route: dict[str, Any]) -> dict[str, Any]:
    codes = {
        code: example
        for entry in (router, route)
        for code, example in entry["content"]["application/json"]["examples"].items()
    }
    words = dict.fromkeys(
        word for entry in (router, route) for word in entry["description"].split(BETWEEN)
    )
    content = {"application/json": {"examples": codes}}
    headers = {**router.get("headers", {}), **route.get("headers", {})}
    shown = {"headers": headers} if headers else {}
    return {**route, "description": BETWEEN.join(words), "content": content, **shown}


def shown(data: BaseModel, *headers: str, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """For `responses=`: what success looks like, with headers that it carries."""
    example = {"success": True, "data": data.model_dump(mode="json"), "error": None}
    return {status: {"content": {"application/json": {"example": example}}, **carrying(*headers)}}


def empty(status: int, description: str, *headers: str) -> dict[int | str, dict[str, Any]]:
    """For `responses=`: an answer without a body."""
    return {status: {"description": description, **carrying(*headers)}}


def limited(answers: Responses, success: int) -> dict[int | str, dict[str, Any]]:
    """The same answers and that of success, each with what is left of the quota."""
    return {
        status: {**entry, "headers": {**entry.get("headers", {}), **_quota_headers(status)}}
        for status, entry in {success: {}, **answers}.items()
    }


def _quota_headers(status: int | str) -> dict[str, Any]:
    too_many = ("Retry-After",) if status == HTTPStatus.TOO_MANY_REQUESTS else ()
    found: dict[str, Any] = carrying(*QUOTA_HEADERS, *too_many)["headers"]
    return found


def carrying(*headers: str) -> dict[str, Any]:
    """The part of a response's entry that names its headers."""
    return (
        {"headers": {name: {"schema": {"type": "string"}} for name in headers}} if headers else {}
    )


UNCHANGED = empty(304, "It is in the state that If-None-Match names.", "ETag")


def _entry(refusals: list[type[Refusal]]) -> dict[str, Any]:
    return {
        "model": Failure,
        "description": BETWEEN.join(f"`{cls.code}`: {cls.why}" for cls in refusals),
        "content": {"application/json": {"examples": {c.code: _example(c) for c in refusals}}},
    }


def _example(cls: type[Refusal]) -> dict[str, Any]:
    failed = Failed(code=cls.code, message=cls.message, details=(), trace_id=_TRACE)
    value = Failure(error=failed).model_dump(mode="json")
    return {"summary": cls.why, "description": cls.remedy, "value": value}
