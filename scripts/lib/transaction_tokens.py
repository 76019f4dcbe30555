"""ClientRequestToken as DynamoDB honours it, before a server that carries every repetition out.

Knows WSGI and the form of DynamoDB's requests, no table. Whoever uses it lets one request in at a
time. Tokens are one account's in one region, as a local server's are.
"""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from io import BytesIO
from typing import Any

from werkzeug.wrappers import Request, Response

Wsgi = Callable[..., Iterable[bytes]]

TARGET = "DynamoDB_20120810.TransactWriteItems"
WINDOW_SECONDS = 600.0
MOST_TOKENS = 10_000
ERROR = "com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException"


@dataclass(frozen=True)
class Done:
    """A transaction that was carried out. `until`: on the clock of its `Transactions`."""

    parameters: bytes
    answer: Response
    until: float


class Transactions:
    """Those of the last ten minutes that succeeded; of more than `most`, the latest."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, most: int = MOST_TOKENS
    ) -> None:
        """`clock`: seconds that only grow."""
        self._clock = clock
        self._most = most
        self._done: OrderedDict[str, Done] = OrderedDict()

    def answer(self, request: dict[str, Any], carry_out: Callable[[], Response]) -> Response:
        """As the first time, if the token was there before; `carry_out` is asked otherwise."""
        self._forget()
        token, parameters = request["ClientRequestToken"], _digest(request)
        if done := self._done.get(token):
            return done.answer if done.parameters == parameters else _mismatch()
        answer = carry_out()
        if answer.status_code == HTTPStatus.OK:
            self._done[token] = Done(parameters, answer, self._clock() + WINDOW_SECONDS)
        return answer

    def _forget(self) -> None:
        """The oldest come first."""
        while self._done:
            oldest = next(iter(self._done.values()))
            if len(self._done) < self._most and oldest.until > self._clock():
                return
            self._done.popitem(last=False)


def honouring_tokens(answer: Wsgi, transactions: Transactions) -> Wsgi:
    """`answer`, a method that is a WSGI application; transactions without a token pass by."""

    def guarded(self: Any, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = _transaction(environ)
        if not request.get("ClientRequestToken"):
            return answer(self, environ, start_response)
        carry_out = partial(Response.from_app, partial(answer, self), environ, buffered=True)
        return transactions.answer(request, carry_out)(environ, start_response)

    return guarded


def _transaction(environ: dict[str, Any]) -> dict[str, Any]:
    """Of a request to carry a transaction out; empty of others, and of what is no JSON object."""
    if environ.get("HTTP_X_AMZ_TARGET") != TARGET:
        return {}
    body = Request(environ).get_data()
    environ["wsgi.input"] = BytesIO(body)  # it was read to its end
    try:
        request = json.loads(body)
    except ValueError:
        return {}
    return request if isinstance(request, dict) else {}


def _digest(request: dict[str, Any]) -> bytes:
    return sha256(json.dumps(request, sort_keys=True).encode()).digest()


def _mismatch() -> Response:
    words = "The provided client token was used with other parameters within the last ten minutes"
    told = json.dumps({"__type": ERROR, "Message": words})
    return Response(told, HTTPStatus.BAD_REQUEST, content_type="application/x-amz-json-1.0")
