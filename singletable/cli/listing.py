"""`singletable patterns`: what is asked, printed."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict

from singletable.catalogue.pattern_row import index_of
from singletable.catalogue.readable import json_text
from singletable.cli.project import Project


def patterns(options: Namespace) -> int:
    """One pattern a line, or everything known of each as JSON."""
    project = Project.of(options)
    if options.json:
        rows = project.catalogue(with_callers=True).patterns
        print(json_text([asdict(row) for row in rows]))
        return 0
    print(
        _aligned(
            [
                (each.name, type(each.operation).__name__, index_of(each.operation), each.question)
                for each in project.table.patterns.values()
            ]
        )
    )
    return 0


def _aligned(rows: list[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
