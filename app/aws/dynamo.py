"""The repository over DynamoDB, and whether the table is there. Knows no question."""

from __future__ import annotations

from collections.abc import Sequence

from botocore.exceptions import BotoCoreError, ClientError

from access_patterns import blog
from app.aws.clients import Clients
from app.cache import cached
from app.http.access import note_pattern
from app.settings import Settings
from singletable import Repository
from singletable.check import table_differences
from singletable.transport.boto3_adapter import boto3_transport


def make_repository(settings: Settings) -> Repository:
    """The repository of the configured table, with its cache; sends nothing yet."""
    repository = Repository(
        boto3_transport(Clients(settings).dynamodb),
        settings.table_name,
        cursor_secret=settings.cursor_secret.get_secret_value().encode(),
        observe=note_pattern,
    )
    return cached(repository, settings)


class TableReadiness:
    """Asks whether the table is active and as declared."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._clients = Clients(settings)

    def __call__(self) -> Sequence[str]:
        name = self._settings.table_name
        try:
            table = self._clients.dynamodb.describe_table(TableName=name)["Table"]
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "unknown")
            return [f"the table cannot be described: {code}"]
        except BotoCoreError as error:
            return [f"DynamoDB cannot be reached: {type(error).__name__}"]
        if table.get("TableStatus") not in ("ACTIVE", "UPDATING"):
            return [f"the table is {table.get('TableStatus')}"]
        return table_differences(blog, table)
