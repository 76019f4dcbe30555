"""Attempts at posts, categories and probes: what is made for an operation, and how it is asked."""

from __future__ import annotations

from typing import Any

from access_patterns import categories, posts
from app.api.v1.categories_schemas import tag
from app.api.v1.posts_guards import tag_of
from model import PostStatus
from scripts.docs.matrix import Cell
from tests.app.api.matrix.attempt import Attempt, Making, token_of
from tests.app.api.matrix.harness import SHELF, MatrixHarness

PLAN = {"at": "2099-01-01T00:00:00Z"}
TEXT = {"title": "Another title", "body": "Better words.", "categoryId": SHELF}


def plain(path: str, **params: str) -> Making:
    """About nothing in particular."""

    def make(harness: MatrixHarness, cell: Cell) -> Attempt:
        return Attempt(path, params=params, token=token_of(harness, cell))

    return make


def on_post(below: str = "", json: Any = None, *, is_edited: bool = False) -> Making:
    """About a post of its own for each cell; `below`: what follows its path."""

    def make(harness: MatrixHarness, cell: Cell) -> Attempt:
        assert isinstance(cell.status, PostStatus)
        post = harness.post(harness.owner(cell), cell.status, is_edited=is_edited)
        return Attempt(
            f"/v1/posts/{post.post_id}{below}",
            json=json,
            headers={"If-Match": tag_of(post)} if below not in {"/views"} else {},
            token=token_of(harness, cell),
            seen=lambda: harness.base.repository.fetch(posts.by_id(post.post_id).consistent()),
        )

    return make


def by_slug(harness: MatrixHarness, cell: Cell) -> Attempt:
    assert isinstance(cell.status, PostStatus)
    post = harness.post(harness.owner(cell), cell.status)
    return Attempt(f"/v1/posts/by-slug/{post.slug}", token=token_of(harness, cell))


def renaming(harness: MatrixHarness, cell: Cell) -> Attempt:
    return on_post("/slug", {"slug": harness.name()})(harness, cell)


def on_remains(harness: MatrixHarness, cell: Cell) -> Attempt:
    """A deletion that was interrupted: of the post only a former text is left."""
    assert isinstance(cell.status, PostStatus)
    post = harness.post(harness.owner(cell), cell.status, is_edited=True)
    harness.base.repository.write(posts.delete(post))
    return Attempt(
        f"/v1/posts/{post.post_id}",
        token=token_of(harness, cell),
        seen=lambda: harness.base.repository.fetch(posts.revision(post.post_id, 1).consistent()),
    )


def new_post(harness: MatrixHarness, cell: Cell) -> Attempt:
    json = {**TEXT, "slug": harness.name()}
    return Attempt("/v1/posts", json=json, token=token_of(harness, cell))


def on_category(below: str = "", json: Any = None) -> Making:
    """About a category of its own for each cell."""

    def make(harness: MatrixHarness, cell: Cell) -> Attempt:
        shelf = harness.category()
        known = categories.by_id(shelf.category_id).consistent()
        return Attempt(
            f"/v1/categories/{shelf.category_id}{below}",
            json=json,
            headers={"If-Match": tag(shelf)},
            token=token_of(harness, cell),
            seen=lambda: harness.base.repository.fetch(known),
        )

    return make


def category_by_slug(harness: MatrixHarness, cell: Cell) -> Attempt:
    shelf = harness.category()
    return Attempt(f"/v1/categories/by-slug/{shelf.slug}", token=token_of(harness, cell))


def new_category(harness: MatrixHarness, cell: Cell) -> Attempt:
    json = {"categoryId": harness.name(), "name": harness.name()}
    return Attempt("/v1/categories", json=json, token=token_of(harness, cell))


_POST = "/v1/posts/{post_id}"
_CATEGORY = "/v1/categories/{category_id}"

CONTENT: dict[tuple[str, str], Making] = {
    ("GET /v1/categories/by-slug/{slug}", "categories.read"): category_by_slug,
    (f"GET {_CATEGORY}", "categories.read"): on_category(),
    (f"GET {_CATEGORY}/children", "categories.read"): on_category("/children"),
    ("POST /v1/categories", "categories.create"): new_category,
    (f"PATCH {_CATEGORY}", "categories.change"): on_category(json={"name": "Another"}),
    (f"POST {_CATEGORY}/move", "categories.move"): on_category("/move", {"parentId": SHELF}),
    (f"POST {_CATEGORY}/empty", "categories.merge"): on_category("/empty", {"into": SHELF}),
    (f"POST {_CATEGORY}/merge", "categories.merge"): on_category("/merge", {"into": SHELF}),
    (f"DELETE {_CATEGORY}", "categories.delete"): on_category(),
    ("GET /v1/posts", "posts.queue"): plain("/v1/posts", status=PostStatus.IN_REVIEW),
    ("GET /v1/tags", "posts.list"): plain("/v1/tags"),
    ("POST /v1/posts", "posts.create"): new_post,
    ("GET /v1/posts/by-slug/{slug}", "posts.read"): by_slug,
    (f"GET {_POST}", "posts.read"): on_post(),
    (f"PUT {_POST}", "posts.edit"): on_post(json=TEXT),
    (f"PATCH {_POST}", "posts.edit"): on_post(json={"body": "Better words."}),
    (f"DELETE {_POST}", "posts.delete"): on_post(),
    (f"DELETE {_POST}", "posts.purge"): on_remains,
    (f"PUT {_POST}/slug", "posts.rename"): renaming,
    (f"POST {_POST}/submit", "posts.submit"): on_post("/submit"),
    (f"POST {_POST}/publish", "posts.publish"): on_post("/publish"),
    (f"PUT {_POST}/schedule", "posts.publish"): on_post("/schedule", PLAN),
    (f"DELETE {_POST}/schedule", "posts.publish"): on_post("/schedule"),
    (f"POST {_POST}/unpublish", "posts.unpublish"): on_post("/unpublish"),
    (f"POST {_POST}/archive", "posts.archive"): on_post("/archive"),
    (f"GET {_POST}/revisions", "posts.history"): on_post("/revisions", is_edited=True),
    (f"GET {_POST}/revisions/{{number}}", "posts.history"): on_post("/revisions/1", is_edited=True),
    (f"POST {_POST}/revisions/{{number}}/restore", "posts.restore"): on_post(
        "/revisions/1/restore", is_edited=True
    ),
    (f"GET {_POST}/views", "posts.read"): on_post("/views"),
    (f"POST {_POST}/views", "posts.view"): on_post("/views"),
}
