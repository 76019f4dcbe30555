"""What is due is published: a clock calls the worker, which nothing else would wake."""

from __future__ import annotations

from typing import Any

from tests.sam.stack import Stack
from tests.sam.template import deployed, functions, of_type

WORKER = "WorkerFunction"


def rule() -> tuple[str, dict[str, Any]]:
    ((name, found),) = of_type(deployed(), "AWS::Events::Rule").items()
    return name, found["Properties"]


def test_the_worker_is_called_each_minute() -> None:
    """As docs/spec.md promises of planned publications."""
    _, clock = rule()
    assert clock["ScheduleExpression"] == "rate(1 minute)"
    assert clock.get("State", "ENABLED") == "ENABLED"
    (target,) = clock["Targets"]
    assert target["Arn"] == {"Fn::GetAtt": [WORKER, "Arn"]}
    assert functions(deployed())[WORKER]["Handler"] == "app.worker.handler"


def test_only_this_clock_may_call_it() -> None:
    """Of all rules that there may be in the account."""
    name, _ = rule()
    stack = Stack(deployed(), {})
    permissions = [
        stack.properties(each) for each in of_type(deployed(), "AWS::Lambda::Permission")
    ]
    (permission,) = (each for each in permissions if each["FunctionName"] == f"<{WORKER}>")
    assert permission["Principal"] == "events.amazonaws.com"
    assert permission["SourceArn"] == f"<{name}.Arn>"
