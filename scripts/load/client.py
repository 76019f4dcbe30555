"""One account's connection to the API, by cookies as a front end has it. Measures requests."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from http import HTTPStatus
from time import perf_counter
from typing import Any, Self
from urllib.parse import urlsplit

import httpx2 as httpx

from scripts.load.measures import MAYBE, OK, WITHOUT, Measures

_COOKIE = re.compile(r"^([^=]+)=([^;]*)")
PASSWORD = "Demo-password-1"  # noqa: S105 - everyone knows it
PATIENCE_SECONDS = 60
REFUSALS = (HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED)
"""What the repetition of a write meets that had been carried out: gone, or other than before."""


@dataclass(frozen=True)
class Answer:
    """`status` 0: none came. `data`: what the envelope holds."""

    status: int
    outcome: str
    data: Any = None
    etag: str = ""

    @property
    def is_ok(self) -> bool:
        return self.outcome == OK

    @property
    def is_uncertain(self) -> bool:
        """A write may have happened: no answer, a fault, or a conflict with one's own retry."""
        return (
            self.status in (0, HTTPStatus.CONFLICT, HTTPStatus.PRECONDITION_FAILED)
            or self.status >= HTTPStatus.INTERNAL_SERVER_ERROR
            or self.outcome.startswith(MAYBE)
        )

    def beside_an_outage(self) -> Answer:
        """To a write: the API repeats what DynamoDB did not answer in time, without a token."""
        return replace(self, outcome=MAYBE + self.outcome) if self.status in REFUSALS else self


class ApiClient:
    """Used by one thread."""

    def __init__(self, url: str, email: str, measures: Measures) -> None:
        """Nobody's until it signs in."""
        self._http = httpx.Client(base_url=url, timeout=PATIENCE_SECONDS, trust_env=False)
        self._origin = f"{urlsplit(url).scheme}://{urlsplit(url).netloc}"
        self._cookies: dict[str, str] = {}
        self.measures = measures
        self.email = email
        self.user_id = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def sign_in(self) -> Answer:
        body = {"email": self.email, "password": PASSWORD}
        answer = self.ask("sign in", "POST", "/v1/auth/login", json=body)
        if answer.is_ok:
            self.user_id = answer.data["user"]["userId"]
        return answer

    def ask(self, operation: str, method: str, path: str, **options: Any) -> Answer:
        """`options`: `json`, `params`, `headers`; `gone` is asked whether 404 is right."""
        gone = options.pop("gone", lambda: False)
        began, moment = perf_counter(), self.measures.now()
        answer = self._answer(method, path, options)
        phase = self.measures.phase_since(moment)
        if answer.status == HTTPStatus.NOT_FOUND and gone():
            answer = Answer(answer.status, OK)
        elif method != "GET" and phase.startswith(WITHOUT):
            answer = answer.beside_an_outage()
        self.measures.add(operation, perf_counter() - began, answer.outcome, phase)
        return answer

    def _answer(self, method: str, path: str, options: Any) -> Answer:
        headers = {"Origin": self._origin, "Cookie": self._cookie(), **options.pop("headers", {})}
        try:
            response = self._http.request(method, path, headers=headers, **options)
        except httpx.TimeoutException:
            return Answer(0, "no answer")
        except httpx.TransportError:
            return Answer(0, "no connection")
        self._keep(response)
        return _read(response)

    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self._cookies.items())

    def _keep(self, response: httpx.Response) -> None:
        """By hand: a cookie jar, unlike browsers, sends no secure cookie to http://localhost."""
        for line in response.headers.get_list("set-cookie"):
            if found := _COOKIE.match(line):
                self._cookies[found[1]] = found[2]
        self._http.cookies.clear()


def _read(response: httpx.Response) -> Answer:
    status = response.status_code
    try:
        body = response.json() if response.content else {}
    except ValueError:
        return Answer(status, f"{status} without envelope")
    if status < HTTPStatus.BAD_REQUEST:
        return Answer(status, OK, body.get("data"), response.headers.get("etag", ""))
    return Answer(status, f"{status} {(body.get('error') or {}).get('code', 'without envelope')}")
