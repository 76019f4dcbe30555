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
from tests.app.v1.media.bucket import Library, path


def items(library: Library) -> int:
    """How many items of files there are."""
    scanned = library.store.transport("Scan", {"TableName": library.store.table})["Items"]
    return sum(item["entity"]["S"] == "Media" for item in scanned)


def test_a_deleted_file_leaves_nothing(any_library: Library) -> None:
    """Neither object nor item; again: 404."""
    media, other = any_library.ready(), any_library.ready("eve")
    answer = any_library.ada.delete(path(media))
    assert (answer.status_code, answer.content) == (204, b"")
    expect.failure(any_library.ada.get(path(media)), 404, "not-found")
    expect.failure(any_library.ada.delete(path(media)), 404, "not-found")
    assert items(any_library) == 1
    assert any_library.folders() == ["media"]
    assert expect.success(any_library.ada.get(path(other))) == other


def test_pending_uploads_are_deleted_too(library: Library) -> None:
    """Whether or not the bytes have come."""
    for media in (library.announce()["media"], library.uploaded()):
        assert library.ada.delete(path(media)).status_code == 204
    assert (items(library), library.keys()) == (0, [])


def test_owners_and_administrators_delete(library: Library) -> None:
    """Who may read it is forbidden to; who may not know of it is told that there is none."""
    ready, pending = library.ready(), library.uploaded()
    expect.failure(library.editor.delete(path(ready)), 403, "forbidden")
    expect.failure(library.editor.delete(path(pending)), 404, "not-found")
    expect.failure(library.anonymous.delete(path(ready)), 401, "credentials-missing")
    assert items(library) == 2
    for media in (ready, pending):
        assert library.admin.delete(path(media)).status_code == 204
    assert (items(library), library.keys()) == (0, [])


def cut_after(library: Library, writes: int) -> Library:
    """The way to the table breaks after some writes."""
    left_over = iter(range(writes))

    def send(operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        if operation not in ("GetItem", "Query") and next(left_over, None) is None:
            raise TransportError("Unreachable", "the test cut the line")
        return library.store.transport(operation, parameters)

    return library.through(replace(library.store, transport=send))


class Failing(S3ObjectStore):
    """Deletes some objects, and then no more."""

    def __init__(self, store: S3ObjectStore, deletions: int) -> None:
        vars(self).update(vars(store))
        self._left_over = iter(range(deletions))

    def delete(self, key: str) -> None:
        if next(self._left_over, None) is None:
            raise StorageUnavailable(cause="the test cut the line")
        super().delete(key)


def failing_after(library: Library, deletions: int) -> Library:
    """The way to the bucket breaks after some deletions."""
    broken = library.through(library.store)
    container = broken.app.state.container
    broken.app.state.container = replace(container, objects=Failing(container.objects, deletions))
    return broken


@pytest.mark.parametrize("breaks", [cut_after, failing_after])
@pytest.mark.parametrize("steps", [0, 1])
def test_an_interrupted_deletion_is_finished_by_another(
    library: Library, breaks: Any, steps: int
) -> None:
    """As long as anything is left its owner sees it, and nobody else does."""
    media = library.ready()
    cut = breaks(library, steps).ada.delete(path(media))
    expect.failure(cut, 503, "unavailable")
    assert items(library) == 1
    if breaks is cut_after and steps == 0:
        assert expect.success(library.ada.get(path(media))) == media
    else:
        seen = expect.success(library.ada.get(path(media)))
        assert seen["status"] == "deleting"
        expect.failure(library.editor.get(path(media)), 404, "not-found")
        refused = library.ada.get(f"{path(media)}/download")
        assert expect.failure(refused, 409, "conflict")["message"] == "the file is deleting"
    assert library.ada.delete(path(media)).status_code == 204
    assert (items(library), library.keys()) == (0, [])


def test_what_is_being_deleted_does_not_expire(library: Library) -> None:
    """A pending upload whose deletion stopped waits for another: its object is still there."""
    media = library.uploaded()
    expect.failure(failing_after(library, 0).ada.delete(path(media)), 503, "unavailable")
    library.store.clock.tick(days=1)
    assert library.ada.delete(path(media)).status_code == 204
    assert library.keys() == []


def test_what_is_being_deleted_is_not_completed(library: Library) -> None:
    """409, and nothing of it is kept."""
    media = library.uploaded()
    expect.failure(failing_after(library, 0).ada.delete(path(media)), 503, "unavailable")
    expect.failure(library.complete(media), 409, "conflict")
    assert library.folders() == ["pending"]
