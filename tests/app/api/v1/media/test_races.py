"""Completions and deletions at the same time, and completions that stop half-way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any

import pytest

from singletable.transport import TransportError
from tests.app import expect
from tests.app.api.v1.media.steps import path
from tests.app.api.v1.races import READS, at_once, meeting
from tests.app.harness import AppHarness


def before_write(harness: AppHarness, number: int, by: Callable[[], object]) -> AppHarness:
    """Something happens before one of the writes, from 0 on."""
    arrivals = count()

    def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        if operation not in READS and next(arrivals) == number:
            by()
        return harness.store.transport(operation, parameters)

    return harness.with_store(replace(harness.store, transport=send))


def after_first_write(harness: AppHarness, by: Callable[[], object]) -> AppHarness:
    """Something happens once the first write is carried out, before its answer arrives."""
    arrivals = count()

    def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        answer = harness.store.transport(operation, parameters)
        if operation not in READS and next(arrivals) == 0:
            by()
        return answer

    return harness.with_store(replace(harness.store, transport=send))


def test_two_completions_at_once_are_one(any_harness: AppHarness) -> None:
    """Both say the same, and one object is kept."""
    media = any_harness.upload()
    race = any_harness.with_store(meeting(any_harness.store, 2))
    answers = at_once([partial(race.complete, media) for _ in range(2)])
    first, second = [expect.success(answer) for answer in answers]
    assert first == second == expect.success(any_harness.ada.get(path(media)))
    assert any_harness.folders() == ["media"]


@pytest.mark.parametrize("write", [0, 1])
def test_a_completion_finds_that_another_was_faster(any_harness: AppHarness, write: int) -> None:
    """Before its first write or its last: it gives the other's file."""
    media = any_harness.upload()
    slow = before_write(any_harness, write, lambda: any_harness.complete(media))
    done = expect.success(slow.complete(media))
    assert done == expect.success(any_harness.ada.get(path(media)))
    assert any_harness.folders() == ["media"]


@pytest.mark.parametrize("write", [0, 1])
def test_a_deletion_during_completion_leaves_nothing(any_harness: AppHarness, write: int) -> None:
    """Before its first write or its last: what was kept in between goes as well."""
    media = any_harness.upload()
    slow = before_write(
        any_harness, write, lambda: any_harness.ada.delete(path(media)).raise_for_status()
    )
    expect.failure(slow.complete(media), 404, "not-found")
    expect.failure(any_harness.ada.get(path(media)), 404, "not-found")
    assert any_harness.object_keys() == []


def test_two_deletions_at_once_leave_nothing(any_harness: AppHarness) -> None:
    """One says 204 at least; the other may find nothing any more."""
    media = any_harness.upload_ready()
    race = any_harness.with_store(meeting(any_harness.store, 2))
    answers = at_once([partial(race.ada.delete, path(media)) for _ in range(2)])
    assert 204 in {answer.status_code for answer in answers} <= {204, 404}
    assert any_harness.object_keys() == []


def test_a_deletion_overtaken_by_another_succeeds(any_harness: AppHarness) -> None:
    """The item is gone when it reads back what its first write left."""
    media = any_harness.upload_ready()
    slow = after_first_write(
        any_harness, lambda: any_harness.ada.delete(path(media)).raise_for_status()
    )
    assert slow.ada.delete(path(media)).status_code == 204
    assert any_harness.object_keys() == []


def cut() -> None:
    raise TransportError("Unreachable", "the test cut the line")


@pytest.mark.parametrize("write", [0, 1])
def test_an_interrupted_completion_is_finished_by_another(harness: AppHarness, write: int) -> None:
    """Once something was kept, the item does not expire: nothing is in the bucket without one."""
    media = harness.upload()
    expect.failure(before_write(harness, write, cut).complete(media), 503, "unavailable")
    assert harness.folders() == (["pending"] if write == 0 else ["media", "pending"])
    if write:
        harness.store.clock.tick(days=1)
        seen = expect.success(harness.ada.get(path(media)))
        assert (seen["status"], seen["expiresAt"]) == ("confirming", None)
    assert expect.success(harness.complete(media))["status"] == "ready"
    assert harness.folders() == ["media"]
