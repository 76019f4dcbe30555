"""The end of a file: nothing of it stays, whatever interrupts its deletion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from app.aws.s3 import S3ObjectStore
from app.services.objects import StorageUnavailable
from singletable.transport import TransportError
from tests.app import expect
from tests.app.api.v1.media.steps import path
from tests.app.harness import AppHarness


def items(harness: AppHarness) -> int:
    """How many items of files there are."""
    scanned = harness.store.transport("Scan", {"TableName": harness.store.table})["Items"]
    return sum(item["entity"]["S"] == "Media" for item in scanned)


def test_a_deleted_file_leaves_nothing(any_harness: AppHarness) -> None:
    """Neither object nor item; again: 404."""
    media, other = any_harness.upload_ready(), any_harness.upload_ready("eve")
    answer = any_harness.ada.delete(path(media))
    assert (answer.status_code, answer.content) == (204, b"")
    expect.failure(any_harness.ada.get(path(media)), 404, "not-found")
    expect.failure(any_harness.ada.delete(path(media)), 404, "not-found")
    assert items(any_harness) == 1
    assert any_harness.folders() == ["media"]
    assert expect.success(any_harness.ada.get(path(other))) == other


def test_pending_uploads_are_deleted_too(harness: AppHarness) -> None:
    """Whether or not the bytes have come."""
    for media in (harness.begin_upload()["media"], harness.upload()):
        assert harness.ada.delete(path(media)).status_code == 204
    assert (items(harness), harness.object_keys()) == (0, [])


def test_owners_and_administrators_delete(harness: AppHarness) -> None:
    """Who may read it is forbidden to; who may not know of it is told that there is none."""
    ready, pending = harness.upload_ready(), harness.upload()
    expect.failure(harness.editor.delete(path(ready)), 403, "forbidden")
    expect.failure(harness.editor.delete(path(pending)), 404, "not-found")
    expect.failure(harness.anonymous.delete(path(ready)), 401, "credentials-missing")
    assert items(harness) == 2
    for media in (ready, pending):
        assert harness.admin.delete(path(media)).status_code == 204
    assert (items(harness), harness.object_keys()) == (0, [])


def cut_after(harness: AppHarness, writes: int) -> AppHarness:
    """The way to the table breaks after some writes."""
    left_over = iter(range(writes))

    def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        if operation not in ("GetItem", "Query") and next(left_over, None) is None:
            raise TransportError("Unreachable", "the test cut the line")
        return harness.store.transport(operation, parameters)

    return harness.with_store(replace(harness.store, transport=send))


class Failing(S3ObjectStore):
    """Deletes some objects, and then no more."""

    def __init__(self, store: S3ObjectStore, deletions: int) -> None:
        vars(self).update(vars(store))
        self._left_over = iter(range(deletions))

    def delete(self, key: str) -> None:
        if next(self._left_over, None) is None:
            raise StorageUnavailable(cause="the test cut the line")
        super().delete(key)


def failing_after(harness: AppHarness, deletions: int) -> AppHarness:
    """The way to the bucket breaks after some deletions."""
    broken = harness.with_store(harness.store)
    container = broken.app.state.container
    broken.app.state.container = replace(container, objects=Failing(container.objects, deletions))
    return broken


@pytest.mark.parametrize("breaks", [cut_after, failing_after])
@pytest.mark.parametrize("steps", [0, 1])
def test_an_interrupted_deletion_is_finished_by_another(
    harness: AppHarness, breaks: Any, steps: int
) -> None:
    """As long as anything is left its owner sees it, and nobody else does."""
    media = harness.upload_ready()
    cut = breaks(harness, steps).ada.delete(path(media))
    expect.failure(cut, 503, "unavailable")
    assert items(harness) == 1
    if breaks is cut_after and steps == 0:
        assert expect.success(harness.ada.get(path(media))) == media
    else:
        seen = expect.success(harness.ada.get(path(media)))
        assert seen["status"] == "deleting"
        expect.failure(harness.editor.get(path(media)), 404, "not-found")
        refused = harness.ada.get(f"{path(media)}/download")
        assert expect.failure(refused, 409, "conflict")["message"] == "the file is deleting"
    assert harness.ada.delete(path(media)).status_code == 204
    assert (items(harness), harness.object_keys()) == (0, [])


def test_what_is_being_deleted_does_not_expire(harness: AppHarness) -> None:
    """A pending upload whose deletion stopped waits for another: its object is still there."""
    media = harness.upload()
    expect.failure(failing_after(harness, 0).ada.delete(path(media)), 503, "unavailable")
    harness.store.clock.tick(days=1)
    assert harness.ada.delete(path(media)).status_code == 204
    assert harness.object_keys() == []


def test_what_is_being_deleted_is_not_completed(harness: AppHarness) -> None:
    """409, and nothing of it is kept."""
    media = harness.upload()
    expect.failure(failing_after(harness, 0).ada.delete(path(media)), 503, "unavailable")
    expect.failure(harness.complete(media), 409, "conflict")
    assert harness.folders() == ["pending"]
