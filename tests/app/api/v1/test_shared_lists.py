"""Lists that strangers read: compressed, shared by caches, with a tag of their text."""

from __future__ import annotations

import pytest

from tests.app import expect
from tests.app.harness import AppHarness, path

LISTS = ["/v1/posts", "/v1/categories", "/v1/categories/news/children"]
READERS = [
    {"Authorization": "Bearer as-ada-editor"},
    {"Cookie": "theme=dark"},
    {"X-Preview-Token": "preview"},
]


@pytest.fixture
def filled(harness: AppHarness) -> AppHarness:
    for number in range(9):
        harness.category(f"shelf-{number}")
    harness.published()
    return harness


@pytest.mark.parametrize("coding", ["br", "gzip"])
def test_what_strangers_read_is_compressed(filled: AppHarness, coding: str) -> None:
    """The same text, smaller, and named by a tag of its own, which is as good as the plain one."""
    plain, coded = (
        filled.anonymous.get("/v1/categories", headers={"Accept-Encoding": accepted})
        for accepted in ("identity", f"{coding}, deflate")
    )
    assert coded.content == plain.content
    assert int(coded.headers["content-length"]) < len(plain.content) / 2
    assert coded.headers["content-encoding"] == coding
    assert coded.headers["etag"] == plain.headers["etag"][:-1] + f'-{coding}"'
    for answer in (plain, coded):
        assert "Accept-Encoding" in answer.headers["vary"]
        known = {"If-None-Match": answer.headers["etag"]}
        assert filled.anonymous.get("/v1/categories", headers=known).status_code == 304


@pytest.mark.parametrize("headers", READERS)
def test_nothing_is_compressed_for_readers_with_credentials(
    filled: AppHarness, headers: dict[str, str]
) -> None:
    """Secrets beside a text that somebody else chose would show in the length."""
    accepting = {**headers, "Accept-Encoding": "gzip, br"}
    answer = filled.anonymous.get("/v1/categories", headers=accepting)
    assert len(answer.content) > 1024
    assert "content-encoding" not in answer.headers


def test_answers_to_writes_are_not_compressed(filled: AppHarness) -> None:
    """Such as those of sign-in, whose request has no credentials yet."""
    unknown = "&".join(f"unknown-{number}=1" for number in range(20))
    answer = filled.anonymous.post(
        f"/v1/posts/any/views?{unknown}", headers={"Accept-Encoding": "gzip, br"}
    )
    expect.failure(answer, 422, "unprocessable")
    assert len(answer.content) > 1024
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize("where", LISTS)
def test_caches_share_what_strangers_read(filled: AppHarness, where: str) -> None:
    """For ten seconds, and ask by the tag afterwards; 304 says the same as 200."""
    first = filled.anonymous.get(where)
    known = {"If-None-Match": first.headers["etag"]}
    again = filled.anonymous.get(where, headers=known)
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    for answer in (first, again):
        assert answer.headers["cache-control"] == "public, max-age=10"
        assert {"Authorization", "Cookie"} <= set(answer.headers["vary"].split(", "))


@pytest.mark.parametrize("where", LISTS)
@pytest.mark.parametrize("headers", READERS[:2])
def test_nothing_is_shared_of_readers_with_credentials(
    filled: AppHarness, where: str, headers: dict[str, str]
) -> None:
    """They may see more; their own browser may ask by the tag."""
    answer = filled.anonymous.get(where, headers=headers)
    expect.success(answer)
    assert answer.headers["cache-control"] == "private, no-cache"
    known = {**headers, "If-None-Match": answer.headers["etag"]}
    assert filled.anonymous.get(where, headers=known).status_code == 304


def test_the_tag_of_a_list_changes_with_what_it_shows(filled: AppHarness) -> None:
    """Another post, another name: the list is sent again."""
    tags = [filled.anonymous.get("/v1/posts").headers["etag"]]
    post = filled.published(title="Another")
    tags.append(filled.anonymous.get("/v1/posts").headers["etag"])
    change = {"title": "A third"}
    expect.success(filled.ada.patch(path(post), json=change, headers=filled.tag(post)))
    tags.append(filled.anonymous.get("/v1/posts").headers["etag"])
    assert len(set(tags)) == 3


@pytest.mark.parametrize("where", ["/v1/posts", "/v1/tags", "/v1/categories/shelf-0/children"])
def test_the_tag_of_a_page_that_another_follows_stays(filled: AppHarness, where: str) -> None:
    """Its cursor is another text each time; that more follows is a part of the tag."""
    for number in range(2):
        board = {"name": f"Board {number}", "parentId": "shelf-0"}
        expect.success(filled.admin.post("/v1/categories", json=board), 201)
        filled.published(title=f"Post {number}", tags=[f"tag-{number}"])
    first, again = (filled.anonymous.get(where, params={"limit": 1}) for _ in range(2))
    cursors = [expect.success(each)["nextCursor"] for each in (first, again)]
    assert len(set(cursors)) == 2
    assert first.headers["etag"] == again.headers["etag"]
    known = {"If-None-Match": first.headers["etag"]}
    assert filled.anonymous.get(where, params={"limit": 1}, headers=known).status_code == 304
    rest = filled.anonymous.get(where, params={"limit": 1, "cursor": cursors[0]}, headers=known)
    expect.success(rest)


def test_a_version_of_a_list_item_locks_as_its_tag_does(filled: AppHarness) -> None:
    """In quotes, as tags are; another version is another state."""
    (item,) = expect.success(filled.anonymous.get("/v1/posts"))["items"]
    lock = {"If-Match": f'"{item["version"]}"'}
    changed = filled.ada.patch(path(item), json={"title": "New"}, headers=lock)
    assert expect.success(changed)["version"] == item["version"] + 1
    lost = filled.ada.patch(path(item), json={"title": "Newer"}, headers=lock)
    expect.failure(lost, 412, "precondition-failed")
    bare = {"If-Match": str(item["version"])}
    wrong = filled.ada.patch(path(item), json={"title": "Newer"}, headers=bare)
    expect.failure(wrong, 400, "malformed-header")
