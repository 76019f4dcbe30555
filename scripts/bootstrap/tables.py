"""Makes a declared table and waits for it; leaves one that differs untouched."""

from __future__ import annotations

from typing import Any

from singletable import Table as DeclaredTable
from singletable.check import table_differences
from singletable.design import compile_table
from singletable.design.ir import Table
from singletable.emit.infra.create_table import TableOptions, create_table, time_to_live

_LOCAL = TableOptions(recovery=False, protection=False)
_WAIT = {"Delay": 1, "MaxAttempts": 60}


class TableDiffers(Exception):
    """The table exists, and is not the declared one."""

    def __init__(self, name: str, differences: list[str]) -> None:
        listed = "".join(f"\n  - {difference}" for difference in differences)
        super().__init__(
            f"table {name} differs from its declaration:{listed}\n"
            "It was left as it is. --recreate deletes it and makes it anew."
        )


def ensure_table(client: Any, declared: DeclaredTable, name: str, *, recreate: bool) -> None:
    """It is there, active, with TTL and stream; raises `TableDiffers` if another one is."""
    table = compile_table(declared)
    exists = _exists(client, name)
    if exists and recreate:
        client.delete_table(TableName=name)
        client.get_waiter("table_not_exists").wait(TableName=name, WaiterConfig=_WAIT)
        exists = False
    if not exists:
        _create(client, table, name)
    client.get_waiter("table_exists").wait(TableName=name, WaiterConfig=_WAIT)
    _refuse(name, table_differences(table, _description(client, name)))
    _ensure_stream(client, name)
    _ensure_expiry(client, table, name)
    expiry = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    _refuse(name, table_differences(table, _description(client, name), expiry))


def _refuse(name: str, differences: list[str]) -> None:
    if differences:
        raise TableDiffers(name, differences)


def _exists(client: Any, name: str) -> bool:
    try:
        client.describe_table(TableName=name)
    except client.exceptions.ResourceNotFoundException:
        return False
    return True


def _create(client: Any, table: Table, name: str) -> None:
    """Another bootstrap that was a moment faster is as good."""
    try:
        client.create_table(**create_table(table, name, _LOCAL))
    except client.exceptions.ResourceInUseException:
        return


def _ensure_stream(client: Any, name: str) -> None:
    """Switches the stream on where it is off: tables of before had none."""
    found = _description(client, name).get("StreamSpecification") or {}
    if not found.get("StreamEnabled"):
        wanted = {"StreamEnabled": True, "StreamViewType": _LOCAL.stream}
        client.update_table(TableName=name, StreamSpecification=wanted)
        client.get_waiter("table_exists").wait(TableName=name, WaiterConfig=_WAIT)


def _ensure_expiry(client: Any, table: Table, name: str) -> None:
    """Switches TTL on where it is off. Only on a declared table: on any other it deletes items."""
    wanted = time_to_live(table, name)
    found = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    if wanted is not None and found.get("TimeToLiveStatus") == "DISABLED":
        client.update_time_to_live(**wanted)


def _description(client: Any, name: str) -> dict[str, Any]:
    description: dict[str, Any] = client.describe_table(TableName=name)["Table"]
    return description
