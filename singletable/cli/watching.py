"""Runs a command again, in a process of its own, whenever a file of the design changes."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from singletable.cli.usage import INTERRUPTED

State: TypeAlias = Mapping[Path, tuple[int, int]]
"""When each file was changed, and its size."""

_POLL_SECONDS = 0.3
_SETTLED_SECONDS = 0.05
_CLEAR = "\x1b[2J\x1b[3J\x1b[H"
_ENVIRONMENT = "pyvenv.cfg"


def watch(words: Sequence[str], folder: Path | None, files: Iterable[Path]) -> int:
    """Runs the command line at once and after each change, until it is interrupted.

    Changes are those of `files`, of all that is in such a folder, and of all modules in `folder`
    but those of environments.
    """
    named = [each.resolve() for each in files]
    try:
        seen = _state(folder, named)
        while True:
            _run(words)
            now = _next_state(folder, named, seen)
            changed = sorted({*dict(now.items() ^ seen.items())})
            seen = now
            _announce(changed)
    except KeyboardInterrupt:
        return INTERRUPTED


def _run(words: Sequence[str]) -> None:
    """A new Python has no module of the last one, nor its compiled text, which may be older."""
    subprocess.run([sys.executable, "-B", "-m", "singletable", *words], check=False)  # noqa: S603
    sys.stdout.flush()


def _next_state(folder: Path | None, files: Sequence[Path], seen: State) -> State:
    """Waits for a change, and until it has ended."""
    now = _state(folder, files)
    while now == seen:
        time.sleep(_POLL_SECONDS)
        now = _state(folder, files)
    while True:
        time.sleep(_SETTLED_SECONDS)
        later = _state(folder, files)
        if later == now:
            return now
        now = later


def _state(folder: Path | None, files: Sequence[Path]) -> State:
    found = dict[Path, tuple[int, int]]()
    inside = (path for each in files if each.is_dir() for path in each.rglob("*"))
    for path in (*files, *inside, *(_modules(folder) if folder else ())):
        try:
            status = path.stat()
        except OSError:
            continue
        found[path] = (status.st_mtime_ns, status.st_size)
    return found


def _modules(folder: Path) -> Iterator[Path]:
    for path, folders, names in os.walk(folder):
        here = Path(path)
        folders[:] = [
            each
            for each in folders
            if not each.startswith((".", "__", "node_modules"))
            and not (here / each / _ENVIRONMENT).exists()
        ]
        yield from (here / name for name in names if name.endswith(".py"))


def _announce(changed: Sequence[Path]) -> None:
    """Clears a terminal; says elsewhere what is new, too."""
    if sys.stdout.isatty():
        print(_CLEAR, end="")
    shown = ", ".join(each.name for each in changed[:3])
    more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
    print(f"{datetime.now().astimezone():%H:%M:%S} {shown}{more} changed\n", flush=True)
