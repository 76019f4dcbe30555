"""Dependencies that authenticate and count, once, and refuse what the policy does not allow.

A guard names its actions, and the kind of resource that they are done to; `GuardedRoute` refuses
routes without a guard, and questions that no guard of the route declares.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from inspect import Parameter, Signature, signature
from typing import Annotated, Any, Generic, Protocol, TypeVar, cast, runtime_checkable

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from access_patterns import sessions, users
from app.api.kit.container import container_of, repository_of, source_of, state_of
from app.api.kit.middleware import QUOTA_HEADERS
from app.core.context import asks, current_context, declare_patterns, declared_patterns
from app.core.problems import CredentialsMissing, CredentialsWrong, TooManyRequests
from app.services.audit import RequestActor
from app.services.limits import WINDOW_SECONDS
from app.services.policy import NOTHING, Caller, Decision, Permission, Resource, ResourceKind

T = TypeVar("T")
F = TypeVar("F")


def authenticate(request: Request) -> Caller | None:
    """None without credentials; bad credentials are refused, never taken for none. May block.

    Authenticators are tried in order, once for each request.
    """
    state = state_of(request)
    if state.is_authenticated or not has_credentials(request):
        return state.actor.caller
    for authenticator in container_of(request).authenticators:
        if caller := authenticator.authenticate(request):
            current_context().log_fields.update(subject=caller.subject, roles=sorted(caller.roles))
            state.actor.caller, state.is_authenticated = caller, True
            return caller
    if "authorization" in request.headers:
        raise CredentialsWrong()
    state.is_authenticated = True
    return None


def has_credentials(request: Request) -> bool:
    """Whether anything is shown that may be some."""
    return "authorization" in request.headers or "cookie" in request.headers


def count_request(request: Request, subject: str | None) -> None:
    """Once for each request that is counted; authenticators count a caller before anything is asked
    for the caller's sake. Raises `TooManyRequests`."""
    state, limiter = state_of(request), container_of(request).requests
    kind, state.uncounted = state.uncounted, None
    if kind is None:
        return
    if subject is None:
        found = limiter.of_source(kind, source_of(request))
    else:
        found = limiter.of_caller(kind, subject)
    policy, rest = QUOTA_HEADERS
    seconds, headers = found.count.whole_seconds, current_context().headers
    headers[policy] = f'"{kind}";q={found.quota};w={WINDOW_SECONDS}'
    headers[rest] = f'"{kind}";r={found.count.left};t={seconds}'
    if not found.count.admitted:
        raise TooManyRequests(seconds=seconds)


def authenticating(dependency: F, *loads: object) -> F:
    """Declares that a dependency looks at credentials; it asks what `loads` declare, too."""
    cast(Any, dependency).looks_at_callers = True
    declare_patterns(dependency, declared_patterns(loads))
    return asks(sessions.by_id, users.by_id)(dependency)


@authenticating
async def optional_caller(request: Request) -> Caller | None:
    """Async: on routes that count their requests it is known already, and needs no thread."""
    state = state_of(request)
    if state.is_authenticated or not has_credentials(request):
        return state.actor.caller
    return await run_in_threadpool(authenticate, request)


OptionalCaller = Annotated[Caller | None, Depends(optional_caller)]


@authenticating
async def require_caller(request: Request) -> Caller:
    """For everything that writes, and what is private: no caller, no entry."""
    caller = await optional_caller(request)
    if caller is None:
        raise CredentialsMissing()
    return caller


KnownCaller = Annotated[Caller, Depends(require_caller)]


@runtime_checkable
class Guarding(Protocol):
    """A dependency that asks the policy: for which actions, on which kind of resource.

    `known_by`: the action without which a caller may not know of the resource; empty: none.
    """

    policy_actions: tuple[str, ...]
    kind: ResourceKind[Any]
    known_by: str


def guards(kind: ResourceKind[Any], *actions: str, known_by: str = "") -> Callable[[F], F]:
    """Declares what a dependency asks the policy that does so by itself."""

    def declare(dependency: F) -> F:
        guard = cast(Any, dependency)
        guard.policy_actions, guard.kind, guard.known_by = actions, kind, known_by
        return dependency

    return declare


@dataclass(eq=False)
class UndeclaredQuestion(Exception):
    """The policy is about to be asked what no guard of the route declares."""

    action: str
    resource: Resource

    def __str__(self) -> str:
        facts = ", ".join(sorted(self.resource.document().keys() - {"type"})) or "no facts"
        return (
            f"no guard of the route declares {self.action} on a {self.resource.type} with {facts};"
            " name them in the guard's ResourceKind: the authorisation matrix is made from it"
        )


@dataclass(frozen=True)
class RoutePermission(Permission):
    """Asks what the guards of the route declare. `kinds`: by action."""

    kinds: Mapping[str, ResourceKind[Any]]

    def allows(self, action: str, resource: Resource) -> bool:
        """Raises `UndeclaredQuestion`."""
        if action not in self.kinds or not self.kinds[action].covers(resource):
            raise UndeclaredQuestion(action, resource)
        return super().allows(action, resource)


@authenticating
async def permission_of(request: Request) -> Permission:
    return permission_for(request, await optional_caller(request))


def permission_for(request: Request, caller: Caller | None) -> Permission:
    kinds: Mapping[str, ResourceKind[Any]] = request.scope["route"].kinds
    state, decisions = state_of(request), container_of(request).decisions
    return RoutePermission(decisions, caller, state.now, partial(note_decision, state.actor), kinds)


def allowed_actions(request: Request, resource: Resource | None = None) -> list[str]:
    """What the policy lets the caller do, of all that routes ask it: to the resource or, without
    one, where it does not matter to what."""
    may = permission_for(request, authenticate(request))
    known = {
        action: kind
        for route in request.app.routes
        for action, kind in getattr(route, "kinds", {}).items()
        if action and (kind.name == resource.type if resource else not kind.facts)
    }
    return may.allowed({each: resource or Resource(known[each].name) for each in sorted(known)})


def note_decision(actor: RequestActor, decision: Decision) -> None:
    """The access line carries the last decision of each action."""
    decided = current_context().log_fields.setdefault("decisions", {})
    decided[decision.action] = {"id": decision.id, "allowed": decision.allowed}
    if decision.allowed:
        actor.action = decision.action


PermissionDep = Annotated[Permission, Depends(permission_of)]


class Allowed:
    """Ends the request unless the caller may do this, whatever it is done to."""

    known_by = ""

    def __init__(self, action: str, kind: ResourceKind[Any] = NOTHING) -> None:
        self.policy_actions, self.kind = (action,), kind
        authenticating(self)

    async def __call__(self, request: Request) -> None:
        self._require(await permission_of(request))

    def _require(self, may: Permission) -> None:
        may.require(self.policy_actions[0], Resource(self.kind.name))


class AllowedToAnyone(Allowed):
    """The same, without looking at credentials: for those who come to get some."""

    def __init__(self, action: str, kind: ResourceKind[Any] = NOTHING) -> None:
        self.policy_actions, self.kind = (action,), kind

    async def __call__(self, request: Request) -> None:
        self._require(permission_for(request, None))


_BY_NAME = Parameter.KEYWORD_ONLY


class Loaded(Generic[T]):
    """Loads what an action is done to, and returns it if the policy allows the action on it.

    `load` is a dependency, which is given `may` and `repository` here: FastAPI would take longer.
    What it asks, the guard declares. A kind without facts is asked about before anything is loaded.
    Where `known_by` is denied, the caller is not told more than `hidden` says.
    """

    def __init__(
        self,
        kind: ResourceKind[Any],
        action: str,
        load: Callable[..., T],
        *,
        describe: Callable[[T], Resource] | None = None,
        known_by: str = "",
        hidden: Callable[[], Exception] | None = None,
    ) -> None:
        self.policy_actions, self.kind = (action,), kind
        self.known_by = known_by or (action if hidden else "")
        self._load, self._describe, self._hidden = load, describe or kind.of, hidden
        authenticating(self, load)
        own = dict(signature(load, eval_str=True).parameters)
        self._passed = {name for name in ("may", "repository") if own.pop(name, None)}
        named = {**own, "_request": Parameter("_request", _BY_NAME, annotation=Request)}
        self.__signature__ = Signature([each.replace(kind=_BY_NAME) for each in named.values()])

    def __call__(self, *, _request: Request, **given: Any) -> T:
        may = permission_for(_request, authenticate(_request))
        if "may" in self._passed:
            given["may"] = may
        if "repository" in self._passed:
            given["repository"] = repository_of(_request)
        if not self.kind.facts:
            may.require(self.policy_actions[0], Resource(self.kind.name))
            return self._load(**given)
        found = self._load(**given)
        self.check(may, found)
        return found

    def check(self, may: Permission, found: T) -> None:
        """Raises `Forbidden`, or what hides it."""
        (action,), resource = self.policy_actions, self._describe(found)
        if self._hidden and not may.allows(self.known_by, resource):
            raise self._hidden()
        if action != self.known_by:
            may.require(action, resource)
