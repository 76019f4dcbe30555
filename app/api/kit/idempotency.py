"""The Idempotency-Key header: its form, the dependency that claims it, and the kept answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, TypeAlias, TypeVar, cast

from fastapi import Depends, Header, Request, Response
from fastapi.params import Depends as Dependency
from pydantic import BaseModel, WithJsonSchema
from starlette.concurrency import run_in_threadpool

from app.api.guards.permission import OptionalCaller, optional_caller, require_caller
from app.api.kit.answers import problem_to
from app.api.kit.container import NowDep, RepositoryDep, container_of
from app.api.kit.cookies import access_cookie, refresh_cookie
from app.api.kit.openapi import carrying, problems, together
from app.api.kit.requests import source_of
from app.core.asks import asks
from app.core.problems import (
    AnswerTooLarge,
    Busy,
    InProgress,
    KeyReused,
    MalformedKey,
    NotConfigured,
    Problem,
    TooManyRequests,
)
from app.services.actors import Caller
from app.services.idempotency import (
    KEEPING,
    REPLAYED,
    Answer,
    Claim,
    IdempotencyStore,
    IdempotentRequest,
    Secrets,
    kept,
)
from model.idempotency_record import STORED_AS
from singletable import Repository, inspect
from singletable.errors import AttachedWriteRefused, InvalidOperation
from singletable.inspect import Context, Execute, Operation

HEADER = "Idempotency-Key"


# Visible ASCII but quotes and backslashes: so the draft's quoted string has one spelling.
_BARE = r"[!#-\[\]-~]{8,128}"


_FORM = re.compile(rf'(?P<quoted>")?(?P<key>{_BARE})(?(quoted)")')


SCHEMA = {
    "type": "string",
    "pattern": rf'^({_BARE}|"{_BARE}")$',
    "examples": ["8e03978e-40d5-43dd-bc93-6894a57f9324"],
}


# Several lines of a header are one list (RFC 9110, section 5.3): to a client it is one text.
SentKeys = Annotated[
    Annotated[list[str] | None, WithJsonSchema(SCHEMA)],
    Header(
        alias=HEADER,
        description="Names what is to be done once: repeated with it, it is answered as before.",
    ),
]


def key_of(lines: list[str] | None) -> str | None:
    """The key without its quotes; None if none was sent. Raises `MalformedKey`."""
    if not lines:
        return None
    found = _FORM.fullmatch(lines[0]) if len(lines) == 1 else None
    if found is None:
        raise MalformedKey()
    return found["key"]


def identify_request(
    secrets: Secrets, request: Request, caller: Caller | None, key: str, body: bytes
) -> IdempotentRequest:
    """`caller`: None for strangers, who are told apart by what they show."""
    who = ("user", caller.subject) if caller else _stranger(request)
    path: str = request.scope["route"].path
    values = [f"{name}={value}" for name, value in sorted(request.path_params.items())]
    sent = (
        request.scope.get("query_string", b""),
        *(_lines(request, name) for name in ("content-type", "if-match")),
        body,
    )
    identity = secrets.name(who, request.method, path, values, key)
    return IdempotentRequest(key, identity, secrets.print_of(*sent))


def _stranger(request: Request) -> Sequence[str]:
    """Operations for strangers may look at credentials themselves: other ones are other callers."""
    refresh = refresh_cookie(request)
    return (
        "stranger",
        *request.headers.getlist("authorization"),
        access_cookie(request) or "",
        refresh.text() if refresh else "",
    )


def _lines(request: Request, name: str) -> bytes:
    return "\n".join(request.headers.getlist(name)).encode("latin-1")


class Replayed(Exception):
    """The request was answered before; `response` says so."""

    def __init__(self, response: Response) -> None:
        super().__init__("answered before")
        self.response = response


@asks(*KEEPING)
async def claimed_by_caller(
    request: Request, caller: OptionalCaller, now: NowDep, idempotency_key: SentKeys = None
) -> None:
    """For operations that look at who asks."""
    await _claim(request, caller, now, idempotency_key)


@asks(*KEEPING)
async def claimed_by_stranger(
    request: Request, now: NowDep, idempotency_key: SentKeys = None
) -> None:
    """For operations that do not."""
    await _claim(request, None, now, idempotency_key)


def claim_of(request: Request) -> Claim | None:
    """What the request holds; None without a key, or as long as it has not come to its turn."""
    claim: Claim | None = getattr(request.state, "claim", None)
    return claim


async def _claim(
    request: Request, caller: Caller | None, now: datetime, sent: list[str] | None
) -> None:
    key = key_of(sent)
    if key is None:
        return
    body = await request.body()
    turn = await run_in_threadpool(_turn, request, caller, now, key, body)
    if isinstance(turn, Answer):
        raise Replayed(turn.replayed())
    request.state.claim = turn


def _turn(
    request: Request, caller: Caller | None, now: datetime, key: str, body: bytes
) -> Claim | Answer:
    container = container_of(request)
    claims = IdempotencyStore.over(container.repository, container.settings)
    named = identify_request(claims.secrets, request, caller, key, body)
    claim = claims.open(named, now)
    if claim is not None:
        return claim
    if caller is None:
        _count_attempt(request, named.identity)
    return claims.known(named)


def _count_attempt(request: Request, identity: str) -> None:
    """Before it is judged: whoever has a stranger's key might try passwords on its body."""
    route: str = request.scope["route"].path
    container_of(request).attempts.hit(route, source_of(request), identity)


METHOD = "POST"


OF_CALLERS: tuple[type[Problem], ...] = (MalformedKey, InProgress, KeyReused, AnswerTooLarge)


OF_STRANGERS = (*OF_CALLERS, TooManyRequests)


def with_key(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options of a route; unchanged for other methods, whose repetition is harmless."""
    if METHOD not in (options.get("methods") or ()):
        return dict(options)
    dependencies: Sequence[Dependency] = options.get("dependencies") or ()
    asked = {each.dependency for each in dependencies}
    if asked & {claimed_by_caller, claimed_by_stranger}:
        return dict(options)
    claimed, refusals = _by_whom(asked)
    return {
        **options,
        "dependencies": [*dependencies, Depends(claimed)],
        "responses": together(_replaying(options), problems(*refusals)),
    }


def _by_whom(
    asked: set[Callable[..., Any] | None],
) -> tuple[Callable[..., Any], Sequence[type[Problem]]]:
    if require_caller in asked:
        return claimed_by_caller, OF_CALLERS
    return (claimed_by_caller if optional_caller in asked else claimed_by_stranger), OF_STRANGERS


def _replaying(options: Mapping[str, Any]) -> dict[int | str, dict[str, Any]]:
    """Success may carry the header that says that it is not the first."""
    responses: Mapping[int | str, dict[str, Any]] = options.get("responses") or {}
    status = options.get("status_code") or 200
    success = responses.get(status, {})
    headers = {**success.get("headers", {}), **carrying(REPLAYED)["headers"]}
    return {**responses, status: {**success, "headers": headers}}


R = TypeVar("R")


T = TypeVar("T", bound=BaseModel | Response)


JSON = "application/json"


class Repeatable:
    """Carries an effect out. Without a key, it is as if it were not there."""

    def __init__(self, request: Request, response: Response, repository: RepositoryDep) -> None:
        self._claim = claim_of(request)
        self._status: int = request.scope["route"].status_code or 200
        self._response = response
        self._repository = repository

    def __call__(
        self,
        effect: Callable[[Repository], R],
        answered: Callable[[R], T],
        *,
        by: Callable[..., Operation[R]] | None = None,
    ) -> T:
        """What `answered` makes of the effect's result.

        It is called before the effect, with the result that its write is going to have; None
        where that is a partial update. `by`: the access pattern that decides, where the effect
        writes more than once; otherwise it is the first write that is not refused.
        """
        if self._claim is None:
            return answered(effect(self._repository))
        recorder = _Recorder(
            self._claim, answered, self._answer, inspect.pattern_name(by) if by else None
        )
        result = effect(self._repository.with_middleware(recorder))
        return cast(T, recorder.said) if self._claim.is_kept else answered(result)

    def _answer(self, said: BaseModel | Response) -> Answer:
        """As the framework is going to render it."""
        if isinstance(said, Response):
            return Answer.of(said)
        headers = kept([("content-type", JSON), *self._response.headers.items()])
        return Answer(self._status, headers, said.model_dump_json(by_alias=True).encode())


class _Recorder:
    """A middleware that attaches the answer to the deciding write."""

    def __init__(
        self,
        claim: Claim,
        answered: Callable[[Any], BaseModel | Response],
        rendered: Callable[[BaseModel | Response], Answer],
        by: str | None,
    ) -> None:
        self.said: BaseModel | Response | None = None
        self._claim = claim
        self._answered = answered
        self._rendered = rendered
        self._by = by

    def __call__(self, operation: Operation[R], context: Context, execute: Execute) -> R:
        if self._claim.is_kept or not inspect.is_write(operation):
            return execute(operation, context)
        if self._by not in (None, inspect.pattern_name(operation)):
            return execute(operation, context)
        self.said = self._answered(_result_of(operation, context))
        keeping = self._claim.keeping(self._rendered(self.said))
        self._claim.is_sent = True
        try:
            result = execute(operation.with_writes(keeping), context)
        except AttachedWriteRefused as refused:
            raise _meaning(refused) from None
        self._claim.is_kept = True
        return result


def _result_of(operation: Operation[Any], context: Context) -> Any:
    try:
        return inspect.predicted_result(operation, context)
    except InvalidOperation:
        return None


def _meaning(refused: AttachedWriteRefused) -> Exception:
    """Others may have attached writes as well."""
    entities = {each.entity for each in refused.failures.values()}
    return InProgress() if STORED_AS in entities else refused


Idempotent = Annotated[Repeatable, Depends(Repeatable)]


Handler: TypeAlias = Callable[[Request], Coroutine[Any, Any, Response]]


def settled(handle: Handler, *, writes_once: bool) -> Handler:
    """`writes_once`: the operation's only effect is the write that keeps its answer."""

    async def handle_once(request: Request) -> Response:
        try:
            response = await handle(request)
        except Replayed as replayed:
            return replayed.response
        except Exception as error:
            if claim := claim_of(request):
                await _refused(request, claim, error, writes_once=writes_once)
            raise
        if claim := claim_of(request):
            await _answered(claim, response)
        return response

    return handle_once


async def _answered(claim: Claim, response: Response) -> None:
    if response.status_code < HTTPStatus.BAD_REQUEST:
        await run_in_threadpool(claim.keep, Answer.of(response))
    elif response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
        await run_in_threadpool(claim.release)


async def _refused(request: Request, claim: Claim, error: Exception, *, writes_once: bool) -> None:
    """Nobody knows what became of a fault of ours, unless nothing was sent."""
    refusal = problem_to(request, error)
    is_harmless = refusal.status < HTTPStatus.INTERNAL_SERVER_ERROR or isinstance(
        refusal, (Busy, NotConfigured)
    )
    if is_harmless or (writes_once and not claim.is_sent):
        await run_in_threadpool(claim.release)
