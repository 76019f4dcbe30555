"""Runs the command line in-process, on the library."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from singletable.cli.main import main

DESIGN = "tests.singletable.library"


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ran]


@pytest.fixture(autouse=True)
def uncoloured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the environment says that the tests run in."""
    monkeypatch.delenv("FORCE_COLOR", raising=False)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """`run("patterns", "--json")`: the exit code and what was printed where."""

    def command(*words: str, design: str | None = DESIGN) -> Ran:
        capsys.readouterr()
        own = ["--design", design] if design else []
        try:
            code = main([*words, *own])
        except SystemExit as left:
            code = int(left.code or 0)
        captured = capsys.readouterr()
        return Ran(code, captured.out, captured.err)

    return command
