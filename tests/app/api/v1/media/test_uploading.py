"""Files are announced, sent to the bucket and completed; whatever came otherwise is not kept."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from tests.app import expect
from tests.app.api.v1.media.steps import FILE, PNG, path
from tests.app.harness import AppHarness

MIB = 1024**2


def test_a_file_goes_all_the_way(any_harness: AppHarness) -> None:
    """Announced, sent by an HTTP client, completed, downloaded: the same bytes, to be saved."""
    upload = any_harness.begin_upload(name="Ünser Bild.png")
    assert any_harness.send_file(upload) == 200
    media = expect.success(any_harness.complete(upload["media"]))
    assert media == {
        "mediaId": upload["media"]["mediaId"],
        "ownerId": "ada",
        "name": "Ünser Bild.png",
        "contentType": "image/png",
        "size": len(PNG),
        "status": "ready",
        "createdAt": "2026-03-14T09:26:53Z",
        "readyAt": "2026-03-14T09:26:53Z",
        "expiresAt": None,
    }
    link = expect.success(any_harness.client_as("vic").get(f"{path(media)}/download"))
    assert link["seconds"] == 300
    got = httpx2.get(link["url"])
    assert got.content == PNG
    assert got.headers["content-type"] == "image/png"
    assert got.headers["content-disposition"] == (
        "attachment; filename=\"_nser Bild.png\"; filename*=UTF-8''%C3%9Cnser%20Bild.png"
    )


def test_an_announcement_says_how_to_send(harness: AppHarness) -> None:
    """Type and exact size are signed; the key is random and tells nothing of the name."""
    answer = harness.ada.post("/v1/media", json=FILE)
    made = expect.success(answer, 201)
    assert answer.headers["location"] == path(made["media"])
    assert made["media"]["status"] == "pending"
    assert made["media"]["expiresAt"] == "2026-03-14T10:26:53Z"
    transfer = made["upload"]
    assert (transfer["method"], transfer["seconds"]) == ("PUT", 300)
    assert transfer["headers"] == {"Content-Type": "image/png", "Content-Length": str(len(PNG))}
    url = urlsplit(transfer["url"])
    signed = parse_qs(url.query)["X-Amz-SignedHeaders"]
    assert signed == ["content-length;content-type;host"]
    bucket, folder, name = url.path.strip("/").split("/")
    assert (bucket, folder, len(name)) == (harness.settings.media_bucket, "pending", 40)
    assert "photo" not in transfer["url"]
    assert made["media"]["mediaId"] not in transfer["url"]


def test_editors_and_admins_upload(harness: AppHarness) -> None:
    """Viewers are forbidden to, strangers have to say who they are."""
    expect.failure(harness.anonymous.post("/v1/media", json=FILE), 401, "credentials-missing")
    viewer = harness.client_as("vic")
    expect.failure(viewer.post("/v1/media", json=FILE), 403, "forbidden")
    expect.success(harness.admin.post("/v1/media", json=FILE), 201)


@pytest.mark.parametrize(
    "wrong",
    [
        {"contentType": "text/html"},
        {"contentType": "image/svg+xml"},
        {"contentType": "image/png; charset=utf-8"},
        {"contentType": "IMAGE/PNG"},
        {"contentType": None},
        {"size": 0},
        {"size": -1},
        {"size": 25 * MIB + 1},
        {"size": 10**19},
        {"size": 1.5},
        {"size": "18"},
        {"size": True},
        {"name": ""},
        {"name": "../../etc/passwd"},
        {"name": "a\\b"},
        {"name": "a\r\nSet-Cookie: x"},
        {"name": "x" * 201},
        {"name": "\ud800"},
    ],
)
def test_wrong_input_is_named(harness: AppHarness, wrong: dict[str, Any]) -> None:
    """422 with the field; nothing is announced."""
    body = json.dumps({**FILE, **wrong})  # in ASCII: halves of surrogate pairs travel as well
    kind = {"Content-Type": "application/json"}
    answer = harness.ada.post("/v1/media", content=body, headers=kind)
    details = expect.failure(answer, 422, "unprocessable")["details"]
    assert {each["location"].partition(".")[0] for each in details} == {"body"}
    assert expect.success(harness.ada.get("/v1/media"))["items"] == []


def test_the_client_chooses_no_key(harness: AppHarness) -> None:
    """No field says where the bytes go, or whose they are."""
    for field in ("key", "objectName", "ownerId", "mediaId", "status"):
        answer = harness.ada.post("/v1/media", json={**FILE, field: "pending/other"})
        expect.failure(answer, 422, "unprocessable")


def test_the_largest_file_is_taken(harness: AppHarness) -> None:
    """The limit is a setting, and the limit itself is allowed."""
    small = harness.with_settings(media_max_bytes=5)
    assert small.begin_upload(size=5)
    answer = small.ada.post("/v1/media", json={**FILE, "size": 6})
    [detail] = expect.failure(answer, 422, "unprocessable")["details"]
    assert (detail["location"], detail["code"]) == ("body.size", "too-large")
    assert "5 bytes" in detail["message"]


def test_what_was_not_uploaded_is_not_completed(harness: AppHarness) -> None:
    """409, and it may still be uploaded and completed."""
    upload = harness.begin_upload()
    refused = expect.failure(harness.complete(upload["media"]), 409, "conflict")
    assert refused["message"] == "nothing was uploaded yet"
    harness.send_file(upload)
    assert expect.success(harness.complete(upload["media"]))["status"] == "ready"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(PNG + b"more", "image/png"), (PNG[:-1], "image/png"), (b"", ""), (PNG, "text/html")],
)
def test_what_came_otherwise_is_not_kept(
    harness: AppHarness, body: bytes, content_type: str
) -> None:
    """Larger, smaller, empty, another type: S3 refuses their signatures, moto lets them pass, and
    completion refuses them all the same. The right bytes may follow.
    """
    upload = harness.begin_upload()
    harness.send_file(upload, body, content_type)
    refused = expect.failure(harness.complete(upload["media"]), 409, "conflict")
    assert f"not image/png, {len(PNG)} bytes" in refused["message"]
    assert harness.folders() == ["pending"]
    harness.send_file(upload)
    assert expect.success(harness.complete(upload["media"]))["status"] == "ready"


def test_completing_again_changes_nothing(harness: AppHarness) -> None:
    """The same answer, later too; the object where it arrived is gone."""
    media = harness.upload()
    first = expect.success(harness.complete(media))
    harness.store.clock.tick(hours=5)
    assert expect.success(harness.complete(media)) == first
    assert harness.folders() == ["media"]


def test_a_url_that_is_still_good_changes_nothing(harness: AppHarness) -> None:
    """Other bytes of the same size and type, sent after completion, are not what is downloaded."""
    upload = harness.begin_upload()
    harness.send_file(upload)
    media = expect.success(harness.complete(upload["media"]))
    assert harness.send_file(upload, bytes(len(PNG))) == 200
    assert expect.success(harness.complete(media)) == media
    link = expect.success(harness.ada.get(f"{path(media)}/download"))
    assert httpx2.get(link["url"]).content == PNG


def test_others_complete_nothing(harness: AppHarness) -> None:
    """For others there is no such file; an administrator knows of it, and may not."""
    media = harness.upload()
    expect.failure(harness.complete(media, "eve"), 404, "not-found")
    expect.failure(harness.complete(media, "root", "admin"), 403, "forbidden")
    anonymous = harness.anonymous.post(f"{path(media)}/complete")
    expect.failure(anonymous, 401, "credentials-missing")
    assert harness.folders() == ["pending"]


def test_a_pending_upload_expires(harness: AppHarness) -> None:
    """At its time it is unknown to everyone, although it is still stored; one second before not."""
    media = harness.upload()
    harness.store.clock.tick(seconds=3599)
    expect.success(harness.ada.get(path(media)))
    harness.store.clock.tick(seconds=1)
    for who in (harness.ada, harness.admin):
        expect.failure(who.get(path(media)), 404, "not-found")
    expect.failure(harness.complete(media), 404, "not-found")
    assert expect.success(harness.ada.get("/v1/media"))["items"] == []


def test_what_is_ready_does_not_expire(harness: AppHarness) -> None:
    """Not after a year either."""
    media = harness.upload_ready()
    harness.store.clock.tick(days=366)
    assert expect.success(harness.ada.get(path(media))) == media


def test_without_a_bucket_there_are_no_transfers(harness: AppHarness) -> None:
    """503 in the envelope for whoever may, 401 and 403 before that; reading goes on."""
    media = harness.upload_ready()
    without = harness.with_settings(media_bucket="")
    transfers = [
        ("POST", "/v1/media"),
        ("POST", f"{path(media)}/complete"),
        ("GET", f"{path(media)}/download"),
        ("DELETE", path(media)),
    ]
    for method, where in transfers:
        body = FILE if where == "/v1/media" else None
        expect.failure(without.ada.request(method, where, json=body), 503, "not-configured")
        stranger = without.anonymous.request(method, where, json=body)
        expect.failure(stranger, 401, "credentials-missing")
    expect.failure(without.client_as("vic").post("/v1/media", json=FILE), 403, "forbidden")
    assert expect.success(without.ada.get("/v1/media"))["items"] == [media]


def test_an_unreachable_bucket_leaks_nothing(harness: AppHarness) -> None:
    """503, without a key, a bucket or an address in it."""
    media = harness.upload()
    down = harness.with_settings(s3_endpoint="http://127.0.0.1:9", aws_max_attempts=1)
    for answer in (down.complete(media), down.ada.delete(path(media))):
        expect.failure(answer, 503, "unavailable")
        assert "127.0.0.1" not in answer.text
        assert down.settings.media_bucket not in answer.text
        assert "pending/" not in answer.text
    assert harness.folders() == ["pending"]
