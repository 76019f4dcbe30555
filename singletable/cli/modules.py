"""Designs as Python modules: drafted, tried, and written whole or not at all."""

from __future__ import annotations

import keyword
import os
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from singletable.cli.usage import UsageError
from singletable.design import ir
from singletable.design.trial import Trial
from singletable.emit.docs.markdown import count
from singletable.emit.module import Evidence, Module, Refusal, draft_module

_OURS = frozenset({"singletable", "pydantic"})


def module_options(parser: ArgumentParser) -> None:
    """The options of commands that write a module."""
    parser.add_argument("--to", metavar="MODULE.py", help="write declarations in Python instead")
    parser.add_argument("--force", action="store_true", help="with --to: over a file that is there")


def module_path(options: Namespace) -> Path:
    """The file that `--to` names; `UsageError` for what is no module, or is there already."""
    path = Path(options.to)
    name = path.stem
    if path.suffix != ".py" or not name.isidentifier() or keyword.iskeyword(name):
        raise UsageError(f"--to {options.to}: a Python module is meant, such as shop.py")
    if name in sys.stdlib_module_names or name in _OURS:
        raise UsageError(f"--to {options.to}: it would hide the module {name}; name another file")
    if path.exists() and not options.force:
        raise UsageError(f"{path} is there already: name another file, or write over it by --force")
    return path


def draft(
    design: ir.Design,
    path: Path,
    summary: str,
    *,
    evidence: Evidence | None = None,
    untagged: bool = False,
) -> tuple[Module, ir.Design]:
    """The module, and the design that it declares."""
    with Trial(path.stem) as trial:
        return draft_on(trial, design, summary, evidence=evidence, untagged=untagged)


def draft_on(
    trial: Trial,
    design: ir.Design,
    summary: str,
    *,
    evidence: Evidence | None = None,
    untagged: bool = False,
) -> tuple[Module, ir.Design]:
    """The same, in a trial that is open, and stays so."""

    def run(source: str) -> Refusal | None:
        refused = trial.run(source)
        return None if refused is None else Refusal(*refused)

    module = draft_module(
        design, run, name=trial.name, summary=summary, evidence=evidence, untagged=untagged
    )
    return module, trial.design()


def write_module(module: Module, path: Path) -> None:
    """Writes the module beside its place, then puts it there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(module.text, "utf-8", newline="\n")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def print_summary(module: Module, path: Path) -> None:
    """On stderr how much was declared, after the notes of what was not."""
    entities = count(len(module.entities), "entity", "entities")
    patterns = count(len(module.patterns), "pattern", "patterns")
    left = f"; {len(module.left_out)} declarations left out" if module.left_out else ""
    print(f"written   {path}: {entities}, {patterns}{left}", file=sys.stderr)
