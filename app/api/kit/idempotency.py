"""The Idempotency-Key header: claims the key, keeps the answer with the effect, and replays it."""

from __future__ import annotations

import re
from collections.abc import Callable, Coroutine, Sequence
from http import HTTPStatus
from typing import Annotated, Any, TypeAlias, TypeVar

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel, WithJsonSchema
from starlette.concurrency import run_in_threadpool

from app.api.kit.answers import problem_to
from app.api.kit.container import container_of, repository_of, source_of, state_of
from app.core.context import asks
from app.core.problems import Busy, InProgress, MalformedKey, NotConfigured
from app.services.idempotency import (
    KEEPING,
    Answer,
    Claim,
    IdempotencyStore,
    IdempotentRequest,
    Secrets,
)
from app.services.policy import Caller
from model.idempotency_record import STORED_AS
from singletable import Repository, inspect
from singletable.errors import AttachedWriteRefused, InvalidOperation
from singletable.inspect import Context, Execute, Operation

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
METHOD = "POST"

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


class Replayed(Exception):
    """The request was answered before; `answer` is that answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("answered before")
        self.answer = answer


@asks(*KEEPING)
async def claim_key(request: Request, sent: SentKeys = None) -> None:
    """What every POST depends on after its guards. Raises `Replayed`."""
    if key := key_of(sent):
        body = await request.body()
        state_of(request).claim = await run_in_threadpool(_claim, request, key, body)


def _claim(request: Request, key: str, body: bytes) -> Claim:
    container, state = container_of(request), state_of(request)
    caller = state.actor.caller
    store = IdempotencyStore.over(container.repository, container.settings)
    asked = _identify_request(store.secrets, request, caller, key, body)
    claim = store.claim(asked, state.now)
    if claim is not None:
        return claim
    if caller is None:  # whoever has a stranger's key might try passwords on its body
        route: str = request.scope["route"].path
        container.attempts.hit(route, source_of(request), asked.record_id)
    raise Replayed(store.load_answer(asked))


def _identify_request(
    secrets: Secrets, request: Request, caller: Caller | None, key: str, body: bytes
) -> IdempotentRequest:
    who = ("user", caller.subject) if caller else _stranger(request)
    path: str = request.scope["route"].path
    values = [f"{name}={value}" for name, value in sorted(request.path_params.items())]
    record_id = secrets.identify(who, request.method, path, values, key)
    headers = (
        repr(request.headers.getlist(name)).encode() for name in ("content-type", "if-match")
    )
    query: bytes = request.scope.get("query_string", b"")
    return IdempotentRequest(key, record_id, secrets.fingerprint(query, *headers, body))


def _stranger(request: Request) -> Sequence[str]:
    """Operations for strangers may look at credentials themselves: other ones are other callers."""
    cookies = container_of(request).cookies
    refresh = cookies.refresh(request)
    return (
        "stranger",
        *request.headers.getlist("authorization"),
        cookies.access(request) or "",
        refresh.text() if refresh else "",
    )


R = TypeVar("R")
T = TypeVar("T", bound=BaseModel | Response)


class Once:
    """Carries an effect out once for a key. Without a key, it is as if it were not there."""

    def __init__(
        self, request: Request, response: Response, repository: Repository, claim: Claim | None
    ) -> None:
        self._claim = claim
        self._status: int = request.scope["route"].status_code or HTTPStatus.OK
        self._response = response
        self._repository = repository

    def __call__(
        self,
        effect: Callable[[Repository], R],
        answered: Callable[[R], T],
        *,
        by: Callable[..., Operation[R]] | None = None,
    ) -> T:
        """What `answered` makes of the effect's result; the deciding write keeps it as well.

        Therefore `answered` is called before that write, with the result that it is going to have;
        None where that is a partial update. `by`: the access pattern that decides, where the
        effect writes more than once; otherwise it is the first write that is not refused.
        """
        claim = self._claim
        if claim is None:
            return answered(effect(self._repository))
        pattern = inspect.pattern_name(by) if by else None
        kept: list[T] = []

        def keep_answer(operation: Operation[Any], context: Context, execute: Execute) -> Any:
            is_other = pattern not in (None, inspect.pattern_name(operation))
            if kept or is_other or not inspect.is_write(operation):
                return execute(operation, context)
            said = answered(_predict_result(operation, context))
            completed = operation.with_writes(claim.complete(self._render(said)))
            claim.is_sent = True
            try:
                result = execute(completed, context)
            except AttachedWriteRefused as refused:
                # Others may have attached writes as well.
                if STORED_AS in {each.entity for each in refused.failures.values()}:
                    raise InProgress() from None
                raise
            claim.is_kept = True
            kept.append(said)
            return result

        result = effect(self._repository.with_middleware(keep_answer))
        return kept[0] if kept else answered(result)

    def _render(self, said: BaseModel | Response) -> Answer:
        """As the framework is going to do it."""
        if isinstance(said, Response):
            return _answer_of(said)
        headers = [("content-type", "application/json"), *self._response.headers.items()]
        return Answer.build(self._status, headers, said.model_dump_json(by_alias=True).encode())


def _predict_result(operation: Operation[Any], context: Context) -> Any:
    try:
        return inspect.predicted_result(operation, context)
    except InvalidOperation:
        return None


async def carry_out_once(request: Request, response: Response) -> Once:
    return Once(request, response, repository_of(request), state_of(request).claim)


Idempotent = Annotated[Once, Depends(carry_out_once)]

Handler: TypeAlias = Callable[[Request], Coroutine[Any, Any, Response]]


def settle_claims(handle: Handler, *, writes_once: bool) -> Handler:
    """`writes_once`: the operation's only effect is the write that keeps its answer."""

    async def handle_once(request: Request) -> Response:
        try:
            response = await handle(request)
        except Replayed as replayed:
            return _replay(replayed.answer)
        except Exception as error:
            claim = state_of(request).claim
            if claim and _is_without_effect(request, claim, error, writes_once=writes_once):
                await run_in_threadpool(claim.release)
            raise
        if claim := state_of(request).claim:
            if response.status_code < HTTPStatus.BAD_REQUEST:
                await run_in_threadpool(claim.keep, _answer_of(response))
            elif response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
                await run_in_threadpool(claim.release)
        return response

    return handle_once


def _replay(answer: Answer) -> Response:
    response = Response(answer.body, answer.status)
    for name, value in (*answer.headers, (REPLAYED, "true")):
        response.headers.append(name, value)
    return response


def _is_without_effect(
    request: Request, claim: Claim, error: Exception, *, writes_once: bool
) -> bool:
    """Nobody knows what became of a fault of ours, unless nothing was sent."""
    refusal = problem_to(request, error)
    is_refused = refusal.status < HTTPStatus.INTERNAL_SERVER_ERROR
    return (
        is_refused
        or isinstance(refusal, (Busy, NotConfigured))
        or (writes_once and not claim.is_sent)
    )


def _answer_of(response: Response) -> Answer:
    return Answer.build(response.status_code, response.headers.items(), bytes(response.body))
