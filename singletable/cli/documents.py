"""`singletable docs` and `singletable golden`: generated files, written or checked."""

from __future__ import annotations

import json
import shlex
from argparse import Namespace
from pathlib import Path
from typing import Literal

from singletable.check.page import checks_page
from singletable.check.units import PatternUnits, units_of
from singletable.check.volumes import declared_volumes
from singletable.cli.files import check_files, write_files
from singletable.cli.project import Project
from singletable.cli.usage import CommandError, UsageError
from singletable.codec.wire import is_list, is_mapping
from singletable.design import ir
from singletable.emit.docs.errors_page import errors_page
from singletable.emit.docs.page import access_patterns_page
from singletable.emit.golden import golden_files

_COMMANDS = (
    "Told by [commands](commands.md) alone, on the error output, or with `--json` as an object"
    " `error` on the output. The exit code is 2 where nothing else is said."
)


def docs(options: Namespace) -> int:
    """Writes docs/access-patterns.md, and the engine's errors.md and checks.md if wanted."""
    project = Project.of(options)
    folder = Path(options.output) if options.output else project.settings.root / "docs"
    design = project.design(with_callers=True, examples=True)
    page = access_patterns_page(design, _units(design))
    wanted = {folder / "access-patterns.md": page}
    if options.errors or project.settings.errors:
        wanted[folder / "errors.md"] = errors_page((CommandError, _COMMANDS))
        wanted[folder / "checks.md"] = checks_page()
    return _settle(options, {path.resolve(): text for path, text in wanted.items()}, [])


def _units(design: ir.Design) -> dict[str, str]:
    """What a call of each pattern costs, where the declarations say the sizes that it takes."""
    found = units_of(design, declared_volumes(design)) if design.volumes else []
    return {each.pattern: _units_text(each) for each in found if not each.missing}


def _units_text(units: PatternUnits) -> str:
    """Such as `3.5 read` or `2 read, 12 write`."""
    kinds: tuple[Literal["read", "write"], ...] = ("read", "write")
    counted = ((units.units(kind), kind) for kind in kinds)
    return ", ".join(f"{count:g} {kind}" for count, kind in counted if count)


def golden(options: Namespace) -> int:
    """Writes the example requests of every pattern, one JSON file each."""
    folder = Path(options.output).resolve()
    texts = golden_files(Project.of(options).design(examples=True))
    wanted = {folder / name: text for name, text in texts.items()}
    there = sorted(folder.iterdir()) if folder.exists() else []
    surplus = [path for path in there if path.is_file() and path not in wanted]
    for path in surplus:
        _check_ours(path)
    return _settle(options, wanted, surplus)


def _settle(options: Namespace, wanted: dict[Path, str], surplus: list[Path]) -> int:
    if not options.check:
        return write_files(wanted, surplus)
    words = [word for word in options.words if word != "--check"]
    return check_files(wanted, surplus, shlex.join(["singletable", *words]))


def _check_ours(path: Path) -> None:
    """Raises `UsageError` for a file that holds no golden requests, so that it is not deleted."""
    try:
        requests = json.loads(path.read_text("utf-8"))
    except ValueError:
        requests = None
    if not is_list(requests) or not requests or not all(map(_is_request, requests)):
        raise UsageError(f"{path} holds no golden request; name a folder for them alone")


def _is_request(value: object) -> bool:
    return is_mapping(value) and set(value) == {"operation", "parameters"}
