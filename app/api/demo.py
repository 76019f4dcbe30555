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
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: BUCKET;"
    " connect-src 'self' BUCKET; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class Page(StaticFiles):
    """Runs its own scripts alone, and asks no origin but its own and the bucket's."""

    def __init__(self, bucket: str) -> None:
        super().__init__(directory=FOLDER, html=True)
        self.policy = POLICY.replace(" BUCKET", bucket and f" {bucket}")

    def file_response(self, *arguments: Any, **options: Any) -> Response:
        response = super().file_response(*arguments, **options)
        response.headers["Content-Security-Policy"] = self.policy
        return response


def install(app: FastAPI, bucket: str) -> None:
    """For a local stage; without the folder, as in `sam local`, there is no page.

    `bucket`: the origin of uploads, or empty.
    """
    if not FOLDER.is_dir():
        return
    app.mount(PATH, Page(bucket), name="demo")
    app.add_route(PATH, _to_folder, include_in_schema=False)


async def _to_folder(_: object) -> Response:
    return RedirectResponse(f"{PATH}/")
