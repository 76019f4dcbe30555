"""The envelope of answers, their documented examples, and answers to exceptions.

Every answer with a body is `{success, data, error}`. `GET /health` is the only exception, and 204,
304 and 308 have no body.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Annotated, Generic, Literal, TypeVar

from fastapi.exceptions import RequestValidationError, ResponseValidationError
from pydantic import Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from app.api.kit.conditional import NotModified
from app.core.context import current_context
from app.core.details import Detail
from app.core.problems import (
    InternalError,
    MalformedBody,
    MethodNotAllowed,
    NoSuchRoute,
    NotFound,
    PreconditionRequired,
    Problem,
    Taken,
    problem_types,
    unprocessable,
)
from app.core.wire import Out, Text
from app.services.problems import problem_for

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

log = logging.getLogger("app.error")

T = TypeVar("T")


class _KnownCodes:
    """Lists the codes in OpenAPI, so that a client which compares with another does not compile."""

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(core), "enum": sorted(each.code for each in problem_types())}


class Envelope(Out, Generic[T]):
    """A success: `error` is null."""

    success: Literal[True] = True
    data: T
    error: None = None


class Failed(Out):
    """Why a request was not carried out."""

    code: Annotated[str, _KnownCodes()] = Field(description="Stable; may be matched by programs.")
    message: Text = Field(description="For people; may change.")
    details: tuple[Detail, ...] = Field(description="Empty unless there is more to say.")
    trace_id: str = Field(description="Also in `X-Request-Id`; name it when you report a fault.")


class Failure(Out):
    """A failure: `data` is null."""

    success: Literal[False] = False
    data: None = None
    error: Failed


MOMENT = "2026-03-14T09:26:53Z"


async def answer(request: Request, error: Exception) -> Response:
    """The answer to an exception, whichever."""
    if isinstance(error, NotModified):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"ETag": error.tag})
    refusal = problem_to(request, error)
    _log(refusal, error)
    return problem_response(refusal)


def problem_response(refusal: Problem) -> Response:
    return JSONResponse(
        failure(refusal, current_context().request_id).model_dump(mode="json"),
        status_code=refusal.status,
        headers=dict(refusal.headers()),
    )


def failure(refusal: Problem, trace_id: str) -> Failure:
    details = tuple(refusal.details())
    return Failure(
        error=Failed(code=refusal.code, message=refusal.words, details=details, trace_id=trace_id)
    )


def _log(refusal: Problem, error: Exception) -> None:
    """Faults of ours, and what refusals do not tell; an answer that fits no model is not quoted."""
    if isinstance(error, ResponseValidationError):
        places = [finding["loc"] for finding in error.errors()]
        log.error("an answer does not fit its model at %s", places)
    elif refusal.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("%s", type(error).__name__, exc_info=error)
    elif refusal.status > HTTPStatus.INTERNAL_SERVER_ERROR:
        log.warning("%s: %s", type(error).__name__, error)
    elif refusal.cause:
        log.info("%s", refusal)


def problem_to(request: Request, error: Exception) -> Problem:
    """What the answer to an exception is going to say."""
    if isinstance(error, HTTPException):
        return _of_framework(request, error)
    if isinstance(error, RequestValidationError):
        return problem_of(error)
    if isinstance(error, ClientDisconnect):
        return MalformedBody(reason="the client went away")
    found = problem_for(error, if_match="if-match" in request.headers)
    sent = getattr(request, "parsed", None)
    if isinstance(found, Taken) and isinstance(sent, dict) and found.field not in sent:
        return Taken(field=found.field, location="body")  # it was made of what was sent
    return found


def _of_framework(request: Request, error: HTTPException) -> Problem:
    if isinstance(error.__cause__, Problem):  # FastAPI wraps what reading the body raises
        return error.__cause__
    match error.status_code:
        case HTTPStatus.BAD_REQUEST:
            return MalformedBody(reason="it cannot be read")
        case HTTPStatus.NOT_FOUND:
            return NoSuchRoute()
        case HTTPStatus.METHOD_NOT_ALLOWED:
            return MethodNotAllowed(allowed=allowed_methods(request.scope))
        case _:
            return InternalError()


def allowed_methods(scope: Scope) -> str:
    """Every method of the path: starlette names those of the first route only."""
    bare = {"type": "http", "path": scope["path"], "root_path": scope.get("root_path", "")}
    found = {
        method
        for method in METHODS
        for route in scope["app"].routes
        if route.matches({**bare, "method": method, "headers": []})[0].name == "FULL"
    }
    return ", ".join(sorted(found | ({"HEAD"} if "GET" in found else set())))


_IF_MATCH = ("header", "if-match")
_NAMED = {"media_id": "file", "number": "revision", "slug": "category"}
"""What steps of a path are identities of, where their names do not say so."""


def problem_of(error: RequestValidationError) -> Problem:
    """No JSON is malformed, a required If-Match is a precondition, all else is unprocessable.

    Nothing has an identity that cannot be one.
    """
    findings = error.errors()
    for step in (str(finding["loc"][-1]) for finding in findings if finding["loc"][0] == "path"):
        return NotFound(what=f"the {_NAMED.get(step, step.removesuffix('_id'))}")
    if any(finding["type"] == "json_invalid" for finding in findings):
        return MalformedBody(reason="it is not JSON")
    if any(finding["type"] == "missing" and finding["loc"] == _IF_MATCH for finding in findings):
        return PreconditionRequired()
    return unprocessable(findings)
