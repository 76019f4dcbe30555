"""Compares how a live table is billed, encrypted and replicated with what is declared."""

from __future__ import annotations

from collections.abc import Iterator

from singletable.check.difference import Description
from singletable.design.ir import Table
from singletable.emit.infra.create_table import (
    AWS_KEY,
    CAPACITIES,
    STANDARD,
    TableOptions,
    create_table,
)

_UNITS = {label: names for label, *names in CAPACITIES.values()}
_WORDS = {
    "ProvisionedThroughput": "provisioned units",
    "OnDemandThroughput": "units at most",
    "WarmThroughput": "warm units",
}
_OWN_KEY = "the key of DynamoDB"
_NONE = (-1, -1)
"""How DescribeTable says that there is no limit, where it says so."""


def deployment_differences(table: Table, live: Description, options: TableOptions) -> Iterator[str]:
    """Lists each difference in what a table declares of its deployment, if it does."""
    yield from _capacities(table, live, options)
    if table.deployment is None:
        return
    yield from _class(live, options)
    yield from _encryption(live, options)
    yield from _replicas(live, options)


def billing_of(live: Description) -> str:
    """The billing mode; a table that was never on demand does not state it."""
    summary: Description = live.get("BillingModeSummary") or {}
    return str(summary.get("BillingMode", "PROVISIONED"))


def lacks_warm_units(table: Table, live: Description, options: TableOptions) -> bool:
    """Whether warm units are declared that the service says nothing of."""
    return any(
        "WarmThroughput" in wanted and not found.get("WarmThroughput")
        for _, wanted, found in _holders(table, live, options)
    )


def _capacities(table: Table, live: Description, options: TableOptions) -> Iterator[str]:
    """Units in all, where the table declares its billing; else those that an index declares."""
    is_declared = table.deployment is not None
    wanted_mode = "PROVISIONED" if options.units else "PAY_PER_REQUEST"
    if is_declared and billing_of(live) != wanted_mode:
        yield f"it is billed {billing_of(live)}, declared is {wanted_mode}"
        return
    compared = ["OnDemandThroughput", *(["ProvisionedThroughput"] if options.units else [])]
    for what, wanted, found in _holders(table, live, options):
        for label in compared:
            if label in wanted or (is_declared and label in found):
                yield from _units(what, label, wanted, found)
        yield from _warm_units(what, wanted, found)


def _holders(
    table: Table, live: Description, options: TableOptions
) -> Iterator[tuple[str, Description, Description]]:
    """What has a capacity, as it is declared and as it is: the table and its global indexes."""
    created = create_table(table, None, options)
    yield "the table", created, live
    indexes = {index["IndexName"]: index for index in live.get("GlobalSecondaryIndexes") or ()}
    for index in created.get("GlobalSecondaryIndexes", ()):
        name = index["IndexName"]
        if name in indexes:
            yield f"the global index {name}", index, indexes[name]


def _units(what: str, label: str, declared: Description, live: Description) -> Iterator[str]:
    wanted, found = _pair(label, declared), _pair(label, live)
    if wanted != found:
        yield f"{what} has {_show(found)} {_WORDS[label]}, declared are {_show(wanted)}"


def _warm_units(what: str, declared: Description, live: Description) -> Iterator[str]:
    """They grow with traffic: only fewer than declared are a difference."""
    label = "WarmThroughput"
    wanted, found = _pair(label, declared), _pair(label, live)
    if wanted and found and any(map(int.__lt__, found, wanted)):
        yield f"{what} has {_show(found)} {_WORDS[label]}, declared are {_show(wanted)}"


def _pair(label: str, holder: Description) -> tuple[int, int] | None:
    """The units of reading and writing; None if there are none, or no limit."""
    units: Description | None = holder.get(label)
    if not units:
        return None
    reads, writes = (int(units.get(name, -1)) for name in _UNITS[label])
    return None if (reads, writes) == _NONE else (reads, writes)


def _show(units: tuple[int, int] | None) -> str:
    return "no" if units is None else "{},{}".format(*units)


def _class(live: Description, options: TableOptions) -> Iterator[str]:
    summary: Description = live.get("TableClassSummary") or {}
    found = summary.get("TableClass", STANDARD)
    if found != options.table_class:
        yield f"the table class is {found}, declared is {options.table_class}"


def _encryption(live: Description, options: TableOptions) -> Iterator[str]:
    """Of a key that AWS manages the ARN is not known beforehand."""
    described: Description = live.get("SSEDescription") or {}
    is_on = described.get("Status") in ("ENABLED", "ENABLING", "UPDATING")
    found: str | None = described.get("KMSMasterKeyArn", AWS_KEY) if is_on else None
    if options.encryption == AWS_KEY and found is not None:
        return
    if found != options.encryption:
        yield (
            f"it is encrypted by {found or _OWN_KEY}, declared is {options.encryption or _OWN_KEY}"
        )


def _replicas(live: Description, options: TableOptions) -> Iterator[str]:
    own = str(live.get("TableArn", ":::")).split(":")[3]
    found = {each["RegionName"] for each in live.get("Replicas") or ()} - {own}
    for region in sorted(set(options.replicas) - found):
        yield f"the replica in {region} is missing"
    for region in sorted(found - set(options.replicas)):
        yield f"the replica in {region} is not declared"
