"""The entrance: `app` for uvicorn, `handler` for Lambda, `create_app` for everyone else.

The first two are built from the environment when they are asked for, so that importing this
module configures nothing. The only place that knows Mangum.
"""

from __future__ import annotations

import gc
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager, closing
from enum import Enum
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from mangum import Mangum
from mangum.adapter import DEFAULT_TEXT_MIME_TYPES
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from app.adapters.jwt import SigningKeys
from app.adapters.opa import WasmPolicy
from app.api import pages, v1
from app.api.kit import openapi
from app.api.kit.answers import answer
from app.api.kit.container import Authenticator, Container, Readiness
from app.api.kit.middleware import CorsMiddleware, RequestMiddleware
from app.aws.clients import Clients
from app.container import build_container
from app.core.context import utc_now
from app.core.settings import Settings
from app.processes import begin, make_repository, table_problems
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


def _find_routers() -> dict[ModuleType, list[APIRouter]]:
    """Of the pages and every module of `app/api/v1`, in the order of each module: where two routes
    have a path in common, the first is taken."""
    names = sorted(each.name for each in iter_modules(v1.__path__))
    modules = (pages, *(import_module(f"{v1.__name__}.{name}") for name in names))
    return {
        module: [each for each in vars(module).values() if isinstance(each, APIRouter)]
        for module in modules
    }


_FOUND = _find_routers()
ROUTERS: Sequence[APIRouter] = [router for found in _FOUND.values() for router in found]
TEXT_TYPES = [*DEFAULT_TEXT_MIME_TYPES, "application/problem+json", "application/x-ndjson"]
OF_REQUESTS_AND_RECORDS = ("requestContext", "httpMethod", "rawPath", "Records")

# A tag that several modules have is described by the first of them.
_DESCRIBED: dict[str | Enum, str] = {}
for _module, _routers in _FOUND.items():
    for _tag in (tag for router in _routers for tag in router.tags):
        _DESCRIBED.setdefault(_tag, (_module.__doc__ or "").partition("\n")[0])
TAGS = [{"name": tag, "description": description} for tag, description in _DESCRIBED.items()]

ABOUT = """Every answer has the shape `{success, data, error}`; `GET /health` alone does not.
Every answer carries `X-Request-Id`, which failures repeat as `error.traceId`, and `Cache-Control`:
`no-store`, or `private, no-cache` with an `ETag`, unless the operation names it. Every answer of an
operation below `/v1` carries `RateLimit-Policy` and `RateLimit`: what is left of the quota. `HEAD`
is answered as `GET` is, without the body; 405 carries `Allow`."""


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
        make = repository_factory or partial(make_repository, opened=opened)
        repository = make(settings)
        if policy is None:
            loaded = WasmPolicy.load(Path(settings.opa_bundle_path))
            policy = opened.enter_context(closing(loaded))
        container = build_container(
            settings,
            repository,
            readiness or partial(table_problems, clients, settings.table_name),
            policy,
            clients=clients,
            opened=opened,
            pool=pool,
            keys=keys,
            authenticators=authenticators,
        )
        made = _build(settings, container, routers)
        made.state.opened = opened.pop_all()
        return made


def _build(settings: Settings, container: Container, routers: Sequence[APIRouter]) -> FastAPI:
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
        servers=[{"url": settings.base_path or "/"}],
        lifespan=close_at_the_end,
    )
    made.state.clock = utc_now
    made.state.container = container
    for error in (HTTPException, RequestValidationError):  # else the frameworks answer them
        made.add_exception_handler(error, answer)
    pages.install_docs(made)
    if settings.is_local:
        pages.install_demo(made, settings.s3_endpoint)
    if container.pages.origins:
        made.add_middleware(CorsMiddleware, origins=container.pages.origins)
    made.add_middleware(RequestMiddleware, settings=settings)  # around the one before it
    for router in routers:  # including them would make every route anew, for each app
        made.router.routes.extend(router.routes)
    return made


@asynccontextmanager
async def close_at_the_end(app: FastAPI) -> AsyncGenerator[None]:
    """The lifespan. The server ends it when the running requests are answered."""
    yield
    await run_in_threadpool(app.state.opened.close)
    logging.getLogger("app").info("closed")


@cache
def _app() -> FastAPI:
    """Ends the process with the message alone if the settings or the policy are refused."""
    settings = begin()
    try:
        made = create_app(settings)
    except PolicyUnusable as error:
        raise SystemExit(str(error)) from None
    gc.freeze()  # it lasts as long as the process: no request has to wait while it is searched
    return made


@cache
def _handler() -> Entrance:
    return Entrance(_app(), lifespan="off", text_mime_types=TEXT_TYPES)


def __getattr__(name: str) -> object:
    if name == "app":
        return _app()
    if name == "handler":
        return _handler()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
