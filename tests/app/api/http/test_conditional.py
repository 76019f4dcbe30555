"""Entity tags: what has not changed is not sent, what has changed is not overwritten."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from app.api.kit.conditional import EntityTag
from tests.app import expect

NOW = EntityTag("note", "a", 3)
PATH = "/v1/notes/a"
BODY = {"noteTitle": "b"}


def test_a_tag_is_strong_and_tells_versions_apart() -> None:
    """Kind, identity and version each make another tag, and their borders are kept."""
    tags = {
        NOW,
        EntityTag("note", "a", 4),
        EntityTag("note", "b", 3),
        EntityTag("post", "a", 3),
        EntityTag("notea", "", 3),
    }
    assert len(tags) == 5
    assert all(tag[0] == tag[-1] == '"' for tag in tags)


@pytest.mark.parametrize("known", [NOW, f"W/{NOW}", "*", f'"x", {NOW}', f'W/"x" ,\t{NOW}'])
def test_what_is_known_is_not_sent_again(client: TestClient, known: str) -> None:
    """304 with the tag and without a body; comparison is weak."""
    answer = client.get(PATH, headers={"If-None-Match": known})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == NOW
    assert answer.headers["cache-control"] == "private, no-cache"
    assert "content-type" not in answer.headers


@pytest.mark.parametrize("known", ['"x"', NOW.strip('"'), "", f"{NOW} {NOW}", "W/*"])
def test_what_is_not_known_is_sent(client: TestClient, known: str) -> None:
    """Another tag, or one that is mangled, gets the whole answer."""
    answer = client.get(PATH, headers={"If-None-Match": known})
    expect.success(answer)
    assert answer.headers["etag"] == NOW


@pytest.mark.parametrize("wanted", [NOW, "*", f'"x", {NOW}'])
def test_a_change_of_the_present_state_is_made(client: TestClient, wanted: str) -> None:
    """The answer carries the tag of the new state."""
    answer = client.put(PATH, json=BODY, headers={"If-Match": wanted})
    expect.success(answer)
    assert answer.headers["etag"] == EntityTag("note", "a", 4)


@pytest.mark.parametrize("wanted", ['"x"', f"W/{NOW}", f'"x", W/{NOW}'])
def test_a_change_of_another_state_is_refused(client: TestClient, wanted: str) -> None:
    """412; comparison is strong, so a weak tag never matches."""
    answer = client.put(PATH, json=BODY, headers={"If-Match": wanted})
    expect.failure(answer, 412, "precondition-failed")


@pytest.mark.parametrize("wanted", [NOW.strip('"'), "", '"', f"{NOW},", "*, *"])
def test_a_mangled_if_match_is_refused(client: TestClient, wanted: str) -> None:
    """400: to ignore it would be to overwrite."""
    answer = client.put(PATH, json=BODY, headers={"If-Match": wanted})
    expect.failure(answer, 400, "malformed-header")


def test_a_change_without_if_match_is_refused_where_it_is_required(client: TestClient) -> None:
    """428 on the route that demands it; the other one goes on."""
    expect.failure(client.put(PATH, json=BODY), 428, "precondition-required")
    assert client.delete(PATH).status_code == 204


def test_what_is_shown_beside_the_version_is_no_part_of_the_lock(client: TestClient) -> None:
    """Each count makes another tag for readers; a writer's lock holds while the version does."""
    counted = {EntityTag("note", "a", 3, 1, 0), EntityTag("note", "a", 3, 2, 0), NOW}
    assert len(counted) == 3
    for tag in counted:
        expect.success(client.put(PATH, json=BODY, headers={"If-Match": tag}))
    other = client.put(PATH, json=BODY, headers={"If-Match": EntityTag("note", "a", 2, 1, 0)})
    expect.failure(other, 412, "precondition-failed")
