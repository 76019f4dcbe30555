"""`singletable snapshot` and `singletable diff`: what changes of a design mean."""

from __future__ import annotations

import subprocess
import sys
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from singletable.check.findings import NEVER
from singletable.cli.colours import Colour, Paint, painter
from singletable.cli.files import check_files, write_files
from singletable.cli.project import Project
from singletable.cli.usage import UsageError
from singletable.design import ir
from singletable.design.interchange import design_of, read_file
from singletable.design.parsing import Unreadable, parse_json, read_text
from singletable.emit.data_text import json_text
from singletable.errors.design import InvalidDesignFile
from singletable.evolve.difference import KINDS, Difference, Kind, compare_designs
from singletable.evolve.snapshot import (
    design_in,
    is_snapshot,
    plain,
    read_snapshot,
    snapshot_file,
    snapshot_text,
)

_GIT = "git:"
_COLOURS: Mapping[Kind, Colour] = {
    "free": "green",
    "index": "blue",
    "rewriting": "yellow",
    "forbidden": "red",
}


def snapshot_options(parser: ArgumentParser) -> None:
    """The options of `snapshot`."""
    add = parser.add_argument
    add("--output", metavar="FILE", help="the file (default: design.snapshot.json)")
    add("--check", action="store_true", help="write nothing; exit code 1 if the file is stale")


def diff_options(parser: ArgumentParser) -> None:
    """The options of `diff`."""
    add = parser.add_argument
    add(
        "old",
        nargs="?",
        metavar="OLD",
        help="a snapshot, a design file, or git:REVISION for the snapshot of that revision"
        " (default: the project's snapshot)",
    )
    add("new", nargs="?", metavar="NEW", help="the same (default: the declarations)")
    add(
        "--fail-on",
        choices=(*KINDS, NEVER),
        default="rewriting",
        help="exit code 1 from this kind of difference on (default: %(default)s)",
    )
    add("--json", action="store_true", help="everything, as data")


def snapshot(options: Namespace) -> int:
    """Writes the design as a file to commit, or compares the file with the declarations."""
    project = Project.of(options)
    path = Path(options.output) if options.output else snapshot_file(project.settings.root)
    wanted = {path.resolve(): snapshot_text(project.design())}
    if not options.check:
        return write_files(wanted)
    return check_files(wanted, (), "singletable snapshot")


def diff(options: Namespace) -> int:
    """Prints each difference and what it means; returns 1 if one is as grave as `--fail-on`."""
    project = Project.of(options)
    old = _design(options.old or str(snapshot_file(project.settings.root)), project)
    new = _design(options.new, project) if options.new else plain(project.design())
    found = compare_designs(old, new)
    if options.json:
        print(json_text({"version": 1, "differences": [_data(each) for each in found]}))
    else:
        print(*_lines(found, painter(sys.stdout)), sep="\n")
    order = (*KINDS, NEVER)
    least = order.index(options.fail_on)
    return int(any(order.index(each.rule.kind) >= least for each in found))


def _design(source: str, project: Project) -> ir.Design:
    """The design of a snapshot, of a design file, or of the snapshot of a revision."""
    if source.startswith(_GIT):
        return _of_revision(source.removeprefix(_GIT), project)
    path = Path(source)
    if not path.exists():
        raise UsageError(
            f"there is no {source}; `singletable snapshot` writes the project's, and git:REVISION"
            " is that of a revision"
        )
    try:
        data = parse_json(read_text(path))
    except Unreadable as error:
        raise InvalidDesignFile(where=source, declared=str(error)) from None
    if is_snapshot(data):
        return design_in(data, source)
    return plain(design_of(read_file(path).data, source))


def _of_revision(revision: str, project: Project) -> ir.Design:
    root = project.settings.root
    if not revision or revision.startswith("-"):
        raise UsageError(f"git:{revision} is no revision; write git:main, or git:HEAD~1")
    name = f"{revision}:./{snapshot_file(root).name}"
    try:
        done = subprocess.run(  # noqa: S603 - one argument, which is no option
            ["git", "show", name],  # noqa: S607
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError as error:
        raise UsageError(f"git cannot be run: {error.strerror}") from None
    if done.returncode != 0:
        reason = (done.stderr.strip().splitlines() or ["it says nothing"])[-1]
        raise UsageError(f"git shows no {name}: {reason}")
    return read_snapshot(done.stdout, f"git:{revision}")


def _data(difference: Difference) -> ir.JsonObject:
    rule = difference.rule
    return {
        "rule": rule.slug,
        "kind": rule.kind,
        "subject": difference.subject,
        "said": difference.said,
        "items": rule.items,
        "programs": rule.programs,
    }


def _lines(found: Sequence[Difference], paint: Paint) -> Iterator[str]:
    for each in found:
        rule = each.rule
        kind = paint(rule.kind, _COLOURS[rule.kind])
        yield f"{kind}[{paint(rule.slug, 'bold')}] {each.subject}: {each.said}"
        if rule.kind != "free":
            yield f"  {rule.title}."
            yield f"  items: {rule.items}"
            yield f"  programs: {rule.programs}"
            yield ""
    counted = Counter(each.rule.kind for each in found)
    parts = [f"{counted[kind]} {kind}" for kind in reversed(KINDS) if counted[kind]]
    yield ", ".join(parts) if parts else "nothing differs"
