"""What is wrong with the parts beside the API, as lists of sentences: bucket, queues, topic,
what feeds worker and relay, and who watches over them. Derived from the template: no part is named.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from tests.sam.checks import most
from tests.sam.stack import Stack
from tests.sam.template import Template, functions, of_type

BUCKET, QUEUE, TOPIC = "AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::SNS::Topic"
POLICIES = {
    BUCKET: ("AWS::S3::BucketPolicy", "Bucket"),
    QUEUE: ("AWS::SQS::QueuePolicy", "Queues"),
    TOPIC: ("AWS::SNS::TopicPolicy", "Topics"),
}
STREAM_SECONDS = 86_400
PENDING, KEPT = "pending/", "media/"  # of app/services/uploads.py: a test compares
PUT_INTO_OUTBOX = {
    "eventName": ["INSERT"],
    "dynamodb": {"Keys": {"PK": {"S": [{"prefix": "OUTBOX#"}]}}},
}
ALARM = "AWS::CloudWatch::Alarm"
BLOCKED = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
READS = {
    QUEUE: {"sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"},
    "AWS::DynamoDB::Table": {
        "dynamodb:DescribeStream",
        "dynamodb:GetRecords",
        "dynamodb:GetShardIterator",
    },
}


def reached_in_plain_text(template: Template) -> list[str]:
    """Buckets, queues and topics that do not refuse everyone who comes without TLS."""
    found: list[str] = []
    for kind, (policies, target) in POLICIES.items():
        refusing: list[Any] = []
        for policy in of_type(template, policies).values():
            for each in filter(_refuses_plain_text, _statements(policy)):
                named = [_name_of(resource) for resource in _listed(each["Resource"])]
                refusing += [it for it in _listed(policy["Properties"][target]) if it in named]
        found += [name for name in of_type(template, kind) if {"Ref": name} not in refusing]
    return found


def unencrypted(template: Template) -> list[str]:
    """Buckets, queues and topics whose contents lie about in the clear."""
    keys = {BUCKET: "BucketEncryption", QUEUE: "SqsManagedSseEnabled", TOPIC: "KmsMasterKeyId"}
    return [
        name
        for kind, key in keys.items()
        for name, resource in of_type(template, kind).items()
        if not resource.get("Properties", {}).get(key)
    ]


def public_buckets(template: Template) -> list[str]:
    """Buckets that leave open one of the four ways to the public."""
    return [
        f"{name}: {way}"
        for name, resource in of_type(template, BUCKET).items()
        for way in BLOCKED
        if resource["Properties"].get("PublicAccessBlockConfiguration", {}).get(way) is not True
    ]


def impatient_queues(template: Template) -> list[str]:
    """Queues that show a message again while it may still be worked on: six time-outs are asked."""
    return [
        f"{queue}: {patience} s, and {function} may take {seconds}"
        for function, queue, _ in sources(template, QUEUE)
        if (patience := template["Resources"][queue]["Properties"].get("VisibilityTimeout", 30))
        < 6 * (seconds := most(template, functions(template)[function]["Timeout"]))
    ]


def lost_messages(template: Template) -> list[str]:
    """Sources whose failures are forgotten, or keep the good ones from being done."""
    return [*_lost_of_queues(template), *_lost_of_streams(template)]


def _lost_of_queues(template: Template) -> Iterator[str]:
    for _, queue, source in sources(template, QUEUE):
        properties = template["Resources"][queue]["Properties"]
        target = properties.get("RedrivePolicy", {}).get("deadLetterTargetArn")
        if source.get("FunctionResponseTypes") != ["ReportBatchItemFailures"]:
            yield f"{queue}: one failure is every message's"
        if target not in _arns(template, QUEUE):
            yield f"{queue}: no dead letters"
            continue
        letters = template["Resources"][target["Fn::GetAtt"][0]]["Properties"]
        if letters["MessageRetentionPeriod"] <= properties["MessageRetentionPeriod"]:
            yield f"{queue}: dead letters do not outlive it"


def _lost_of_streams(template: Template) -> Iterator[str]:
    for function, _, source in sources(template, "AWS::DynamoDB::Table"):
        target = source.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
        age, tries = (
            source.get(each, -1) for each in ("MaximumRecordAgeInSeconds", "MaximumRetryAttempts")
        )
        facts = {
            "one failure is the whole batch's": source.get("FunctionResponseTypes")
            == ["ReportBatchItemFailures"],
            "a batch that fails stays whole": source.get("BisectBatchOnFunctionError") is True,
            "records outlive the stream": 0 < age < STREAM_SECONDS,
            "a bad record holds up its shard for good": 0 <= tries <= 100,
            "no dead letters": target in _arns(template, QUEUE),
            "it starts after what is there": source["StartingPosition"] == "TRIM_HORIZON",
        }
        yield from (f"{function}: {fact}" for fact, is_so in facts.items() if not is_so)


def misdirected_filters(template: Template) -> list[str]:
    """Streams whose function hears of more, or of less, than what is put into the outbox."""
    found: list[str] = []
    for function, _, source in sources(template, "AWS::DynamoDB::Table"):
        filters = source.get("FilterCriteria", {}).get("Filters", [])
        if [json.loads(each["Pattern"]) for each in filters] != [PUT_INTO_OUTBOX]:
            found.append(f"{function}: {filters}")
    return found


def uncollected_objects(template: Template) -> list[str]:
    """Buckets that keep what nothing but their lifecycle removes, or lose what is to stay."""
    found: list[str] = []
    for name, resource in of_type(template, BUCKET).items():
        rules = resource["Properties"].get("LifecycleConfiguration", {}).get("Rules", [])
        live = [rule for rule in rules if rule["Status"] == "Enabled"]
        days = {rule.get("Prefix"): rule.get("ExpirationInDays") for rule in live}
        aborts = any("AbortIncompleteMultipartUpload" in rule for rule in live)
        facts = {
            f"uploads go after {days.get(PENDING)} days": days.get(PENDING) == 1,
            "files that are kept would go": not any(
                expires and KEPT.startswith(prefix or "") for prefix, expires in days.items()
            ),
            "parts of uploads stay": aborts,
        }
        found += [f"{name}: {fact}" for fact, is_so in facts.items() if not is_so]
    return found


def unread_sources(template: Template) -> list[str]:
    """Sources that their function has no right to read, and dead letters that it cannot leave."""
    found: list[str] = []
    for kind, actions in READS.items():
        for function, _, source in sources(template, kind):
            rights = list(rights_of(template, function))
            wanted = [(action, source["EventSourceArn"]) for action in sorted(actions)]
            if failed := source.get("DestinationConfig", {}).get("OnFailure"):
                wanted.append(("sqs:SendMessage", failed["Destination"]))
            found += [f"{function}: {right}" for right in wanted if right not in rights]
    return found


def unlogged(template: Template) -> list[str]:
    """Functions without a log group and a role of their own, or that may write to no or another."""
    groups = of_type(template, "AWS::Logs::LogGroup")
    roles = [str(function["Role"]) for function in functions(template).values()]
    found: list[str] = []
    for name, function in functions(template).items():
        group = function.get("LoggingConfig", {}).get("LogGroup", {}).get("Ref")
        own = {"Fn::GetAtt": [group, "Arn"]}
        written = [at for action, at in rights_of(template, name) if action == "logs:PutLogEvents"]
        facts = {
            "no log group": group in groups,
            "writes elsewhere": written == [own],
            "shares its role": roles.count(str(function["Role"])) == 1,
        }
        found += [f"{name}: {fact}" for fact, is_so in facts.items() if not is_so]
    return found


def unwatched(template: Template) -> list[str]:
    """Functions, sources and dead letters with no alarm on what goes wrong with each."""
    stack = Stack(template, {})
    alarms = [stack.properties(name) for name in of_type(template, ALARM)]
    watched = {
        (alarm["Namespace"], alarm["MetricName"], dimension["Value"])
        for alarm in alarms
        for dimension in alarm.get("Dimensions", [])
    }
    return [str(each) for each in _to_be_watched(template, stack) if each not in watched]


def _to_be_watched(template: Template, stack: Stack) -> Iterator[tuple[str, str, str]]:
    named = {
        name: stack.resolve(each["FunctionName"]) for name, each in functions(template).items()
    }
    yield from (("AWS/Lambda", "Errors", name) for name in named.values())
    for function, _, _ in sources(template, "AWS::DynamoDB::Table"):
        yield "AWS/Lambda", "IteratorAge", named[function]
    read = [queue for _, queue, _ in sources(template, QUEUE)]
    for queue in of_type(template, QUEUE):
        metric = "AgeOfOldestMessage" if queue in read else "NumberOfMessagesVisible"
        yield "AWS/SQS", f"Approximate{metric}", f"<{queue}.QueueName>"


def rights_of(
    template: Template, function: str, passing: Sequence[Any] = ()
) -> Iterator[tuple[str, Any]]:
    """Each action that a function's own policies allow, with what it is allowed on.

    `passing`: statements that are left out.
    """
    role = functions(template)[function]["Role"]["Fn::GetAtt"][0]
    for policy in template["Resources"][role]["Properties"]["Policies"]:
        for statement in policy["PolicyDocument"]["Statement"]:
            if statement["Effect"] != "Allow" or statement in passing:
                continue
            for action in _listed(statement["Action"]):
                for resource in _listed(statement["Resource"]):
                    yield action, resource


def sources(template: Template, kind: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Function, resource of that kind, and the mapping that leads from one to the other."""
    for resource in of_type(template, "AWS::Lambda::EventSourceMapping").values():
        properties = resource["Properties"]
        source = properties["EventSourceArn"]["Fn::GetAtt"][0]
        if source in of_type(template, kind):
            yield properties["FunctionName"]["Ref"], source, properties


def _arns(template: Template, kind: str) -> list[Any]:
    return [{"Fn::GetAtt": [name, "Arn"]} for name in of_type(template, kind)]


def _statements(policy: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = policy["Properties"]["PolicyDocument"]["Statement"]
    return found


def _refuses_plain_text(statement: dict[str, Any]) -> bool:
    """All that can be done over the network, to everyone."""
    return (
        statement["Effect"] == "Deny"
        and statement["Principal"] == "*"
        and statement["Action"] in ("s3:*", "sqs:*", "sns:Publish")
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    )


def _name_of(resource: dict[str, Any]) -> dict[str, str]:
    """The `Ref` of what an ARN is of; what is below a bucket is not the bucket."""
    (name, _) = resource["Fn::GetAtt"] if "Fn::GetAtt" in resource else (resource.get("Ref"), None)
    return {"Ref": str(name)}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


CHECKS: tuple[Callable[[Template], list[str]], ...] = (
    reached_in_plain_text,
    unencrypted,
    public_buckets,
    impatient_queues,
    lost_messages,
    misdirected_filters,
    uncollected_objects,
    unread_sources,
    unlogged,
    unwatched,
)
