"""For operations whose effect is one write: it and the answer are kept together, or neither.

A process may die between any two requests: the repetition finds both, or does both.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar, cast

from fastapi import Depends, Request, Response
from pydantic import BaseModel

from app.http.refusals import InProgress
from app.idempotency.answers import Answer, kept
from app.idempotency.claiming import claim_of
from app.idempotency.claims import Claim
from app.wiring import Stored
from model.idempotency_record import STORED_AS
from singletable import Repository, inspect
from singletable.errors import AttachedWriteRefused, InvalidOperation
from singletable.inspect import Context, Execute, Operation

R = TypeVar("R")
T = TypeVar("T", bound=BaseModel | Response)

JSON = "application/json"


class Repeatable:
    """Carries an effect out. Without a key, it is as if it were not there."""

    def __init__(self, request: Request, response: Response, repository: Stored) -> None:
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


Once = Annotated[Repeatable, Depends(Repeatable)]
