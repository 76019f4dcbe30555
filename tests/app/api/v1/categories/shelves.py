"""What the tests of categories say often."""

from __future__ import annotations

from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response

from tests.app import expect

PATH = "/v1/categories"


def add(api: TestClient, category_id: str, parent_id: str | None = None, **more: Any) -> Any:
    """A category that is named as its identity."""
    body = {"categoryId": category_id, "parentId": parent_id, "name": category_id, **more}
    return expect.success(api.post(PATH, json=body), 201)


def tag(api: TestClient, category_id: str) -> dict[str, str]:
    """If-Match of the present version."""
    return {"If-Match": api.get(f"{PATH}/{category_id}").headers["etag"]}


def move(
    api: TestClient, category_id: str, parent_id: str | None, headers: dict[str, str] | None = None
) -> Response:
    return api.post(
        f"{PATH}/{category_id}/move",
        json={"parentId": parent_id},
        headers=headers or tag(api, category_id),
    )


def outline(api: TestClient) -> dict[str, Any]:
    """The tree as nested names; every counter has to be exact."""
    return _outline(api, expect.success(api.get(PATH)), 1)


def _outline(api: TestClient, nodes: Any, depth: int) -> dict[str, Any]:
    for node in nodes:
        known = expect.success(api.get(f"{PATH}/{node['categoryId']}"))
        assert (known["children"], node["depth"]) == (len(node["children"]), depth)
    return {node["categoryId"]: _outline(api, node["children"], depth + 1) for node in nodes}
