"""The demo page: static files on a local stage, and nowhere else."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from app.api import pages
from app.core.settings import Settings
from app.main import create_app
from tests.app.policies import built


def test_a_local_stage_has_the_page_and_its_scripts(client: TestClient) -> None:
    """Every file that page or script names is there, and runs nothing but its own origin's."""
    page = client.get("/demo")
    assert page.url.path == "/demo/"
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<style" not in page.text
    assert re.findall(r"<script[^>]*>([^<]+)", page.text) == []
    names = set(re.findall(r'(?:src|href)="([a-z./-]+)"', page.text))
    for name in list(names):
        names |= {f"js/{each}" for each in re.findall(r'from "./([^"]+)"', read(client, name))}
    assert {"style.css", "js/page.js", "js/api.js", "js/posts.js"} <= names
    for name in names:
        read(client, name)


def read(client: TestClient, name: str) -> str:
    answer = client.get(f"/demo/{name}")
    assert answer.status_code == 200, name
    assert "'unsafe-" not in answer.headers["content-security-policy"]
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; script-src 's")
    return answer.text


def test_the_page_may_ask_the_bucket_as_well(settings: Settings) -> None:
    """Uploads go there, and pictures come from there."""
    endpoint = "http://127.0.0.1:8002"
    app = create_app(settings.model_copy(update={"s3_endpoint": endpoint}), policy=built())
    policy = TestClient(app).get("/demo/").headers["content-security-policy"]
    assert f"img-src 'self' data: {endpoint};" in policy
    assert f"connect-src 'self' {endpoint};" in policy


def test_nothing_beside_the_folder_is_served(client: TestClient) -> None:
    """A path that leaves it is that of no route."""
    for path in ("/demo/../pyproject.toml", "/demo/%2e%2e/pyproject.toml", "/demo/js/", "/demo/no"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "no-such-route"
    assert client.post("/demo/index.html").status_code == 405


@pytest.mark.parametrize("stage", ["dev", "stage", "prod"])
def test_other_stages_have_none(settings: Settings, stage: str) -> None:
    """Not the page, and not a file of it."""
    deployed = create_app(settings.model_copy(update={"app_env": stage}), policy=built())
    client = TestClient(deployed)
    for path in ("/demo", "/demo/", "/demo/index.html", "/demo/js/page.js"):
        assert client.get(path).status_code == 404


def test_a_stage_without_the_folder_has_none(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in `sam local`: the artefact does not hold it."""
    monkeypatch.setattr(pages, "FOLDER", pages.FOLDER / "absent")
    client = TestClient(create_app(settings, policy=built()))
    assert client.get("/demo/").status_code == 404
