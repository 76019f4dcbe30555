"""Other slugs for a post: what was linked to once stays good."""

from __future__ import annotations

from model.post import MAX_FORMER_SLUGS
from tests.app import expect
from tests.app.harness import AppHarness, path


def rename(harness: AppHarness, where: str, slug: str) -> dict[str, object]:
    return dict(expect.success(harness.ada.put(f"{where}/slug", json={"slug": slug})))


def test_a_former_slug_can_be_taken_up_again(any_harness: AppHarness) -> None:
    """By its post alone; the one in between then leads to it."""
    post = any_harness.published(slug="first")
    rename(any_harness, path(post), "second")
    after = rename(any_harness, path(post), "first")
    assert (after["slug"], after["formerSlugs"]) == ("first", ["second"])
    assert after == any_harness.stored(post)
    for slug in ("first", "second"):
        found = expect.success(any_harness.anonymous.get(f"/v1/posts/by-slug/{slug}"))
        assert found["postId"] == post["postId"]


def test_the_slug_of_another_post_is_taken(any_harness: AppHarness) -> None:
    """Its present one and its former ones."""
    other, post = any_harness.draft(slug="old"), any_harness.draft(slug="mine")
    rename(any_harness, path(other), "new")
    for slug in ("old", "new"):
        answer = any_harness.ada.put(f"{path(post)}/slug", json={"slug": slug})
        (detail,) = expect.failure(answer, 409, "taken")["details"]
        assert detail["location"] == "body.slug"
    assert any_harness.stored(post) == post


def test_the_same_slug_changes_nothing(harness: AppHarness) -> None:
    """Neither the version nor the former slugs."""
    post = harness.draft(slug="same")
    assert rename(harness, path(post), "same") == post


def test_a_change_of_slug_may_be_conditional(harness: AppHarness) -> None:
    """If-Match with another state's tag: 412."""
    post = harness.draft()
    stale = harness.tag(post)
    rename(harness, path(post), "second")
    answer = harness.ada.put(f"{path(post)}/slug", json={"slug": "third"}, headers=stale)
    expect.failure(answer, 412, "precondition-failed")


def test_former_slugs_have_an_end_and_go_with_the_post(any_harness: AppHarness) -> None:
    """50 keep leading to it and the next is refused; deleted with it, all are free again."""
    post = any_harness.published(slug="n0")
    for number in range(1, MAX_FORMER_SLUGS + 1):
        rename(any_harness, path(post), f"n{number}")
    answer = any_harness.ada.put(f"{path(post)}/slug", json={"slug": "one-more"})
    error = expect.failure(answer, 409, "conflict")
    assert error["message"] == "it has 50 former slugs, and may not have more"
    assert rename(any_harness, path(post), "n0")["slug"] == "n0"
    assert any_harness.anonymous.get("/v1/posts/by-slug/n7").url.path.endswith("/n0")
    assert any_harness.admin.delete(path(post)).status_code == 204
    for number in (0, 7, MAX_FORMER_SLUGS):
        assert any_harness.draft(slug=f"n{number}")["slug"] == f"n{number}"
