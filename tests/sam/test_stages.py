"""Stages: what samconfig.toml gives to each, and the function on this machine."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

import pytest

from tests.sam.checks import environment, settings_of, started_with
from tests.sam.rights import DEMANDED
from tests.sam.template import ROOT, SAM, Template, deployed, functions, of_type, source

CONFIGURED: dict[str, Any] = tomllib.loads((SAM / "samconfig.toml").read_text())
STAGES = tuple(source()["Parameters"]["Stage"]["AllowedValues"])
LOCAL: dict[str, dict[str, str]] = json.loads((SAM / "local" / "env.local.json").read_text())


def parameters(stage: str) -> dict[str, str]:
    text: str = CONFIGURED[stage]["deploy"]["parameters"]["parameter_overrides"]
    return dict(each.split("=", 1) for each in text.split())


def test_there_is_a_configuration_for_each_stage() -> None:
    """And for no other."""
    assert CONFIGURED.keys() - {"version", "default"} == set(STAGES)


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_is_named_once_and_for_all(stage: str) -> None:
    """Stack, table and APP_ENV agree, and the app takes its settings."""
    deploy = CONFIGURED[stage]["deploy"]["parameters"]
    settings = settings_of(deployed(), parameters(stage))
    assert settings.app_env == stage
    assert deploy["stack_name"] == settings.table_name == f"fm-web-{stage}"
    assert CONFIGURED[stage]["build"]["parameters"]["template_file"] == "sam/template.yaml"


def test_production_is_careful() -> None:
    """It shows its changes before they are made, moves traffic by and by, and shows no docs."""
    assert CONFIGURED["prod"]["deploy"]["parameters"]["confirm_changeset"] is True
    assert parameters("prod")["Deployment"] != "AllAtOnce"
    assert settings_of(deployed(), parameters("prod")).api_docs is False


def test_local_values_reach_the_function() -> None:
    """`sam local` passes on only what the template names, for functions that it names."""
    assert LOCAL.keys() == of_type(source(), "AWS::Serverless::Function").keys()
    for name, given in LOCAL.items():
        assert given.keys() <= environment(deployed(), name).keys()


@pytest.mark.parametrize("name", LOCAL)
def test_what_a_handler_demands_of_others_is_there_to_be_filled_in(name: str) -> None:
    """The names of bucket, queue and topic, without which worker and relay do not start."""
    demanded = DEMANDED[functions(deployed())[name]["Handler"]]
    assert LOCAL[name].keys() >= demanded & {"MEDIA_BUCKET", "JOBS_QUEUE_URL", "EVENTS_TOPIC_ARN"}


@pytest.mark.parametrize("name", LOCAL)
def test_a_function_starts_with_local_values(name: str) -> None:
    """On the one table of DynamoDB Local, which the bootstrap script makes, without a user pool."""
    settings = started_with({"AWS_SAM_LOCAL": "true", **LOCAL[name]})
    assert settings.is_local
    assert settings.dynamodb_endpoint == "http://host.docker.internal:8000"
    bootstrap = (ROOT / "scripts" / "dynamodb_local_bootstrap.py").read_text()
    assert f'"{settings.table_name}"' in bootstrap


def test_the_parameter_for_the_endpoint_reaches_the_function() -> None:
    """Over https: deployed stages take nothing else."""
    endpoint = "https://vpce-1.dynamodb.us-east-1.vpce.amazonaws.com"
    given = settings_of(deployed(), {"DynamoEndpointUrl": endpoint})
    assert given.dynamodb_endpoint == endpoint


def test_what_the_template_would_give_is_overridden() -> None:
    """`sam local` makes no resources: it would give their names instead of what they are."""
    made = deployed()
    for function, given in LOCAL.items():
        referred = environment(made, function).items()
        unknown = {name for name, value in referred if _names_a_resource(made, value)}
        assert {"COGNITO_USER_POOL_ID", "CURSOR_SECRET"} <= unknown
        assert all(given[name] == "" for name in unknown)


def _names_a_resource(template: Template, value: Any) -> bool:
    """Or the stack, which there is none of either."""
    words = set(re.findall(r"\w+", str(value)))
    return bool(words & {"StackId", *template["Resources"]})
