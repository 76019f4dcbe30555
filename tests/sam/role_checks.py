"""What is wrong with the rights, the network and the environment of functions, as lists of
sentences. What they are to be stands in `rights`; the template is read with switches off and on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

from samtranslator.yaml_helper import yaml_parse

from tests.sam.part_checks import rights_of, sources
from tests.sam.rights import (
    ALWAYS,
    DEMANDED,
    MANAGED,
    MANAGED_IN_VPC,
    PREVIOUS_CURSOR_SECRET,
    REDIS_SECRET,
    WITH_REDIS_SECRET,
    Right,
)
from tests.sam.stack import Stack
from tests.sam.template import TEMPLATE, Template, functions

IN_VPC = {"SubnetIds": "subnet-0a", "SecurityGroupIds": "sg-0a"}
BY_SECRET = {"RedisSecretArn": REDIS_SECRET}
GIVEN = {
    **IN_VPC,
    "RedisUrl": "rediss://cache.example.com:6379/0",
    "AllowedOrigins": "https://www.example.com",
    "CookieDomain": "example.com",
    "DynamoEndpointUrl": "https://vpce-1.dynamodb.eu-west-1.vpce.amazonaws.com",
}
REFERENCE = "aws-secretsmanager:"
READS_SECRETS = "secretsmanager:GetSecretValue"
WORKER_SECONDS, WORKER_MEGABYTES = 120, 2048
_GENERATED = re.compile(r"# singletable:policy (\w+) begin\n(.*?)# singletable:policy", re.DOTALL)


def differing_rights(template: Template) -> list[str]:
    """Rights outside the generated blocks that are not in the table, and the other way round."""
    return [
        f"{function}: {way} {action} on {resource}"
        for function in functions(template)
        for parameters in ({}, BY_SECRET)
        for way, differing in _differing(template, function, parameters)
        for action, resource in sorted(differing)
    ]


def _differing(
    template: Template, function: str, parameters: dict[str, str]
) -> Iterator[tuple[str, set[Right]]]:
    wanted = ALWAYS.get(function, set())
    if parameters:
        wanted = wanted | WITH_REDIS_SECRET.get(function, set())
    found = _rights(template, function, parameters)
    yield "must not have", found - wanted
    yield "lacks", wanted - found


def _rights(template: Template, function: str, parameters: dict[str, str]) -> set[Right]:
    """Without those of statements that are word for word in the function's generated block."""
    stack = Stack(template, parameters)
    return {
        (action, str(resource))
        for action, at in rights_of(template, function, passing=_generated().get(function, []))
        for resource in stack.resolve([at])
    }


@cache
def _generated() -> dict[str, list[Any]]:
    blocks = _GENERATED.findall(TEMPLATE.read_text())
    return {f"{name.capitalize()}Function": yaml_parse(block) for name, block in blocks}


def differing_managed_policies(template: Template) -> list[str]:
    """Policies of AWS that a function has or lacks, without and within a VPC."""
    found: list[str] = []
    for name, function in functions(template).items():
        role = function["Role"]["Fn::GetAtt"][0]
        for parameters, added in (({}, {}), (IN_VPC, MANAGED_IN_VPC)):
            arns = Stack(template, parameters).properties(role)["ManagedPolicyArns"]
            has = {arn.removeprefix("arn:aws:iam::aws:policy/") for arn in arns}
            wanted = MANAGED.get(name, set()) | added.get(name, set())
            found += [f"{name}: {each}" for each in sorted(has ^ wanted)]
    return found


def unreadable_secrets(template: Template) -> list[str]:
    """References in an environment that its role cannot read, and secrets it reads for nothing."""
    return [
        f"{function}: {secret}"
        for function in functions(template)
        for parameters in (
            {},
            BY_SECRET,
            {"PreviousCursorSecretArn": PREVIOUS_CURSOR_SECRET},
            GIVEN,
        )
        for secret in sorted(
            _referred(template, function, parameters) ^ _readable(template, function, parameters)
        )
    ]


def _referred(template: Template, function: str, parameters: dict[str, str]) -> set[str]:
    told = _environment(template, function, parameters).values()
    return {str(text).removeprefix(REFERENCE) for text in told if str(text).startswith(REFERENCE)}


def _readable(template: Template, function: str, parameters: dict[str, str]) -> set[str]:
    rights = _rights(template, function, parameters)
    return {resource for action, resource in rights if action == READS_SECRETS}


def misplaced_networks(template: Template) -> list[str]:
    """Functions that know Redis and are not in the VPC that is given, or are in one for nothing."""
    found: list[str] = []
    for name in functions(template):
        for parameters in ({}, IN_VPC):
            placed = Stack(template, parameters).properties(name).get("VpcConfig")
            subnets = placed["SubnetIds"] if placed else []
            knows = "REDIS_URL" in _environment(template, name, parameters)
            if subnets != (["subnet-0a"] if knows and parameters else []):
                found.append(f"{name}: in {subnets}")
    return found


def untold(template: Template) -> list[str]:
    """Settings that a handler demands and is not told, whatever is given."""
    return [
        f"{name}: {setting}"
        for name, function in functions(template).items()
        for told in [_environment(template, name, GIVEN)]
        for setting in sorted(DEMANDED.get(function["Handler"], {"anything"}))
        if not told.get(setting)
    ]


def cramped_workers(template: Template) -> list[str]:
    """Functions behind a queue without time for a step or room for an export and its report."""
    found: list[str] = []
    for name, _, _ in sources(template, "AWS::SQS::Queue"):
        function = functions(template)[name]
        room = function.get("EphemeralStorage", {}).get("Size", 512)
        facts = {
            f"{function['Timeout']} s": function["Timeout"] >= WORKER_SECONDS,
            f"{room} MB": room >= WORKER_MEGABYTES,
        }
        found += [f"{name}: {fact}" for fact, is_so in facts.items() if not is_so]
    return found


def _environment(template: Template, function: str, parameters: dict[str, str]) -> dict[str, Any]:
    written = functions(template)[function]["Environment"]["Variables"]
    resolved: dict[str, Any] = Stack(template, parameters).resolve(written)
    return resolved


CHECKS: tuple[Callable[[Template], list[str]], ...] = (
    differing_rights,
    differing_managed_policies,
    unreadable_secrets,
    misplaced_networks,
    untold,
    cramped_workers,
)
