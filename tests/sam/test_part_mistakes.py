"""Mistakes in the parts beside the API are noticed, each by the check that is meant for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.sam import checks, part_checks
from tests.sam.template import Template, deployed, source, transformed
from tests.sam.written import Mistake, Resources, properties, rights

bucket, queue, relay = (properties(each) for each in ("MediaBucket", "JobsQueue", "RelayFunction"))
worker = properties("WorkerFunction")


def jobs(made: Resources) -> dict[str, Any]:
    source_of: dict[str, Any] = worker(made)["Events"]["Jobs"]["Properties"]
    return source_of


def outbox(made: Resources) -> dict[str, Any]:
    source_of: dict[str, Any] = relay(made)["Events"]["Outbox"]["Properties"]
    return source_of


def refusal(made: Resources, policy: str) -> dict[str, Any]:
    statement: dict[str, Any] = made[policy]["Properties"]["PolicyDocument"]["Statement"][0]
    return statement


MISTAKES: dict[str, tuple[Callable[[Template], list[str]], Mistake]] = {
    "a bucket without its policy": (
        part_checks.reached_in_plain_text,
        lambda made: made.pop("MediaBucketPolicy"),
    ),
    "a queue that lets plain text in": (
        part_checks.reached_in_plain_text,
        lambda made: refusal(made, "JobsQueuePolicy").update(Effect="Allow"),
    ),
    "a refusal on another queue": (
        part_checks.reached_in_plain_text,
        lambda made: refusal(made, "JobsQueuePolicy").update(
            Resource={"Fn::GetAtt": ["JobsDeadLetters", "Arn"]}
        ),
    ),
    "a refusal of those who come with TLS": (
        part_checks.reached_in_plain_text,
        lambda made: refusal(made, "EventsTopicPolicy").update(
            Condition={"Bool": {"aws:SecureTransport": "true"}}
        ),
    ),
    "a topic in the clear": (
        part_checks.unencrypted,
        lambda made: properties("EventsTopic")(made).clear(),
    ),
    "a queue in the clear": (
        part_checks.unencrypted,
        lambda made: queue(made).update(SqsManagedSseEnabled=False),
    ),
    "a bucket in the clear": (
        part_checks.unencrypted,
        lambda made: bucket(made).pop("BucketEncryption"),
    ),
    "a bucket that may become public": (
        part_checks.public_buckets,
        lambda made: bucket(made)["PublicAccessBlockConfiguration"].update(BlockPublicPolicy=False),
    ),
    "uploads that stay": (
        part_checks.uncollected_objects,
        lambda made: bucket(made)["LifecycleConfiguration"]["Rules"][0].update(Prefix="pendign/"),
    ),
    "uploads that stay for a week": (
        part_checks.uncollected_objects,
        lambda made: bucket(made)["LifecycleConfiguration"]["Rules"][0].update(ExpirationInDays=7),
    ),
    "files that go": (
        part_checks.uncollected_objects,
        lambda made: bucket(made)["LifecycleConfiguration"]["Rules"][1].update(Prefix=""),
    ),
    "parts of uploads that stay": (
        part_checks.uncollected_objects,
        lambda made: bucket(made)["LifecycleConfiguration"]["Rules"].pop(),
    ),
    "a worker that takes longer than its queue waits": (
        part_checks.impatient_queues,
        lambda made: worker(made).update(Timeout=301),
    ),
    "a queue of the usual patience": (
        part_checks.impatient_queues,
        lambda made: queue(made).pop("VisibilityTimeout"),
    ),
    "messages that fail together": (
        part_checks.lost_messages,
        lambda made: jobs(made).pop("FunctionResponseTypes"),
    ),
    "messages that are tried forever": (
        part_checks.lost_messages,
        lambda made: queue(made).pop("RedrivePolicy"),
    ),
    "dead letters that are gone before anyone looks": (
        part_checks.lost_messages,
        lambda made: properties("JobsDeadLetters")(made).update(MessageRetentionPeriod=3600),
    ),
    "records that fail together": (
        part_checks.lost_messages,
        lambda made: outbox(made).pop("FunctionResponseTypes"),
    ),
    "a batch that stays whole": (
        part_checks.lost_messages,
        lambda made: outbox(made).update(BisectBatchOnFunctionError=False),
    ),
    "records that are tried forever": (
        part_checks.lost_messages,
        lambda made: outbox(made).pop("MaximumRetryAttempts"),
    ),
    "records that are awaited after the stream's end": (
        part_checks.lost_messages,
        lambda made: outbox(made).update(MaximumRecordAgeInSeconds=90_000),
    ),
    "records that are given up without a word": (
        part_checks.lost_messages,
        lambda made: outbox(made).pop("DestinationConfig"),
    ),
    "events before the first deployment": (
        part_checks.lost_messages,
        lambda made: outbox(made).update(StartingPosition="LATEST"),
    ),
    "a filter for another item": (
        part_checks.misdirected_filters,
        lambda made: outbox(made)["FilterCriteria"]["Filters"].append(
            {"Pattern": '{"eventName": ["REMOVE"]}'}
        ),
    ),
    "no filter": (
        part_checks.misdirected_filters,
        lambda made: outbox(made).pop("FilterCriteria"),
    ),
    "a queue that cannot be read": (
        part_checks.unread_sources,
        lambda made: rights(made, "WorkerRole", "jobs").update(Action="sqs:SendMessage"),
    ),
    "a stream that cannot be read": (
        part_checks.unread_sources,
        lambda made: rights(made, "RelayRole", "stream").update(Action="dynamodb:GetRecords"),
    ),
    "dead letters that cannot be left": (
        part_checks.unread_sources,
        lambda made: made["RelayRole"]["Properties"]["Policies"].pop(1),
    ),
    "logs of another function": (
        part_checks.unlogged,
        lambda made: rights(made, "WorkerRole", "logs").update(
            Resource={"Fn::GetAtt": ["ApiLogs", "Arn"]}
        ),
    ),
    "logs that are nobody's": (
        part_checks.unlogged,
        lambda made: relay(made).pop("LoggingConfig"),
    ),
    "a role of two": (
        part_checks.unlogged,
        lambda made: worker(made).update(Role={"Fn::GetAtt": ["ApiRole", "Arn"]}),
    ),
    "dead letters that nobody hears of": (
        part_checks.unwatched,
        lambda made: made.pop("JobsDeadLettersAlarm"),
    ),
    "a relay that falls behind unseen": (
        part_checks.unwatched,
        lambda made: properties("RelayBehindAlarm")(made).update(MetricName="Duration"),
    ),
    "an alarm on another function": (
        part_checks.unwatched,
        lambda made: properties("WorkerErrorsAlarm")(made)["Dimensions"][0].update(Value="worker"),
    ),
    "an alarm that leaves out the errors": (
        part_checks.unwatched,
        lambda made: made.pop("RelayErrorsAlarm"),
    ),
    "every object of every bucket": (
        checks.wildcards,
        lambda made: rights(made, "WorkerRole", "files").update(Resource="arn:aws:s3:::*/*"),
    ),
    "all that can be done with objects": (
        checks.wildcards,
        lambda made: rights(made, "ApiRole", "files").update(Action="s3:*"),
    ),
    "all that begins like the topic": (
        checks.wildcards,
        lambda made: rights(made, "RelayRole", "events").update(
            Resource={"Fn::Sub": "${EventsTopic}*"}
        ),
    ),
    "a worker's runtime that is none": (
        checks.unknown_runtimes,
        lambda made: worker(made).update(Runtime="python3.31"),
    ),
    "more time for the worker than Lambda has": (
        checks.limits_passed,
        lambda made: worker(made).update(Timeout=901),
    ),
    "a relay that is told nothing of the table": (
        checks.settings_refused,
        lambda made: relay(made)["Environment"]["Variables"].pop("TABLE_NAME"),
    ),
    "a relay that is told a misspelt setting": (
        checks.unknown_variables,
        lambda made: relay(made)["Environment"]["Variables"].update(EVENT_TOPIC="x"),
    ),
    "a worker without the policy": (
        checks.misplaced_policy,
        lambda made: worker(made).pop("Layers"),
    ),
}


@pytest.mark.parametrize(("check", "mistake"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_noticed(check: Callable[[Template], list[str]], mistake: Mistake) -> None:
    """The check says more than it says of the template as it is."""
    template = source()
    before = check(deployed())
    mistake(template["Resources"])
    assert set(check(transformed(template))) - set(before)
