"""Every access pattern is declared by a route or a worker; what is not declared is not asked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from fastapi import APIRouter, Depends, Request
from fastapi.testclient import TestClient

import scripts.docs.callers
from access_patterns import blog, categories, posts, sessions, users
from app.api.guards.permission import Allowed
from app.api.guards.routes import GuardedRoute
from app.api.kit.container import RepositoryDep
from app.api.kit.cookies import SAFE_METHODS
from app.core.context import asked_patterns, asks
from app.core.settings import Settings
from app.main import create_app
from app.services.audit import ENTRY
from model import PostId, SessionId, UserId
from scripts.docs.callers import callers, declarations
from singletable import inspect, snapshot
from tests.app import expect
from tests.app.api.v1.stores import in_memory
from tests.app.asked import is_whole, never_asked
from tests.app.policies import AlsoAllowing

BUILT = {"categories", "jobs", "posts", "registrations", "sessions", "users"}


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


def test_whoever_looks_at_callers_asks_for_their_sessions() -> None:
    """All but the worker, the probes, and those who come to get credentials."""
    assert declarations().keys() - callers()["sessions.by_id"] == {
        "app.worker",
        "GET /health",
        "GET /ready",
        "POST /v1/auth/login",
        "POST /v1/auth/password/challenge",
        "POST /v1/auth/password/confirm",
        "POST /v1/auth/password/forgot",
        "POST /v1/sessions",
    }


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


@asks(posts.by_id)
def depended() -> object:
    return None


class Asking(Allowed):
    """A guard with a dependency."""

    async def __call__(self, request: Request, _: object = Depends(depended)) -> None:
        await super().__call__(request)


@asks(categories.change)
def endpoint(repository: RepositoryDep) -> None:
    repository.fetch(users.by_email("ada@example.com"))


def test_a_route_asks_what_its_endpoint_and_dependencies_declare(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Down to the last; with the entries of the writes among them."""
    router = APIRouter(prefix="/v1", route_class=GuardedRoute)
    guard = asks(sessions.revoke)(Asking("toys.use"))
    router.add_api_route("/one", endpoint, methods=["PUT"], dependencies=[Depends(guard)])
    monkeypatch.setattr(scripts.docs.callers, "ROUTERS", [router])
    found = {"categories.change", "posts.by_id", "sessions.revoke", "audit.record"}
    found |= {"sessions.by_id", "users.by_id"}  # of the caller
    assert declarations()["PUT /v1/one"] == found
    assert callers()["posts.by_id"] == ["PUT /v1/one"]


def test_what_a_route_does_not_declare_is_not_asked(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is sent; the log says what is missing, and where."""
    router = APIRouter(prefix="/v1", route_class=GuardedRoute)
    router.add_api_route(
        "/one", endpoint, methods=["GET"], dependencies=[Depends(Asking("toys.use"))]
    )
    with in_memory() as store:
        app = create_app(
            settings,
            policy=AlsoAllowing("toys.use"),
            repository_factory=lambda _: store.repository(),
            routers=[router],
        )
        with TestClient(app, raise_server_exceptions=False) as client:
            expect.failure(client.get("/v1/one"), 500, "internal-error")
    assert "GET /v1/one asks users.by_email without declaring it" in caplog.text


def test_safe_methods_declare_no_audited_write() -> None:
    """Their repository has no audit log before it."""
    audited = callers()[ENTRY]
    assert [each for each in audited if each.partition(" ")[0] in SAFE_METHODS] == []


def test_parts_and_attached_writes_are_asked_too() -> None:
    """Of transactions and of snapshots."""
    end = sessions.revoke(SessionId("s"), datetime.now(UTC))
    joined = end.with_writes(users.end_sessions(UserId("u"), datetime.now(UTC)))
    assert set(asked_patterns(joined)) == {"sessions.revoke", "users.end_sessions"}
    both = snapshot(posts.by_id(PostId("01JD9GZ2J0V5X7Q3M8K4T6B1RA")), users.by_id(UserId("u")))
    assert list(asked_patterns(both)) == ["posts.by_id", "users.by_id"]


def test_what_is_declared_and_never_asked_is_named() -> None:
    """With its caller; entries of the audit log like all others."""
    declared = {"GET /a": {"posts.by_id", "users.by_id"}, "app.worker": {"jobs.by_id"}}
    seen = {("GET /a", "posts.by_id"), ("GET /b", "users.by_id"), ("app.worker", "jobs.by_id")}
    (line,) = never_asked(declared, seen)
    assert line.startswith("GET /a declares users.by_id, and no test saw it ask: test it, or")


@pytest.mark.parametrize(
    ("args", "selection", "whole"),
    [
        (["tests"], "", True),
        (["tests/app"], "", True),
        (["tests/sam", "tests/app/"], None, True),
        (["."], "", True),
        (["tests/app"], "posts", False),
        (["tests/app/api/v1"], "", False),
        (["tests/sam"], "", False),
        (["tests/app/test_callers.py::test_x"], "", False),
    ],
)
def test_a_whole_run_is_known_by_its_paths(
    args: list[str], selection: str | None, whole: bool
) -> None:
    """A selection of tests shows nothing of what no test asks."""
    assert is_whole(args, selection) is whole
