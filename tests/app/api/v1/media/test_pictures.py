"""Pictures of posts: who sets them, and that readers of published posts get them, to be cached."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from app.api.v1.posts_parts import PUBLIC_SECONDS
from model.post import MAX_MEDIA, MAX_TAGS
from tests.app import expect
from tests.app.api.v1.media.steps import PNG, path
from tests.app.api.v1.media.test_races import before_write
from tests.app.harness import AppHarness
from tests.app.harness import path as post_path

UNKNOWN = "01JD9GZ2J0V5X7Q3M8K4T6B1RB"


def show(
    harness: AppHarness, post: dict[str, Any], by: TestClient | None = None, **pictures: Any
) -> Response:
    headers = harness.tag(post)
    where = f"{post_path(post)}/media"
    return (by or harness.ada).put(where, json=pictures, headers=headers)


def where(post: Mapping[str, Any], media: Mapping[str, Any]) -> str:
    return f"/v1/posts/{post['postId']}/media/{media['mediaId']}"


def get(client: TestClient, address: str) -> Response:
    return client.get(address, follow_redirects=False)


def illustrated(harness: AppHarness, *steps: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A post of Ada's with a cover, and the cover."""
    media, post = harness.upload_ready(), harness.draft()
    expect.success(show(harness, post, coverMediaId=media["mediaId"]))
    return harness.steps(post, *steps), media


def test_readers_get_the_pictures_of_a_published_post(any_harness: AppHarness) -> None:
    """By the address in lists and posts: bytes that browsers show within the page, and keep."""
    harness = any_harness
    cover, inline = harness.upload_ready(), harness.upload_ready(name="그림.png")
    post = harness.draft(tags=["go"])
    shown: dict[str, Any] = {"coverMediaId": cover["mediaId"], "mediaIds": [inline["mediaId"]]}
    changed = expect.success(show(harness, post, **shown))
    assert {name: changed[name] for name in shown} == shown
    harness.steps(post, "submit", "publish")
    for query in ("", "?tag=go", "?categoryId=news", "?author=ada", "?title=hello"):
        (listed,) = expect.success(harness.anonymous.get(f"/v1/posts{query}"))["items"]
        assert listed["coverUrl"] == where(post, cover) == changed["coverUrl"], query
    for media in (cover, inline):
        led = get(harness.anonymous, where(post, media))
        assert led.status_code == 307
        assert led.headers["cache-control"] == f"public, max-age={PUBLIC_SECONDS}"
        assert led.headers["x-content-type-options"] == "nosniff"
        found = httpx2.get(led.headers["location"])
        assert (found.content, found.headers["content-type"]) == (PNG, "image/png")
        assert found.headers["content-disposition"].startswith("inline; filename=")
        assert found.headers["cache-control"] == "public, max-age=7200, immutable"


def test_all_readers_are_sent_to_one_url_for_an_hour(harness: AppHarness) -> None:
    """Which is good for longer than caches send readers to it."""
    post, media = illustrated(harness, "submit", "publish")
    harness.store.clock.now = datetime(2026, 3, 14, 10, tzinfo=UTC)
    urls = list[str]()
    for minutes in (0, 59):
        harness.store.clock.tick(minutes=minutes)
        for reader in (harness.anonymous, harness.client_as("vic"), harness.editor):
            urls.append(get(reader, where(post, media)).headers["location"])
    assert len(set(urls)) == 1
    query = parse_qs(urlsplit(urls[0]).query)
    assert query["X-Amz-Date"] == ["20260314T100000Z"]
    assert int(query["X-Amz-Expires"][0]) - 3600 > PUBLIC_SECONDS
    harness.store.clock.tick(minutes=1)
    assert get(harness.anonymous, where(post, media)).headers["location"] not in urls


def test_pictures_of_what_is_not_published_are_its_own_readers(harness: AppHarness) -> None:
    """404 to others, before publication and at once after it; nobody may keep them."""
    post, media = illustrated(harness)
    for step in ("submit", "publish", "unpublish", "submit", "publish", "archive"):
        if step in {"unpublish", "archive"}:
            assert get(harness.anonymous, where(post, media)).status_code == 307
        post = harness.steps(post, step)
        if step != "publish":
            for stranger in (harness.anonymous, harness.client_as("vic")):
                expect.failure(get(stranger, where(post, media)), 404, "not-found")
            for friend in (harness.ada, harness.editor):
                led = get(friend, where(post, media))
                assert led.headers["cache-control"] == "private, no-store"
                assert httpx2.get(led.headers["location"]).content == PNG
    assert harness.admin.delete(post_path(post)).status_code == 204
    expect.failure(get(harness.admin, where(post, media)), 404, "not-found")


def test_a_post_leads_to_no_other_file(harness: AppHarness) -> None:
    """What it does not name, or names no more, is not to be had by its address."""
    post, media = illustrated(harness, "submit", "publish")
    other = harness.upload_ready()
    expect.failure(get(harness.ada, where(post, other)), 404, "not-found")
    expect.success(show(harness, post, harness.editor, mediaIds=[]))
    expect.failure(get(harness.anonymous, where(post, media)), 404, "not-found")
    assert harness.stored(post)["coverUrl"] is None


def test_a_deleted_file_is_gone_from_every_post(harness: AppHarness) -> None:
    """At once; the post stays, is still changed, and names it until it is told otherwise."""
    post, media = illustrated(harness, "submit", "publish")
    assert harness.ada.delete(path(media)).status_code == 204
    expect.failure(get(harness.anonymous, where(post, media)), 404, "not-found")
    more = harness.upload_ready("eva")["mediaId"]
    kept = {"coverMediaId": media["mediaId"], "mediaIds": [more]}
    changed = expect.success(show(harness, post, harness.editor, **kept))
    assert changed["mediaIds"] == [more]
    assert expect.success(show(harness, post, harness.editor))["coverMediaId"] is None
    refused = show(harness, post, harness.editor, **kept)
    (wrong,) = expect.failure(refused, 422, "unprocessable")["details"]
    assert (wrong["location"], wrong["code"]) == ("body.coverMediaId", "unknown-media")


def test_own_files_are_shown_those_of_the_author_and_any_by_an_administrator(
    harness: AppHarness,
) -> None:
    """Another's are forbidden, though they can be read; what cannot be read is unknown."""
    of_ada, of_eva, of_bob = (harness.upload_ready(by)["mediaId"] for by in ("ada", "eva", "bob"))
    post = harness.steps(harness.draft(), "submit")
    for known in (of_ada, of_eva):
        shown = show(harness, post, harness.editor, mediaIds=[known])
        assert expect.success(shown)["mediaIds"] == [known]
    refused = show(harness, post, harness.editor, mediaIds=[of_eva, of_bob])
    assert expect.failure(refused, 403, "forbidden")["message"] == "not allowed: media.show"
    assert harness.stored(post)["mediaIds"] == [of_eva]
    hidden = harness.upload("bob")["mediaId"]
    for unknown in (hidden, UNKNOWN):
        refused = show(harness, post, harness.editor, mediaIds=[of_eva, unknown])
        (wrong,) = expect.failure(refused, 422, "unprocessable")["details"]
        assert (wrong["location"], wrong["code"]) == ("body.mediaIds.1", "unknown-media")
    expect.success(show(harness, post, harness.admin, coverMediaId=of_bob))


def test_only_pictures_that_are_ready_are_shown(harness: AppHarness) -> None:
    """Not what is still to come, nor what browsers do not show; SVG cannot even be uploaded."""
    post, pending = harness.draft(), harness.upload()
    ready = harness.upload_ready()["mediaId"]
    for sent, location in (
        ({"coverMediaId": pending["mediaId"]}, "body.coverMediaId"),
        ({"mediaIds": [ready, pending["mediaId"]]}, "body.mediaIds.1"),
    ):
        error = expect.failure(show(harness, post, **sent), 409, "conflict")
        assert "is pending" in error["message"]
        (wrong,) = error["details"]
        assert (wrong["location"], wrong["code"]) == (location, "not-ready")
    pdf = harness.upload_ready(name="a.pdf", contentType="application/pdf")
    refused = show(harness, post, mediaIds=[pdf["mediaId"]])
    (wrong,) = expect.failure(refused, 422, "unprocessable")["details"]
    assert (wrong["location"], wrong["code"]) == ("body.mediaIds.0", "no-picture")
    for kind in ("image/svg+xml", "text/html"):
        body = {"name": "a", "contentType": kind, "size": 9}
        expect.failure(harness.ada.post("/v1/media", json=body), 422, "unprocessable")
    avif = harness.upload_ready(name="a.avif", contentType="image/avif")
    expect.success(show(harness, post, coverMediaId=avif["mediaId"]))


def test_a_file_that_goes_meanwhile_is_not_shown(any_harness: AppHarness) -> None:
    """Between the look at it and the change of the post: 409, and nothing is written."""
    harness = any_harness
    post, media = harness.draft(), harness.upload_ready()
    slow = before_write(harness, 0, lambda: harness.ada.delete(path(media)).raise_for_status())
    refused = show(slow, post, coverMediaId=media["mediaId"])
    message = expect.failure(refused, 409, "conflict")["message"]
    assert message == "only a file that is ready is shown"
    assert harness.stored(post) == post


def test_pictures_are_changed_by_whoever_edits_the_post(harness: AppHarness) -> None:
    """In the state that If-Match names; a repetition changes nothing."""
    post, media = illustrated(harness)
    stored, body = harness.stored(post), {"coverMediaId": media["mediaId"]}
    address = f"{post_path(post)}/media"
    assert expect.success(show(harness, post, **body)) == stored
    expect.failure(harness.ada.put(address, json=body), 428, "precondition-required")
    stale = harness.ada.put(address, json=body, headers={"If-Match": '"1"'})
    expect.failure(stale, 412, "precondition-failed")
    expect.failure(show(harness, post, harness.anonymous, **body), 401, "credentials-missing")
    expect.failure(show(harness, post, harness.client_as("vic"), **body), 404, "not-found")
    harness.steps(post, "submit", "publish")
    expect.failure(show(harness, post, harness.client_as("ada"), **body), 403, "forbidden")


def test_the_most_that_a_post_may_have_is_one_transaction(any_harness: AppHarness) -> None:
    """All pictures and tags at once; one more is refused before."""
    harness = any_harness
    files = [harness.upload_ready()["mediaId"] for _ in range(MAX_MEDIA + 1)]
    post = harness.published(tags=[f"t{number}" for number in range(MAX_TAGS)])
    most = {"coverMediaId": files[0], "mediaIds": files[1:]}
    changed = expect.success(show(harness, post, harness.admin, **most))
    assert changed["mediaIds"] == files[1:]
    refused = show(harness, post, harness.admin, mediaIds=files)
    expect.failure(refused, 422, "unprocessable")


@pytest.mark.parametrize("field", ["coverMediaId", "mediaIds"])
def test_the_text_keeps_its_pictures(harness: AppHarness, field: str) -> None:
    """A new text, and a former one, change nothing about them."""
    media, post = harness.upload_ready()["mediaId"], harness.draft()
    wanted: Any = media if field == "coverMediaId" else [media]
    expect.success(show(harness, post, **{field: wanted}))
    text = {"title": "Other", "categoryId": "news"}
    changed = harness.ada.put(post_path(post), json=text, headers=harness.tag(post))
    assert expect.success(changed)[field] == wanted
    former = f"{post_path(post)}/revisions/2/restore"
    restored = harness.ada.post(former, headers=harness.tag(post))
    assert expect.success(restored)[field] == wanted
