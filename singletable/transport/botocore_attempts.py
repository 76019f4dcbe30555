"""Watches the attempts that botocore makes within one call, by its events.

A call that is answered may have been sent three times, of which the first was carried out and its
answer lost. Loads botocore. aiobotocore's clients emit the same events, and await their handlers.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, MutableMapping
from contextvars import ContextVar, Token
from typing import Any

from singletable.errors.transport import UNREADABLE, TransportError
from singletable.expressions.effects import is_repeatable
from singletable.transport.attempts import WRITES, note_possible_writes
from singletable.transport.bodies import decode
from singletable.transport.botocore_errors import UNSOUND, showable_cause, to_transport_error
from singletable.transport.protocol import Parameters, Response
from singletable.transport.refusals import CLIENT_ERROR, SERVER_ERROR

_CHECKSUM = "x-amz-crc32"
_ERROR = 300
_FAILS_CHECKSUM = "the body fails its checksum"
_OF_ITEMS = WRITES | {
    "BatchGetItem",
    "GetItem",
    "Query",
    "Scan",
    "SearchVectors",
    "TransactGetItems",
}


class Sending:
    """The context of one call, which raises `TransportError` alone.

    `possible`: its attempts that may have been carried out; `is_open`: one is sent; `is_parsed`:
    its body was checked and read.
    """

    __slots__ = (
        "_outer",
        "is_of_items",
        "is_open",
        "is_parsed",
        "is_repeatable",
        "is_write",
        "possible",
        "was_sent",
    )
    _outer: Token[Sending | None]

    def __init__(self, operation: str, parameters: Parameters) -> None:
        self.is_write = operation in WRITES
        self.is_of_items = operation in _OF_ITEMS
        self.is_repeatable = not self.is_write or is_repeatable(operation, parameters)
        self.was_sent = self.is_open = self.is_parsed = False
        self.possible = 0

    def __enter__(self) -> Sending:
        self._outer = _CURRENT.set(self)
        return self

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        _CURRENT.reset(self._outer)
        if self.is_open:  # the parser raised, and nobody was asked whether to retry
            self.close(is_refused=False)
        raised = error
        try:
            if isinstance(error, Exception) and not isinstance(error, TransportError):
                raised = to_transport_error(error, was_sent=self.was_sent)
                raise raised from showable_cause(error)
        finally:
            if self.is_write:
                self._note_writes(raised)

    def _note_writes(self, raised: BaseException | None) -> None:
        if isinstance(raised, TransportError):
            raised.was_repeated = self.possible > (not raised.is_refusal)
        note_possible_writes(self.possible)

    @staticmethod
    def check(response: Response) -> Response:
        """The response; raises if its body was corrupt."""
        if UNSOUND in response:
            raise TransportError(UNREADABLE, response[UNSOUND], carried_out="unknown")
        return response

    def open(self) -> None:
        """An attempt is sent."""
        self.was_sent = self.is_open = True
        self.is_parsed = False

    def close(self, *, is_refused: bool) -> None:
        """An attempt has ended."""
        self.possible += self.is_open and not is_refused
        self.is_open = False


_CURRENT: ContextVar[Sending | None] = ContextVar("singletable-sending", default=None)


def observe_attempts(events: Any) -> None:
    """Registers the handlers; again for the same client changes nothing."""
    events.register(
        "response-received.dynamodb", flag_corrupt_response, unique_id="singletable-sound"
    )
    events.register("before-parse.dynamodb", _parse_body, unique_id="singletable-body")
    events.register_last("before-send.dynamodb", _note_start, unique_id="singletable-start")
    events.register_first("needs-retry.dynamodb", _note_end, unique_id="singletable-end")


def _note_start(**_: object) -> None:
    sending = _CURRENT.get()
    if sending is not None:
        sending.open()


def _note_end(
    response: tuple[Any, Mapping[str, Any]] | None = None,
    caught_exception: Exception | None = None,
    **_: object,
) -> None:
    """Ends an attempt; raises where botocore would repeat what must not be carried out twice."""
    sending = _CURRENT.get()
    if sending is None:
        return
    if response is None:
        cause = caught_exception or OSError("no answer")
        error = to_transport_error(cause, was_sent=sending.is_open)
        sending.close(is_refused=error.is_refusal)
        if not sending.is_repeatable and not error.is_refusal:
            raise error from showable_cause(cause)
        return
    status, parsed = response[0].status_code, response[1]
    is_unsound = UNSOUND in parsed
    sending.close(is_refused=CLIENT_ERROR <= status < SERVER_ERROR and not is_unsound)
    if not sending.is_repeatable and (status >= SERVER_ERROR or is_unsound):
        detail = parsed.get(UNSOUND) or parsed.get("Error", {}).get("Message", "")
        code = UNREADABLE if is_unsound else str(status)
        raise TransportError(code, str(detail), carried_out="unknown")


def _parse_body(
    response_dict: MutableMapping[str, Any] | None = None,
    customized_response_dict: MutableMapping[str, Any] | None = None,
    **_: object,
) -> None:
    """Handles botocore's `before-parse`: reads the body of a good answer about items at once.

    botocore goes through its shapes, value by value, for the same result, at three times the cost
    of all else.
    """
    sending = _CURRENT.get()
    if sending is None or not sending.is_of_items or response_dict is None:
        return
    if customized_response_dict is None or response_dict["status_code"] >= _ERROR:
        return
    body, checksum = response_dict["body"], response_dict["headers"].get(_CHECKSUM)
    if checksum is not None and str(zlib.crc32(body)) != checksum:
        customized_response_dict[UNSOUND] = _FAILS_CHECKSUM
    elif (content := decode(body)) is None:
        customized_response_dict[UNSOUND] = "the body is no JSON object"
    else:
        customized_response_dict.update(content)
    response_dict["body"] = b"{}"
    sending.is_parsed = True


def flag_corrupt_response(
    response_dict: Mapping[str, Any] | None = None,
    parsed_response: MutableMapping[str, Any] | None = None,
    **_: object,
) -> None:
    """Handles botocore's `response-received`; marks a parsed response whose body is corrupt."""
    if response_dict is None or parsed_response is None:
        return
    sending = _CURRENT.get()
    if sending is not None and sending.is_parsed:
        return
    is_error = response_dict["status_code"] >= _ERROR
    problem = _problem(response_dict["headers"], response_dict["body"], is_error=is_error)
    if problem:
        parsed_response[UNSOUND] = problem


def _problem(headers: Mapping[str, str], body: bytes, *, is_error: bool) -> str | None:
    """What is wrong with a body; an error without a checksum may be any page."""
    checksum = headers.get(_CHECKSUM)
    if checksum is not None:
        return None if str(zlib.crc32(body)) == checksum else _FAILS_CHECKSUM
    if is_error:
        return None
    try:
        return None if isinstance(json.loads(body), dict) else "the body is no JSON object"
    except ValueError:
        return "the body is no JSON"
