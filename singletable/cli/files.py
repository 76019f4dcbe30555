"""Writes generated files, or compares them with the committed ones. Knows no design."""

from __future__ import annotations

import difflib
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

_SHOWN = 40


def write_files(wanted: Mapping[Path, str], surplus: Sequence[Path] = ()) -> int:
    """Writes what differs and deletes what is surplus; returns 0."""
    for path, text in wanted.items():
        if _current(path) == text:
            print(f"unchanged {_short_path(path)}")
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, text)
        print(f"written   {_short_path(path)}")
    for path in surplus:
        path.unlink()
        print(f"deleted   {_short_path(path)}")
    return 0


def check_files(wanted: Mapping[Path, str], surplus: Sequence[Path], mend: str) -> int:
    """Returns 0 if every file is as wanted, else 1; prints the first lines of differences."""
    stale = {path: text for path, text in wanted.items() if _current(path) != text}
    for path in stale:
        print(f"{_short_path(path)} is {'missing' if _current(path) is None else 'stale'}")
    for path in surplus:
        print(f"{_short_path(path)} stands for nothing that is declared")
    lines = [line for path, text in stale.items() for line in _difference(path, text)]
    for line in lines[:_SHOWN]:
        print(line)
    if len(lines) > _SHOWN:
        print(f"... {len(lines) - _SHOWN} more lines")
    if stale or surplus:
        print(f"To mend it: {mend}")
        return 1
    print(f"up to date: {', '.join(map(_short_path, wanted)) if len(wanted) < 4 else len(wanted)}")
    return 0


def _replace(path: Path, text: str) -> None:
    """Writes the whole text, or leaves the file as it is."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(text, "utf-8", newline="\n")
        if path.exists():
            shutil.copymode(path, beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _difference(path: Path, text: str) -> Iterator[str]:
    current = (_current(path) or "").splitlines()
    name = _short_path(path)
    yield from difflib.unified_diff(
        current, text.splitlines(), f"{name} (committed)", f"{name} (declared)", lineterm=""
    )


def _current(path: Path) -> str | None:
    """The file's text with its line ends as they are; None if there is none."""
    return path.read_bytes().decode("utf-8", "replace") if path.is_file() else None


def _short_path(path: Path) -> str:
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
