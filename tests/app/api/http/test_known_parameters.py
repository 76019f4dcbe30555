"""A parameter nobody knows is refused, wherever it is sent."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.app import expect


@pytest.mark.parametrize("query", ["categry=news", "limit=2&Limit=3", "a#b=1", "x" * 300 + "=1"])
def test_a_misspelt_parameter_is_named(client: TestClient, query: str) -> None:
    """422, with the parameters that there are; never the whole list instead."""
    answer = client.get(f"/v1/posts?{query.replace('#', '%23')}")
    error = expect.failure(answer, 422, "unprocessable")
    assert [each["code"] for each in error["details"]] == ["unknown-parameter"]
    known = "author, below, category, categoryId, cursor, include, limit, order, since, status, tag"
    assert known in error["details"][0]["message"]


def test_a_parameter_is_given_once(client: TestClient) -> None:
    """One of two would be taken without a word; lists may be repeated."""
    for query in ("limit=1&limit=2", "tag=a&tag=b", "tag=a&tag=a"):
        error = expect.failure(client.get(f"/v1/posts?{query}"), 422, "unprocessable")
        assert [each["code"] for each in error["details"]] == ["repeated"]
    error = expect.failure(client.get("/v1/posts?include=x&include=y"), 422, "unprocessable")
    assert {each["code"] for each in error["details"]} == {"unknown-value"}


def test_an_operation_without_parameters_says_so(client: TestClient) -> None:
    """Also for a write, before anything is written."""
    answer = client.post("/v1/posts/x/submit?force=1")
    error = expect.failure(answer, 422, "unprocessable")
    assert error["details"][0]["message"].endswith("known are: none")
