"""`singletable export` and `singletable import`: designs as files in the interchange format."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Sequence
from pathlib import Path

from singletable.cli.files import write_files
from singletable.cli.modules import (
    draft,
    module_options,
    module_path,
    print_summary,
    write_module,
)
from singletable.cli.project import Project
from singletable.cli.usage import UsageError
from singletable.design import ir
from singletable.design.exporting import export_design
from singletable.design.interchange import design_of, read_file
from singletable.emit.data_text import json_text
from singletable.emit.workbench import workbench_model
from singletable.errors.design import MissingExample
from singletable.errors.request import RequestError

FORMATS = OURS, WORKBENCH = ("singletable", "workbench")


def export_options(parser: ArgumentParser) -> None:
    """The options of `export`."""
    add = parser.add_argument
    add("file", nargs="?", metavar="FILE", help="a design as JSON (default: the project's own)")
    add("--format", choices=FORMATS, default=FORMATS[0], help="default: %(default)s")
    add("--output", metavar="FILE", help="the file (default: print it)")


def import_options(parser: ArgumentParser) -> None:
    """The options of `import`."""
    parser.add_argument("file", metavar="FILE", help="a design as JSON, also of another tool")
    module_options(parser)


def export(options: Namespace) -> int:
    """Prints or writes a design, the project's own or one in a file; on stderr what the format
    cannot say."""
    data, notes = _exported(options)
    print_notes(notes)
    if options.output:
        return write_files({Path(options.output).resolve(): f"{json_text(data)}\n"})
    print(json_text(data))
    return 0


def _exported(options: Namespace) -> tuple[ir.JsonObject, Sequence[str]]:
    if options.file and options.design:
        raise UsageError("a file and --design are two designs; name one")
    if not options.file:
        project = Project.of(options)
        if options.format == OURS:
            return export_design(project.design(examples=False))
        design, notes = _with_items(project)
        model, lost = workbench_model(design, export_design(design)[0], design.tables[0].name)
        return model, (*notes, *lost)
    imported = read_file(Path(options.file))
    design = design_of(imported.data, options.file)
    if options.format == OURS:
        return imported.data, imported.notes
    model, notes = workbench_model(design, imported.data, Path(options.file).stem)
    return model, (*imported.notes, *notes)


def _with_items(project: Project) -> tuple[ir.Design, Sequence[str]]:
    """The project's design with its example items; without, where they cannot be made."""
    try:
        return project.design(examples=True), ()
    except (MissingExample, RequestError, RecursionError) as error:
        why = f"example items are made up, as those of the declarations cannot be: {error}"
        return project.design(examples=False), (why,)


def import_(options: Namespace) -> int:
    """Prints a file of any format in the interchange format, or writes it as a Python module; on
    stderr what is left out."""
    if options.design:
        raise UsageError("import reads a file; --design is for the project's own")
    path = module_path(options) if options.to else None
    imported = read_file(Path(options.file))
    design = design_of(imported.data, options.file)
    print_notes(imported.notes)
    if path is not None:
        return _write(design, path, f"The design of {Path(options.file).name}.")
    print(json_text(imported.data))
    return 0


def _write(design: ir.Design, path: Path, summary: str) -> int:
    """Writes a module; 1 where no entity could be declared."""
    module, _ = draft(design, path, summary)
    print_notes(module.notes)
    write_module(module, path)
    print_summary(module, path)
    return int(bool(design.entities) and not module.entities)


def print_notes(notes: Iterable[str]) -> None:
    for each in notes:
        print(f"note: {each}", file=sys.stderr)
