"""Route classes and routers: which requests are counted, guarded and read strictly.

A caller is counted once a token is authentic; whoever shows none is counted by source address.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine, Iterable, Iterator, Mapping, Sequence
from functools import cache, wraps
from http import HTTPStatus
from inspect import iscoroutinefunction, signature
from typing import Any, get_args

from fastapi import APIRouter, Depends, Request, Response
from fastapi.params import Depends as DependsOn
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.routing import compile_path

from app.api.guards.permission import (
    Guarding,
    authenticate,
    count_request,
    has_credentials,
    require_caller,
)
from app.api.kit.answers import answer
from app.api.kit.conditional import (
    read_conditionally,
    read_shared,
    require_condition,
    write_conditionally,
)
from app.api.kit.container import container_of, state_of
from app.api.kit.cookies import ACCESS, IDENTITY, PATHS
from app.api.kit.idempotency import (
    METHOD,
    REPLAYED,
    carry_out_once,
    claim_key,
    settle_claims,
)
from app.api.kit.openapi import (
    DEFAULT,
    UNCHANGED,
    Responses,
    carrying,
    problems,
    together,
)
from app.api.kit.requests import StrictRequest, check_parameters, parameters_of
from app.core.context import asking, declared_patterns
from app.core.problems import (
    CredentialsMissing,
    CredentialsWrong,
    NotFound,
    PreconditionRequired,
    Problem,
    SessionEnded,
    VersionConflict,
)
from app.services.audit import ENTRY
from app.services.limits import Kind
from app.services.policy import ResourceKind

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class GuardedRoute(APIRoute):
    """Reads strictly and answers its failures; shows in OpenAPI its actions, and where credentials
    are welcome.

    What finds a route is there once it is declared, and its guards are. FastAPI takes milliseconds
    for all else, which is made when it is first asked for: a cold start has one request to answer.
    """

    is_limited = False

    def __init__(self, path: str, endpoint: Any, **options: Any) -> None:
        beside = [*(options.get("dependencies") or ())]
        self.methods = set[str](options.get("methods") or ["GET"])
        if METHOD in self.methods:  # repeating another method is harmless
            beside.append(Depends(claim_key))
        self._options = {**options, "dependencies": beside}
        self.path, self.endpoint = path, _as_coroutine(endpoint)
        self.path_regex, self.path_format, self.param_convertors = compile_path(path)
        self.calls = tuple(calls_of(self.endpoint, *(each.dependency for each in beside)))
        guards = list(guards_of(self.calls))
        if not guards:
            raise UnguardedRoute(f"{', '.join(sorted(self.methods))} {path}")
        self._actions = {action: each.kind for each in guards for action in each.policy_actions}
        known_by = {each.known_by: each.kind for each in guards}
        self.kinds: Mapping[str, ResourceKind[Any]] = {**known_by, **self._actions}

    def __getattr__(self, name: str) -> Any:
        """Called for what is not there yet."""
        options = vars(self).pop("_options", None)
        if options is None:
            raise AttributeError(name)
        super().__init__(self.path, self.endpoint, **options)
        actions = {action: kind.name for action, kind in self._actions.items()}
        shown: dict[str, Any] = {IN_OPENAPI: actions}
        if self._looks_at_callers:
            is_needed = require_caller in self.calls
            shown["security"] = SIGNED_IN if is_needed else [{}, *SIGNED_IN]
        self.responses = together(self.responses, self._implied_responses())
        self.openapi_extra = {**(self.openapi_extra or {}), **shown}
        return getattr(self, name)

    @property
    def _looks_at_callers(self) -> bool:
        return any(getattr(each, "looks_at_callers", False) for each in self.calls)

    def _implied_responses(self) -> Responses:
        """What its path, its credentials, its conditions and its key bring with them."""
        calls, status = set(self.calls), self.status_code or HTTPStatus.OK
        is_read = bool(calls & {read_conditionally, read_shared})
        is_written = bool(calls & {write_conditionally, require_condition})
        has_tag = is_read or (is_written and status != HTTPStatus.NO_CONTENT)
        headers = [*(["ETag"] if has_tag else []), *([REPLAYED] if claim_key in calls else [])]
        headers += ["Cache-Control"] if read_shared in calls else []
        refusals = [IMPLIED_REFUSALS[each] for each in calls & IMPLIED_REFUSALS.keys()]
        if self.param_convertors:
            refusals.append(NotFound)
        return together(
            {status: carrying(*headers)}, UNCHANGED if is_read else {}, problems(*refusals)
        )

    def get_route_handler(self) -> Handler:
        handle, methods = super().get_route_handler(), sorted(self.methods or ())
        if METHOD in methods:
            handle = settle_claims(handle, writes_once=carry_out_once in self.calls)
        caller = f"{', '.join(methods)} {self.path_format}"
        patterns = declared_patterns(self.calls) | {ENTRY}
        kind, known = _kind(self.calls, methods), parameters_of(self.dependant)
        looks_at_callers, has_body = self._looks_at_callers, self.body_field is not None

        async def handle_guarded(request: Request) -> Response:
            try:
                with asking(caller, patterns):
                    if self.is_limited:
                        await _enter(request, kind, looks_at_callers)
                        if request.scope["query_string"]:
                            check_parameters(request, known)
                    if has_body:
                        request = await StrictRequest.read(request)
                    return await handle(request)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is answered
                refused = await answer(request, error)
                container_of(request).cookies.clear(refused, _dead_cookies(request, error))
                return refused

        return handle_guarded


def calls_of(call: object, *beside: object) -> Iterator[object]:
    """An endpoint with what a route depends on `beside` it, and their dependencies to the last."""
    yield call
    for each in (*beside, *_dependencies(call)):
        yield from calls_of(each)


@cache
def _dependencies(call: Any) -> Sequence[object]:
    """Those that a callable's parameters are annotated with, or have for a default."""
    parameters = signature(call, eval_str=True).parameters.values()
    about = ((*get_args(each.annotation)[1:], each.default) for each in parameters)
    return [each.dependency for told in about for each in told if isinstance(each, DependsOn)]


def _as_coroutine(endpoint: Callable[..., Any]) -> Callable[..., Any]:
    """Of a plain function the framework checks the answer in a thread again, and another change of
    threads costs more than the check."""
    if iscoroutinefunction(endpoint):
        return endpoint

    @wraps(endpoint)
    async def ask(**given: Any) -> Any:
        return await run_in_threadpool(endpoint, **given)

    return ask


IMPLIED_REFUSALS: Mapping[object, type[Problem]] = {
    require_caller: CredentialsMissing,
    write_conditionally: VersionConflict,
    require_condition: PreconditionRequired,
}
"""By what an operation depends on."""


class LimitedRoute(GuardedRoute):
    """Counts its requests, before anything else is done for them, and takes no other parameters
    than it knows."""

    is_limited = True


async def _enter(request: Request, kind: Kind, looks_at_callers: bool) -> None:
    """In a thread where it may block: a caller is looked up, and counts may be shared."""
    state_of(request).uncounted = kind
    if looks_at_callers and has_credentials(request):
        await run_in_threadpool(_authenticate_and_count, request)
    elif container_of(request).requests.may_block:
        await run_in_threadpool(count_request, request, None)
    else:
        count_request(request, None)


def _authenticate_and_count(request: Request) -> None:
    """Whoever is refused is counted by source, unless an authenticator counted the caller."""
    caller = None
    try:
        caller = authenticate(request)
    finally:
        count_request(request, caller.subject if caller else None)


def _dead_cookies(request: Request, refusal: Exception) -> Collection[str]:
    """The names of those that the refusal is about: a wrong token may be renewed, a session not."""
    if not state_of(request).relies_on_cookies:
        return ()
    if isinstance(refusal, CredentialsWrong):
        return ACCESS, IDENTITY
    return PATHS if isinstance(refusal, SessionEnded) else ()


def _kind(calls: Iterable[object], methods: Iterable[str]) -> Kind:
    """What counts attempts says so by `counts_as`; all else goes by its method."""
    for call in calls:
        if isinstance(kind := getattr(call, "counts_as", None), Kind):
            return kind
    return Kind.READ if {"GET", "HEAD"}.issuperset(methods) else Kind.WRITE


IN_OPENAPI = "x-policy-actions"
SIGNED_IN = [{"bearer": list[str]()}, {"cookie": list[str]()}]


class UnguardedRoute(Exception):
    """Raised while routes are declared: add a dependency that asks the policy."""

    def __init__(self, route: str) -> None:
        super().__init__(
            f"{route} asks the policy nothing; add a guard, such as Depends(Allowed(...))"
        )


def guards_of(calls: Iterable[object]) -> Iterator[Guarding]:
    """A class asks nothing: it makes a guard."""
    return (each for each in calls if isinstance(each, Guarding) and not isinstance(each, type))


Guard = Callable[..., Any]


def private_router(prefix: str, tag: str, *guards: Guard) -> APIRouter:
    """Each operation needs a caller."""
    return public_router(prefix, tag, require_caller, *guards)


def public_router(prefix: str, tag: str, *guards: Guard) -> APIRouter:
    """For what strangers may do as well; guards say whether credentials are looked at."""
    dependencies = list(map(Depends, guards))
    return APIRouter(
        prefix=prefix,
        tags=[tag],
        route_class=LimitedRoute,
        dependencies=dependencies,
        responses=DEFAULT,
    )
