"""The repository over DynamoDB, and whether the table is there. Knows no question."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from access_patterns import blog
from app.aws.clients import Clients
from app.cache import cached
from app.http.access import note_pattern
from app.metrics.tally import note_observed
from app.settings import Settings
from singletable import Repository, boto3_transport
from singletable.check import table_differences
from singletable.design import compile_table


def make_repository(
    settings: Settings, clients: Clients | None = None, opened: ExitStack | None = None
) -> Repository:
    """The repository of the configured table, with its cache; sends nothing yet.

    `opened` is given what has to be closed at the end.
    """
    repository = Repository(
        boto3_transport((clients or Clients(settings)).dynamodb),
        {blog: settings.table_name},
        cursor_secret=_cursor_secrets(settings),
        **_observed(settings),
    )
    return cached(repository, settings, opened)


def _cursor_secrets(settings: Settings) -> tuple[bytes, ...]:
    """The one that encrypts, then the one that it replaces, if any."""
    given = (settings.cursor_secret, settings.cursor_secret_previous)
    return tuple(secret.get_secret_value().encode() for secret in given if secret)


def _observed(settings: Settings) -> dict[str, Any]:
    """DynamoDB says what a request took without taking more for it."""
    if settings.metrics == "off":
        return {"observe": note_pattern}
    return {"observe": (note_pattern, note_observed), "count_capacity": True}


class TableReadiness:
    """Asks whether the table is active and as declared."""

    def __init__(self, settings: Settings, clients: Clients | None = None) -> None:
        self._settings = settings
        self._clients = clients or Clients(settings)

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
        return table_differences(compile_table(blog), table)
