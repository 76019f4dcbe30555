"""`singletable docs` and `singletable golden`: generated files, written or checked."""

from __future__ import annotations

import json
import shlex
from argparse import Namespace
from pathlib import Path

from singletable.cli.files import check_files, write_files
from singletable.cli.project import Project
from singletable.cli.usage import UsageError
from singletable.emit.docs.errors_page import errors_page
from singletable.emit.docs.page import access_patterns_page
from singletable.emit.golden import golden_files


def docs(options: Namespace) -> int:
    """Writes docs/access-patterns.md, and docs/errors.md where it is wanted."""
    project = Project.of(options)
    folder = Path(options.output) if options.output else project.settings.root / "docs"
    design = project.design(with_callers=True, examples=True)
    wanted = {folder / "access-patterns.md": access_patterns_page(design)}
    if options.errors or project.settings.errors:
        wanted[folder / "errors.md"] = errors_page()
    return _settle(options, _resolve(wanted), [])


def golden(options: Namespace) -> int:
    """Writes the example requests of every pattern, one JSON file each."""
    folder = Path(options.output)
    texts = golden_files(Project.of(options).design(examples=True))
    wanted = {folder / name: text for name, text in texts.items()}
    surplus = [path for path in sorted(folder.glob("*.json")) if path not in wanted]
    for path in surplus:
        _check_ours(path)
    return _settle(options, _resolve(wanted), [path.resolve() for path in surplus])


def _resolve(wanted: dict[Path, str]) -> dict[Path, str]:
    return {path.resolve(): text for path, text in wanted.items()}


def _settle(options: Namespace, wanted: dict[Path, str], surplus: list[Path]) -> int:
    if not options.check:
        return write_files(wanted, surplus)
    words = [word for word in options.words if word != "--check"]
    return check_files(wanted, surplus, shlex.join(["singletable", *words]))


def _check_ours(path: Path) -> None:
    """Raises `UsageError` for a file that holds no golden request, so that it is not deleted."""
    try:
        requests = json.loads(path.read_text("utf-8"))
        ours = all(set(request) == {"operation", "parameters"} for request in requests)
    except (ValueError, TypeError):
        ours = False
    if not ours:
        raise UsageError(f"{path} holds no golden request; name a folder for them alone")
