"""No route exists that does not ask the policy, however deep it is included."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import APIRouter, Depends, FastAPI
from fastapi.routing import iter_route_contexts

from app.api.guards.permission import (
    Allowed,
    AllowedToAnyone,
    Guarding,
    Loaded,
    RoutePermission,
    UndeclaredQuestion,
    require_caller,
)
from app.api.guards.routes import IN_OPENAPI, GuardedRoute, UnguardedRoute
from app.core.settings import Settings
from app.main import create_app
from app.services.policy import Decisions, Resource, ResourceKind
from model import Media, MediaStatus
from scripts.docs.matrix import values_of
from tests.app import toy
from tests.app.policies import AlsoAllowing, built

TOYS = ResourceKind[Any]("toy")
OF_DOCS = ("/openapi.json", "/docs", "/demo")


def a_toy() -> str:
    return "a toy"


def unguarded(app: FastAPI) -> list[str]:
    """The operations, those of the docs apart, none of whose dependencies asks the policy."""
    return [
        f"{method} {each.path}"
        for each in iter_route_contexts(app.routes)
        if not each.path.startswith(OF_DOCS)
        for method in sorted(each.methods or ())
        if not _asks(getattr(each, "dependant", None))
    ]


def _asks(dependant: Any) -> bool:
    if dependant is None:
        return False
    asks = isinstance(dependant.call, Guarding) and not isinstance(dependant.call, type)
    return asks or any(map(_asks, dependant.dependencies))


def test_every_operation_asks_the_policy(app: FastAPI) -> None:
    """Walks all routes of the app, the toy's included."""
    assert len(list(iter_route_contexts(app.routes))) > 50
    assert unguarded(app) == []


def test_the_walk_finds_an_open_door(settings: Settings) -> None:
    """A router of another class is found, however deep it is included."""
    inner, outer = APIRouter(), APIRouter(prefix="/v1")
    inner.add_api_route("/open", lambda: None, methods=["POST", "GET"])
    outer.include_router(inner)
    app = create_app(settings, policy=built(), routers=[outer])
    assert unguarded(app) == ["GET /v1/open", "POST /v1/open"]


def guarded() -> APIRouter:
    return APIRouter(prefix="/v1/things", route_class=GuardedRoute)


def endpoint() -> None:
    """Does something."""


@pytest.mark.parametrize(
    "dependencies",
    [
        [],
        [Depends(require_caller)],
        [Depends(endpoint)],
        [Depends(Allowed)],
        [Depends(Loaded)],
    ],
    ids=["nothing", "a caller", "a function", "a class of guards", "another"],
)
def test_a_route_that_asks_nothing_cannot_be_declared(dependencies: list[Any]) -> None:
    """Neither does it help to know who asks, nor to name a guard's class for the guard."""
    with pytest.raises(UnguardedRoute, match=r"^POST /v1/things asks the policy nothing; add a"):
        guarded().post("", dependencies=dependencies)(endpoint)


@pytest.mark.parametrize(
    "guard", [Allowed("toys.use"), AllowedToAnyone("toys.use"), Loaded(TOYS, "toys.use", a_toy)]
)
def test_one_guard_is_enough_wherever_it_stands(guard: Any) -> None:
    """At the route, in its signature, below another dependency, or at the router."""

    def below(_: object = Depends(guard)) -> None:
        """Another dependency."""

    def asking(_: object = Depends(guard)) -> None:
        """Does something."""

    guarded().post("", dependencies=[Depends(guard)])(endpoint)
    guarded().post("", dependencies=[Depends(below)])(endpoint)
    guarded().post("")(asking)
    of_all = APIRouter(route_class=GuardedRoute, dependencies=[Depends(guard)])
    of_all.post("/v1/things")(endpoint)


def test_openapi_shows_actions_and_where_credentials_are_welcome(app: FastAPI) -> None:
    """`x-policy-actions` on every operation; reads take credentials and do without."""
    paths = app.openapi()["paths"]
    operations = {(m, p): op for p, item in paths.items() for m, op in item.items()}
    assert all(each[IN_OPENAPI] for each in operations.values())
    welcome = [{}, {"bearer": []}, {"cookie": []}]
    needed = welcome[1:]
    assert operations["get", "/v1/notes"]["security"] == welcome
    assert operations["post", "/v1/notes"]["security"] == needed
    assert operations["post", "/v1/sessions"]["security"] == [{"bearer": []}]
    assert "security" not in operations["post", "/v1/auth/login"]
    assert operations["post", "/v1/auth/signup"][IN_OPENAPI] == {"auth.signup": "account"}
    assert operations["get", "/v1/notes"][IN_OPENAPI] == {toy.USE: "none"}


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("toys.use", Resource("toy", owner="ada")),
        ("toys.use", Resource("post")),
        ("toys.break", Resource("toy")),
    ],
)
def test_the_policy_is_asked_what_a_guard_declares(action: str, resource: Resource) -> None:
    """A fact, a type or an action that the matrix knows nothing of is refused with its name."""
    policy = Decisions(AlsoAllowing("toys.use", "toys.break"))
    may = RoutePermission(policy, None, datetime.now(UTC), lambda _: None, {"toys.use": TOYS})
    assert may.allows("toys.use", Resource("toy"))
    with pytest.raises(UndeclaredQuestion, match=f"declares {action} on a {resource.type} with"):
        may.require(action, resource)


def test_facts_are_read_from_the_fields_of_the_kind() -> None:
    """And their values are those that the field may have."""
    kind = ResourceKind("media", Media, owner="owner_id", status="status")
    assert values_of(kind, "status") == tuple(MediaStatus)
    assert values_of(kind, "role") == (None,)
    assert kind.covers(kind.owned_by("ada"))
    assert not kind.covers(Resource("media", category="news"))
