"""Routes and policy know the same actions; what a route asks is taken from OpenAPI."""

from __future__ import annotations

import pytest

from app.adapters.opa import read_bundle
from app.api.guards.routes import IN_OPENAPI
from scripts.docs.matrix_tables import Document, actions_of, guarded, operations
from tests.app.policies import BUNDLE, openapi_document

BUILD = "edit opa/policies/data.json and run ./scripts/generate.sh"


@pytest.fixture(scope="module")
def openapi() -> Document:
    return openapi_document()


def test_every_operation_asks_the_policy(openapi: Document) -> None:
    """None is without an action."""
    asking = {each.operation for each in guarded()}
    silent = {name for name, _ in operations(openapi)} - asking
    assert not silent, f"operations that ask the policy nothing: {sorted(silent)}"


def test_routes_and_policy_have_the_same_actions() -> None:
    """The policy's data has a line for each action of a route, and for no other."""
    asked = {each.action for each in guarded()}
    ruled = actions_of(read_bundle(BUNDLE).data)
    assert not asked - ruled, f"{BUILD}: routes ask what grants lacks: {asked - ruled}"
    assert not ruled - asked, f"{BUILD}: no route asks what grants has: {ruled - asked}"


def test_an_action_is_always_about_the_same() -> None:
    """Its cells do not depend on the route."""
    kinds = {(each.action, each.kind) for each in guarded()}
    assert len(kinds) == len({action for action, _ in kinds})


def test_the_document_has_what_the_guards_declare(openapi: Document) -> None:
    """`x-policy-actions` of each operation: its actions with their types."""
    shown = {
        (name, action, kind)
        for name, operation in operations(openapi)
        for action, kind in operation[IN_OPENAPI].items()
    }
    assert shown == {(each.operation, each.action, each.kind.name) for each in guarded()}
