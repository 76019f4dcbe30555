"""Imports go downwards only."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_imports_go_downwards_only() -> None:
    """Between the floors of the project and between the rooms of the engine."""
    command = [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports_command as run; run()",
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [*command, "--no-cache"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Rooms of the engine, from top to bottom KEPT" in done.stdout


PUBLIC = {
    "singletable",
    "singletable.errors",
    "singletable.formats",
    "singletable.inspect",
    "singletable.patterns",
    "singletable.streams",
    "singletable.telemetry",
    "singletable.testing",
    "singletable.transport",
    "singletable.volumes",
}
EXCEPTIONS = {
    ("app/processes.py", "singletable.check"),  # readiness: is the table as declared?
    ("app/processes.py", "singletable.design"),
    ("tests/app/services/audit/test_audited.py", "singletable.entity"),
    ("tests/app/services/audit/test_audited.py", "singletable.tracing"),
    ("tests/app/adapters/cache/test_reading.py", "singletable.design.arguments"),
    ("tests/app/adapters/cache/test_tags.py", "singletable.design.arguments"),
}
"""The check of the live table, and tests; to be counted down, not up."""


def imported(file: Path) -> Iterator[str]:
    """The modules of the engine that a file imports, wherever it does."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        yield from (name for name in names if name.partition(".")[0] == "singletable")


def test_the_backend_uses_the_public_face_alone() -> None:
    """As any other user of the wheel would; every exception is listed and still there."""
    found = {
        (str(file.relative_to(ROOT)), module)
        for folder in ("model", "access_patterns", "app", "tests/app")
        for file in (ROOT / folder).rglob("*.py")
        for module in imported(file)
        if module not in PUBLIC
    }
    assert found == EXCEPTIONS


def test_the_root_has_at_most_fifty_names() -> None:
    """What declarations and their use need, and no more."""
    import singletable

    assert len(singletable.__all__) <= 50
    assert [name for name in singletable.__all__ if not hasattr(singletable, name)] == []
