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
from model import KeyedRequest
from singletable import Repository, accompanied
from singletable.design.kinds import writes_of
from singletable.errors.request import CompanionRefused, InvalidOperation
from singletable.operations import Context, Operation, foreseen
from singletable.patterns.signature import name_of
from singletable.repository import CarryOut

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
        where that is a partial change. `by`: the access pattern that decides, where the effect
        writes more than once; otherwise it is the first write that is not refused.
        """
        if self._claim is None:
            return answered(effect(self._repository))
        recorder = _Recorder(self._claim, answered, self._answer, name_of(by) if by else None)
        result = effect(self._repository.through(recorder))
        return cast(T, recorder.said) if self._claim.is_kept else answered(result)

    def _answer(self, said: BaseModel | Response) -> Answer:
        """As the framework is going to render it."""
        if isinstance(said, Response):
            return Answer.of(said)
        headers = kept([("content-type", JSON), *self._response.headers.items()])
        return Answer(self._status, headers, said.model_dump_json(by_alias=True).encode())


class _Recorder:
    """An intermediary that has the deciding write accompanied by the answer to it."""

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

    def __call__(self, operation: Operation[R], context: Context, carry_out: CarryOut) -> R:
        if self._claim.is_kept or not self._decides(operation):
            return carry_out(operation, context)
        self.said = self._answered(_result_of(operation, context))
        keeping = self._claim.keeping(self._rendered(self.said))
        self._claim.is_sent = True
        try:
            result = carry_out(accompanied(operation, keeping), context)
        except CompanionRefused as refused:
            raise _meaning(refused) from None
        self._claim.is_kept = True
        return result

    def _decides(self, operation: Operation[Any]) -> bool:
        if self._by is None:
            return bool(writes_of(operation))
        return operation.origin is not None and operation.origin.pattern == self._by


def _result_of(operation: Operation[Any], context: Context) -> Any:
    try:
        return foreseen(operation, context)
    except InvalidOperation:
        return None


def _meaning(refused: CompanionRefused) -> Exception:
    """Others may accompany the write as well."""
    entities = {each.entity for each in refused.failures.values()}
    return InProgress() if KeyedRequest.__name__ in entities else refused


Once = Annotated[Repeatable, Depends(Repeatable)]
