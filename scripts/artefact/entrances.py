"""Ways in which HTTP reaches a function: how a request becomes an event, how an answer is read.

Events are the recorded ones of events/, with the request put in. Knows no app.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

RECORDED = Path(__file__).parent / "events"

Event = dict[str, Any]


@dataclass(frozen=True)
class Request:
    """`query` has pairs, so that a name may stand twice; `cookies` are `name=value`."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: tuple[str, ...] = ()
    body: bytes = b""
    in_base64: bool = False
    claims: Mapping[str, object] | None = None

    def body_text(self) -> str:
        return base64.b64encode(self.body).decode() if self.in_base64 else self.body.decode()


@dataclass(frozen=True)
class Response:
    """`headers` by their names in lower case, without cookies, which are whole `Set-Cookie`s."""

    status: int
    headers: Mapping[str, str]
    cookies: tuple[str, ...]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Entrance:
    """`event` of a request, and the `Response` that the function's answer stands for."""

    name: str
    event: Callable[[Request], Event]
    response: Callable[[Mapping[str, Any]], Response]


def recorded(name: str) -> Event:
    event: Event = json.loads((RECORDED / f"{name}.json").read_text())
    return event


def _rest(request: Request) -> Event:
    event = recorded("rest-v1")
    context = event["requestContext"]
    headers = {**request.headers, **_cookie_header(request)}
    event |= {"httpMethod": request.method, "path": request.path, "body": request.body_text()}
    event["isBase64Encoded"] = request.in_base64
    event["headers"] |= headers
    event["multiValueHeaders"] |= {name: [value] for name, value in headers.items()}
    event["queryStringParameters"] = dict(request.query) or None
    event["multiValueQueryStringParameters"] = _by_name(request.query) or None
    context |= {"httpMethod": request.method, "path": request.path}
    if request.claims is not None:
        context["authorizer"] = {"claims": dict(request.claims)}
    return event


def _second(name: str) -> Callable[[Request], Event]:
    """Payload version 2.0: of HTTP APIs and of function URLs."""

    def made(request: Request) -> Event:
        event = recorded(name)
        context = event["requestContext"]
        event |= {"rawPath": request.path, "rawQueryString": urlencode(request.query)}
        event["headers"] |= {name.lower(): value for name, value in request.headers.items()}
        context["http"] |= {"method": request.method, "path": request.path}
        event["isBase64Encoded"] = request.in_base64
        if request.query:
            event["queryStringParameters"] = _by_commas(request.query)
        if request.cookies:
            event["cookies"] = list(request.cookies)
        if request.body:
            event["body"] = request.body_text()
        if request.claims is not None:
            context["authorizer"] = {"jwt": {"claims": dict(request.claims), "scopes": None}}
        return event

    return made


def _balancer(*, many: bool) -> Callable[[Request], Event]:
    """An ALB's, whose query comes as it was sent; with one value a name, or with many."""

    def made(request: Request) -> Event:
        event = recorded("alb-multi-value" if many else "alb")
        sent = tuple(tuple(pair.split("=", 1)) for pair in urlencode(request.query).split("&"))
        query = [(pair[0], pair[1]) for pair in sent if len(pair) == 2]
        headers = {
            name.lower(): value
            for name, value in {**request.headers, **_cookie_header(request)}.items()
        }
        event |= {"httpMethod": request.method, "path": request.path, "body": request.body_text()}
        event["isBase64Encoded"] = request.in_base64
        if many:
            event["multiValueHeaders"] |= {name: [value] for name, value in headers.items()}
            event["multiValueQueryStringParameters"] = _by_name(query)
        else:
            event["headers"] |= headers
            event["queryStringParameters"] = dict(query)
        return event

    return made


def _read_values(answer: Mapping[str, Any]) -> Response:
    """Headers with one value each, or with a list; several cookies in names that differ in case."""
    pairs = [(name.lower(), str(value)) for name, value in answer.get("headers", {}).items()]
    many = answer.get("multiValueHeaders", {})
    pairs += [(name.lower(), str(value)) for name, values in many.items() for value in values]
    return _response(answer, pairs, [value for name, value in pairs if name == "set-cookie"])


def _read_second(answer: Mapping[str, Any]) -> Response:
    """Cookies stand beside the headers, and never among them."""
    pairs = [(name.lower(), str(value)) for name, value in answer["headers"].items()]
    if any(name == "set-cookie" for name, _ in pairs):
        raise ValueError("a cookie among the headers of payload version 2.0")
    return _response(answer, pairs, answer.get("cookies", []))


def _response(
    answer: Mapping[str, Any], pairs: list[tuple[str, str]], cookies: list[str]
) -> Response:
    text = answer.get("body") or ""
    body = base64.b64decode(text) if answer["isBase64Encoded"] else text.encode()
    headers = {name: value for name, value in pairs if name != "set-cookie"}
    return Response(answer["statusCode"], headers, tuple(cookies), body)


def _cookie_header(request: Request) -> dict[str, str]:
    return {"Cookie": "; ".join(request.cookies)} if request.cookies else {}


def _by_name(pairs: tuple[tuple[str, str], ...] | list[tuple[str, str]]) -> dict[str, list[str]]:
    return {name: [value for each, value in pairs if each == name] for name, _ in pairs}


def _by_commas(pairs: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return {name: ",".join(values) for name, values in _by_name(pairs).items()}


REST = Entrance("REST API, payload 1.0", _rest, _read_values)
HTTP_API = Entrance("HTTP API, payload 2.0", _second("http-api-v2"), _read_second)
ENTRANCES = (
    REST,
    HTTP_API,
    Entrance("function URL", _second("function-url"), _read_second),
    Entrance("ALB, one value a header", _balancer(many=False), _read_values),
    Entrance("ALB, many values a header", _balancer(many=True), _read_values),
)
