"""Exports, from the request to the downloaded lines."""

from __future__ import annotations

from typing import Any

import pytest

from access_patterns import media, users
from app.services import exports
from app.services.jobs import LeasedJob
from model import ContentType, Media, MediaId, MediaStatus, Role, User, UserId
from tests.app import expect
from tests.app.api.v1.jobs.steps import ndjson, path
from tests.app.api.v1.stores import in_memory, timed
from tests.app.harness import TEXT, AppHarness, open_with_queue

PAGE = 4
STATUSES = ("draft", "in-review", "published", "archived")


def test_an_export_has_every_post_once(harness: AppHarness) -> None:
    """In whatever state, with all that is known of it; progress and moments are told."""
    draft = harness.draft(slug="first", tags=["a", "b"])
    published = harness.published(slug="second", body="한글 and\nmore")
    archived = harness.steps(harness.published(slug="third"), "archive")
    answer = harness.admin.post("/v1/jobs/exports")
    job = expect.success(answer, 202)
    assert answer.headers["location"] == path(job)
    assert (job["status"], job["requestedBy"], job["hasResult"]) == ("queued", "root", False)
    expect.failure(harness.admin.get(f"{path(job)}/result"), 409, "conflict")
    assert harness.work() == []
    done = harness.load_job(job)
    assert done["status"] == "succeeded"
    assert done["progress"] == {
        "done": 4,
        "total": 4,
        "imported": 0,
        "existing": 0,
        "failed": 0,
    }
    assert done["startedAt"] and done["finishedAt"] and done["expiresAt"]
    category, *lines = harness.load_rows(job)
    assert (category["kind"], category["categoryId"]) == ("category", "news")
    known = {each["postId"]: {"kind": "post", **each} for each in (draft, published, archived)}
    for each in known.values():
        for name in ("coverUrl", "author", "category", "views", "allowed"):
            del each[name]  # it follows from the rest, or stands beside
    assert {each["postId"]: each for each in lines} == known


@pytest.fixture
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "PAGE", PAGE)


@pytest.mark.usefixtures("short_pages")
def test_every_post_of_many_is_there_once(harness: AppHarness) -> None:
    """Over several pages of an index that is spread over shards."""
    harness.run_import(
        ndjson({**TEXT, "slug": f"s{n}", "status": STATUSES[n % 4]} for n in range(30))
    )
    harness.store.clock.tick(hours=1)
    job = harness.start_export()
    harness.work()
    _, *lines = harness.load_rows(job)
    assert len(lines) == len({each["postId"] for each in lines}) == 30
    assert {each["slug"] for each in lines} == {f"s{n}" for n in range(30)}


def test_a_post_that_moves_meanwhile_is_there_once(
    harness: AppHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a state that is yet to be read into one that was read, and the other way round."""
    archived = harness.steps(harness.published(slug="was-archived"), "archive")
    draft = harness.draft(slug="was-draft")
    harness.store.clock.tick(hours=1)
    moved = list[str]()

    def moving(held: LeasedJob) -> None:
        if not moved:  # after drafts, before what is archived
            moved.append("once")
            harness.store.clock.tick(seconds=5)
            harness.steps(draft, "archive")
            harness.steps(archived, "unpublish")

    renewed = LeasedJob.progress

    def progress(held: LeasedJob, done: int, total: int | None) -> None:
        renewed(held, done, total)
        if done > 1:
            moving(held)

    monkeypatch.setattr(LeasedJob, "progress", progress)
    job = harness.start_export()
    harness.work()
    assert moved
    slugs = sorted(each["slug"] for each in harness.load_rows(job)[1:])
    assert slugs == ["was-archived", "was-draft"]


@pytest.mark.usefixtures("short_pages")
def test_without_time_an_export_goes_on_where_it_stopped(harness: AppHarness) -> None:
    """Each worker writes a page, stores it and queues the job again; nothing is there twice."""
    harness.run_import(ndjson({**TEXT, "slug": f"s{n}"} for n in range(2 * PAGE + 1)))
    harness.store.clock.tick(hours=1)
    job = harness.start_export()
    states = list[tuple[str, int]]()
    while (seen := harness.load_job(job))["status"] == "queued":
        states.append((seen["status"], seen["progress"]["done"]))
        assert harness.work(is_over=lambda: True) == []
    assert [done for _, done in states] == [0, PAGE + 1, 2 * PAGE + 1]
    assert (seen["status"], seen["progress"]["done"]) == ("succeeded", 2 * PAGE + 2)
    slugs = sorted(each["slug"] for each in harness.load_rows(job)[1:])
    assert slugs == sorted(f"s{n}" for n in range(2 * PAGE + 1))


def test_an_export_of_an_empty_stage_has_no_line(harness: AppHarness) -> None:
    """And is no failure."""
    assert harness.admin.delete("/v1/categories/news").status_code == 204
    job = harness.start_export()
    harness.work()
    assert harness.load_job(job)["progress"]["total"] == 0
    assert harness.load_result(job) == b""


def furnish(harness: AppHarness) -> None:
    """Categories below categories, files, and posts in every status, one of them renamed."""
    for name, parent in (("zoo", "news"), ("birds", "zoo"), ("aa", "birds")):
        wanted = {"categoryId": name, "parentId": parent, "slug": name, "name": f"The {name}"}
        expect.success(harness.admin.post("/v1/categories", json={**wanted, "position": 3}), 201)
    lock = {"If-Match": harness.admin.get("/v1/categories/zoo").headers["etag"]}
    slug = {"slug": "menagerie"}
    expect.success(harness.admin.patch("/v1/categories/zoo", json=slug, headers=lock))
    for n, status in enumerate(MediaStatus):
        file = Media(
            media_id=MediaId(f"01JD9GZ2J0V5X7Q3M8K4T6B1R{n}"),
            owner_id=UserId("ada"),
            name=f"photo {n}.png",
            content_type=ContentType.PNG,
            size=5,
            object_name="0" * 40,
            status=status,
            created_at=harness.store.clock(),
        )
        harness.store.repository().write(media.create(file))
    ada = User(
        user_id=UserId("ada"),
        name="Ada",
        about="Writes.",
        email="ada@example.com",
        created_at=harness.store.clock(),
    )
    harness.store.repository().write(users.import_profile(ada))
    renamed = harness.draft(slug="old-name", tags=["a"], body="한글 \U0001f600")
    here = f"/v1/posts/{renamed['postId']}"
    tag = harness.tag(renamed)
    expect.success(harness.ada.put(f"{here}/slug", json={"slug": "new-name"}, headers=tag))
    ready = f"01JD9GZ2J0V5X7Q3M8K4T6B1R{list(MediaStatus).index(MediaStatus.READY)}"
    pictures, tag = {"coverMediaId": ready, "mediaIds": [ready]}, harness.tag(renamed)
    expect.success(harness.ada.put(f"{here}/media", json=pictures, headers=tag))
    harness.published(slug="second", categoryId="aa", title="Tagged", tags=["a"])
    harness.steps(harness.published(slug="third"), "archive")
    harness.steps(harness.draft(slug="fourth"), "submit")


def listed(harness: AppHarness, query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = expect.success(harness.anonymous.get(f"/v1/posts?{query}"))[
        "items"
    ]
    return found


def test_a_stage_is_moved_by_an_export_and_an_import(harness: AppHarness) -> None:
    """Into an empty table: the same categories, files, posts and authors, with identities, slugs,
    texts, states, moments, versions; former slugs lead on. Once more, it changes nothing."""
    furnish(harness)
    job = harness.start_export()
    harness.work()
    lines = harness.load_result(job)
    kinds = [row["kind"] for row in harness.load_rows(job)]
    assert kinds == ["category"] * 4 + ["media"] + ["post"] * 4 + ["author"]
    assert b"example.com" not in lines
    with in_memory() as empty:
        other = open_with_queue(harness.settings, timed(empty), harness.settings.s3_endpoint)
        assert other.admin.delete("/v1/categories/news").status_code == 204
        other.store.clock.tick(days=1)
        done, report = other.run_import(lines)
        assert {each["outcome"] for each in report} == {"created", "finished"}
        assert done["progress"]["imported"] == 10
        assert [row["kind"] for row in report[:-1]] == kinds
        again = other.start_export()
        other.work()
        assert sorted(other.load_result(again).splitlines()) == sorted(lines.splitlines())
        moved = other.admin.get("/v1/posts/by-slug/old-name", follow_redirects=False)
        assert moved.headers["location"] == "/v1/posts/by-slug/new-name"
        assert (other.count_in("news"), other.count_in("aa")) == (3, 1)
        expect.failure(other.admin.delete("/v1/categories/zoo"), 409, "conflict")
        ada = other.store.repository().fetch(users.by_id(UserId("ada")))
        assert ada is not None
        assert (ada.name, ada.is_disabled, ada.role) == ("Ada", True, Role.VIEWER)
        assert ada.about == "Writes."
        moved = other.admin.get("/v1/categories/by-slug/zoo", follow_redirects=False)
        assert moved.headers["location"] == "/v1/categories/by-slug/menagerie"
        tagged = [post["title"] for post in listed(other, "tag=a")]
        assert tagged == [post["title"] for post in listed(harness, "tag=a")]
        _, report = other.run_import(lines)
        assert [each["outcome"] for each in report] == ["exists"] * 10 + ["finished"]


REFUSED = [
    ({"kind": "user"}, "line.kind", "unknown-value"),
    ({"kind": 1}, "line.kind", "unknown-value"),
    ({"kind": "category"}, "line.categoryId", "missing"),
    ({"kind": "category", "categoryId": "root"}, "line.categoryId", "reserved"),
    (
        {"kind": "category", "categoryId": "a", "parentId": "no"},
        "line.parentId",
        "unknown-category",
    ),
    ({"kind": "category", "categoryId": "a", "slug": "news"}, "line.slug", "taken"),
    ({"kind": "media", "mediaId": "a"}, "line.mediaId", "wrong-form"),
]


@pytest.mark.parametrize(("line", "location", "code"), REFUSED)
def test_a_line_of_another_kind_is_refused_by_its_own_rules(
    harness: AppHarness, line: dict[str, Any], location: str, code: str
) -> None:
    """With the place in the line, as a post's is."""
    if line.get("kind") == "category" and "categoryId" in line:
        line = {"slug": "a", "name": "A", **line}
    _, report = harness.run_import(ndjson([line]))
    assert report[0]["outcome"] == "refused"
    first = report[0]["error"]["details"][0]
    assert (first["location"], first["code"]) == (location, code)
