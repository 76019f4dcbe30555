"""Translates exceptions to answers in the envelope, and logs those that are our fault."""

from __future__ import annotations

import logging
from http import HTTPStatus

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError, ResponseValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.api.kit.conditional import NotModified
from app.api.kit.envelope import Failed, Failure
from app.core.context import current_request_id
from app.core.problems import (
    InternalError,
    MalformedBody,
    MethodNotAllowed,
    NoSuchRoute,
    PreconditionRequired,
    Problem,
    unprocessable,
)
from app.services.problems import problem_for

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
    refusal = problem_to(request, error)
    _log(refusal, error)
    return envelope(refusal)


def envelope(refusal: Problem) -> Response:
    failed = Failed(
        code=refusal.code,
        message=refusal.words,
        details=tuple(refusal.details()),
        trace_id=current_request_id(),
    )
    return JSONResponse(
        Failure(error=failed).model_dump(mode="json"),
        status_code=refusal.status,
        headers=dict(refusal.headers()),
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
    return problem_for(error, if_match="if-match" in request.headers)


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


def problem_of(error: RequestValidationError) -> Problem:
    """No JSON is malformed, a required If-Match is a precondition, all else is unprocessable."""
    findings = error.errors()
    if any(finding["type"] == "json_invalid" for finding in findings):
        return MalformedBody(reason="it is not JSON")
    if any(finding["type"] == "missing" and finding["loc"] == _IF_MATCH for finding in findings):
        return PreconditionRequired()
    return unprocessable(findings)


class LastResortMiddleware:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watching(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watching)
        except Exception as error:
            if scope["type"] != "http" or started:  # half an answer cannot be taken back
                raise
            response = await answer(Request(scope), error)
            await response(scope, receive, send)
