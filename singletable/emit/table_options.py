"""What a deployed table has and a design does not decide. Safe unless it is said otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from singletable.emit.create_table import create_table
from singletable.emit.verbatim import Switch, Text, Verbatim
from singletable.table import Table

STREAM_VIEWS = ("NEW_AND_OLD_IMAGES", "NEW_IMAGE", "OLD_IMAGE", "KEYS_ONLY")


@dataclass(frozen=True)
class TableOptions:
    """`stream` is a view of STREAM_VIEWS or None; `recovery` is that to a point in time.

    `units`: provisioned read and write units, of the table and of each index; None: on demand.
    """

    stream: str | None = "NEW_AND_OLD_IMAGES"
    recovery: Switch = True
    protection: Switch = True
    units: tuple[int, int] | None = None


def create_table_with(table: Table, name: Text | None, options: TableOptions) -> dict[str, Any]:
    """CreateTable's parameters with these options, all but `recovery`, which it cannot set."""
    parameters = create_table(table)
    parameters["TableName"] = name or table.name
    if options.units is not None:
        parameters["BillingMode"] = "PROVISIONED"
        for holder in (parameters, *parameters.get("GlobalSecondaryIndexes", ())):
            holder["ProvisionedThroughput"] = dict(
                zip(("ReadCapacityUnits", "WriteCapacityUnits"), options.units, strict=True)
            )
    if options.stream is not None:
        parameters["StreamSpecification"] = {
            "StreamEnabled": True,
            "StreamViewType": options.stream,
        }
    if options.protection is not False:
        parameters["DeletionProtectionEnabled"] = options.protection
    return parameters


def expressions_in(name: Text | None, options: TableOptions) -> Iterator[str]:
    """The expressions among these, for those who need values."""
    for each in (name, options.recovery, options.protection):
        if isinstance(each, Verbatim):
            yield each.text
