"""Imports, from the announcement to the report."""

from __future__ import annotations

import json
from operator import itemgetter
from typing import Any

import pytest

from access_patterns import posts
from app.services import imports
from app.services.objects import LONGEST_LINE
from model import PostId
from tests.app import expect
from tests.app.api.v1.jobs.steps import ndjson, path
from tests.app.harness import TEXT, AppHarness

POST_ID = "01JD9GZ2J0V5X7Q3M8K4T6B1RA"


def test_an_import_makes_a_post_of_each_line(harness: AppHarness) -> None:
    """It waits for its lines, is queued, and tells afterwards what became of each."""
    lines = ndjson(
        [{**TEXT, "postId": POST_ID}, {**TEXT, "title": "Second", "status": "published"}]
    )
    upload = harness.begin_import(lines)
    job = upload["job"]
    assert (job["status"], job["progress"]["total"]) == ("waiting", None)
    assert job["expiresAt"] == "2026-03-15T09:26:53Z"
    expect.failure(harness.start_import(job), 409, "conflict")
    harness.send_lines(upload, lines)
    started = harness.start_import(job)
    assert started.headers["location"] == path(job)
    queued = expect.success(started, 202)
    assert (queued["status"], queued["expiresAt"]) == ("queued", None)
    assert harness.work() == []
    done, report = harness.load_job(job), harness.load_rows(job)
    assert done["status"] == "succeeded"
    counts = {"done": 2, "total": 2, "imported": 2, "existing": 0, "failed": 0}
    assert done["progress"] == counts
    assert [(row["line"], row["outcome"]) for row in report] == [
        (1, "created"),
        (2, "created"),
        (2, "finished"),
    ]
    first = expect.success(harness.admin.get(f"/v1/posts/{POST_ID}"))
    assert (first["status"], first["authorId"], first["version"]) == ("draft", "root", 1)
    second = harness.anonymous.get(f"/v1/posts/{report[1]['id']}")
    assert expect.success(second)["slug"] == "second"
    assert harness.count_in("news") == 2


def test_others_are_told_of_posts_that_readers_can_see(harness: AppHarness) -> None:
    """With the line, and of no other post; the event names the version that the post has."""
    harness.run_import(
        ndjson(
            [
                {**TEXT, "postId": POST_ID, "status": "published", "version": 4},
                {**TEXT, "title": "Second"},
                {**TEXT, "postId": POST_ID, "status": "published"},
            ]
        )
    )
    (event,) = told(harness)
    assert (event["type"], event["subject"]) == ("post.published", POST_ID)
    assert event["sequence"].endswith("0000000004")


def told(harness: AppHarness) -> list[dict[str, Any]]:
    """The events that wait to be sent, in the order of their sequence."""
    items = harness.store.transport("Scan", {"TableName": harness.store.table})["Items"]
    bodies = [item["body"]["S"] for item in items if item["entity"] == {"S": "OutboxEvent"}]
    return sorted(map(json.loads, bodies), key=itemgetter("sequence"))


def test_a_post_that_comes_again_comes_after_its_end(harness: AppHarness) -> None:
    """Also with its former version: whoever passes over what is older must not miss it."""
    line = ndjson([{**TEXT, "postId": POST_ID, "status": "published", "version": 3}])
    for _ in range(2):
        harness.store.clock.tick()
        _, report = harness.run_import(line)
        assert report[0]["outcome"] == "created"
        assert harness.admin.delete(f"/v1/posts/{POST_ID}").status_code == 204
    kinds = [event["type"] for event in told(harness)]
    assert kinds == ["post.published", "post.deleted"] * 2


def test_each_bad_line_is_reported_and_the_others_are_imported(harness: AppHarness) -> None:
    """No JSON, of no kind, too long, a member twice, no such category, a slug of another."""
    good = json.dumps(TEXT).encode()
    bad = [
        (b"{", "malformed-body"),
        (b'{"title": "\xff"}', "malformed-body"),
        (b'{"kind": "x"}', "unprocessable"),
        (b'{"x": "' + b"x" * LONGEST_LINE + b'"}', "malformed-body"),
        (b'{"title": "a", "title": "b"}', "malformed-body"),
        (b"{}", "unprocessable"),
        (json.dumps({**TEXT, "categoryId": "none"}).encode(), "unprocessable"),
        (json.dumps({**TEXT, "version": 10**10}).encode(), "unprocessable"),
        (json.dumps({**TEXT, "createdAt": 0}).encode(), "unprocessable"),
        (json.dumps({**TEXT, "slug": "mine"}).encode(), "taken"),
        (json.dumps({**TEXT, "formerSlugs": ["mine"]}).encode(), "taken"),
    ]
    harness.draft(slug="mine")
    lines = b"\r\n".join([b"\xef\xbb\xbf" + good, *(text for text, _ in bad), good])
    done, report = harness.run_import(lines)
    assert done["status"] == "succeeded"
    assert (done["progress"]["imported"], done["progress"]["failed"]) == (2, len(bad))
    refused = report[1:-2]
    assert [row["error"]["code"] for row in refused] == [code for _, code in bad]
    assert [row["line"] for row in refused] == list(range(2, len(bad) + 2))
    assert all(row["outcome"] == "refused" and row["error"]["message"] for row in refused)
    assert refused[0]["error"]["message"] == "this is not JSON in UTF-8: column 3"
    nowhere = {"location": "line.categoryId", "code": "unknown-category"}
    assert nowhere.items() <= refused[6]["error"]["details"][0].items()
    places = [row["error"]["details"][0]["location"] for row in refused[7:]]
    assert places == ["line.version", "line.createdAt", "line.slug", "line.slug"]
    assert [row["outcome"] for row in report[-2:]] == ["created", "finished"]
    assert harness.count_in("news") == 3


def test_a_line_whose_post_exists_changes_nothing(harness: AppHarness) -> None:
    """Whatever else it says; another post of the same slug is a refusal."""
    post = harness.draft(slug="mine", body="as it is")
    line = {**TEXT, "postId": post["postId"], "slug": "mine", "body": "other words"}
    other = {**TEXT, "postId": POST_ID, "slug": "mine"}
    done, report = harness.run_import(ndjson([line, other]))
    assert [row["outcome"] for row in report] == ["exists", "refused", "finished"]
    assert report[0]["id"] == post["postId"]
    counted = done["progress"]
    assert (counted["imported"], counted["existing"], counted["failed"]) == (0, 1, 1)
    assert harness.stored(post) == post


def test_two_lines_of_one_post_make_one(harness: AppHarness) -> None:
    """The first counts."""
    line = {**TEXT, "postId": POST_ID}
    _, report = harness.run_import(ndjson([line, {**line, "title": "Again"}]))
    assert [row["outcome"] for row in report] == ["created", "exists", "finished"]
    assert expect.success(harness.admin.get(f"/v1/posts/{POST_ID}"))["title"] == "Hello"


def test_lines_without_a_slug_get_one_that_is_free(harness: AppHarness) -> None:
    """Several of one title, beside a slug that is a former one of the line's own."""
    lines = ndjson([TEXT, TEXT, {**TEXT, "formerSlugs": ["hello-there"], "title": "Hello there"}])
    _, report = harness.run_import(lines)
    assert [row["outcome"] for row in report[:-1]] == ["created"] * 3
    made = [
        harness.store.repository().fetch(posts.by_id(PostId(row["id"])).consistent())
        for row in report[:-1]
    ]
    assert made[0] is not None and made[0].slug == "hello"
    assert len({each.slug for each in made if each}) == 3


def test_blank_lines_cost_nothing(harness: AppHarness) -> None:
    """A million of them are no lines of the report; their numbers count. No byte is no upload."""
    answer = harness.admin.post("/v1/jobs/imports", json={"size": 0})
    expect.failure(answer, 422, "unprocessable")
    done, report = harness.run_import(b" \r\n" + b"\n" * 10**6 + ndjson([TEXT]) + b"\n" * 10**6)
    assert (done["progress"]["done"], done["progress"]["total"]) == (1, 1)
    assert [(row["line"], row["outcome"]) for row in report] == [
        (10**6 + 2, "created"),
        (10**6 + 2, "finished"),
    ]
    nothing, report = harness.run_import(b"\n\n")
    assert (nothing["status"], nothing["progress"]["total"]) == ("succeeded", 0)
    assert [(row["line"], row["outcome"]) for row in report] == [(0, "finished")]


def test_too_many_refused_lines_end_an_import(
    harness: AppHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says so, with a report of those that were tried; a start tries as many more."""
    monkeypatch.setattr(imports, "MOST_REFUSED", 3)
    job = harness.queue_import(ndjson([TEXT]) + b"{}\n" * 5 + ndjson([TEXT]))
    for refused, line, status in ((3, 4, "failed"), (5, 7, "succeeded")):
        assert harness.work() == []
        seen = harness.load_job(job)
        assert (seen["status"], seen["progress"]["failed"]) == (status, refused)
        assert harness.load_rows(job)[-1]["line"] == line
        if status == "failed":
            reason = "too many lines were refused: 3; lines after 4 were not begun"
            assert seen["reason"] == reason
            expect.success(harness.start_import(job), 202)


def test_what_is_sent_after_the_start_changes_nothing(harness: AppHarness) -> None:
    """The presigned URL stays good, but what is imported is a copy."""
    lines, others = ndjson([{**TEXT, "slug": "aa"}]), ndjson([{**TEXT, "slug": "bb"}])
    upload = harness.begin_import(lines)
    harness.send_lines(upload, lines)
    expect.success(harness.start_import(upload["job"]), 202)
    harness.send_lines(upload, others)
    expect.success(harness.start_import(upload["job"]), 202)
    assert harness.work() == []
    assert harness.load_rows(upload["job"])[0]["outcome"] == "created"
    expect.success(harness.admin.get("/v1/posts/by-slug/aa"))
    expect.failure(harness.admin.get("/v1/posts/by-slug/bb"), 404, "not-found")


def test_what_is_not_as_announced_is_not_started(harness: AppHarness) -> None:
    """Another size, or nothing at all; the right bytes may still follow."""
    lines = ndjson([TEXT])
    upload = harness.begin_import(lines)
    expect.failure(harness.start_import(upload["job"]), 409, "conflict")
    harness.send_lines(upload, lines + b"\n")
    expect.failure(harness.start_import(upload["job"]), 409, "conflict")
    harness.send_lines(upload, lines)
    expect.success(harness.start_import(upload["job"]), 202)


def test_no_import_is_larger_than_the_stage_says(harness: AppHarness) -> None:
    """422, with the limit."""
    small = harness.with_settings(import_max_bytes=10)
    answer = small.admin.post("/v1/jobs/imports", json={"size": 11})
    failed = expect.failure(answer, 422, "unprocessable")
    assert "10 bytes" in failed["details"][0]["message"]
    expect.success(small.admin.post("/v1/jobs/imports", json={"size": 10}), 201)
