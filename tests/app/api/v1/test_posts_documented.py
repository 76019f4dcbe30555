"""What OpenAPI says of posts is what happens: every status, with an example."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from model import ContentType, Media, MediaId, MediaStatus, UserId
from singletable import put
from singletable.transport import TransportError
from tests.app.api.v1.races import interrupted
from tests.app.api.v1.statuses import ONE_A_MINUTE, too_many
from tests.app.harness import TEXT, AppHarness, path
from tests.app.openapi import OF_ANY_OPERATION, inlined, own_statuses

Operation = tuple[str, str]
WITHOUT_BODY = {"400", "413", "415", "422"}
OF_KEYS = {"409"}
NOBODY = "01JD9GZ2J0V5X7Q3M8K4T6B1RA"
PLAN = {"at": "2099-03-15T09:00:00Z"}
BODIES: dict[Operation, dict[str, Any]] = {
    ("post", "/v1/posts"): TEXT,
    ("put", "/v1/posts/{post_id}"): TEXT,
    ("patch", "/v1/posts/{post_id}"): {"title": "New"},
    ("put", "/v1/posts/{post_id}/media"): {"coverMediaId": NOBODY},
    ("put", "/v1/posts/{post_id}/slug"): {"slug": "new"},
    ("put", "/v1/posts/{post_id}/schedule"): PLAN,
}


def documented(harness: AppHarness) -> dict[Operation, dict[str, Any]]:
    paths = inlined(harness.anonymous.get("/openapi.json").json())["paths"]
    return {
        (method, template): operation
        for template, item in paths.items()
        if template.startswith("/v1/posts") and "previews" not in template
        for method, operation in item.items()
    }


def where(template: str, post: str, slug: str = "none", number: int = 1) -> str:
    return template.format(post_id=post, slug=slug, number=number, media_id=NOBODY)


def faults(harness: AppHarness, operations: Iterator[Operation] | list[Operation]) -> None:
    """Every operation over a store that throttles, and over one that lets nobody in."""
    for code in ("ThrottlingException", "AccessDeniedException"):

        def send(_: str, __: Mapping[str, Any], code: str = code) -> Mapping[str, Any]:
            raise TransportError(code, "the test's")

        broken = harness.with_store(replace(harness.store, transport=send)).editor
        for method, template in operations:
            body = BODIES.get((method, template))
            headers = {"If-Match": "*"}
            broken.request(method, where(template, NOBODY), json=body, headers=headers)


def refusals(harness: AppHarness, operations: list[Operation]) -> None:
    """What every operation refuses: credentials, bodies, posts that are not there."""
    wrong = {"Authorization": "Bearer wrong"}
    for method, template in operations:
        place = where(template, NOBODY)
        harness.anonymous.request(method, place)
        harness.anonymous.request(method, place, headers=wrong)
        body = BODIES.get((method, template))
        harness.editor.request(method, place, headers={"If-Match": "*"}, json=body)
        if method == "get":
            continue
        harness.editor.request(method, place, headers={"If-Match": "x"}, json=body)
        if body is not None:
            harness.editor.request(method, place, content=iter([b"x" * 70_000]))
            harness.editor.request(
                method, place, content=b"x", headers={"Content-Type": "text/html"}
            )
            json = {"Content-Type": "application/json", "If-Match": "*"}
            harness.editor.request(method, place, content=b"{", headers=json)
            harness.editor.request(method, place, content=b"{}", headers={"If-Match": "*"})
            harness.editor.request(method, place, json={"x": 1}, headers=json)


def life(harness: AppHarness) -> None:
    """A post from its first to its last day, with everything that can go wrong between."""
    harness.draft(slug="taken")
    harness.admin.post("/v1/posts", json={**TEXT, "slug": "taken"})
    post = harness.draft(slug="first")
    here, any_tag, stale = path(post), {"If-Match": "*"}, {"If-Match": '"stale"'}
    harness.editor.post(f"{here}/views")
    for step in ("publish", "submit", "submit", "publish", "unpublish", "unpublish", "archive"):
        harness.admin.post(f"{here}/{step}", headers=stale)
        harness.admin.post(f"{here}/{step}")
    harness.admin.post(f"{here}/archive")
    planning(harness, post)
    harness.steps(post, "publish")
    shown = harness.anonymous.get("/v1/posts").headers["ETag"]
    harness.anonymous.get("/v1/posts", headers={"If-None-Match": shown})
    for headers in ({}, stale, any_tag):
        harness.admin.put(here, json=TEXT, headers=headers)
        harness.admin.patch(here, json={"body": "x"}, headers=headers)
        for method, place in (("PUT", here), ("PATCH", here), ("PUT", f"{here}/slug")):
            harness.admin.request(method, place, json={"unknown": 1}, headers=headers)
        number = harness.stored(post)["version"] - 1
        harness.admin.post(f"{here}/revisions/{number}/restore", headers=headers)
    harness.admin.get(f"{here}/revisions/{number}")
    harness.admin.get(f"{here}/revisions/x")
    harness.admin.post(f"{here}/revisions/x/restore", headers=any_tag)
    harness.admin.get(f"{here}/revisions?cursor=x")
    harness.admin.get(f"{here}/revisions?limit=0")
    harness.admin.get(f"{here}/revisions")
    for slug, headers in (("taken", {}), ("second", stale), ("second", {})):
        harness.admin.put(f"{here}/slug", json={"slug": slug}, headers=headers)
    harness.admin.post(f"{here}/views")
    harness.anonymous.get(f"{here}/views")
    reading(harness, here)
    illustrating(harness, here)
    for_readers_only(harness, post)
    edit = lambda: harness.admin.patch(here, json={"body": "y"}, headers=any_tag)  # noqa: E731
    harness.with_store(interrupted(harness.store, edit)).admin.delete(here)
    harness.admin.delete(here, headers=stale)
    harness.admin.delete(here)


def planning(harness: AppHarness, post: dict[str, Any]) -> None:
    """Of a post that is archived, then in review."""
    place = f"{path(post)}/schedule"
    for headers in ({}, {"If-Match": '"stale"'}):
        harness.admin.put(place, json=PLAN, headers=headers)
        harness.admin.delete(place, headers=headers)
        if not headers:
            harness.steps(post, "unpublish", "submit")
            harness.admin.put(place, json=PLAN)
            harness.admin.put(place, json={"at": "soon"})
            harness.admin.delete(place)


def illustrating(harness: AppHarness, here: str) -> None:
    """With a file that is pending at first, and then ready."""
    harness.anonymous.get(f"{here}/media/x")
    for status in (MediaStatus.PENDING, MediaStatus.READY):
        file = Media(
            media_id=MediaId(NOBODY),
            owner_id=UserId("ada"),
            name="a.png",
            content_type=ContentType.PNG,
            size=1,
            object_name="0" * 40,
            status=status,
            created_at=harness.store.clock(),
        )
        harness.repository.write(put(file))
        for headers in ({}, {"If-Match": '"stale"'}, {"If-Match": "*"}):
            harness.admin.put(f"{here}/media", json={"coverMediaId": NOBODY}, headers=headers)
    harness.anonymous.get(f"{here}/media/{NOBODY}", follow_redirects=False)


def reading(harness: AppHarness, here: str) -> None:
    for place in (here, "/v1/posts/by-slug/second"):
        tag = harness.anonymous.get(place).headers["etag"]
        harness.anonymous.get(place, headers={"If-None-Match": tag})
    harness.anonymous.get("/v1/posts/by-slug/first", follow_redirects=False)
    for query in ("", "?status=draft", "?cursor=x", "?limit=0", "?category=none"):
        harness.client_as("bob").get(f"/v1/posts{query}")


def for_readers_only(harness: AppHarness, post: dict[str, Any]) -> None:
    """A viewer tries everything with a post that it may read."""
    harness.steps(post, "unpublish", "submit", "publish")
    for method, template in documented(harness):
        body = BODIES.get((method, template))
        place = where(template, post["postId"])
        if method != "get" or "revisions" in place:
            viewer = harness.client_as("bob")
            viewer.request(method, place, json=body, headers={"If-Match": "*"})


def test_every_documented_status_is_seen_and_no_other(
    any_harness: AppHarness, caplog: pytest.LogCaptureFixture
) -> None:
    """But for what keys are refused for, and bodies where there is none: all of a kind say it."""
    any_harness = any_harness.with_settings(media_bucket="media", s3_endpoint="http://127.0.0.1:9")
    known = documented(any_harness)
    with caplog.at_level(logging.INFO, "app.access"):
        faults(any_harness, list(known))
        refusals(any_harness, list(known))
        strict = any_harness.with_settings(**ONE_A_MINUTE)
        too_many(strict.editor, [(method, where(template, NOBODY)) for method, template in known])
        life(any_harness)
    seen = {operation: set[str]() for operation in known}
    for record in caplog.records:
        facts = getattr(record, "facts", {})
        operation = (str(facts.get("method")).lower(), str(facts.get("route")))
        if operation in seen:
            seen[operation].add(str(facts["status"]))
    for operation, statuses in seen.items():
        said = own_statuses(known[operation])
        assert statuses <= said | OF_ANY_OPERATION, operation
        bodiless = WITHOUT_BODY if operation not in BODIES else set[str]()
        keyed = OF_KEYS if operation[0] == "post" else set[str]()
        assert said - statuses <= bodiless | keyed, operation


def test_every_body_has_an_example(harness: AppHarness) -> None:
    """As a whole, to be sent as it is."""
    schemas = harness.anonymous.get("/openapi.json").json()["components"]["schemas"]
    for key, operation in documented(harness).items():
        if key in BODIES:
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            assert schemas[schema["$ref"].rpartition("/")[2]]["examples"]


def test_the_examples_of_bodies_are_accepted(harness: AppHarness) -> None:
    """What the documentation shows can be sent."""
    schemas = harness.anonymous.get("/openapi.json").json()["components"]["schemas"]
    post = harness.draft(slug="mine")
    sent = {
        "NewPost": ("POST", "/v1/posts"),
        "PostText": ("PUT", path(post)),
        "PostPatch": ("PATCH", path(post)),
        "SlugIn": ("PUT", f"{path(post)}/slug"),
    }
    for name, (method, place) in sent.items():
        for example in schemas[name]["examples"]:
            answer = harness.ada.request(method, place, json=example, headers={"If-Match": "*"})
            assert answer.status_code in (200, 201), answer.text
