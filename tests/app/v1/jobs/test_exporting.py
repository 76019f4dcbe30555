"""Exports, from the request to the downloaded lines."""

from __future__ import annotations

from tests.app import expect
from tests.app.v1.jobs.office import Office, ndjson, path
from tests.app.v1.site import TEXT


def test_an_export_has_every_post_once(office: Office) -> None:
    """In whatever state, with all that is known of it; progress and moments are told."""
    draft = office.site.draft(slug="first", tags=["a", "b"])
    published = office.site.published(slug="second", body="한글 and\nmore")
    archived = office.site.steps(office.site.published(slug="third"), "archive")
    answer = office.root.post("/v1/jobs/exports")
    job = expect.success(answer, 202)
    assert answer.headers["location"] == path(job)
    assert (job["status"], job["requestedBy"], job["hasResult"]) == ("queued", "root", False)
    expect.failure(office.root.get(f"{path(job)}/result"), 409, "conflict")
    assert office.work() == []
    done = office.seen(job)
    assert done["status"] == "succeeded"
    assert done["progress"] == {
        "done": 3,
        "total": 3,
        "imported": 0,
        "existing": 0,
        "failed": 0,
    }
    assert done["startedAt"] and done["finishedAt"] and done["expiresAt"]
    lines = {each["postId"]: each for each in office.result(job)}
    assert lines == {each["postId"]: each for each in (draft, published, archived)}


def test_round_trip(office: Office) -> None:
    """x"""
    a = office.site.draft(slug="first", tags=["a", "b"])
    job, rows = office.imported(
        ndjson(
            [{**TEXT, "slug": "x"}, {**TEXT, "slug": "first"}, a, {**TEXT, "categoryId": "none"}]
        )
    )
    print(job, rows)
