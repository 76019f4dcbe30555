"""The way of a post: each step from each state is allowed or refused, in the pattern's words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.app import expect
from tests.app.harness import AppHarness, path
from tests.app.policies import openapi_document

WAY_TO = {
    "draft": (),
    "in-review": ("submit",),
    "published": ("submit", "publish"),
    "archived": ("archive",),
}
LEADS = {
    ("draft", "submit"): "in-review",
    ("draft", "archive"): "archived",
    ("in-review", "publish"): "published",
    ("in-review", "unpublish"): "draft",
    ("published", "unpublish"): "draft",
    ("published", "archive"): "archived",
    ("archived", "unpublish"): "draft",
}
WORDS = {
    "submit": "only a draft can be submitted",
    "publish": "only a reviewed post is published",
    "unpublish": "it is a draft already",
    "archive": "only a draft or a published post can be archived",
}
STEPS = [(state, step) for state in WAY_TO for step in WORDS]


@pytest.mark.parametrize(("state", "step"), STEPS, ids=[f"{a}-{b}" for a, b in STEPS])
def test_a_step_is_taken_or_refused(any_harness: AppHarness, state: str, step: str) -> None:
    """The new state since now, another version and tag; or 409 and nothing written."""
    before = any_harness.steps(any_harness.draft(), *WAY_TO[state])
    tag = any_harness.tag(before)
    answer = any_harness.ada.post(f"{path(before)}/{step}")
    if (state, step) not in LEADS:
        assert expect.failure(answer, 409, "conflict")["message"] == WORDS[step]
        assert any_harness.stored(before) == before
        return
    after = expect.success(answer)
    assert after == any_harness.stored(before)
    assert after["status"] == LEADS[state, step]
    assert after["statusSince"] > before["statusSince"]
    assert after["version"] == before["version"] + 1
    assert answer.headers["etag"] == any_harness.tag(before)["If-Match"] != tag["If-Match"]


def documented_steps() -> list[tuple[str, str, str, str, str]]:
    """Method, address, action, status before; then the status after, or the code of a refusal."""
    page = (Path(__file__).parents[4] / "docs" / "spec.md").read_text()
    head, *rows = re.findall(r"^\| (?:`[A-Z]+ [a-z]+` |Step \| Action).*", page, re.MULTILINE)
    statuses = re.findall(r"`([^`]+)`", head)
    found = list[tuple[str, str, str, str, str]]()
    for row in rows:
        step, action, *leads = re.findall(r"`([^`]+)`", row)
        method, address = step.split()
        found += [(method, address, action, *each) for each in zip(statuses, leads, strict=True)]
    return found


def test_the_contract_says_which_step_is_possible_when(harness: AppHarness) -> None:
    """Each cell of its table, and the action that `allowed` has for a step."""
    cells = documented_steps()
    assert len(cells) == 6 * 4
    for method, address, action, before, leads in cells:
        post = harness.steps(harness.draft(), *WAY_TO[before])
        plan = {"at": "2099-03-15T09:00:00Z"} if method == "PUT" else None
        answer = harness.admin.request(method, f"{path(post)}/{address}", json=plan)
        if leads in WAY_TO:
            assert expect.success(answer)["status"] == leads, (address, before)
        else:
            (wrong,) = expect.failure(answer, 409, "conflict")["details"]
            assert wrong["code"] == leads, (address, before)
        where = f"/v1/posts/{{post_id}}/{address}"
        assert action in openapi_document()["paths"][where][method.lower()]["x-policy-actions"]


def test_writes_answer_nothing_that_stands_beside(harness: AppHarness) -> None:
    """They take no `include`."""
    post = harness.draft()
    assert [post[name] for name in ("author", "category", "views", "allowed")] == [None] * 4
    refused = harness.ada.post(f"{path(post)}/submit?include=author")
    (wrong,) = expect.failure(refused, 422, "unprocessable")["details"]
    assert wrong["code"] == "unknown-parameter"


def test_a_publication_is_a_new_moment_each_time(harness: AppHarness) -> None:
    """What was withdrawn meanwhile is not dated as before; every step is a last write."""
    first = harness.published()
    again = harness.steps(first, "unpublish", "submit", "publish")
    assert again["publishedAt"] > first["publishedAt"]
    assert again["updatedAt"] > first["updatedAt"]


def test_publication_has_a_moment(harness: AppHarness) -> None:
    """Set by publishing, kept in the archive, gone from a draft."""
    post = harness.published()
    assert post["publishedAt"] == post["statusSince"]
    archived = harness.steps(post, "archive")
    assert archived["publishedAt"] == post["publishedAt"]
    assert harness.steps(archived, "unpublish")["publishedAt"] is None


@pytest.mark.parametrize("step", WORDS)
def test_a_step_may_say_which_state_it_is_taken_from(harness: AppHarness, step: str) -> None:
    """412 with another tag than that of the present state."""
    state = next(start for start, taken in LEADS if taken == step)
    post = harness.steps(harness.draft(), *WAY_TO[state])
    tag = harness.tag(post)
    where = f"{path(post)}/{step}"
    answer = harness.ada.post(where, headers={"If-Match": '"another"'})
    expect.failure(answer, 412, "precondition-failed")
    assert expect.success(harness.ada.post(where, headers=tag))["status"] == LEADS[state, step]


@pytest.mark.parametrize("step", WORDS)
def test_what_is_hidden_takes_no_step(harness: AppHarness, step: str) -> None:
    """404 for strangers and for what is not there."""
    post = harness.draft()
    expect.failure(harness.client_as("bob").post(f"{path(post)}/{step}"), 404, "not-found")
    expect.failure(harness.editor.post(f"/v1/posts/nothing/{step}"), 404, "not-found")
