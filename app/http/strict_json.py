"""A route class whose bodies are JSON as RFC 8259 has it: UTF-8, no NaN, and declared as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn

from fastapi import Request, Response
from fastapi.routing import APIRoute

from app.http.refusals import MalformedBody, UnsupportedMediaType


class StrictJsonRoute(APIRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        if self.body_field is None:
            return handle

        async def handle_strictly(request: Request) -> Response:
            return await handle(await _StrictRequest.read(request))

        return handle_strictly


class _StrictRequest(Request):
    """A request whose body was read and parsed; an empty one is left to the model."""

    parsed: Any

    @classmethod
    async def read(cls, request: Request) -> _StrictRequest:
        strict = cls(request.scope, request.receive)
        body = await strict.body()
        if body:
            if not _is_json(request.headers.get("content-type", "")):
                raise UnsupportedMediaType()
            strict.parsed = parsed_json(body)
        return strict

    async def json(self) -> Any:
        return self.parsed


def parsed_json(body: bytes) -> Any:
    """Raises `MalformedBody`, which says what is wrong and quotes nothing."""
    try:
        return json.loads(
            body.decode("utf-8"), parse_constant=_refuse_constant, object_pairs_hook=_once
        )
    except UnicodeDecodeError as error:
        raise MalformedBody(reason=f"byte {error.start} is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise MalformedBody(reason=f"line {error.lineno}, column {error.colno}") from None
    except RecursionError:
        raise MalformedBody(reason="it is nested too deeply") from None
    except ValueError:
        raise MalformedBody(reason="a number has too many digits") from None


def _once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of two members of one name, different readers take different ones."""
    found = dict(members)
    if len(found) != len(members):
        raise MalformedBody(reason="an object names a member twice")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise MalformedBody(reason=f"{name} is not JSON")


def _is_json(content_type: str) -> bool:
    media = content_type.partition(";")[0].strip().lower()
    return media == "application/json" or (
        media.startswith("application/") and media.endswith("+json")
    )
