"""Documents that show code show code that runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
STRATEGIES = ROOT / "docs/strategies"
RUNNER = Path(__file__).with_name("run_document.py")
DOCUMENTS = sorted(
    path
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    if "```python" in path.read_text() or "```pycon" in path.read_text()
)


def is_slow(document: Path) -> bool:
    """Whether it is one of many pages of a kind, which take a second each."""
    return document.parent == STRATEGIES or document.name.startswith("from-")


def run(document: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", str(RUNNER), str(document)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        timeout=120,
        check=False,
    )


def test_the_language_is_shown_in_code() -> None:
    """The page on declaring, and both front pages, hold code."""
    names = {path.name for path in DOCUMENTS}
    assert {"declaring.md", "README.md", "README.ko.md"} <= names


@pytest.mark.parametrize(
    "document",
    [pytest.param(path, marks=[pytest.mark.slow] if is_slow(path) else []) for path in DOCUMENTS],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_its_code_runs(document: Path) -> None:
    """Every block runs in order, and every example answers what the page says."""
    done = run(document)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "text",
    [
        "```pycon\n>>> 1 + 1\n3\n```\n",
        "```python\nraise ValueError\n```\n",
        "no code\n",
        "```console\n$ singletable explain --design access_patterns posts.by_id\nNo.\n```\n",
    ],
    ids=["wrong answer", "exception", "nothing to run", "wrong output"],
)
def test_what_does_not_run_is_noticed(tmp_path: Path, text: str) -> None:
    """A wrong answer, an exception, and a page without code all fail."""
    document = tmp_path / "page.md"
    document.write_text(text)
    assert run(document).returncode != 0
