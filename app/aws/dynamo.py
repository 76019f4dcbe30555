"""Whether the table is there, active, and as declared."""

from __future__ import annotations

from collections.abc import Sequence

from botocore.exceptions import BotoCoreError, ClientError

from access_patterns import blog
from app.aws.clients import Clients
from app.core.settings.fields import Settings
from singletable.check import table_differences
from singletable.design import compile_table


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
