"""Routes and policy know the same actions; what a route asks is taken from OpenAPI."""

from __future__ import annotations

from typing import Any

import pytest

from app.adapters.opa import read_bundle
from scripts.docs.matrix_tables import Document, actions_of, guarded, operations
from tests.app.policies import BUNDLE, openapi_document


@pytest.fixture(scope="module")
def openapi() -> Document:
    return openapi_document()


def test_every_operation_asks_the_policy(openapi: Document) -> None:
    """None is without an action."""
    asking = {each.operation for each in guarded(openapi)}
    silent = {name for name, _ in operations(openapi)} - asking
    assert not silent, f"operations that ask the policy nothing: {sorted(silent)}"


def test_routes_and_policy_have_the_same_actions(openapi: Document) -> None:
    """The policy's data has a line for each action of a route, and for no other."""
    asked = {each.action for each in guarded(openapi)}
    ruled = actions_of(read_bundle(BUNDLE).data)
    assert not asked - ruled, f"routes ask what opa/policies/data.json lacks: {asked - ruled}"
    assert not ruled - asked, f"no route asks what the policy's data has: {ruled - asked}"


def test_an_action_is_always_about_the_same(openapi: Document) -> None:
    """Its cells do not depend on the route."""
    asked = guarded(openapi)
    kinds = {(each.action, each.resource_type) for each in asked}
    assert len(kinds) == len({action for action, _ in kinds})


def test_an_operation_without_action_is_not_guarded() -> None:
    """Nor is what is not an operation, such as a path's parameters."""
    shown: dict[str, Any] = {"get": {}, "post": {"x-policy-actions": {"a.b": "none"}}}
    found = guarded({"paths": {"/x": {**shown, "parameters": []}}})
    assert [(each.operation, each.action, each.resource_type) for each in found] == [
        ("POST /x", "a.b", "none")
    ]
