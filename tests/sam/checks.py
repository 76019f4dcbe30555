"""What is wrong with a template, as lists of sentences: empty for the one that we deploy.

Each takes what SAM made of a template, for the linter alone passes over all of this.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any
from unittest.mock import patch

from botocore.loaders import Loader

from access_patterns import blog
from app.aws.settings import load_settings
from app.core.settings import LAYER_BUNDLE, ROWS, Settings
from app.core.settings_base import SettingsError
from singletable.design import compile_table
from singletable.emit.infra.create_table import create_table, time_to_live
from tests.app.policies import openapi_document
from tests.sam.rights import REDIS_SECRET
from tests.sam.scenarios import ENTRANCE, scenarios
from tests.sam.stack import Dangling, Stack
from tests.sam.template import ROOT, Template, functions, of_type, only

GATEWAY_SECONDS = 30
LAMBDA_SECONDS = 900
POOL = "eu-west-1_Abc123"
MADE = {
    "Api": "a1b2c3d4e5",
    "UserPool": POOL,
    "UserPoolClient": "3n4b5urk1ft4fl3mg5e62d9ado",
    "UserPoolClient.ClientSecret": "client secret",
    "JobsQueue": "https://sqs.eu-west-1.amazonaws.com/123456789012/fm-web-dev-JobsQueue-1A2B",
    "EventsTopic": "arn:aws:sns:eu-west-1:123456789012:fm-web-dev-EventsTopic-1A2B",
}
# What a handler needs in order to be made, on no machine in particular.
IMPORTED = {
    "APP_ENV": "local",
    "TABLE_NAME": "imported",
    "MEDIA_BUCKET": "imported",
    "JOBS_QUEUE_URL": "http://127.0.0.1:9/1/jobs",
    "EVENTS_TOPIC_ARN": MADE["EventsTopic"],
    **{f"{name}_ENDPOINT": "http://127.0.0.1:9" for name in ("DYNAMODB", "S3", "SQS", "SNS")},
}
LAMBDA = {"AWS_REGION": "eu-west-1", "AWS_LAMBDA_FUNCTION_NAME": "api"}
API = "ApiFunction"
# What IAM cannot name more narrowly: objects of one bucket, streams of one table.
_ANY_OF_ONE = {"AWS::S3::Bucket": ("/*", "/jobs/*"), "AWS::DynamoDB::Table": ("/stream/*",)}
_PUT_IN = ("Parameter Deployment not used.",)
# What the secrets hold that the environment refers to.
_KEPT = {
    "aws-secretsmanager:<CursorSecret>": "k3Vq9Zt1Lw8Rb5Xn2Hc7Ym4Pd6Sf0GjA",
    f"aws-secretsmanager:{REDIS_SECRET}": "rediss://cache.example.com:6379/0",
}


def dangling(template: Template) -> list[str]:
    """References to what is not there, however the stack is deployed."""
    found = (f"{p}: {each}" for p in scenarios() for each in Stack(template, p).problems())
    return list(found)


def one_sided_conditions(template: Template) -> list[str]:
    """Conditions that no scenario tries both ways."""
    stacks = [Stack(template, parameters) for parameters in scenarios()]
    names = template["Conditions"]
    return [name for name in names if len({stack.holds(name) for stack in stacks}) < 2]


def linted(template: Template) -> list[str]:
    """By cfn-lint. A parameter that SAM has put in everywhere is no longer used."""
    from cfnlint.api import lint  # takes seconds, and few of those who import this module lint

    found = lint(json.dumps(template), regions=["eu-west-1"])
    return [str(match) for match in found if str(match.message) not in _PUT_IN]


def wildcards(template: Template) -> list[str]:
    """Statements that name no resource in particular, or actions by the dozen."""
    return [
        f"{statement.get('Sid')}: {each}"
        for statement in statements(template)
        for each in _flat([statement.get("Resource"), statement.get("Action")])
        if each is None or ("*" in str(each) and each not in _any_of_one(template))
    ]


def _any_of_one(template: Template) -> list[dict[str, str]]:
    return [
        {"Fn::Sub": f"${{{name}.Arn}}{below}"}
        for kind, ways in _ANY_OF_ONE.items()
        for name in of_type(template, kind)
        for below in ways
    ]


def statements(template: Template) -> Iterator[dict[str, Any]]:
    """Of all policies of roles, but those on who may assume them."""
    for role in of_type(template, "AWS::IAM::Role").values():
        for policy in role["Properties"].get("Policies", []):
            yield from policy["PolicyDocument"]["Statement"]


def unknown_runtimes(template: Template) -> list[str]:
    """Runtimes that Lambda does not have, or that the layer was not made for."""
    layers = only(template, "AWS::Lambda::LayerVersion")["CompatibleRuntimes"]
    return [
        f"{name}: {function['Runtime']} in {names}"
        for name, function in functions(template).items()
        for names in (_runtimes(), layers)
        if function["Runtime"] not in names
    ]


def limits_passed(template: Template) -> list[str]:
    """Times in which the gateway or Lambda would give up before the function does."""
    gateway = only(template, "AWS::ApiGatewayV2::Integration")["TimeoutInMillis"] / 1000
    longest = most(template, functions(template)[API]["Timeout"])
    facts = {
        f"the gateway waits {gateway} s": 0 < gateway <= GATEWAY_SECONDS,
        f"the function may take {longest} s, the gateway {gateway}": longest < gateway,
    }
    for name, function in functions(template).items():
        seconds, memory = (most(template, function[each]) for each in ("Timeout", "MemorySize"))
        facts[f"{name}: {seconds} s is more than Lambda's"] = seconds <= LAMBDA_SECONDS
        facts[f"{name}: {memory} MB"] = 128 <= memory <= 10_240
    return [fact for fact, is_so in facts.items() if not is_so]


def unknown_variables(template: Template) -> list[str]:
    """Environment variables that are no settings: a misspelt one would be passed over."""
    settings = {name for row in ROWS.values() for name in row.names}
    return [
        f"{function}: {name}"
        for function in functions(template)
        for name in sorted(environment(template, function).keys() - settings)
    ]


def settings_refused(template: Template) -> list[str]:
    """What the app says of the environment that it would be given."""
    return [
        f"{name}: {each}"
        for name in functions(template)
        for parameters in ENTRANCE
        for each in _refused(template, parameters, name)
    ]


def environment(template: Template, name: str = API) -> dict[str, Any]:
    found: dict[str, Any] = functions(template)[name]["Environment"]["Variables"]
    return found


def settings_of(template: Template, parameters: dict[str, str], name: str = API) -> Settings:
    """As the function would read them; raises `SettingsError`. Lambda's own two are added."""
    variables = Stack(template, parameters, MADE).resolve(environment(template, name))
    told = {name: str(value) for name, value in variables.items()}
    return started_with({name: _KEPT.get(text, text) for name, text in told.items()})


def started_with(variables: dict[str, str]) -> Settings:
    """The settings of a function with this environment, and nothing of this machine's."""
    with patch.dict(os.environ, {**LAMBDA, **variables}, clear=True):
        return load_settings()


def missing_handler(template: Template) -> list[str]:
    """Handlers that cannot be imported and called. In another process, which they configure."""
    places = [each["Handler"].rpartition(".") for each in functions(template).values()]
    return _not_callable(frozenset((module, name) for module, _, name in places))


def misplaced_policy(template: Template) -> list[str]:
    """Unless the app looks for the policy where the layer puts it, and the function has it."""
    layers = [{"Ref": name} for name in of_type(template, "AWS::Lambda::LayerVersion")]
    facts = {}
    for name, function in functions(template).items():
        if name == API or "OPA_BUNDLE_PATH" in environment(template, name):
            place = settings_of(template, {}, name).opa_bundle_path
            facts[f"{name} looks into {place}"] = place == LAYER_BUNDLE
            facts[f"{name} lacks the layer"] = function.get("Layers") == layers
    return [fact for fact, is_so in facts.items() if not is_so]


def differing_table(template: Template) -> list[str]:
    """Keys, indexes and TTL that are not as declared; recovery, stream, protection that is off."""
    table = compile_table(blog)
    declared = {**create_table(table), **(time_to_live(table) or {})}
    found = only(template, "AWS::DynamoDB::Table")
    same = (
        "AttributeDefinitions",
        "KeySchema",
        "GlobalSecondaryIndexes",
        "TimeToLiveSpecification",
    )
    facts = {name: found.get(name) == declared.get(name) for name in same} | {
        "recovery": found["PointInTimeRecoverySpecification"]
        == {"PointInTimeRecoveryEnabled": True},
        "stream": found["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"},
        "protection": found["DeletionProtectionEnabled"] is True,
    }
    return [fact for fact, is_so in facts.items() if not is_so]


def unguarded_routes(template: Template) -> list[str]:
    """Differences between the routes with the authorizer and the operations that need a caller."""
    guarded = {
        route["Properties"]["RouteKey"]
        for route in of_type(template, "AWS::ApiGatewayV2::Route").values()
        if _is_guarded(template, route)
    }
    return sorted(guarded ^ _needing_caller())


def public_routes(template: Template) -> list[str]:
    """Keys of the routes without an authorizer."""
    routes = of_type(template, "AWS::ApiGatewayV2::Route").values()
    return [r["Properties"]["RouteKey"] for r in routes if not _is_guarded(template, r)]


def _is_guarded(template: Template, route: dict[str, Any]) -> bool:
    properties = route["Properties"]
    (authorizer,) = of_type(template, "AWS::ApiGatewayV2::Authorizer")
    named = properties.get("AuthorizationType"), properties.get("AuthorizerId")
    return named == ("JWT", {"Ref": authorizer}) and route.get("Condition") == "GatewayAuthorizes"


@cache
def _needing_caller() -> frozenset[str]:
    """From OpenAPI: those with a security requirement, of which none is empty."""
    return frozenset(
        f"{method.upper()} {path}"
        for path, operations in openapi_document()["paths"].items()
        for method, operation in operations.items()
        if (named := operation.get("security")) and all(named)
    )


@cache
def _runtimes() -> frozenset[str]:
    model = Loader().load_service_model("lambda", "service-2")
    return frozenset(model["shapes"]["Runtime"]["enum"])


@cache
def _not_callable(handlers: frozenset[tuple[str, str]]) -> list[str]:
    code = (
        "import importlib, sys\n"
        "module = importlib.import_module(sys.argv[1])\n"
        "sys.exit(not callable(getattr(module, sys.argv[2])) and 'it cannot be called')"
    )
    environment = {"PYTHONPATH": str(ROOT), **IMPORTED}
    runs = {
        (module, name): subprocess.run(
            [sys.executable, "-c", code, module, name],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        for module, name in sorted(handlers)
    }
    return [
        f"{'.'.join(handler)}: {done.stderr.splitlines()[-1]}"
        for handler, done in runs.items()
        if done.returncode
    ]


def _refused(template: Template, parameters: dict[str, str], name: str) -> list[str]:
    try:
        settings_of(template, parameters, name)
    except SettingsError as error:
        return [str(problem) for problem in error.problems]
    except Dangling as error:
        return [str(error)]
    return []


def most(template: Template, value: Any) -> float:
    """The largest number that a property may get."""
    if isinstance(value, dict):
        return float(template["Parameters"][value["Ref"]]["MaxValue"])
    return float(value)


def _flat(nodes: list[Any]) -> Iterator[Any]:
    for node in nodes:
        if isinstance(node, list):
            yield from _flat(node)
        else:
            yield node
