"""Attempts at uploaded files, and at previews of posts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from access_patterns import media, posts, previews
from app.api.v1.posts_guards import tag_of
from app.services import previews as services_previews
from model import Media, MediaStatus, Post, PostStatus, Preview
from scripts.docs.matrix import Cell
from tests.app.api.matrix.attempt import Attempt, Making, token_of
from tests.app.api.matrix.harness import MatrixHarness
from tests.app.api.v1.media.steps import FILE


def announced(harness: MatrixHarness, cell: Cell) -> Attempt:
    return Attempt("/v1/media", json=FILE, token=token_of(harness, cell), seen=harness.objects)


def listed(harness: MatrixHarness, cell: Cell) -> Attempt:
    """With one file in the state, whose owner is named."""
    assert isinstance(cell.status, MediaStatus)
    owner = harness.file(harness.owner(cell), cell.status).owner_id
    return Attempt("/v1/media", params={"ownerId": owner}, token=token_of(harness, cell))


def on_file(below: str = "") -> Making:
    """About a file of its own for each cell, and about its bytes."""

    def make(harness: MatrixHarness, cell: Cell) -> Attempt:
        assert isinstance(cell.status, MediaStatus)
        file = harness.file(harness.owner(cell), cell.status)
        known = media.by_id(file.media_id).consistent()

        def seen() -> object:
            return harness.base.repository.fetch(known), harness.objects()

        path = f"/v1/media/{file.media_id}{below}"
        return Attempt(path, token=token_of(harness, cell), seen=seen)

    return make


def shown_by_token(harness: MatrixHarness, cell: Cell) -> Attempt:
    """A draft of someone else: the token is all that it takes."""
    post = harness.post(harness.someone_else.user_id, PostStatus.DRAFT)
    headers = {"X-Preview-Token": _issued(harness, post)[1]}
    return Attempt("/v1/previews", headers=headers, token=token_of(harness, cell))


def on_previews(json: Any = None) -> Making:
    """About the previews of a post of its own for each cell."""

    def make(harness: MatrixHarness, cell: Cell) -> Attempt:
        post = _post(harness, cell)
        remains = previews.by_post_with_expired(post.post_id)
        return Attempt(
            f"/v1/posts/{post.post_id}/previews",
            json=json,
            token=token_of(harness, cell),
            seen=lambda: list(harness.base.repository.iterate(remains)),
        )

    return make


def revoked(harness: MatrixHarness, cell: Cell) -> Attempt:
    preview = _issued(harness, _post(harness, cell))[0]
    known = previews.by_id(preview.preview_id).consistent()
    return Attempt(
        f"/v1/posts/{preview.post_id}/previews/{preview.preview_id}",
        token=token_of(harness, cell),
        seen=lambda: harness.base.repository.fetch(known),
    )


def shown(harness: MatrixHarness, cell: Cell) -> Attempt:
    """In a draft of the caller's own."""
    assert isinstance(cell.status, MediaStatus)
    file = harness.file(harness.owner(cell), cell.status)
    caller = harness.caller(cell.who)
    author = caller.user.user_id if caller else file.owner_id
    return _showing(harness, cell, harness.post(author, PostStatus.DRAFT), file)


def edited(harness: MatrixHarness, cell: Cell) -> Attempt:
    """A post that is to show its author's file no more."""
    post = _post(harness, cell)
    return _showing(harness, cell, _illustrated(harness, post), None)


def _showing(harness: MatrixHarness, cell: Cell, post: Post, file: Media | None) -> Attempt:
    known = posts.by_id(post.post_id).consistent()
    return Attempt(
        f"/v1/posts/{post.post_id}/media",
        json={"coverMediaId": file and file.media_id},
        headers={"If-Match": tag_of(post)},
        token=token_of(harness, cell),
        seen=lambda: harness.base.repository.fetch(known),
    )


def led_to(harness: MatrixHarness, cell: Cell) -> Attempt:
    post = _illustrated(harness, _post(harness, cell))
    address = f"/v1/posts/{post.post_id}/media/{post.cover_media_id}"
    return Attempt(address, token=token_of(harness, cell))


def _illustrated(harness: MatrixHarness, post: Post) -> Post:
    cover = harness.file(post.author_id, MediaStatus.READY).media_id
    after = post.model_copy(update={"cover_media_id": cover})
    return harness.base.repository.write(posts.show_media(post, after))


def _post(harness: MatrixHarness, cell: Cell) -> Post:
    assert isinstance(cell.status, PostStatus)
    return harness.post(harness.owner(cell), cell.status)


def _issued(harness: MatrixHarness, post: Post) -> tuple[Preview, str]:
    token, now = services_previews.new_token(), datetime.now(UTC)
    draft = services_previews.draft(post, token, post.author_id, 3600, 3600, now)
    return harness.base.repository.write(previews.issue(draft)), token


_MEDIA = "/v1/media/{media_id}"
_PICTURES = "/v1/posts/{post_id}/media"
_PREVIEWS = "/v1/posts/{post_id}/previews"

FILES: dict[tuple[str, str], Making] = {
    ("GET /v1/media", "media.list"): listed,
    ("POST /v1/media", "media.create"): announced,
    (f"GET {_MEDIA}", "media.read"): on_file(),
    (f"GET {_MEDIA}/download", "media.download"): on_file("/download"),
    (f"POST {_MEDIA}/complete", "media.complete"): on_file("/complete"),
    (f"DELETE {_MEDIA}", "media.delete"): on_file(),
    (f"PUT {_PICTURES}", "media.show"): shown,
    (f"PUT {_PICTURES}", "posts.edit"): edited,
    (f"GET {_PICTURES}/{{media_id}}", "posts.read"): led_to,
    ("GET /v1/previews", "previews.read"): shown_by_token,
    (f"GET {_PREVIEWS}", "previews.list"): on_previews(),
    (f"POST {_PREVIEWS}", "previews.create"): on_previews({"seconds": 60}),
    (f"DELETE {_PREVIEWS}/{{preview_id}}", "previews.revoke"): revoked,
}
