"""Mistakes in rights, network and environment are noticed, each by the check meant for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.sam import checks, part_checks, role_checks
from tests.sam.template import Template, deployed, source, transformed
from tests.sam.written import Mistake, Resources, properties, rights

api, worker, relay = (properties(f"{each}Function") for each in ("Api", "Worker", "Relay"))


def variables(function: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = function["Environment"]["Variables"]
    return found


def without(made: Resources, role: str, policy: str) -> None:
    policies = made[role]["Properties"]["Policies"]
    policies[:] = [each for each in policies if each["PolicyName"] != policy]


def add_to_the_patterns(made: Resources) -> None:
    policies = made["WorkerRole"]["Properties"]["Policies"]
    (table,) = (each for each in policies if each["PolicyName"] == "table")
    right = {"Action": "dynamodb:Scan", "Resource": {"Fn::GetAtt": ["Table", "Arn"]}}
    table["PolicyDocument"]["Statement"].append({"Sid": "All", "Effect": "Allow", **right})


MISTAKES: dict[str, tuple[Callable[[Template], list[str]], Mistake]] = {
    "a worker that cannot read files": (
        role_checks.differing_rights,
        lambda made: rights(made, "WorkerRole", "files").update(Action=["s3:PutObject"]),
    ),
    "a worker that cannot hand on a job": (
        role_checks.differing_rights,
        lambda made: rights(made, "WorkerRole", "jobs")["Action"].remove("sqs:SendMessage"),
    ),
    "a worker without rights on secrets": (
        role_checks.differing_rights,
        lambda made: without(made, "WorkerRole", "secrets"),
    ),
    "an API that takes jobs in place of giving them": (
        role_checks.differing_rights,
        lambda made: rights(made, "ApiRole", "jobs").update(Action="sqs:ReceiveMessage"),
    ),
    "a relay that cannot publish": (
        role_checks.differing_rights,
        lambda made: rights(made, "RelayRole", "events").update(Action="sns:Subscribe"),
    ),
    "a worker on all files": (
        role_checks.differing_rights,
        lambda made: rights(made, "WorkerRole", "files").update(
            Resource={"Fn::Sub": "${MediaBucket.Arn}/*"}
        ),
    ),
    "a worker that is refused its files": (
        role_checks.differing_rights,
        lambda made: rights(made, "WorkerRole", "files").update(Effect="Deny"),
    ),
    "a right among those of patterns": (role_checks.differing_rights, add_to_the_patterns),
    "a worker in a VPC without its interfaces": (
        role_checks.differing_managed_policies,
        lambda made: properties("WorkerRole")(made)["ManagedPolicyArns"].pop(),
    ),
    "a relay that administers": (
        role_checks.differing_managed_policies,
        lambda made: properties("RelayRole")(made)["ManagedPolicyArns"].append(
            "arn:aws:iam::aws:policy/AdministratorAccess"
        ),
    ),
    "a worker that refers to secrets it cannot read": (
        role_checks.unreadable_secrets,
        lambda made: without(made, "WorkerRole", "secrets"),
    ),
    "a secret of Redis that the API cannot read": (
        role_checks.unreadable_secrets,
        lambda made: rights(made, "ApiRole", "secrets")["Resource"].pop(),
    ),
    "a secret that is read for nothing": (
        role_checks.unreadable_secrets,
        lambda made: variables(worker(made)).update(CURSOR_SECRET={"Ref": "AWS::StackId"}),
    ),
    "a worker outside of the VPC": (
        role_checks.misplaced_networks,
        lambda made: worker(made).pop("VpcConfig"),
    ),
    "a relay that has Redis and no VPC": (
        role_checks.misplaced_networks,
        lambda made: variables(relay(made)).update(REDIS_URL={"Ref": "RedisUrl"}),
    ),
    "a worker that is told no bucket": (
        role_checks.untold,
        lambda made: variables(worker(made)).pop("MEDIA_BUCKET"),
    ),
    "a worker that is told no queue": (
        role_checks.untold,
        lambda made: variables(worker(made)).pop("JOBS_QUEUE_URL"),
    ),
    "a relay that is told no topic": (
        role_checks.untold,
        lambda made: variables(relay(made)).update(EVENTS_TOPIC_ARN=""),
    ),
    "an API that is told no bucket": (
        role_checks.untold,
        lambda made: variables(api(made)).pop("MEDIA_BUCKET"),
    ),
    "an API that is told no host of its own": (
        role_checks.untold,
        lambda made: variables(api(made)).pop("API_HOSTS"),
    ),
    "an API host that is none": (
        checks.settings_refused,
        lambda made: variables(api(made)).update(API_HOSTS={"Fn::GetAtt": ["Api", "ApiEndpoint"]}),
    ),
    "a handler that nobody said the needs of": (
        role_checks.untold,
        lambda made: worker(made).update(Handler="app.main.worker"),
    ),
    "a worker without time": (
        role_checks.cramped_workers,
        lambda made: worker(made).update(Timeout=40),
    ),
    "a worker without room": (
        role_checks.cramped_workers,
        lambda made: worker(made).pop("EphemeralStorage"),
    ),
    "a queue with less than six times the worker's time": (
        part_checks.impatient_queues,
        lambda made: properties("JobsQueue")(made).update(VisibilityTimeout=1799),
    ),
    "a secret of Redis that is no URL of it": (
        checks.settings_refused,
        lambda made: variables(api(made)).update(REDIS_URL={"Ref": "RedisSecretArn"}),
    ),
}


@pytest.mark.parametrize(("check", "mistake"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_noticed(check: Callable[[Template], list[str]], mistake: Mistake) -> None:
    """The check says what is wrong, where it says nothing of the template as it is."""
    assert check(deployed()) == []
    template = source()
    mistake(template["Resources"])
    assert check(transformed(template)) != []
