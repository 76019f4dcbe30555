"""Which routes and workers ask which access patterns, as they declare it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from fastapi import APIRouter

from access_patterns import blog
from app.api.guards.routes import GuardedRoute
from app.core.context import declared_patterns
from app.main import ROUTERS
from app.services import post_writing, worker
from app.services.audit import ENTRY, is_audited
from singletable import inspect

WORKERS: Mapping[str, tuple[object, ...]] = {"app.worker": (worker.work, post_writing.publish_due)}
"""By the module of its handler, what declares for it. `app.relay` asks the table nothing."""


def callers() -> dict[str, list[str]]:
    """Pattern name → captions of routes: `{"posts.by_id": ["GET /v1/posts/{post_id}"]}`.

    A route asks what its endpoint and dependencies declare. A worker is named by its module.
    """
    found: dict[str, list[str]] = {}
    for caption, patterns in sorted(declarations().items()):
        for name in patterns:
            found.setdefault(name, []).append(caption)
    return dict(sorted(found.items()))


def declarations() -> dict[str, frozenset[str]]:
    """Caption → names of patterns."""
    found = {name: declared_patterns(work) for name, work in WORKERS.items()}
    for caption, route in api_routes(ROUTERS):
        found[caption] = _with_entries(declared_patterns(route.calls))
    return found


def _with_entries(names: frozenset[str]) -> frozenset[str]:
    """The entries of writes are no route's own: what stands before its repository adds them."""
    patterns = inspect.patterns(blog)
    writing = {name for name in names if inspect.writes(patterns[name].operation)}
    return names | {ENTRY} if any(map(is_audited, writing)) else names


def api_routes(routers: Sequence[APIRouter]) -> Iterator[tuple[str, GuardedRoute]]:
    """Each route by its method and path, as in `GET /v1/posts`."""
    for router in routers:
        for route in router.routes:
            if isinstance(route, GuardedRoute):
                yield from (
                    (f"{method} {route.path_format}", route) for method in route.methods or ()
                )
