"""What the OpenAPI document says of refusals, and the page that shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from importlib import resources
from itertools import groupby
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from app.api.kit.envelope import Failed, Failure
from app.api.kit.middleware import QUOTA_HEADERS
from app.core.problems import Problem

BETWEEN = " · "


_TRACE = "6f1c2a54-8d2e-4b53-9a0e-0c5f3f3d7c11"


def problems(*refusals: type[Problem]) -> dict[int | str, dict[str, Any]]:
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


def _entry(refusals: list[type[Problem]]) -> dict[str, Any]:
    return {
        "model": Failure,
        "description": BETWEEN.join(f"`{cls.code}`: {cls.why}" for cls in refusals),
        "content": {"application/json": {"examples": {c.code: _example(c) for c in refusals}}},
    }


def _example(cls: type[Problem]) -> dict[str, Any]:
    failed = Failed(code=cls.code, message=cls.message, details=(), trace_id=_TRACE)
    value = Failure(error=failed).model_dump(mode="json")
    return {"summary": cls.why, "description": cls.remedy, "value": value}


PATH = "/docs"


POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


_PACKAGE = "fastapi_swagger.resources"


_FILES = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon-32x32.png": "image/png",
}


_START = """window.ui = SwaggerUIBundle({
  url: "OPENAPI", dom_id: "#swagger-ui", deepLinking: true, tryItOutEnabled: true,
  presets: [SwaggerUIBundle.presets.apis], layout: "BaseLayout",
});
"""


_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>TITLE</title>
<link rel="icon" href="docs/favicon-32x32.png">
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""


def install(app: FastAPI) -> None:
    """Only where there is an OpenAPI document to show."""
    if app.openapi_url is None:
        return
    page = _PAGE.replace("TITLE", app.title)
    _serve(app, "", page.encode(), "text/html; charset=utf-8")
    _serve(
        app,
        "/start.js",
        _START.replace("OPENAPI", app.openapi_url.removeprefix("/")).encode(),
        "text/javascript",
    )
    for name, kind in _FILES.items():
        _serve(app, f"/{name}", resources.files(_PACKAGE).joinpath(name).read_bytes(), kind)


def _serve(app: FastAPI, below: str, content: bytes, kind: str) -> None:
    async def serve(_: Request) -> Response:
        return Response(content, media_type=kind, headers={"Content-Security-Policy": POLICY})

    app.add_route(PATH + below, serve, methods=["GET"], include_in_schema=False)


def calls_of(dependant: Dependant) -> Iterator[object]:
    """The endpoint, and its dependencies down to the last."""
    yield dependant.call
    for inner in dependant.dependencies:
        yield from calls_of(inner)
