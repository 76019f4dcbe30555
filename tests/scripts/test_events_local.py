"""The events of a local stack, shown from the queue behind its topic."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from scripts import events_local
from scripts.bootstrap.clients import LOCAL_KEYS, client_of
from scripts.bootstrap.topics import queue_name
from tests.app.api.v1.media.steps import s3_server


@pytest.fixture
def endpoint() -> Iterator[str]:
    with s3_server() as address:  # moto answers for SQS as well
        yield address


def show(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("sys.argv", ["events_local.py", "--endpoint", endpoint])
    return events_local.main()


def test_each_event_is_shown_once_and_nothing_is_said_to_be_nothing(
    endpoint: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Events on standard output, a line each; that there are none on standard error."""
    client: Any = client_of("sqs", endpoint, events_local.REGION, LOCAL_KEYS)
    url = client.create_queue(QueueName=queue_name(events_local.TOPIC))["QueueUrl"]
    client.send_message(QueueUrl=url, MessageBody=json.dumps({"type": "post.published"}))
    assert show(endpoint, monkeypatch) == 0
    shown = capsys.readouterr()
    assert (json.loads(shown.out), shown.err) == ({"type": "post.published"}, "")
    assert show(endpoint, monkeypatch) == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "no event waits: nothing happened" in shown.err
