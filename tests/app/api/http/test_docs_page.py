"""The interactive documentation runs our own files and nothing else."""

from __future__ import annotations

import re

from fastapi.testclient import TestClient


def test_the_page_loads_its_own_origin_alone(client: TestClient) -> None:
    """No address of another host, no script in the page; each file it names is there."""
    page = client.get("/docs")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "//" not in page.text
    assert re.findall(r"<script[^>]*>([^<]+)", page.text) == []
    for name in re.findall(r"(?:src|href)=\"([^\"]+)\"", page.text):
        file = client.get(name)
        assert file.status_code == 200
        assert len(file.content) > 100


def test_its_policy_allows_own_scripts_and_no_inline_ones(client: TestClient) -> None:
    """The same for the page and its files."""
    for path in ("/docs", "/docs/start.js", "/docs/swagger-ui-bundle.js"):
        policy = client.get(path).headers["content-security-policy"]
        assert "script-src 'self';" in policy
        assert policy.startswith("default-src 'none';")


def test_it_starts_with_the_document_of_the_app(client: TestClient) -> None:
    """Beside the page, wherever a gateway puts both."""
    assert '"openapi.json"' in client.get("/docs/start.js").text
    assert client.get("/openapi.json").status_code == 200
