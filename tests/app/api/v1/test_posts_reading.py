"""Posts for readers: who sees which, by identity and by slug, and when it has not changed."""

from __future__ import annotations

import pytest

from tests.app import expect
from tests.app.harness import AppHarness, path

NOBODY = "01JD9GZ2J0V5X7Q3M8K4T6B1RA"


def test_a_published_post_is_everyones(harness: AppHarness) -> None:
    """Whole, in camelCase, under its identity and under its slug."""
    post = harness.published(slug="hello", tags=["a"], summary="short")
    read = expect.success(harness.anonymous.get(path(post)))
    assert read == expect.success(harness.anonymous.get("/v1/posts/by-slug/hello")) == post
    assert read["body"] == "First words."
    assert read["authorId"] == "ada"
    assert read["status"] == "published"
    assert read["statusSince"] == read["publishedAt"]
    assert read["formerSlugs"] == []


@pytest.mark.parametrize("steps", [(), ("submit",), ("archive",)])
def test_other_states_are_hidden_from_others(harness: AppHarness, steps: tuple[str, ...]) -> None:
    """404 for strangers, never 403; the author, editors and administrators see them."""
    post = harness.steps(harness.draft(slug="hidden"), *steps)
    strangers = (harness.anonymous, harness.client_as("bob"))
    friends = (harness.ada, harness.editor, harness.client_as("root", "admin"))
    for where in (path(post), "/v1/posts/by-slug/hidden"):
        for stranger in strangers:
            error = expect.failure(stranger.get(where), 404, "not-found")
            assert error["message"] == "the post does not exist"
        for friend in friends:
            assert expect.success(friend.get(where))["postId"] == post["postId"]


@pytest.mark.parametrize(
    "unknown",
    [NOBODY, NOBODY.lower(), "x", "POST%23x", "%F0%9F%92%A5", "by-slug/none", "by-slug/A%20b"],
)
def test_what_is_not_there_is_not_found(harness: AppHarness, unknown: str) -> None:
    """Unknown and malformed alike."""
    for client in (harness.anonymous, harness.editor):
        expect.failure(client.get(f"/v1/posts/{unknown}"), 404, "not-found")


def test_an_unchanged_post_is_not_sent_again(harness: AppHarness) -> None:
    """If-None-Match with the tag: 304; after an edit: the post with another tag."""
    post = harness.published(slug="hello")
    for where in (path(post), "/v1/posts/by-slug/hello"):
        tag = harness.anonymous.get(where).headers["etag"]
        unchanged = harness.anonymous.get(where, headers={"If-None-Match": tag})
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        harness.ada.patch(path(post), json={"body": where}, headers={"If-Match": tag})
        changed = harness.anonymous.get(where, headers={"If-None-Match": tag})
        assert expect.success(changed)["body"] == where
        assert changed.headers["etag"] != tag


def test_a_former_slug_leads_to_the_present_one(harness: AppHarness) -> None:
    """308 with Location, without body, not to be kept: the slug may be taken up again."""
    post = harness.published(slug="first")
    for slug in ("second", "third"):
        harness.ada.put(f"{path(post)}/slug", json={"slug": slug})
    for former in ("first", "second"):
        answer = harness.anonymous.get(f"/v1/posts/by-slug/{former}", follow_redirects=False)
        assert (answer.status_code, answer.content) == (308, b"")
        assert answer.headers["location"] == "/v1/posts/by-slug/third"
        assert answer.headers["cache-control"] == "no-store"
        followed = harness.anonymous.get(f"/v1/posts/by-slug/{former}")
        assert expect.success(followed)["postId"] == post["postId"]


def test_a_former_slug_of_a_hidden_post_leads_nowhere(harness: AppHarness) -> None:
    """A redirect would tell that it exists."""
    post = harness.draft(slug="first")
    harness.ada.put(f"{path(post)}/slug", json={"slug": "second"})
    expect.failure(harness.anonymous.get("/v1/posts/by-slug/first"), 404, "not-found")
    assert harness.ada.get("/v1/posts/by-slug/first", follow_redirects=False).status_code == 308


def test_a_slug_may_be_the_name_of_an_operation(harness: AppHarness) -> None:
    """`by-slug/views` is a post's slug, not the views of a post called by-slug."""
    for slug in ("views", "revisions"):
        post = harness.published(slug=slug)
        found = expect.success(harness.anonymous.get(f"/v1/posts/by-slug/{slug}"))
        assert found["postId"] == post["postId"]
