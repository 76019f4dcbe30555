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
from tests.app.harness import TEXT, AppHarness, path
from tests.app.openapi import OF_ANY_OPERATION, inlined, own_statuses
from tests.app.v1.races import interrupted
from tests.app.v1.statuses import ONE_A_MINUTE, too_many

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


def documented(site: AppHarness) -> dict[Operation, dict[str, Any]]:
    paths = inlined(site.anonymous.get("/openapi.json").json())["paths"]
    return {
        (method, template): operation
        for template, item in paths.items()
        if template.startswith("/v1/posts") and "previews" not in template
        for method, operation in item.items()
    }


def where(template: str, post: str, slug: str = "none", number: int = 1) -> str:
    return template.format(post_id=post, slug=slug, number=number, media_id=NOBODY)


def faults(site: AppHarness, operations: Iterator[Operation] | list[Operation]) -> None:
    """Every operation over a store that throttles, and over one that lets nobody in."""
    for code in ("ThrottlingException", "AccessDeniedException"):

        def send(_: str, __: Mapping[str, Any], code: str = code) -> Mapping[str, Any]:
            raise TransportError(code, "the test's")

        broken = site.through(replace(site.store, transport=send)).editor
        for method, template in operations:
            body = BODIES.get((method, template))
            headers = {"If-Match": "*"}
            broken.request(method, where(template, NOBODY), json=body, headers=headers)


def refusals(site: AppHarness, operations: list[Operation]) -> None:
    """What every operation refuses: credentials, bodies, posts that are not there."""
    wrong = {"Authorization": "Bearer wrong"}
    for method, template in operations:
        place = where(template, NOBODY)
        site.anonymous.request(method, place)
        site.anonymous.request(method, place, headers=wrong)
        body = BODIES.get((method, template))
        site.editor.request(method, place, headers={"If-Match": "*"}, json=body)
        if method == "get":
            continue
        site.editor.request(method, place, headers={"If-Match": "x"}, json=body)
        if body is not None:
            site.editor.request(method, place, content=iter([b"x" * 70_000]))
            site.editor.request(method, place, content=b"x", headers={"Content-Type": "text/html"})
            json = {"Content-Type": "application/json", "If-Match": "*"}
            site.editor.request(method, place, content=b"{", headers=json)
            site.editor.request(method, place, content=b"{}", headers={"If-Match": "*"})
            site.editor.request(method, place, json={"x": 1}, headers=json)


def life(site: AppHarness) -> None:
    """A post from its first to its last day, with everything that can go wrong between."""
    site.draft(slug="taken")
    site.admin.post("/v1/posts", json={**TEXT, "slug": "taken"})
    post = site.draft(slug="first")
    here, any_tag, stale = path(post), {"If-Match": "*"}, {"If-Match": '"stale"'}
    site.editor.post(f"{here}/views")
    for step in ("publish", "submit", "submit", "publish", "unpublish", "unpublish", "archive"):
        site.admin.post(f"{here}/{step}", headers=stale)
        site.admin.post(f"{here}/{step}")
    site.admin.post(f"{here}/archive")
    planning(site, post)
    site.steps(post, "publish")
    shown = site.anonymous.get("/v1/posts").headers["ETag"]
    site.anonymous.get("/v1/posts", headers={"If-None-Match": shown})
    for headers in ({}, stale, any_tag):
        site.admin.put(here, json=TEXT, headers=headers)
        site.admin.patch(here, json={"body": "x"}, headers=headers)
        for method, place in (("PUT", here), ("PATCH", here), ("PUT", f"{here}/slug")):
            site.admin.request(method, place, json={"unknown": 1}, headers=headers)
        number = site.stored(post)["version"] - 1
        site.admin.post(f"{here}/revisions/{number}/restore", headers=headers)
    site.admin.get(f"{here}/revisions/{number}")
    site.admin.get(f"{here}/revisions/x")
    site.admin.post(f"{here}/revisions/x/restore", headers=any_tag)
    site.admin.get(f"{here}/revisions?cursor=x")
    site.admin.get(f"{here}/revisions?limit=0")
    site.admin.get(f"{here}/revisions")
    for slug, headers in (("taken", {}), ("second", stale), ("second", {})):
        site.admin.put(f"{here}/slug", json={"slug": slug}, headers=headers)
    site.admin.post(f"{here}/views")
    site.anonymous.get(f"{here}/views")
    reading(site, here)
    illustrating(site, here)
    for_readers_only(site, post)
    edit = lambda: site.admin.patch(here, json={"body": "y"}, headers=any_tag)  # noqa: E731
    site.through(interrupted(site.store, edit)).admin.delete(here)
    site.admin.delete(here, headers=stale)
    site.admin.delete(here)


def planning(site: AppHarness, post: dict[str, Any]) -> None:
    """Of a post that is archived, then in review."""
    place = f"{path(post)}/schedule"
    for headers in ({}, {"If-Match": '"stale"'}):
        site.admin.put(place, json=PLAN, headers=headers)
        site.admin.delete(place, headers=headers)
        if not headers:
            site.steps(post, "unpublish", "submit")
            site.admin.put(place, json=PLAN)
            site.admin.put(place, json={"at": "soon"})
            site.admin.delete(place)


def illustrating(site: AppHarness, here: str) -> None:
    """With a file that is pending at first, and then ready."""
    site.anonymous.get(f"{here}/media/x")
    for status in (MediaStatus.PENDING, MediaStatus.READY):
        file = Media(
            media_id=MediaId(NOBODY),
            owner_id=UserId("ada"),
            name="a.png",
            content_type=ContentType.PNG,
            size=1,
            object_name="0" * 40,
            status=status,
            created_at=site.store.clock(),
        )
        site.repository.write(put(file))
        for headers in ({}, {"If-Match": '"stale"'}, {"If-Match": "*"}):
            site.admin.put(f"{here}/media", json={"coverMediaId": NOBODY}, headers=headers)
    site.anonymous.get(f"{here}/media/{NOBODY}", follow_redirects=False)


def reading(site: AppHarness, here: str) -> None:
    for place in (here, "/v1/posts/by-slug/second"):
        tag = site.anonymous.get(place).headers["etag"]
        site.anonymous.get(place, headers={"If-None-Match": tag})
    site.anonymous.get("/v1/posts/by-slug/first", follow_redirects=False)
    for query in ("", "?status=draft", "?cursor=x", "?limit=0", "?category=none"):
        site.speaking("bob").get(f"/v1/posts{query}")


def for_readers_only(site: AppHarness, post: dict[str, Any]) -> None:
    """A viewer tries everything with a post that it may read."""
    site.steps(post, "unpublish", "submit", "publish")
    for method, template in documented(site):
        body = BODIES.get((method, template))
        place = where(template, post["postId"])
        if method != "get" or "revisions" in place:
            viewer = site.speaking("bob")
            viewer.request(method, place, json=body, headers={"If-Match": "*"})


def test_every_documented_status_is_seen_and_no_other(
    any_site: AppHarness, caplog: pytest.LogCaptureFixture
) -> None:
    """But for what keys are refused for, and bodies where there is none: all of a kind say it."""
    any_site = any_site.configured(media_bucket="media", s3_endpoint="http://127.0.0.1:9")
    known = documented(any_site)
    with caplog.at_level(logging.INFO, "app.access"):
        faults(any_site, list(known))
        refusals(any_site, list(known))
        strict = any_site.configured(**ONE_A_MINUTE)
        too_many(strict.editor, [(method, where(template, NOBODY)) for method, template in known])
        life(any_site)
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


def test_every_operation_has_an_example(site: AppHarness) -> None:
    """Of what it answers, in the envelope, and of what it is sent."""
    for (method, template), operation in documented(site).items():
        successes = {s: r for s, r in operation["responses"].items() if s < "300"}
        if template.endswith("/media/{media_id}"):
            assert not successes
            continue
        ((status, answer),) = successes.items()
        if status != "204":
            example = answer["content"]["application/json"]["examples"]["success"]["value"]
            assert example["success"] is True
            assert example["data"]
        if (method, template) in BODIES:
            schema = operation["requestBody"]["content"]["application/json"]["schema"]
            name = schema["$ref"].rpartition("/")[2]
            schemas = site.anonymous.get("/openapi.json").json()["components"]["schemas"]
            assert schemas[name]["examples"]


def test_the_examples_of_bodies_are_accepted(site: AppHarness) -> None:
    """What the documentation shows can be sent."""
    schemas = site.anonymous.get("/openapi.json").json()["components"]["schemas"]
    post = site.draft(slug="mine")
    sent = {
        "NewPost": ("POST", "/v1/posts"),
        "PostText": ("PUT", path(post)),
        "PostPatch": ("PATCH", path(post)),
        "SlugIn": ("PUT", f"{path(post)}/slug"),
    }
    for name, (method, place) in sent.items():
        for example in schemas[name]["examples"]:
            answer = site.ada.request(method, place, json=example, headers={"If-Match": "*"})
            assert answer.status_code in (200, 201), answer.text
