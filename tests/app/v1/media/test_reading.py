"""Who sees which files, in lists and one by one, and where a file can be had."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.app import expect
from tests.app.v1.media.bucket import Library, path


def names(client: TestClient, query: str = "") -> list[str]:
    return [each["name"] for each in expect.success(client.get(f"/v1/media{query}"))["items"]]


def test_own_files_come_newest_first_in_pages(library: Library) -> None:
    """In whatever state, each once, to the last page; nobody else's."""
    for number in range(3):
        library.store.clock.tick()
        library.announce(name=f"{number}.png")
        library.ready("eve")
    first = expect.success(library.ada.get("/v1/media?limit=2"))
    assert [each["name"] for each in first["items"]] == ["2.png", "1.png"]
    assert names(library.ada, f"?limit=2&cursor={first['nextCursor']}") == ["0.png"]
    assert names(library.speaking("vic")) == []


def test_a_cursor_belongs_to_its_list(library: Library) -> None:
    """Another owner's list refuses it, and so does a forged one's."""
    for _ in range(2):
        library.store.clock.tick()
        library.announce()
    cursor = expect.success(library.ada.get("/v1/media?limit=1"))["nextCursor"]
    for query in (f"?ownerId=eve&cursor={cursor}", "?ownerId=ada&cursor=forged"):
        expect.failure(library.admin.get(f"/v1/media{query}"), 400, "invalid-cursor")


def test_administrators_list_anyones(library: Library) -> None:
    """Others are forbidden to, whatever they are; strangers have to say who they are."""
    library.announce(name="a.png")
    assert names(library.admin, "?ownerId=ada") == ["a.png"]
    assert names(library.ada, "?ownerId=ada") == ["a.png"]
    expect.failure(library.editor.get("/v1/media?ownerId=ada"), 403, "forbidden")
    expect.failure(library.anonymous.get("/v1/media"), 401, "credentials-missing")


def test_what_is_ready_is_every_known_callers(library: Library) -> None:
    """Viewers read and download it; strangers do not."""
    media = library.ready()
    for who in (library.ada, library.editor, library.speaking("vic")):
        assert expect.success(who.get(path(media))) == media
        assert expect.success(who.get(f"{path(media)}/download"))["url"]
    for where in (path(media), f"{path(media)}/download"):
        expect.failure(library.anonymous.get(where), 401, "credentials-missing")


def test_what_is_not_ready_is_its_owners(library: Library) -> None:
    """Others are told that there is none; an administrator sees it."""
    media = library.announce()["media"]
    for where in (path(media), f"{path(media)}/download"):
        expect.failure(library.editor.get(where), 404, "not-found")
    assert expect.success(library.admin.get(path(media))) == media
    assert expect.success(library.ada.get(path(media))) == media


def test_only_what_is_ready_is_downloaded(library: Library) -> None:
    """409 in clear words for the owner of another."""
    media = library.uploaded()
    answer = library.ada.get(f"{path(media)}/download")
    assert expect.failure(answer, 409, "conflict")["message"] == "the file is pending"


def test_a_download_is_kept_by_nobody(library: Library) -> None:
    """Its URL opens the file to whoever has it."""
    answer = library.ada.get(f"{path(library.ready())}/download")
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("tail", ["", "/download"])
def test_what_never_was_is_missing(library: Library, tail: str) -> None:
    """404; what is no identity at all is 422."""
    unknown = library.admin.get(f"/v1/media/01JD9GZ2J0V5X7Q3M8K4T6B1RB{tail}")
    expect.failure(unknown, 404, "not-found")
    malformed = library.admin.get(f"/v1/media/..%23MEDIA{tail}")
    expect.failure(malformed, 404, "not-found")


def test_no_answer_tells_the_objects_name(library: Library) -> None:
    """But the URLs themselves."""
    media = library.ready()
    [key] = library.keys()
    name = key.partition("/")[2]
    assert name not in str(media)
    assert name not in library.admin.get("/v1/media?ownerId=ada").text
