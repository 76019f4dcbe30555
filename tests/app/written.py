"""The lines that the app writes, as they leave the process. A fixture."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from app.core.context import OURS, configure_logging


class Written:
    """Everything from DEBUG on, of ours; of others what the app lets through."""

    def __init__(self, stream: io.StringIO) -> None:
        self._stream = stream

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    def access(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["logger"] == "app.access"]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[Written]:
    stream = io.StringIO()
    root, names = logging.getLogger(), (*OURS, "mangum.http", "uvicorn.access")
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in names}
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", stream)
        configure_logging("DEBUG")
    try:
        yield Written(stream)
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        for name, former in levels.items():
            logging.getLogger(name).setLevel(former)
