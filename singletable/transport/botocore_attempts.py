"""Watches the attempts that botocore makes within one call, by its events.

A call that is answered may have been sent three times, of which the first was carried out and its
answer lost. Loads botocore.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, MutableMapping
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from typing import Any

from singletable.errors.transport import UNREADABLE, TransportError
from singletable.transport.botocore_errors import UNSOUND, showable_cause, to_transport_error
from singletable.transport.protocol import Response

_CHECKSUM = "x-amz-crc32"
_ERROR, _CLIENT_ERROR, _SERVER_ERROR = 300, 400, 500


@dataclass(slots=True)
class Sending:
    """One call. `possible`: its attempts that may have been carried out; `is_open`: one is sent."""

    is_repeatable: bool = True
    was_sent: bool = False
    possible: int = 0
    is_open: bool = False
    _outer: Token[Sending | None] | None = field(default=None, repr=False)

    def __enter__(self) -> None:
        self._outer = _CURRENT.set(self)

    def __exit__(self, *_: object) -> None:
        if self._outer is not None:
            _CURRENT.reset(self._outer)
        if self.is_open:  # the parser raised, and nobody was asked whether to retry
            self.close(is_refused=False)

    @staticmethod
    def check(response: Response) -> Response:
        """The response; raises if its body was corrupt."""
        if UNSOUND in response:
            raise TransportError(UNREADABLE, response[UNSOUND], carried_out="unknown")
        return response

    def open(self) -> None:
        """An attempt is sent."""
        self.was_sent = self.is_open = True

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
    sending.close(is_refused=_CLIENT_ERROR <= status < _SERVER_ERROR and not is_unsound)
    if not sending.is_repeatable and (status >= _SERVER_ERROR or is_unsound):
        detail = parsed.get(UNSOUND) or parsed.get("Error", {}).get("Message", "")
        code = UNREADABLE if is_unsound else str(status)
        raise TransportError(code, str(detail), carried_out="unknown")


def flag_corrupt_response(
    response_dict: Mapping[str, Any] | None = None,
    parsed_response: MutableMapping[str, Any] | None = None,
    **_: object,
) -> None:
    """Handles botocore's `response-received`; marks a parsed response whose body is corrupt."""
    if response_dict is None or parsed_response is None:
        return
    is_error = response_dict["status_code"] >= _ERROR
    problem = _problem(response_dict["headers"], response_dict["body"], is_error=is_error)
    if problem:
        parsed_response[UNSOUND] = problem


def _problem(headers: Mapping[str, str], body: bytes, *, is_error: bool) -> str | None:
    """What is wrong with a body; an error without a checksum may be any page."""
    checksum = headers.get(_CHECKSUM)
    if checksum is not None:
        return None if str(zlib.crc32(body)) == checksum else "the body fails its checksum"
    if is_error:
        return None
    try:
        return None if isinstance(json.loads(body), dict) else "the body is no JSON object"
    except ValueError:
        return "the body is no JSON"
