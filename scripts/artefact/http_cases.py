"""What holds of the API through every entrance, as a table: a fact, and how it is tried."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from scripts.artefact.emulator import Function
from scripts.artefact.entrances import Entrance, Request, Response
from scripts.artefact.proof import NotSo, holds
from scripts.bootstrap.content import PASSWORD, USERS

JSON = {"Content-Type": "application/json"}
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}
BEARER = {"Authorization": "Bearer local-dev-token"}
ACCESS = "__Host-fm-access"
EDITOR = USERS[1]


@dataclass
class Visit:
    """One entrance of a running function, another one beside it, and what came of it so far."""

    function: Function
    entrance: Entrance
    beside: Entrance
    cookies: tuple[str, ...] = ()
    post: dict[str, Any] = field(default_factory=dict)

    def ask(self, request: Request, entrance: Entrance | None = None) -> Response:
        entrance = entrance or self.entrance
        return entrance.response(self.function.invoke(entrance.event(request)))


def health(visit: Visit) -> None:
    answer = visit.ask(Request("GET", "/health"))
    holds("the status", answer.status, 200)
    holds("the body", answer.json(), {"status": "ok"})


def ready(visit: Visit) -> None:
    holds("the status", visit.ask(Request("GET", "/ready")).status, 200)


def listed(visit: Visit) -> None:
    answer = visit.ask(Request("GET", "/v1/posts", (("limit", "2"),)))
    holds("the status", answer.status, 200)
    holds("posts", len(answer.json()["data"]["items"]), 2)


def no_such_route(visit: Visit) -> None:
    _refused(visit.ask(Request("GET", "/nope")), 404, "no-such-route")


def no_such_post(visit: Visit) -> None:
    _refused(visit.ask(Request("GET", "/v1/posts/01ARZ3NDEKTSV4RRFFQ69G5FAV")), 404, "not-found")


def no_such_method(visit: Visit) -> None:
    answer = visit.ask(Request("PUT", "/v1/posts"))
    _refused(answer, 405, "method-not-allowed")
    if "GET" not in answer.headers.get("allow", ""):
        raise NotSo(f"Allow is {answer.headers.get('allow')!r}")


def not_as_described(visit: Visit) -> None:
    body = json.dumps({"title": ""}).encode()
    _refused(visit.ask(_post("/v1/posts", body, BEARER)), 422, "unprocessable")


def unknown_caller(visit: Visit) -> None:
    answer = visit.ask(_post("/v1/posts", _new_post(visit.entrance)))
    _refused(answer, 401, "credentials-missing")


def written(visit: Visit) -> None:
    request = _post("/v1/posts", _new_post(visit.entrance), BEARER, in_base64=True)
    answer = visit.ask(request)
    holds("the status", answer.status, 201)
    visit.post = answer.json()["data"]
    holds("the title", visit.post["title"], _title(visit.entrance))


def read_back(visit: Visit) -> None:
    path = f"/v1/posts/{visit.post['postId']}"
    answer = visit.ask(Request("GET", path, headers=BEARER), visit.beside)
    holds("the status", answer.status, 200)
    holds("the title", answer.json()["data"]["title"], _title(visit.entrance))


def signed_in(visit: Visit) -> None:
    body = json.dumps({"email": EDITOR.email, "password": PASSWORD}).encode()
    answer = visit.ask(_post("/v1/auth/login", body))
    holds("the status", answer.status, 200)
    holds("cookies", len(answer.cookies), 3)
    for cookie in answer.cookies:
        if not {"HttpOnly", "Secure"} <= set(cookie.split("; ")):
            raise NotSo(f"a cookie without its attributes: {cookie.partition('=')[0]}")
    visit.cookies = tuple(cookie.partition(";")[0] for cookie in answer.cookies)


def known_by_cookies(visit: Visit) -> None:
    answer = visit.ask(Request("GET", "/v1/auth/me", cookies=visit.cookies))
    holds("the status", answer.status, 200)
    holds("who it is", answer.json()["data"]["user"]["email"], EDITOR.email)


def foreign_page(visit: Visit) -> None:
    headers = {"Origin": "https://elsewhere.example.org"}
    request = _post("/v1/posts", _new_post(visit.entrance), headers, cookies=visit.cookies)
    _refused(visit.ask(request), 403, "foreign-origin")


def signed_out(visit: Visit) -> None:
    answer = visit.ask(_post("/v1/auth/logout", b"", OWN_PAGE, cookies=visit.cookies))
    holds("the status", answer.status, 204)
    holds("cookies that end", len([it for it in answer.cookies if "Max-Age=0" in it]), 3)
    answer = visit.ask(Request("GET", "/v1/auth/me", cookies=visit.cookies))
    holds("the status afterwards", answer.status, 401)


def access_token(visit: Visit) -> str:
    """Of the cookies of a sign-in."""
    cookies = dict(cookie.split("=", 1) for cookie in visit.cookies)
    return cookies[ACCESS]


CASES: tuple[tuple[str, Callable[[Visit], None]], ...] = (
    ("health", health),
    ("ready: the table is there", ready),
    ("a list, by a query", listed),
    ("404 in the envelope: no such route", no_such_route),
    ("404 in the envelope: no such post", no_such_post),
    ("405 in the envelope, with Allow", no_such_method),
    ("422 in the envelope", not_as_described),
    ("401 in the envelope", unknown_caller),
    ("a write with a body in base64", written),
    ("what was written, read back by another entrance", read_back),
    ("a sign-in sets three cookies", signed_in),
    ("these cookies are who they were set for", known_by_cookies),
    ("403 in the envelope: cookies with another site's page", foreign_page),
    ("signing out takes three cookies back, and holds", signed_out),
)


def _post(path: str, body: bytes, headers: dict[str, str] | None = None, **rest: Any) -> Request:
    return Request("POST", path, headers={**JSON, **(headers or {})}, body=body, **rest)


def _title(entrance: Entrance) -> str:
    return f"들어온 글: {entrance.name}"


def _new_post(entrance: Entrance) -> bytes:
    post = {"title": _title(entrance), "categoryId": "news", "body": "본문"}
    return json.dumps(post, ensure_ascii=False).encode()


def _refused(answer: Response, status: int, code: str) -> None:
    holds("the status", answer.status, status)
    envelope = answer.json()
    holds("the keys", set(envelope), {"success", "data", "error"})
    holds("the code", envelope["error"]["code"], code)
    holds("the trace", envelope["error"]["traceId"], answer.headers["x-request-id"])
