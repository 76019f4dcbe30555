"""Liveness and readiness probes; the pages of the documentation and of the demo."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any, Literal

from fastapi import APIRouter, Depends, FastAPI, Request
from pydantic import BaseModel
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from app.api.guards.permission import AllowedToAnyone
from app.api.guards.routes import GuardedRoute
from app.api.kit.answers import Envelope
from app.api.kit.container import container_of
from app.api.kit.openapi import DEFAULT, problems
from app.core.problems import NotReady
from app.core.wire import Out

router = APIRouter(
    tags=["probes"],
    route_class=GuardedRoute,
    dependencies=[Depends(AllowedToAnyone("probes.read"))],
    responses=DEFAULT,
)


class Health(BaseModel):
    status: Literal["ok"] = "ok"


class Ready(Out):
    status: Literal["ready"] = "ready"


@router.get("/health")
async def check_health() -> Health:
    """The process answers; whatever is behind it is not asked. The only answer without envelope."""
    # async: it needs none of the threads, which may all be waiting for a store that is silent
    return Health()


@router.get("/ready", responses=problems(NotReady))
def check_readiness(request: Request) -> Envelope[Ready]:
    """What the app needs is there: the table and its indexes."""
    if missing := container_of(request).readiness():
        raise NotReady(missing=missing)
    return Envelope(data=Ready())


_DOCS = "/docs"
_DOCS_POLICY = (
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
  docExpansion: "none", defaultModelsExpandDepth: 0,
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


def install_docs(app: FastAPI) -> None:
    """Only where there is an OpenAPI document to show."""
    if app.openapi_url is None:
        return
    start = _START.replace("OPENAPI", app.openapi_url.removeprefix("/"))
    _serve(app, "", _PAGE.replace("TITLE", app.title).encode(), "text/html; charset=utf-8")
    _serve(app, "/start.js", start.encode(), "text/javascript")
    for name, kind in _FILES.items():
        _serve(app, f"/{name}", resources.files(_PACKAGE).joinpath(name).read_bytes(), kind)


def _serve(app: FastAPI, below: str, content: bytes, kind: str) -> None:
    """What a browser has of it, it may use for an hour."""
    headers = {"Content-Security-Policy": _DOCS_POLICY, "Cache-Control": "public, max-age=3600"}

    async def serve(_: Request) -> Response:
        return Response(content, media_type=kind, headers=headers)

    app.add_route(_DOCS + below, serve, methods=["GET"], include_in_schema=False)


DEMO = "/demo"
FOLDER = Path(__file__).parents[2] / "demo"
_DEMO_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: BUCKET;"
    " connect-src 'self' BUCKET; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class _DemoPage(StaticFiles):
    """Runs its own scripts alone, and asks no origin but its own and the bucket's."""

    def __init__(self, bucket: str) -> None:
        super().__init__(directory=FOLDER, html=True)
        self.policy = _DEMO_POLICY.replace(" BUCKET", bucket and f" {bucket}")

    def file_response(self, *arguments: Any, **options: Any) -> Response:
        response = super().file_response(*arguments, **options)
        response.headers["Content-Security-Policy"] = self.policy
        return response


def install_demo(app: FastAPI, bucket: str) -> None:
    """For a local stage; without the folder, as in `sam local`, there is no page.

    `bucket`: the origin of uploads, or empty.
    """
    if not FOLDER.is_dir():
        return
    app.mount(DEMO, _DemoPage(bucket), name="demo")
    app.add_route(DEMO, _to_folder, include_in_schema=False)


async def _to_folder(_: object) -> Response:
    return RedirectResponse(f"{DEMO}/")
