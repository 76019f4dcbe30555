"""The bench runs, has every row, and goes on where it was interrupted. No figure is judged here."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.bench import app, clients, cold, growth
from tests.bench.__main__ import main
from tests.bench.pairs import Effort

ROOT = Path(__file__).parents[2]
SECTIONS = {"clients": clients, "growth": growth, "cold": cold, "app": app}
LEFT_OUT = "the quick mode measures ours alone"


def bench(*options: object) -> list[str]:
    return [sys.executable, "-m", "tests.bench", "--quick", *map(str, options)]


@pytest.mark.slow
def test_the_quick_mode_has_every_row(tmp_path: Path) -> None:
    """Each row of ours has figures, each other one says why not; and the page has all of them."""
    page, results = tmp_path / "performance.md", tmp_path / "results.json"
    page.write_text((ROOT / "docs" / "performance.md").read_text())
    command = bench("--results", results, "--page", page)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(results.read_text())
    for name, section in SECTIONS.items():
        assert set(found[name]) == set(section.ROWS)
        for row, values in found[name].items():
            assert row in page.read_text()
            if row in section.QUICK:
                assert_figures(name, values)
            else:
                assert values["left_out"] == LEFT_OUT


def assert_figures(section: str, values: dict[str, Any]) -> None:
    """All are there, and positive."""
    if section == "clients":
        assert all(has_costs(values[operation]) for operation in clients.OPERATIONS)
    elif section == "growth":
        assert values["ms"]
        assert all(each > 0 for each in values["ms"].values())
    else:
        assert has_costs(values)


def has_costs(values: dict[str, Any]) -> bool:
    kinds = ("ratio", "low", "high", "best_ms", "median_ms", "base_best_ms", "base_median_ms")
    return all(values[cost][kind] > 0 for cost in ("cpu", "wall") for kind in kinds)


@pytest.fixture
def signal_handlers() -> Iterator[None]:
    """The bench sets its own; pytest's are put back."""
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


@pytest.mark.slow
@pytest.mark.usefixtures("signal_handlers")
def test_an_interrupted_run_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C is exit 130; what was measured before is kept, and not measured again."""
    results = tmp_path / "results.json"
    arguments = ["--quick", "--only", "growth", "--results", str(results)]
    interrupted = growth.ROWS[2]

    @contextmanager
    def opened(effort: Effort) -> Iterator[Callable[[str], dict[str, Any]]]:
        with opened_as_it_is(effort) as measured:

            def measure(row: str) -> dict[str, Any]:
                if row == interrupted:
                    signal.raise_signal(signal.SIGINT)
                return measured(row)

            yield measure

    opened_as_it_is = growth.opened
    with monkeypatch.context() as patched:
        patched.setattr(growth, "opened", opened)
        assert main(arguments) == 130
    before = json.loads(results.read_text())["growth"]
    assert list(before) == list(growth.ROWS[:2])
    capfd.readouterr()
    assert main(arguments) == 0
    after = json.loads(results.read_text())["growth"]
    assert set(after) == set(growth.ROWS)
    assert {name: after[name] for name in before} == before
    said = capfd.readouterr().err
    assert [name for name in before if name in said] == []


def test_an_unknown_section_is_refused() -> None:
    """Exit 2, with the sections that there are."""
    command = bench("--only", "clients,speed")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "no section speed; there are clients, growth, cold, app" in done.stderr


def test_the_bench_installs_no_second_urllib3() -> None:
    """niquests would put another package into urllib3's place, and what is measured be another."""
    lock = (ROOT / "locks" / "bench.txt").read_text()
    assert "\nurllib3==" in lock
    assert "niquests" not in lock
    assert "urllib3-future" not in lock


def test_the_plot_is_small() -> None:
    """The page loads it on every view."""
    plot = ROOT / "docs" / "images" / "performance.svg"
    assert 1_000 < len(plot.read_bytes()) < 60_000
