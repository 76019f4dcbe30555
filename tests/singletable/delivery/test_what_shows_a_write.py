"""A request that was lost is taken for carried out only where the item shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import Context
from typing import Any

import pytest

from singletable import Entity, Repository, Table, attr, create_table, put, update
from singletable.errors import ConditionFailed, ServiceUnavailable
from singletable.inspect import Retry
from singletable.testing import memory_transport
from singletable.transport import Transport, TransportError, note_possible_writes

doors = Table("doors")
NOW = Retry(sleep=lambda _: None, jitter=lambda: 0.0)


class Door(Entity, table=doors):
    """A door, which one may lock who finds it open."""

    door_id: str
    owner: str | None = None
    shown: str = ""
    drafted: str = ""
    is_open: bool = True
    key = doors.primary.key("DOOR#{door_id}", "DOOR")


DOOR = Door(door_id="1", drafted="approved")
PATCH = Door.key.patch(door_id="1")
IS_OPEN = attr("is_open").equals(True)


@pytest.fixture
def transport() -> Transport:
    memory = memory_transport()
    memory("CreateTable", create_table(doors))
    Repository(memory, doors).write(put(DOOR))
    return memory


def losing(transport: Transport, meanwhile: Any, *, carry_out: bool) -> Repository:
    """Loses the first update, or its answer; then another writer comes before the repetition."""
    lost = list[str]()

    def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        if operation != "UpdateItem" or lost:
            return transport(operation, parameters)
        lost.append(operation)
        if carry_out:
            transport(operation, parameters)
        else:
            note_possible_writes()
        Context().run(transport, "PutItem", {"TableName": "doors", "Item": meanwhile})
        raise TransportError("Unreachable", "lost", carried_out="unknown")

    return Repository(send, doors, retry=NOW)


def stored(**values: Any) -> Any:
    """The item of the door with other values."""
    texts = {"PK": "DOOR#1", "SK": "DOOR", "entity": "Door", "door_id": "1", "drafted": "approved"}
    item = {name: {"S": value} for name, value in texts.items()}
    return item | {
        name: {"BOOL" if name == "is_open" else "S": each} for name, each in values.items()
    }


@pytest.mark.parametrize(
    "write",
    [
        lambda: PATCH.set_if_absent(owner="me").when(IS_OPEN),
        lambda: PATCH.when(IS_OPEN),
        lambda: update(DOOR, DOOR).when(IS_OPEN),
        lambda: PATCH.unset("owner").when(IS_OPEN),
        lambda: PATCH.set(owner="me").when(IS_OPEN),
    ],
    ids=["once", "nothing", "equal states", "unset", "set"],
)
def test_another_writers_item_shows_no_write(
    transport: Transport, write: Callable[[], Any]
) -> None:
    """The condition never held, and what is stored is not what was asked for."""
    repository = losing(transport, stored(owner="her", is_open=False), carry_out=False)
    with pytest.raises(ConditionFailed) as caught:
        repository.write(write())
    assert caught.value.written == "unknown"


def test_the_value_that_was_set_once_shows_the_write(transport: Transport) -> None:
    """It stands there, though the condition holds no longer."""
    repository = losing(transport, stored(owner="me", is_open=False), carry_out=True)
    done = repository.write(PATCH.set_if_absent(owner="me").when(IS_OPEN))
    assert (done.owner, done.is_open) == ("me", False)


@pytest.mark.parametrize("carry_out", [True, False])
def test_the_value_of_another_field_is_not_taken_twice(
    transport: Transport, carry_out: bool
) -> None:
    """Also where that has a default: it may be another one meanwhile."""
    repository = losing(transport, stored(shown="", is_open=False), carry_out=carry_out)
    with pytest.raises(ServiceUnavailable) as caught:
        repository.write(PATCH.set(shown=attr("drafted")).when(IS_OPEN))
    assert caught.value.written == "unknown"
