"""What a route's declaration gets for keys: the dependency, and what the documents say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fastapi import Depends
from fastapi.params import Depends as Dependency

from app.auth.guard import optional_caller, require_caller
from app.http.documented import carrying, problems, together
from app.http.refusals import (
    AnswerTooLarge,
    InProgress,
    KeyReused,
    MalformedKey,
    Refusal,
    TooManyRequests,
)
from app.idempotency.answers import REPLAYED
from app.idempotency.claiming import claimed_by_caller, claimed_by_stranger

METHOD = "POST"
OF_CALLERS: tuple[type[Refusal], ...] = (MalformedKey, InProgress, KeyReused, AnswerTooLarge)
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
) -> tuple[Callable[..., Any], Sequence[type[Refusal]]]:
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
