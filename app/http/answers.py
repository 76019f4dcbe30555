"""From an exception to an answer in the envelope, and to a log line if it is our fault."""

from __future__ import annotations

import logging
from http import HTTPStatus

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError, ResponseValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from app.http.conditional import NotModified
from app.http.envelope import Failed, Failure
from app.http.errors import refusal_for
from app.http.refusals import InternalError, MalformedBody, MethodNotAllowed, NoSuchRoute, Refusal
from app.http.request_id import current_request_id
from app.http.validation import refusal_of

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
log = logging.getLogger("app.error")


def install(app: FastAPI) -> None:
    """Replaces the frameworks' own answers; the last resort sends everything else here too."""
    for error in (HTTPException, RequestValidationError):
        app.add_exception_handler(error, answer)


async def answer(request: Request, error: Exception) -> Response:
    """The answer to an exception, whichever."""
    if isinstance(error, NotModified):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"ETag": error.tag})
    refusal = refusal_to(request, error)
    _log(refusal, error)
    return envelope(refusal)


def envelope(refusal: Refusal) -> Response:
    failed = Failed(
        code=refusal.code,
        message=str(refusal),
        details=tuple(refusal.details()),
        trace_id=current_request_id(),
    )
    return JSONResponse(
        Failure(error=failed).model_dump(mode="json"),
        status_code=refusal.status,
        headers=dict(refusal.headers()),
    )


def _log(refusal: Refusal, error: Exception) -> None:
    """Faults of ours, with their cause; an answer that fits no model is not quoted."""
    if isinstance(error, ResponseValidationError):
        places = [finding["loc"] for finding in error.errors()]
        log.error("an answer does not fit its model at %s", places)
    elif refusal.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("%s", type(error).__name__, exc_info=error)
    elif refusal.status > HTTPStatus.INTERNAL_SERVER_ERROR:
        log.warning("%s: %s", type(error).__name__, error)


def refusal_to(request: Request, error: Exception) -> Refusal:
    """What the answer to an exception is going to say."""
    if isinstance(error, HTTPException):
        return _of_framework(request, error)
    if isinstance(error, RequestValidationError):
        return refusal_of(error)
    if isinstance(error, ClientDisconnect):
        return MalformedBody(reason="the client went away")
    return refusal_for(error, if_match="if-match" in request.headers)


def _of_framework(request: Request, error: HTTPException) -> Refusal:
    if isinstance(error.__cause__, Refusal):  # FastAPI wraps what reading the body raises
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
