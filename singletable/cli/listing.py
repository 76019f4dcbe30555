"""`singletable patterns`: lists the access patterns."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict

from singletable.cli.project import Project
from singletable.emit.data_text import json_text


def patterns(options: Namespace) -> int:
    """One pattern a line, or everything known of each as JSON."""
    project = Project.of(options)
    if options.json:
        design = project.design(with_callers=True, examples=True)
        print(json_text([asdict(pattern) for pattern in design.patterns]))
        return 0
    print(
        _align(
            [
                (each.name, each.operation.kind, each.operation.index, each.question)
                for each in project.design().patterns
            ]
        )
    )
    return 0


def _align(rows: list[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
