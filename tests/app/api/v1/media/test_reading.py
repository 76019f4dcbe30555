"""Who sees which files, in lists and one by one, and where a file can be had."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.app import expect
from tests.app.api.v1.media.steps import path
from tests.app.harness import AppHarness


def names(client: TestClient, query: str = "") -> list[str]:
    return [each["name"] for each in expect.success(client.get(f"/v1/media{query}"))["items"]]


def test_own_files_come_newest_first_in_pages(harness: AppHarness) -> None:
    """In whatever state, each once, to the last page; nobody else's."""
    for number in range(3):
        harness.store.clock.tick()
        harness.begin_upload(name=f"{number}.png")
        harness.upload_ready("eve")
    first = expect.success(harness.ada.get("/v1/media?limit=2"))
    assert [each["name"] for each in first["items"]] == ["2.png", "1.png"]
    assert names(harness.ada, f"?limit=2&cursor={first['nextCursor']}") == ["0.png"]
    assert names(harness.client_as("vic")) == []


def test_a_cursor_belongs_to_its_list(harness: AppHarness) -> None:
    """Another owner's list refuses it, and so does a forged one's."""
    for _ in range(2):
        harness.store.clock.tick()
        harness.begin_upload()
    cursor = expect.success(harness.ada.get("/v1/media?limit=1"))["nextCursor"]
    for query in (f"?ownerId=eve&cursor={cursor}", "?ownerId=ada&cursor=forged"):
        expect.failure(harness.admin.get(f"/v1/media{query}"), 400, "invalid-cursor")


def test_administrators_list_anyones(harness: AppHarness) -> None:
    """Others are forbidden to, whatever they are; strangers have to say who they are."""
    harness.begin_upload(name="a.png")
    assert names(harness.admin, "?ownerId=ada") == ["a.png"]
    assert names(harness.ada, "?ownerId=ada") == ["a.png"]
    expect.failure(harness.editor.get("/v1/media?ownerId=ada"), 403, "forbidden")
    expect.failure(harness.anonymous.get("/v1/media"), 401, "credentials-missing")


def test_what_is_ready_is_every_known_callers(harness: AppHarness) -> None:
    """Viewers read and download it; strangers do not."""
    media = harness.upload_ready()
    for who in (harness.ada, harness.editor, harness.client_as("vic")):
        assert expect.success(who.get(path(media))) == media
        assert expect.success(who.get(f"{path(media)}/download"))["url"]
    for where in (path(media), f"{path(media)}/download"):
        expect.failure(harness.anonymous.get(where), 401, "credentials-missing")


def test_what_is_not_ready_is_its_owners(harness: AppHarness) -> None:
    """Others are told that there is none; an administrator sees it."""
    media = harness.begin_upload()["media"]
    for where in (path(media), f"{path(media)}/download"):
        expect.failure(harness.editor.get(where), 404, "not-found")
    assert expect.success(harness.admin.get(path(media))) == media
    assert expect.success(harness.ada.get(path(media))) == media


def test_only_what_is_ready_is_downloaded(harness: AppHarness) -> None:
    """409 in clear words for the owner of another."""
    media = harness.upload()
    answer = harness.ada.get(f"{path(media)}/download")
    assert expect.failure(answer, 409, "conflict")["message"] == "the file is pending"


def test_a_download_is_kept_by_nobody(harness: AppHarness) -> None:
    """Its URL opens the file to whoever has it."""
    answer = harness.ada.get(f"{path(harness.upload_ready())}/download")
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("tail", ["", "/download"])
def test_what_never_was_is_missing(harness: AppHarness, tail: str) -> None:
    """404, as what is no identity at all."""
    unknown = harness.admin.get(f"/v1/media/01JD9GZ2J0V5X7Q3M8K4T6B1RB{tail}")
    expect.failure(unknown, 404, "not-found")
    malformed = harness.admin.get(f"/v1/media/..%23MEDIA{tail}")
    expect.failure(malformed, 404, "not-found")


def test_no_answer_tells_the_objects_name(harness: AppHarness) -> None:
    """But the URLs themselves."""
    media = harness.upload_ready()
    [key] = harness.object_keys()
    name = key.partition("/")[2]
    assert name not in str(media)
    assert name not in harness.admin.get("/v1/media?ownerId=ada").text
