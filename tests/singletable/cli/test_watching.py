"""`singletable check --watch`, as a process whose files change."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from singletable.check.examples import EXAMPLES
from tests.singletable.cli.conftest import Run

SELECTED = ("--select", "key-collision")
ROOT = Path(__file__).parents[3]
STARTED = """\
import signal, sys
from singletable.cli.main import main
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(main())
"""
"""The command, as from a terminal: what a shell starts in the background ignores Ctrl-C."""
DESIGN = """\
from singletable import Entity, Table

table = Table("shop")


class Order(Entity, table=table):
    '''An order.'''

    order: str

    key = table.primary.key("{prefix}#{{order}}", "ORDER")
"""


class Watched:
    """A process that watches; its lines, as they come."""

    def __init__(self, *words: str, cwd: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", STARTED, "check", "--watch", *SELECTED, *words],
            cwd=cwd,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._lines = queue.Queue[str]()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                self._lines.put(line)

    def wait_for(self, *expected: str) -> str:
        """What it printed until a line had the last of these, and all of them were there."""
        printed = ""
        end = time.monotonic() + 30
        while not all(each in printed for each in expected):
            assert time.monotonic() < end, printed
            try:
                printed += self._lines.get(timeout=0.2)
            except queue.Empty:
                assert self._process.poll() is None, printed
        return printed

    def interrupt(self) -> int:
        """As Ctrl-C does: a signal to all of its processes."""
        os.killpg(self._process.pid, signal.SIGINT)
        return self._process.wait(timeout=30)

    def end(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._reader.join(timeout=30)


@pytest.fixture
def watching() -> Iterator[list[Watched]]:
    """What is put into it is ended."""
    started = list[Watched]()
    yield started
    for each in started:
        each.end()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "pyproject.toml").write_text('[tool.singletable]\ndesign = "shop"\n')
    (tmp_path / "shop.py").write_text(DESIGN.format(prefix="ORDER"))
    return tmp_path


def test_a_design_is_checked_again_when_a_module_changes(
    project: Path, watching: list[Watched]
) -> None:
    """Anew each time, and also after one that cannot be imported; Ctrl-C ends it with 130."""
    watched = Watched(cwd=project)
    watching.append(watched)
    watched.wait_for("nothing found")
    module = project / "shop.py"
    module.write_text("import nothing_of_this_name\n")
    told = watched.wait_for("shop.py changed", "see: ")
    assert "[design-failed] shop cannot be imported: ModuleNotFoundError" in told
    module.write_text(DESIGN.format(prefix="ORDER").replace("{order}", "{ordre}"))
    told = watched.wait_for("shop.py changed", "see: ")
    assert "[unknown-template-field] Order.key" in told
    module.write_text(DESIGN.format(prefix="O"))
    watched.wait_for("shop.py changed", "nothing found")
    (project / "later.py").write_text("")
    watched.wait_for("later.py changed", "nothing found")
    (project / ".venv").mkdir()
    (project / ".venv" / "other.py").write_text("")
    (project / "pyproject.toml").write_text('[tool.singletable]\ndesign = "none"\n')
    assert "other.py" not in watched.wait_for(
        "pyproject.toml changed", "[design-not-found]", "see:"
    )
    assert watched.interrupt() == 130


def test_a_file_is_checked_again_when_it_changes(tmp_path: Path, watching: list[Watched]) -> None:
    path = tmp_path / "design.json"
    path.write_text(json.dumps(EXAMPLES["key-collision"].breaks))
    watched = Watched(str(path), cwd=tmp_path)
    watching.append(watched)
    watched.wait_for("error[key-collision]", "found 1 error")
    path.write_text(json.dumps(EXAMPLES["key-collision"].keeps))
    watched.wait_for("design.json changed", "nothing found")
    path.write_text("{")
    watched.wait_for("design.json changed", "it is no JSON, at line 1, column 2")
    assert watched.interrupt() == 130


@pytest.mark.parametrize("form", ["--json", "--sarif"])
def test_programs_do_not_watch(run: Run, form: str) -> None:
    ran = run("check", "--watch", form)
    assert (ran.code, "leave --json and --sarif out" in ran.out + ran.err) == (2, True)
