"""What is for people at a terminal: colours, source lines, progress."""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from singletable.cli.colours import painter
from singletable.cli.progress import show_progress
from tests.singletable.cli.conftest import Run

ROOT = Path(__file__).parents[3]
DESIGN = """\
from singletable import Entity, Query, Table, access_pattern

table = Table("shop")
gsi1 = table.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")


class Order(Entity, table=table):
    '''An order.'''

    order: str

    key = table.primary.key("ORDER#{order}", "ORDER")
    by_all = gsi1.key("ORDERS", "{order}")


@access_pattern
def all_orders() -> Query[Order]:
    '''All orders.'''
    return Order.by_all.query()


table.accept(
    "unread-key", "Order.key", because="Orders are read by the index."
)
"""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "on_terminal", "elsewhere"),
    [
        ({"TERM": "xterm"}, True, False),
        ({"TERM": "dumb"}, False, False),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False, False),
        ({"TERM": "xterm", "NO_COLOR": ""}, True, False),
        ({"TERM": "dumb", "FORCE_COLOR": "1"}, True, True),
        ({"TERM": "xterm", "FORCE_COLOR": "0"}, False, False),
        ({"TERM": "xterm", "FORCE_COLOR": "1", "NO_COLOR": "1"}, False, False),
    ],
)
def test_colours_are_for_terminals_and_may_be_refused(
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    on_terminal: bool,
    elsewhere: bool,
) -> None:
    for name in ("TERM", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    for stream, is_coloured in ((Terminal(), on_terminal), (io.StringIO(), elsewhere)):
        text = painter(stream)("error", "red")
        assert text == ("\x1b[1;31merror\x1b[0m" if is_coloured else "error")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text('[tool.singletable]\ndesign = "shop_of_terminals"\n')
    (tmp_path / "shop_of_terminals.py").write_text(DESIGN)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def test_a_finding_has_its_source_line(run: Run, shop: Path) -> None:
    """That of the class, or of an acceptance; underlined from its first character to its last."""
    out = run("check", "--show", "note", design=None).out
    assert (
        "shop_of_terminals.py:7: note[one-partition] All items of the entity are in one partition\n"
        "    |\n"
        "  7 | class Order(Entity, table=table):\n"
        "    | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  found: Order.by_all: the partition key is ORDERS\n"
    ) in out
    assert (
        "shop_of_terminals.py:22: warning[unused-acceptance] The design accepts a finding that is"
        " found no more\n     |\n  22 | table.accept(\n     | ^^^^^^^^^^^^^\n"
    ) in out
    sys.modules.pop("shop_of_terminals")


def on_a_terminal(folder: Path, *words: str) -> str:
    """What a process prints whose output and error output are a terminal."""
    main, child = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"}
    for name in ("NO_COLOR", "FORCE_COLOR"):
        environment.pop(name, None)
    with subprocess.Popen(
        [sys.executable, "-m", "singletable", *words],
        cwd=folder,
        env=environment,
        stdout=child,
        stderr=child,
    ):
        os.close(child)
        printed = b""
        while True:
            try:
                read = os.read(main, 65536)
            except OSError:  # the last one of the other end has closed it
                break
            if not read:
                break
            printed += read
    os.close(main)
    return printed.decode()


def test_a_terminal_gets_colours_and_progress(shop: Path) -> None:
    """Of a design that takes its time; the line of progress is erased before the answer."""
    path = shop / "shop_of_terminals.py"
    path.write_text(f"import time\ntime.sleep(1.6)\n{DESIGN}")
    printed = on_a_terminal(shop, "check", "--show", "note")
    assert re.search(r"\r\x1b\[Kimporting the design \(\d s\)", printed)
    answer = printed.rpartition("\r\x1b[K")[2]
    assert "importing" not in answer
    assert "\x1b[1;34mnote\x1b[0m[\x1b[1mone-partition\x1b[0m]" in answer
    assert "\x1b[1;31msingletable:\x1b[0m [wrong-usage]" in on_a_terminal(shop, "chekc")


def test_what_is_quick_shows_no_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does what is slow, where nobody looks."""
    for stream, seconds in ((Terminal(), 0.0), (io.StringIO(), 0.5)):
        monkeypatch.setattr("sys.stderr", stream)
        monkeypatch.setattr("singletable.cli.progress._PATIENCE_SECONDS", 0.3)
        with show_progress("working"):
            time.sleep(seconds)
        assert stream.getvalue() == ""


def test_progress_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setattr("singletable.cli.progress._PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr("singletable.cli.progress._STEP_SECONDS", 0.01)
    with show_progress("items read:") as progress:
        for _ in progress.counted(range(1234)):
            pass
        time.sleep(0.1)
    assert "\r\x1b[Kitems read: 1,234 (0 s)" in stream.getvalue()
    assert stream.getvalue().endswith("\r\x1b[K")
