"""Logs of devices: one entity, natural attribute names, a sparse index of what was escalated.

The newest log of a device in any state cannot be asked: logs stand by state first. The question
is refused when it is declared; `latest_refused` is that declaration."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, NewType

from pydantic import Field

from singletable import IN_KEY, Entity, First, Query, Table, access_pattern
from singletable.formats import instant
from singletable.patterns import puts, queries

DeviceId = NewType("DeviceId", str)
Since = Annotated[str, Field(examples=["2020-02-01"])]
Until = Annotated[str, Field(examples=["2020-02-28"])]

logs = Table(
    "DeviceStateLog",
    partition_key="DeviceID",
    sort_key="State#Date",
    type_attribute=None,
    instants=instant("seconds", suffix=""),
)
by_operator = logs.global_index("GSI1", partition_key="Operator", sort_key="Date")
by_supervisor = logs.global_index("GSI2", partition_key="EscalatedTo", sort_key="State#Date")


class DeviceLog(Entity, table=logs):
    """The state in which a device was at a moment."""

    device_id: Annotated[DeviceId, IN_KEY]
    state: str = Field(serialization_alias="State")
    at: datetime = Field(serialization_alias="Date")
    operator: str = Field(serialization_alias="Operator")
    supervisor: str | None = Field(None, serialization_alias="EscalatedTo")

    key = logs.primary.key("d#{device_id}", "{state}#{at}")
    of_operator = by_operator.natural()
    escalated = by_supervisor.key("{supervisor}", "{state}#{at}")


record = puts(DeviceLog, "Records a state.")
escalated_to = queries(DeviceLog.escalated, "All that was escalated to a supervisor.")


@access_pattern
def in_state(device_id: DeviceId, state: str) -> Query[DeviceLog]:
    """The logs of a device in one state, newest first."""
    return DeviceLog.key.query(device_id=device_id, state=state).newest_first()


@access_pattern
def of_operator(operator: str, since: Since, until: Until) -> Query[DeviceLog]:
    """The logs of an operator between two days or moments."""
    return DeviceLog.of_operator.query(operator=operator).between(at=(since, until))


@access_pattern
def escalated_in_state(supervisor: str, state: str) -> Query[DeviceLog]:
    """What was escalated to a supervisor in one state."""
    return DeviceLog.escalated.query(supervisor=supervisor, state=state)


@access_pattern
def escalated_on(supervisor: str, state: str, day: Since) -> Query[DeviceLog]:
    """What was escalated to a supervisor in one state on one day."""
    return DeviceLog.escalated.query(supervisor=supervisor, state=state).begins_with(at=day)


def latest_refused(device_id: DeviceId) -> First[DeviceLog]:
    """The newest log of a device in any state."""
    return DeviceLog.key.query(device_id=device_id).newest_first().first()
