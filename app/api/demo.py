"""The demo page under `/demo`: static files of a folder that no deployment holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles

PATH = "/demo"
FOLDER = Path(__file__).parents[2] / "demo"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Page(StaticFiles):
    """Runs its own scripts, and asks its own origin, alone."""

    def file_response(self, *arguments: Any, **options: Any) -> Response:
        response = super().file_response(*arguments, **options)
        response.headers["Content-Security-Policy"] = POLICY
        return response


def install(app: FastAPI) -> None:
    """For a local stage; without the folder, as in `sam local`, there is no page."""
    if not FOLDER.is_dir():
        return
    app.mount(PATH, Page(directory=FOLDER, html=True), name="demo")
    app.add_route(PATH, _to_folder, include_in_schema=False)


async def _to_folder(_: object) -> Response:
    return RedirectResponse(f"{PATH}/")
