"""Events to an SNS topic, many at a time. Knows no outbox and no stream."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from app.aws.clients import Clients
from app.core.settings.fields import Settings
from app.services.events.relay import Message, TopicError

if TYPE_CHECKING:
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sns.type_defs import PublishBatchRequestEntryTypeDef as Entry


_FIFO = ".fifo"


_UNMENTIONED = "not in the answer"


def make_topic(settings: Settings) -> SnsTopic | None:
    """The configured topic; None where there is none."""
    if not settings.events_topic_arn:
        return None
    return SnsTopic(Clients(settings).sns, settings.events_topic_arn)


class SnsTopic:
    """Raises `TopicError`, never botocore's. A FIFO topic keeps groups in order, and drops
    what it got within five minutes before.
    """

    def __init__(self, client: SNSClient, arn: str) -> None:
        self._client = client
        self._arn = arn

    def publish(self, messages: Sequence[Message]) -> Mapping[int, str]:
        entries = [self._entry(at, message) for at, message in enumerate(messages)]
        try:
            answer = self._client.publish_batch(
                TopicArn=self._arn, PublishBatchRequestEntries=entries
            )
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "unknown")
            raise TopicError(code) from error
        except BotoCoreError as error:
            raise TopicError(type(error).__name__) from error
        refused = {each["Id"]: each["Code"] for each in answer["Failed"]}
        taken = {each.get("Id") for each in answer["Successful"]}
        names = [entry["Id"] for entry in entries]
        return {
            at: refused.get(name, _UNMENTIONED)
            for at, name in enumerate(names)
            if name not in taken
        }

    def _entry(self, at: int, message: Message) -> Entry:
        entry: Entry = {
            "Id": str(at),
            "Message": message.body,
            "MessageAttributes": {
                name: {"DataType": "String", "StringValue": value}
                for name, value in message.attributes.items()
            },
        }
        if self._arn.endswith(_FIFO):
            entry["MessageGroupId"] = message.group
            entry["MessageDeduplicationId"] = message.event_id
        return entry
