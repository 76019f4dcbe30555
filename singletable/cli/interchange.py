"""`singletable export` and `singletable import`: designs as files in the interchange format."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from pathlib import Path

from singletable.cli.files import write_files
from singletable.cli.project import Project
from singletable.cli.usage import UsageError
from singletable.design.exporting import export_design
from singletable.design.interchange import design_of, read_file
from singletable.emit.data_text import json_text


def export_options(parser: ArgumentParser) -> None:
    """The options of `export`."""
    parser.add_argument("--output", metavar="FILE", help="the file (default: print it)")


def import_options(parser: ArgumentParser) -> None:
    """The options of `import`."""
    parser.add_argument("file", metavar="FILE", help="a design as JSON, also of another tool")


def export(options: Namespace) -> int:
    """Prints or writes the project's design; on stderr what a file cannot say."""
    data, notes = export_design(Project.of(options).design())
    print_notes(notes)
    if options.output:
        return write_files({Path(options.output).resolve(): f"{json_text(data)}\n"})
    print(json_text(data))
    return 0


def import_(options: Namespace) -> int:
    """Prints a file of any format in the interchange format; on stderr what is left out."""
    if options.design:
        raise UsageError("import reads a file; --design is for the project's own")
    imported = read_file(Path(options.file))
    design_of(imported.data, options.file)
    print_notes(imported.notes)
    print(json_text(imported.data))
    return 0


def print_notes(notes: Iterable[str]) -> None:
    for each in notes:
        print(f"note: {each}", file=sys.stderr)
