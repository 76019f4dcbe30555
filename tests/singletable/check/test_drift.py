"""Drift of a live table, by its descriptions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from singletable import Table
from singletable.check.drift import Drift, Live, drift_of
from singletable.design import compile_table
from singletable.emit.infra.create_table import TableOptions, create_table
from tests.singletable.library import library

Change = Callable[[dict[str, Any]], object]


def described(options: TableOptions | None = None) -> dict[str, Any]:
    """What DescribeTable answers of the library, as far as it is read."""
    made = create_table(compile_table(library), None, options or TableOptions())
    return {**made, "BillingModeSummary": {"BillingMode": made["BillingMode"]}}


def drift(table: dict[str, Any], *, recovery: str = "ENABLED", ttl: str = "ENABLED") -> Drift:
    backups = {"PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": recovery}}
    expiry = {"TimeToLiveStatus": ttl, "AttributeName": "forgotten_at"}
    return drift_of(compile_table(library), Live(table, expiry, backups), TableOptions())


def test_a_table_as_declared_has_none() -> None:
    """Billing is told all the same."""
    assert drift(described()) == Drift((), (), "PAY_PER_REQUEST")


def test_billing_is_no_drift() -> None:
    """A table that was never on demand does not name its mode."""
    provisioned = described(TableOptions(units=(1, 1)))
    assert drift(provisioned) == Drift((), (), "PROVISIONED")
    del provisioned["BillingModeSummary"]
    assert drift(provisioned) == Drift((), (), "PROVISIONED")


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        (
            lambda table: table.update(DeletionProtectionEnabled=False),
            "deletion protection is off, declared is on",
        ),
        (
            lambda table: table.pop("StreamSpecification"),
            "the stream holds nothing, declared is NEW_AND_OLD_IMAGES",
        ),
        (
            lambda table: table["StreamSpecification"].update(StreamViewType="KEYS_ONLY"),
            "the stream holds KEYS_ONLY, declared is NEW_AND_OLD_IMAGES",
        ),
        (
            lambda table: table["KeySchema"].pop(),
            "the table has the keys PK, declared are PK + SK",
        ),
        (
            lambda table: table["AttributeDefinitions"][0].update(AttributeType="N"),
            "GSI1PK has the type N, declared is S",
        ),
        (
            lambda table: table["GlobalSecondaryIndexes"].pop(0),
            "the global index GSI1 is missing",
        ),
        (
            lambda table: table["GlobalSecondaryIndexes"][0].update(
                Projection={"ProjectionType": "KEYS_ONLY"}
            ),
            "the global index GSI1 projects KEYS_ONLY, declared is ALL",
        ),
    ],
)
def test_each_difference_is_a_sentence(change: Change, difference: str) -> None:
    """What there is, what is declared."""
    table = described()
    change(table)
    assert drift(table).differences == (difference,)


def test_recovery_and_expiry_are_compared() -> None:
    """They stand in answers of their own."""
    assert drift(described(), recovery="DISABLED").differences == (
        "point-in-time recovery is off, declared is on",
    )
    assert drift(described(), ttl="DISABLED").differences == (
        "TTL is on no attribute, declared is forgotten_at",
    )


def test_what_the_service_does_not_know_is_no_drift() -> None:
    """It is said instead."""
    table = described()
    del table["DeletionProtectionEnabled"]
    found = drift_of(compile_table(library), Live(table, None, None), TableOptions())
    assert found.differences == ()
    assert found.not_asked == ("TTL", "point-in-time recovery", "deletion protection")


def test_more_than_declared_is_drift_too() -> None:
    """A stream that nobody declared is read by somebody, and paid."""
    bare = TableOptions(stream=None, recovery=False, protection=False)
    shelf = compile_table(Table("shelf"))
    table = create_table(shelf, None, TableOptions())
    backups = {"PointInTimeRecoveryDescription": {"PointInTimeRecoveryStatus": "ENABLED"}}
    assert drift_of(shelf, Live(table, None, backups), bare).differences == (
        "the stream holds NEW_AND_OLD_IMAGES, declared is none",
        "point-in-time recovery is on, declared is off",
        "deletion protection is on, declared is off",
    )
