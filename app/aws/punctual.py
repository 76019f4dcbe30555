"""Nothing is sent to AWS that could not be answered within the time of the request it is for.

Asked before every attempt, the first as well as each retry. Outside of a request there is no end.
"""

from __future__ import annotations

from typing import Any

from botocore.exceptions import BotoCoreError

from app.http.deadline import seconds_left


class TooLate(BotoCoreError):
    """Of botocore's family: adapters take it for a service that cannot be reached."""

    fmt = "the time of the request is used up"


class Punctual:
    """A handler of botocore's `before-send`. `config`: the client's, which has its time-outs."""

    def __init__(self, config: Any) -> None:
        self._attempt: float = config.connect_timeout + config.read_timeout

    def __call__(self, **_: Any) -> None:
        left = seconds_left()
        if left is not None and left < self._attempt:
            raise TooLate
