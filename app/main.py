"""The entrance: `app` for uvicorn, `handler` for Lambda, `create_app` for everyone else.

The first two are built from the environment when they are asked for, so that importing this
module configures nothing. The only place that knows Mangum.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from enum import Enum
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from fastapi import APIRouter, FastAPI
from mangum import Mangum
from mangum.adapter import DEFAULT_TEXT_MIME_TYPES

from app.adapters.jwt import SigningKeys
from app.adapters.opa import WasmPolicy
from app.api import pages, v1
from app.api.kit import answers, openapi
from app.api.kit.container import Authenticator, Container, Readiness
from app.api.kit.middleware import CorsMiddleware, RequestMiddleware
from app.aws.clients import Clients
from app.aws.dynamo import TableReadiness
from app.aws.settings import load_settings
from app.container import build_container, closing_at_the_end
from app.core.context import configure_logging, utc_now
from app.core.settings import Settings
from app.core.settings_base import SettingsError
from app.repository import make_repository
from app.services.policy import Policy, PolicyUnusable
from app.services.user_pool import UserPool
from singletable import Repository


class Entrance(Mangum):
    """Lambda's: what is no request, such as the event of a rule that keeps it warm, does nothing.

    Records of queues and streams are another function's: they raise, and come again.
    """

    def __call__(self, event: Any, context: Any) -> dict[str, Any]:
        if not isinstance(event, dict):
            return {}
        told = cast(dict[str, Any], event)
        if not any(name in told for name in OF_REQUESTS_AND_RECORDS):
            return {}
        return super().__call__(told, context)


if TYPE_CHECKING:
    app: FastAPI
    handler: Entrance


def _modules_with_routes() -> tuple[ModuleType, ...]:
    """The probes, and every module of `app/api/v1`."""
    names = sorted(each.name for each in iter_modules(v1.__path__))
    return pages, *(import_module(f"{v1.__name__}.{name}") for name in names)


def _routers_of(module: ModuleType) -> list[APIRouter]:
    """In the order of the module: where two routes have a path in common, the first is taken."""
    return [each for each in vars(module).values() if isinstance(each, APIRouter)]


_FOUND = {module: routers for module in _modules_with_routes() if (routers := _routers_of(module))}


ROUTERS: Sequence[APIRouter] = [router for found in _FOUND.values() for router in found]


TEXT_TYPES = [*DEFAULT_TEXT_MIME_TYPES, "application/problem+json", "application/x-ndjson"]


OF_REQUESTS_AND_RECORDS = ("requestContext", "httpMethod", "rawPath", "Records")


_DESCRIBED: dict[str | Enum, str] = {}
for _module, _routers in _FOUND.items():
    for _tag in (tag for router in _routers for tag in router.tags):
        _DESCRIBED.setdefault(_tag, (_module.__doc__ or "").partition("\n")[0])


# A tag that several modules have is described by the first of them.
TAGS = [{"name": tag, "description": description} for tag, description in _DESCRIBED.items()]


ABOUT = """Every answer has the shape `{success, data, error}`; `GET /health` alone does not.
Every answer carries `X-Request-Id`, which failures repeat as `error.traceId`. Every answer of an
operation below `/v1` carries `RateLimit-Policy` and `RateLimit`: what is left of the quota."""


def create_app(
    settings: Settings,
    *,
    repository_factory: Callable[[Settings], Repository] | None = None,
    readiness: Readiness | None = None,
    policy: Policy | None = None,
    pool: UserPool | None = None,
    keys: SigningKeys | None = None,
    authenticators: Sequence[Authenticator] = (),
    routers: Sequence[APIRouter] = ROUTERS,
) -> FastAPI:
    """Raises `PolicyUnusable`. `authenticators` come before all others.

    What it opens, the app closes when it is shut down; what it is given, it leaves open.
    """
    with ExitStack() as opened:
        clients = opened.enter_context(closing(Clients(settings)))
        if repository_factory is not None:
            repository = repository_factory(settings)
        else:
            repository = make_repository(settings, clients, opened)
        container = build_container(
            settings,
            repository,
            readiness or TableReadiness(settings, clients),
            policy or opened.enter_context(closing(WasmPolicy.load(_bundle(settings)))),
            clients=clients,
            opened=opened,
            pool=pool,
            keys=keys,
            authenticators=authenticators,
        )
        until_shutdown = ExitStack()
        made = _made(settings, container, routers, until_shutdown)
        until_shutdown.push(opened.pop_all())
        return made


def _made(
    settings: Settings,
    container: Container,
    routers: Sequence[APIRouter],
    until_shutdown: ExitStack,
) -> FastAPI:
    made = openapi.DocumentedApp(
        title="fm-web API",
        version="1",
        description=ABOUT,
        openapi_tags=TAGS,
        openapi_url="/openapi.json" if settings.api_docs else None,
        docs_url=None,
        redoc_url=None,
        swagger_ui_oauth2_redirect_url=None,
        redirect_slashes=False,
        servers=[{"url": settings.base_path}] if settings.base_path else None,
        lifespan=closing_at_the_end(until_shutdown),
    )
    made.state.clock = utc_now
    made.state.container = container
    answers.install(made)
    pages.install_docs(made)
    if settings.is_local:
        pages.install_demo(made, settings.s3_endpoint)
    _wrap(made, settings)
    for router in routers:  # including them would make every route anew, for each app
        made.router.routes.extend(router.routes)
    return made


def _bundle(settings: Settings) -> Path:
    return Path(settings.opa_bundle_path)


def _wrap(made: FastAPI, settings: Settings) -> None:
    """From the inside outwards: each is added around those before it."""
    if origins := made.state.container.pages.origins:
        made.add_middleware(CorsMiddleware, origins=origins)
    made.add_middleware(RequestMiddleware, settings=settings)


@cache
def _app() -> FastAPI:
    """Ends the process with the message alone if the settings or the policy are refused."""
    try:
        settings = load_settings()
        configure_logging(settings.log_level)
        made = create_app(settings)
    except (SettingsError, PolicyUnusable) as error:
        raise SystemExit(str(error)) from None
    gc.freeze()  # it lasts as long as the process: no request has to wait while it is searched
    return made


@cache
def _handler() -> Entrance:
    return Entrance(_app(), lifespan="off", text_mime_types=TEXT_TYPES)


def __getattr__(name: str) -> object:
    match name:
        case "app":
            return _app()
        case "handler":
            return _handler()
        case _:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
