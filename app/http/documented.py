"""What an operation may answer besides success, for OpenAPI. Made from the refusals alone."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from pydantic import BaseModel

from app.http.envelope import Failed, Failure
from app.http.refusals import Refusal

_TRACE = "6f1c2a54-8d2e-4b53-9a0e-0c5f3f3d7c11"


def problems(*refusals: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """For `responses=`: one entry per status, one example per code."""
    ranked = sorted(set(refusals), key=lambda cls: (cls.status, cls.code))
    return {
        status: _entry(list(group)) for status, group in groupby(ranked, lambda cls: cls.status)
    }


def shown(data: BaseModel, *headers: str, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """For `responses=`: what success looks like, with headers that it carries."""
    example = {"success": True, "data": data.model_dump(mode="json"), "error": None}
    return {status: {"content": {"application/json": {"example": example}}, **carrying(*headers)}}


def empty(status: int, description: str, *headers: str) -> dict[int | str, dict[str, Any]]:
    """For `responses=`: an answer without a body."""
    return {status: {"description": description, **carrying(*headers)}}


def carrying(*headers: str) -> dict[str, Any]:
    """The part of a response's entry that names its headers."""
    return (
        {"headers": {name: {"schema": {"type": "string"}} for name in headers}} if headers else {}
    )


UNCHANGED = empty(304, "It is in the state that If-None-Match names.", "ETag")


def _entry(refusals: list[type[Refusal]]) -> dict[str, Any]:
    return {
        "model": Failure,
        "description": " · ".join(f"`{cls.code}`: {cls.why}" for cls in refusals),
        "content": {"application/json": {"examples": {c.code: _example(c) for c in refusals}}},
    }


def _example(cls: type[Refusal]) -> dict[str, Any]:
    failed = Failed(code=cls.code, message=cls.message, details=(), trace_id=_TRACE)
    value = Failure(error=failed).model_dump(mode="json")
    return {"summary": cls.why, "description": cls.remedy, "value": value}
