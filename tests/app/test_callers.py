"""Every access pattern is asked by a route or a worker, and the walk over the code finds which."""

from __future__ import annotations

import functools
from collections.abc import Callable

import pytest
from fastapi import APIRouter, Depends

import scripts.docs.callers
from access_patterns import blog, categories, posts, sessions, users
from app.main import ROUTERS
from scripts.docs.callers import callers
from singletable import inspect

BUILT = {"categories", "jobs", "posts", "registrations", "sessions", "users"}
TABLE = {"by_email": users.by_email, "disable": users.disable}


def groups() -> set[str]:
    """The groups of which the routers ask anything: `posts` joins with its first route."""
    return {name.partition(".")[0] for name in callers()}


def test_every_pattern_has_a_caller() -> None:
    """What nobody asks is either forgotten or to be deleted."""
    built = groups()
    assert built >= BUILT
    asked = callers()
    patterns = inspect.patterns(blog)
    declared = [name for name, pattern in patterns.items() if pattern.group in built]
    assert [name for name in declared if name not in asked] == []


def test_callers_are_captions_in_order() -> None:
    """Sorted by pattern, then by caption; each caption once; the same every time."""
    asked = callers()
    assert list(asked) == sorted(asked)
    assert all(found == sorted(set(found)) for found in asked.values())
    assert asked == callers()
    assert asked["categories.move"] == [
        "POST /v1/categories/{category_id}/merge",
        "POST /v1/categories/{category_id}/move",
    ]
    assert asked["sessions.by_id"] == [
        "DELETE /v1/sessions/{session_id}",
        "GET /v1/auth/me",
        "GET /v1/sessions/{session_id}",
        "POST /v1/auth/logout",
    ]


def test_workers_are_callers_by_their_module() -> None:
    """What the worker alone may do, no route asks; what begins a job, the worker does not."""
    asked = callers()
    for name in (
        "acquire",
        "record_progress",
        "complete_line",
        "checkpoint",
        "release",
        "finish",
        "lines",
    ):
        assert asked[f"jobs.{name}"] == ["app.worker"]
    for name in ("posts.import_post", "posts.reserve_slug", "posts.in_status_since"):
        assert asked[name] == ["app.worker"]
    assert "app.worker" in asked["jobs.by_id"]
    for name in ("create", "enqueue_import", "enqueue", "defer", "newest"):
        assert "app.worker" not in asked[f"jobs.{name}"]


class Desk:
    @functools.cached_property
    def tree(self) -> object:
        return categories.tree()

    @classmethod
    def opened(cls) -> None:
        _ = [posts.published() for _ in "a"]


def depended() -> object:
    return TABLE["disable"]


def made(ask: object) -> Callable[..., object]:
    def endpoint(_: object = Depends(depended)) -> object:
        return (Desk, ask)

    return endpoint


def test_the_walk_looks_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Dependencies, tables, classes, comprehensions, closures, partials; never mere imports."""
    router = APIRouter(prefix="/v1")
    endpoint = made(functools.partial(sessions.revoke))
    router.add_api_route("/one", endpoint, methods=["PUT"])
    monkeypatch.setattr(scripts.docs.callers, "ROUTERS", (*ROUTERS[:1], router))
    monkeypatch.setattr(scripts.docs.callers, "WORKERS", {})
    monkeypatch.setattr(scripts.docs.callers, "_PACKAGE", __name__.partition(".")[0])
    found = callers()
    asked = {"categories.tree", "posts.published", "sessions.revoke", "users.by_email"}
    asked |= {"audit.record"}  # with the writes among them
    assert found.keys() == asked | {"users.disable"}
    assert all(captions == ["PUT /v1/one"] for captions in found.values())
