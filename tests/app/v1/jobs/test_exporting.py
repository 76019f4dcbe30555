"""Exports, from the request to the downloaded lines."""

from __future__ import annotations

import pytest

from app.services.jobs import transfer_out
from app.services.jobs.holding import LeasedJob
from tests.app import expect
from tests.app.harness import TEXT
from tests.app.v1.jobs.office import Office, ndjson, open_office, path
from tests.app.v1.stores import in_memory, timed

PAGE = 4
STATUSES = ("draft", "in-review", "published", "archived")


def test_an_export_has_every_post_once(office: Office) -> None:
    """In whatever state, with all that is known of it; progress and moments are told."""
    draft = office.draft(slug="first", tags=["a", "b"])
    published = office.published(slug="second", body="한글 and\nmore")
    archived = office.steps(office.published(slug="third"), "archive")
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


@pytest.fixture
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transfer_out, "PAGE", PAGE)


@pytest.mark.usefixtures("short_pages")
def test_every_post_of_many_is_there_once(office: Office) -> None:
    """Over several pages of an index that is spread over shards."""
    office.imported(ndjson({**TEXT, "slug": f"s{n}", "status": STATUSES[n % 4]} for n in range(30)))
    office.store.clock.tick(hours=1)
    job = office.export()
    office.work()
    lines = office.result(job)
    assert len(lines) == len({each["postId"] for each in lines}) == 30
    assert {each["slug"] for each in lines} == {f"s{n}" for n in range(30)}


def test_a_post_that_moves_meanwhile_is_there_once(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a state that is yet to be read into one that was read, and the other way round."""
    archived = office.steps(office.published(slug="was-archived"), "archive")
    draft = office.draft(slug="was-draft")
    office.store.clock.tick(hours=1)
    moved = list[str]()

    def moving(held: LeasedJob) -> None:
        if not moved:  # after drafts, before what is archived
            moved.append("once")
            office.store.clock.tick(seconds=5)
            office.steps(draft, "archive")
            office.steps(archived, "unpublish")

    renewed = LeasedJob.progress

    def progress(held: LeasedJob, done: int, total: int | None) -> None:
        renewed(held, done, total)
        if done:
            moving(held)

    monkeypatch.setattr(LeasedJob, "progress", progress)
    job = office.export()
    office.work()
    assert moved
    slugs = sorted(each["slug"] for each in office.result(job))
    assert slugs == ["was-archived", "was-draft"]


@pytest.mark.usefixtures("short_pages")
def test_without_time_an_export_goes_on_where_it_stopped(office: Office) -> None:
    """Each worker writes a page, stores it and queues the job again; nothing is there twice."""
    office.imported(ndjson({**TEXT, "slug": f"s{n}"} for n in range(2 * PAGE + 1)))
    office.store.clock.tick(hours=1)
    job = office.export()
    states = list[tuple[str, int]]()
    while (seen := office.seen(job))["status"] == "queued":
        states.append((seen["status"], seen["progress"]["done"]))
        assert office.work(is_over=lambda: True) == []
    assert [done for _, done in states] == [0, PAGE, 2 * PAGE]
    assert (seen["status"], seen["progress"]["done"]) == ("succeeded", 2 * PAGE + 1)
    slugs = sorted(each["slug"] for each in office.result(job))
    assert slugs == sorted(f"s{n}" for n in range(2 * PAGE + 1))


def test_an_export_of_nothing_is_empty(office: Office) -> None:
    """And no failure."""
    job = office.export()
    office.work()
    assert office.seen(job)["progress"]["total"] == 0
    assert office.result_bytes(job) == b""


def test_what_was_exported_is_imported_as_the_same_posts(office: Office) -> None:
    """Into an empty table: identities, slugs, texts, states, moments, versions; slugs lead on."""
    renamed = office.draft(slug="old-name", tags=["a"], body="한글 \U0001f600")
    here = f"/v1/posts/{renamed['postId']}"
    tag = office.tag(renamed)
    expect.success(office.ada.put(f"{here}/slug", json={"slug": "new-name"}, headers=tag))
    office.published(slug="second")
    office.steps(office.published(slug="third"), "archive")
    office.steps(office.draft(slug="fourth"), "submit")
    job = office.export()
    office.work()
    lines = office.result_bytes(job)
    with in_memory() as empty:
        other = open_office(office.settings, timed(empty), office.settings.s3_endpoint)
        other.store.clock.tick(days=1)
        done, report = other.imported(lines)
        assert done["progress"]["imported"] == 4
        assert {each["outcome"] for each in report} == {"created", "finished"}
        again = other.export()
        other.work()
        assert sorted(other.result_bytes(again).splitlines()) == sorted(lines.splitlines())
        moved = other.root.get("/v1/posts/by-slug/old-name", follow_redirects=False)
        assert moved.headers["location"] == "/v1/posts/by-slug/new-name"
        assert other.count_in("news") == 4
        _, report = other.imported(lines)
        assert [each["outcome"] for each in report] == ["exists"] * 4 + ["finished"]
