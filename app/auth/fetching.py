"""A small public document by its address. Knows nothing of what it is for.

No proxy of the environment, no redirect, no other scheme: the document comes from where the
settings say, or not at all.
"""

from __future__ import annotations

import time
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
)

MOST_BYTES = 64 * 1024
TIMEOUT_SECONDS = 3.0
_CHUNK = 8192


def fetched(url: str) -> bytes:
    """What a 200 answers, 64 KiB at most. Raises `OSError` for all that goes wrong."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    try:
        if urlsplit(url).scheme not in {"http", "https"}:
            raise OSError("neither http nor https")
        with _opener().open(url, timeout=TIMEOUT_SECONDS) as answer:
            if answer.status != 200:
                raise OSError(f"status {answer.status}")
            return _read(answer, deadline)
    except HTTPError as answer:
        answer.close()
        raise OSError(f"status {answer.code}") from None
    except (HTTPException, ValueError) as error:
        raise OSError(type(error).__name__) from error


def _opener() -> OpenerDirector:
    opener = OpenerDirector()
    for handler in (HTTPHandler, HTTPSHandler, HTTPErrorProcessor, HTTPDefaultErrorHandler):
        opener.add_handler(handler())
    return opener


def _read(answer: Any, deadline: float) -> bytes:
    """Piece by piece: a server that sends a byte a second does not hold us for long."""
    body = bytearray()
    while chunk := answer.read1(_CHUNK):
        body += chunk
        if len(body) > MOST_BYTES:
            raise OSError(f"more than {MOST_BYTES} bytes")
        if time.monotonic() > deadline:
            raise OSError(f"slower than {TIMEOUT_SECONDS} seconds")
    return bytes(body)
