"""The interactive documentation, all from our own origin. Knows no operation.

Its links are relative: it may be below the base path of a gateway.

Whoever signs in there has cookies that every script of the page may use: there is none but ours.
"""

from __future__ import annotations

from importlib import resources

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

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
