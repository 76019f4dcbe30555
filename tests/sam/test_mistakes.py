"""Mistakes in a template are noticed, each by the check that is meant for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.sam import checks
from tests.sam.template import Template, source, transformed

pytestmark = pytest.mark.slow

Mistake = Callable[[dict[str, Any]], None]


def function(resources: dict[str, Any]) -> dict[str, Any]:
    properties: dict[str, Any] = resources["ApiFunction"]["Properties"]
    return properties


def variables(resources: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = function(resources)["Environment"]["Variables"]
    return found


def accounts(resources: dict[str, Any]) -> dict[str, Any]:
    policies = resources["ApiRole"]["Properties"]["Policies"]
    (found,) = (each for each in policies if each["PolicyName"] == "accounts")
    statement: dict[str, Any] = found["PolicyDocument"]["Statement"][0]
    return statement


def unguard(resources: dict[str, Any]) -> None:
    route = resources["PostPostsRoute"]["Properties"]
    route["AuthorizationType"] = "NONE"
    del route["AuthorizerId"]


def forget_the_condition(resources: dict[str, Any]) -> None:
    del resources["PostPostsRoute"]["Condition"]


def guard_what_is_public(resources: dict[str, Any]) -> None:
    resources["PostPostsRoute"]["Properties"]["RouteKey"] = "POST /v1/auth/login"


def rename_an_index(resources: dict[str, Any]) -> None:
    resources["Table"]["Properties"]["GlobalSecondaryIndexes"][0]["IndexName"] = "GSI9"


MISTAKES: dict[str, tuple[Callable[[Template], list[str]], Mistake]] = {
    "a runtime that is none": (
        checks.unknown_runtimes,
        lambda made: function(made).update(Runtime="python3.31"),
    ),
    "a runtime that the layer is not for": (
        checks.unknown_runtimes,
        lambda made: function(made).update(Runtime="python3.12"),
    ),
    "a reference to nothing": (
        checks.dangling,
        lambda made: variables(made).update(TABLE_NAME={"Ref": "Tabel"}),
    ),
    "an attribute of nothing": (
        checks.dangling,
        lambda made: accounts(made).update(Resource={"Fn::GetAtt": ["Pool", "Arn"]}),
    ),
    "a text with the name of nothing": (
        checks.dangling,
        lambda made: variables(made).update(TABLE_NAME={"Fn::Sub": "${Tabel}"}),
    ),
    "a reference to what is there only sometimes": (
        checks.dangling,
        lambda made: variables(made).update(LOG_LEVEL={"Ref": "Authorizer"}),
    ),
    "waiting for what is there only sometimes": (
        checks.dangling,
        lambda made: made["ApiStage"].update(DependsOn=["Domain"]),
    ),
    "resources that need what is there only sometimes": (checks.dangling, forget_the_condition),
    "a condition of another name": (
        checks.dangling,
        lambda made: made["Domain"].update(Condition="HasDomian"),
    ),
    "a setting that is missing": (
        checks.settings_refused,
        lambda made: variables(made).pop("CURSOR_SECRET"),
    ),
    "a pool without its client": (
        checks.settings_refused,
        lambda made: variables(made).pop("COGNITO_CLIENT_ID"),
    ),
    "a setting of another name": (
        checks.unknown_variables,
        lambda made: variables(made).update(TABEL_NAME="x"),
    ),
    "every resource": (checks.wildcards, lambda made: accounts(made).update(Resource="*")),
    "every table": (
        checks.wildcards,
        lambda made: accounts(made).update(Resource=["arn:aws:dynamodb:*:*:table/*"]),
    ),
    "every action": (
        checks.wildcards,
        lambda made: accounts(made).update(Action=["cognito-idp:*"]),
    ),
    "more time than Lambda has": (
        checks.limits_passed,
        lambda made: function(made).update(Timeout=1000),
    ),
    "more time than the gateway has": (
        checks.limits_passed,
        lambda made: function(made).update(Timeout=30),
    ),
    "less memory than there can be": (
        checks.limits_passed,
        lambda made: function(made).update(MemorySize=64),
    ),
    "a handler that is none": (
        checks.missing_handler,
        lambda made: function(made).update(Handler="app.main.handle"),
    ),
    "a module that is none": (
        checks.missing_handler,
        lambda made: function(made).update(Handler="app.lambda.handler"),
    ),
    "a policy elsewhere": (
        checks.misplaced_policy,
        lambda made: variables(made).update(OPA_BUNDLE_PATH="/opt/bundle"),
    ),
    "no policy": (checks.misplaced_policy, lambda made: function(made).update(Layers=[])),
    "an index of another name": (checks.differing_table, rename_an_index),
    "a table that anyone may delete": (
        checks.differing_table,
        lambda made: made["Table"]["Properties"].update(DeletionProtectionEnabled=False),
    ),
    "a write without authorizer": (checks.unguarded_routes, unguard),
    "a sign-in behind the authorizer": (checks.unguarded_routes, guard_what_is_public),
    "a property that there is not": (
        checks.linted,
        lambda made: made["Api"]["Properties"].update(Protocol="HTTP"),
    ),
}


@pytest.mark.parametrize(("check", "mistake"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_noticed(check: Callable[[Template], list[str]], mistake: Mistake) -> None:
    """The check says what is wrong, where it says nothing of the template as it is."""
    template = source()
    mistake(template["Resources"])
    assert check(transformed(template)) != []
