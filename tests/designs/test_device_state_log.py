"""Logs of devices are found as they were published."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from singletable import access_pattern
from singletable.errors import ContradictoryPattern
from tests.conftest import OpenBackend, without_moto
from tests.designs import device_state_log as design
from tests.designs.corpus import Item, load_design
from tests.designs.device_state_log import DeviceId, DeviceLog
from tests.designs.proofs import Asked, check_answers, check_published, put_again

PUBLISHED = "03-device-state-log"


def log(device: str, state: str, at: str, operator: str, supervisor: str | None = None) -> Item:
    """A log as the devices' own program writes it."""
    item = {
        "DeviceID": f"d#{device}",
        "State#Date": f"{state}#{at}",
        "State": state,
        "Date": at,
        "Operator": operator,
    } | ({"EscalatedTo": supervisor} if supervisor else {})
    return {name: {"S": value} for name, value in item.items()}


ITEMS = [
    log("7", "HOT", "2025-11-30T23:59:59", "Mo", "Ada"),
    log("7", "HOT", "2025-12-01T08:00:00", "Mo", "Ada"),
    log("7", "HOT", "2025-12-01T09:30:00", "Bo"),
    log("7", "HOTTER", "2025-12-01T10:00:00", "Bo", "Ada"),
    log("7", "COLD", "2025-12-02T00:00:00", "Mo"),
    log("71", "HOT", "2025-12-01T08:00:01", "Mo", "Kit"),
    log("8", "HOT", "2025-12-03T07:00:00", "Mo"),
]
PRIMARY, OPERATOR = ("DeviceID", "State#Date"), ("Operator", "Date")
SUPERVISOR = ("EscalatedTo", "State#Date")

ASKED = {
    "AP1": Asked(
        design.in_state(DeviceId("7"), "HOT"),
        PRIMARY,
        "d#7",
        lambda text: text.startswith("HOT#"),
        newest_first=True,
    ),
    "AP2": Asked(
        design.of_operator("Mo", "2025-12-01", "2025-12-02"),
        OPERATOR,
        "Mo",
        lambda text: "2025-12-01" <= text <= "2025-12-02T23:59:59",
    ),
    "AP3": Asked(design.escalated_to(supervisor="Ada"), SUPERVISOR, "Ada"),
    "AP4": Asked(
        design.escalated_in_state("Ada", "HOT"),
        SUPERVISOR,
        "Ada",
        lambda text: text.startswith("HOT#"),
    ),
    "AP5": Asked(
        design.escalated_on("Ada", "HOT", "2025-12-01"),
        SUPERVISOR,
        "Ada",
        lambda text: text.startswith("HOT#2025-12-01"),
    ),
}


@without_moto
def test_each_pattern_finds_what_it_asks_for(open_backend: OpenBackend) -> None:
    check_answers(open_backend(design.logs), ITEMS, ASKED)


@without_moto
def test_published_examples_have_their_answers(open_backend: OpenBackend) -> None:
    asked = {
        "AP1": design.in_state(DeviceId("12345"), "WARNING1"),
        "AP2": design.of_operator("Liz", "2020-04-20", "2020-04-25"),
        "AP3": design.escalated_to(supervisor="Sara"),
        "AP4": design.escalated_in_state("Sara", "WARNING4"),
        "AP5": design.escalated_on("Sara", "WARNING4", "2020-04-27"),
    }
    check_published(open_backend(design.logs), load_design(PUBLISHED), asked)


@without_moto
def test_published_items_stay_as_they_are(open_backend: OpenBackend) -> None:
    scan = DeviceLog.key.scan(because="the test reads all")
    assert put_again(open_backend(design.logs), load_design(PUBLISHED).items, scan) == {}


def test_the_newest_log_in_any_state_is_refused() -> None:
    with pytest.raises(ContradictoryPattern):
        access_pattern(design.latest_refused)


@without_moto
def test_a_log_is_recorded_as_the_other_program_does(open_backend: OpenBackend) -> None:
    backend = open_backend(design.logs)
    at = datetime(2025, 12, 1, 8, tzinfo=UTC)
    new = DeviceLog(device_id=DeviceId("7"), state="HOT", at=at, operator="Mo", supervisor="Ada")
    backend.repository.write(design.record(new))
    assert backend.items() == [ITEMS[1]]
