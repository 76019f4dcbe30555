"""Outputs that are closed, full, or of an encoding that lacks some signs."""

from __future__ import annotations

import io
import json

import pytest

from singletable.cli.main import main
from tests.singletable.cli.conftest import DESIGN

WORDS = ("explain", "members.named", "name=café 📚", "--json", "--design", DESIGN)


class Full(io.RawIOBase):
    """A device on which no byte fits."""

    def writable(self) -> bool:
        return True

    def write(self, _: object) -> int:
        raise OSError(28, "No space left on device")

    def fileno(self) -> int:
        return -1


def test_signs_that_the_encoding_lacks_are_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    """As JSON has them, so that the data are the same."""
    written = io.BytesIO()
    monkeypatch.setattr("sys.stdout", io.TextIOWrapper(written, encoding="ascii"))
    assert main(WORDS) == 0
    text = written.getvalue().decode("ascii")
    assert r"caf\u00e9 \ud83d\udcda" in text
    assert "café 📚" in json.dumps(json.loads(text), ensure_ascii=False)


def test_a_closed_output_is_said_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Python has no output object then; nor may it have one for errors."""
    monkeypatch.setattr("sys.stdout", None)
    assert main(WORDS) == 2
    told = capsys.readouterr().err
    assert told.startswith("singletable: [file-failed] the standard output is closed\n")
    monkeypatch.setattr("sys.stderr", None)
    assert main(WORDS) == 2


def test_a_full_output_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And given up, so that the interpreter does not fail on it once more."""
    replaced = list[int]()

    def dup2(_: int, to: int) -> None:
        replaced.append(to)

    monkeypatch.setattr("os.dup2", dup2)
    out = io.TextIOWrapper(io.BufferedWriter(Full()), encoding="utf-8")
    monkeypatch.setattr("sys.stdout", out)
    assert main(WORDS) == 2
    told = capsys.readouterr().err
    assert told.startswith("singletable: [file-failed] No space left on device: standard output\n")
    assert replaced == [-1]
