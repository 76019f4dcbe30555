"""Attempts at uploaded files, and at previews of posts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from access_patterns import media, previews
from app.services import previews as services_previews
from app.services.previews import Issued, Lifetimes
from model import MediaStatus, Post, PostStatus
from scripts.docs.matrix import Cell
from tests.app.matrix.attempt import Attempt, Making, token_of
from tests.app.matrix.harness import MatrixHarness
from tests.app.v1.media.steps import FILE


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
    headers = {"X-Preview-Token": _issued(harness, post).token}
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
    preview = _issued(harness, _post(harness, cell)).preview
    known = previews.by_id(preview.preview_id).consistent()
    return Attempt(
        f"/v1/posts/{preview.post_id}/previews/{preview.preview_id}",
        token=token_of(harness, cell),
        seen=lambda: harness.base.repository.fetch(known),
    )


def _post(harness: MatrixHarness, cell: Cell) -> Post:
    assert isinstance(cell.status, PostStatus)
    return harness.post(harness.owner(cell), cell.status)


def _issued(harness: MatrixHarness, post: Post) -> Issued:
    lifetimes, now = Lifetimes(usual=3600, most=3600), datetime.now(UTC)
    draft = services_previews.drafted(post, post.author_id, None, lifetimes, now)
    services_previews.issue(harness.base.repository, draft)
    return draft


_MEDIA = "/v1/media/{media_id}"
_PREVIEWS = "/v1/posts/{post_id}/previews"

FILES: dict[tuple[str, str], Making] = {
    ("GET /v1/media", "media.list"): listed,
    ("POST /v1/media", "media.create"): announced,
    (f"GET {_MEDIA}", "media.read"): on_file(),
    (f"GET {_MEDIA}/download", "media.download"): on_file("/download"),
    (f"POST {_MEDIA}/complete", "media.complete"): on_file("/complete"),
    (f"DELETE {_MEDIA}", "media.delete"): on_file(),
    ("GET /v1/previews", "previews.read"): shown_by_token,
    (f"GET {_PREVIEWS}", "previews.list"): on_previews(),
    (f"POST {_PREVIEWS}", "previews.create"): on_previews({"seconds": 60}),
    (f"DELETE {_PREVIEWS}/{{preview_id}}", "previews.revoke"): revoked,
}
