"""The deployed template is whole: nothing refers to nothing, nobody may do everything."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from app.core.context import JsonFormatter
from app.services.policy import Decisions, Question, Resource
from tests.sam import checks, part_checks, role_checks
from tests.sam.rights import PREVIOUS_CURSOR_SECRET, REDIS_SECRET
from tests.sam.stack import PSEUDO, Stack
from tests.sam.template import (
    ROOT,
    Template,
    deployed,
    functions,
    of_type,
    only,
    source,
    transformed,
)

CHECKS = [
    checks.dangling,
    checks.one_sided_conditions,
    pytest.param(checks.linted, id="linted", marks=pytest.mark.slow),
    checks.wildcards,
    checks.unknown_runtimes,
    checks.limits_passed,
    checks.unknown_variables,
    checks.settings_refused,
    checks.missing_handler,
    checks.misplaced_policy,
    checks.differing_table,
    checks.unguarded_routes,
    *part_checks.CHECKS,
    *role_checks.CHECKS,
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_nothing_is_wrong(check: Callable[[Template], list[str]]) -> None:
    """Whatever a check looks at is as it has to be, in every combination of parameters."""
    assert check(deployed()) == []


@pytest.mark.slow
def test_the_linter_accepts_what_people_write() -> None:
    """The template passes before the transform as well."""
    assert checks.linted(source()) == []


@pytest.mark.parametrize("deployment", source()["Parameters"]["Deployment"]["AllowedValues"])
def test_every_way_of_moving_traffic_is_one_that_there_is(deployment: str) -> None:
    """SAM makes of each the name of a CodeDeploy configuration."""
    made = transformed(source(), {"Deployment": deployment})
    group = only(made, "AWS::CodeDeploy::DeploymentGroup")
    name = Stack(made, {}).resolve(group["DeploymentConfigName"])
    assert name == f"CodeDeployDefault.Lambda{deployment}"


def test_production_needs_no_more_than_its_name() -> None:
    """Every parameter has a default, and an empty one is a text that is allowed."""
    assert Stack(deployed(), {"Stage": "prod"}).problems() == []


@pytest.mark.parametrize(
    ("given", "holds"),
    [
        ((), True),
        (("RedisUrl",), True),
        (("RedisSecretArn",), True),
        (("RedisUrl", "RedisSecretArn"), False),
    ],
    ids=["neither", "the URL", "the secret", "both"],
)
def test_redis_is_named_once(given: tuple[str, ...], holds: bool) -> None:
    """By its URL or by the secret that holds it: the stack refuses both."""
    made = deployed()
    (asserted,) = made["Rules"]["RedisIsNamedOnce"]["Assertions"]
    assert Stack(made, dict.fromkeys(given, "given")).resolve(asserted["Assert"]) is holds


@pytest.mark.parametrize(
    ("parameter", "text", "is_taken"),
    [
        ("RedisUrl", "rediss://:password@cache.example.com:6379/0", True),
        ("RedisUrl", f"aws-secretsmanager:{REDIS_SECRET}", False),
        ("RedisSecretArn", REDIS_SECRET, True),
        ("RedisSecretArn", "fm-web/redis", False),
        ("PreviousCursorSecretArn", PREVIOUS_CURSOR_SECRET, True),
        ("PreviousCursorSecretArn", "fm-web/cursor", False),
        ("RedisSecretArn", f"{REDIS_SECRET}#url", False),
    ],
)
def test_a_secret_is_named_by_its_arn_alone(parameter: str, text: str, is_taken: bool) -> None:
    """A role's right needs the whole ARN, and a URL is no reference that no role could read."""
    pattern = source()["Parameters"][parameter]["AllowedPattern"]
    assert (re.fullmatch(pattern, text) is not None) is is_taken
    assert re.fullmatch(pattern, "") is not None


def test_what_holds_data_outlives_the_stack() -> None:
    """Table, user pool and bucket are kept when the stack goes or replaces them."""
    for kind in ("AWS::DynamoDB::Table", "AWS::Cognito::UserPool", "AWS::S3::Bucket"):
        (resource,) = of_type(deployed(), kind).values()
        assert resource["DeletionPolicy"] == resource["UpdateReplacePolicy"] == "Retain"


def test_the_gateway_calls_the_version_that_traffic_moves_to() -> None:
    """Integration and permission name the alias; only this API may call it."""
    made = deployed()
    (alias,) = of_type(made, "AWS::Lambda::Alias")
    stack = Stack(made, {}, {"ApiFunction": "fm-web-dev-api"})
    uri = stack.properties("ApiIntegration")["IntegrationUri"]
    name = made["Resources"][alias]["Properties"]["Name"]
    assert uri.endswith(f":{PSEUDO['AWS::AccountId']}:function:fm-web-dev-api:{name}/invocations")
    permission = made["Resources"]["ApiMayInvoke"]["Properties"]
    assert permission["FunctionName"] == {"Ref": alias}
    assert stack.resolve(permission["SourceArn"]).endswith(":<Api>/*")


def test_no_stage_stands_in_the_path() -> None:
    """Behind `/prod`, the path of the refresh cookie would not fit."""
    assert only(deployed(), "AWS::ApiGatewayV2::Stage")["StageName"] == "$default"


def test_the_format_of_the_gateways_lines_is_json() -> None:
    """It holds no path, which may name a user, and no query."""
    text = only(deployed(), "AWS::ApiGatewayV2::Stage")["AccessLogSettings"]["Format"]
    assert "$context.path" not in text
    assert {"requestId", "route", "status"} <= json.loads(text).keys()


def test_all_logs_end() -> None:
    """Every log group of the stack has a retention."""
    groups = of_type(deployed(), "AWS::Logs::LogGroup")
    assert all(each["Properties"]["RetentionInDays"] for each in groups.values())


class Failing:
    def evaluate(self, entrypoint: str, question: Mapping[str, object]) -> object:
        raise RuntimeError(entrypoint)


def test_the_filter_counts_the_line_of_a_failing_policy(caplog: pytest.LogCaptureFixture) -> None:
    """What the app logs then has the field and the text that the filter looks for."""
    question = Question(None, "posts.list", Resource("post"), datetime(2026, 1, 1, tzinfo=UTC))
    Decisions(Failing()).allows(question)
    (record,) = (each for each in caplog.records if each.levelname == "ERROR")
    line = json.loads(JsonFormatter().format(record))
    pattern = only(deployed(), "AWS::Logs::MetricFilter")["FilterPattern"]
    assert pattern == f'{{ $.message = "{line["message"]}" }}'


def test_alarms_watch_what_is_there() -> None:
    """Function, API, table and the metric of the filter, each by its own name in this stack."""
    made = deployed()
    stack = Stack(made, {})
    function = stack.resolve(functions(made)["ApiFunction"]["FunctionName"])
    watched = {name: stack.properties(name) for name in of_type(made, "AWS::CloudWatch::Alarm")}
    for name in ("FunctionErrorsAlarm", "FunctionThrottlesAlarm"):
        assert watched[name]["Dimensions"] == [{"Name": "FunctionName", "Value": function}]
    (counted,) = stack.properties("PolicyFailures")["MetricTransformations"]
    failures = watched["PolicyFailuresAlarm"]
    assert (failures["Namespace"], failures["MetricName"]) == (
        counted["MetricNamespace"],
        counted["MetricName"],
    )
    assert watched["ServerErrorsAlarm"]["Dimensions"] == [{"Name": "ApiId", "Value": "<Api>"}]


def test_every_alarm_tells_the_topic() -> None:
    """When it begins and when it ends; without a topic, nobody."""
    topic = "arn:aws:sns:eu-west-1:123456789012:alarms"
    for parameters, expected in (({"AlarmTopicArn": topic}, [topic]), ({}, None)):
        stack = Stack(deployed(), parameters)
        for name in of_type(deployed(), "AWS::CloudWatch::Alarm"):
            properties: dict[str, Any] = stack.properties(name)
            assert properties.get("AlarmActions") == properties.get("OKActions") == expected


def test_every_alarm_has_a_page_to_turn_to() -> None:
    """docs/infra.md says what to do when it rings."""
    page = (ROOT / "docs" / "infra.md").read_text()
    alarms = of_type(source(), "AWS::CloudWatch::Alarm")
    assert [each for each in alarms if f"**{each}.**" not in page] == []
