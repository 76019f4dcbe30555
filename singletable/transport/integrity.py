"""Detects corrupt response bodies. Knows HTTP and JSON; no operation.

botocore takes a body that is no JSON for an empty answer, and one that fails its checksum for a
good one once its retries are used up: an item would seem not to exist.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping, MutableMapping
from typing import Any

UNSOUND = "SingletableUnsound"
_CHECKSUM = "x-amz-crc32"


def flag_corrupt_response(
    response_dict: Mapping[str, Any] | None = None,
    parsed_response: MutableMapping[str, Any] | None = None,
    **_: object,
) -> None:
    """A handler of botocore's `response-received`; marks the parsed answer."""
    if response_dict is None or parsed_response is None or response_dict["status_code"] >= 300:
        return
    problem = _problem(response_dict["headers"], response_dict["body"])
    if problem:
        parsed_response[UNSOUND] = problem


def _problem(headers: Mapping[str, str], body: bytes) -> str | None:
    checksum = headers.get(_CHECKSUM)
    if checksum is not None:
        return None if str(zlib.crc32(body)) == checksum else "the body fails its checksum"
    try:
        return None if isinstance(json.loads(body), dict) else "the body is no JSON object"
    except ValueError:
        return "the body is no JSON"
