"""`singletable check`: what is wrong with a design, the project's own or one in a file."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from singletable import __version__
from singletable.check.checker import RULES, check_design
from singletable.check.findings import NEVER, SEVERITIES, Report, report_json
from singletable.check.sarif import sarif_log
from singletable.check.volumes import read_volumes
from singletable.cli.checking_items import report_items
from singletable.cli.colours import painter
from singletable.cli.finding_text import ACCEPTED, report_lines
from singletable.cli.interchange import print_notes
from singletable.cli.item_sources import is_scan, scan_options
from singletable.cli.progress import show_progress
from singletable.cli.project import Project
from singletable.cli.usage import UsageError
from singletable.cli.watching import watch
from singletable.design import ir
from singletable.design.file_format import json_schema
from singletable.design.interchange import design_of, read_file
from singletable.emit.data_text import json_text
from singletable.errors.suggestions import did_you_mean

_VOLUMES = "volumes.toml"


def check_options(parser: ArgumentParser) -> None:
    """The options of the command."""
    add = parser.add_argument
    add("file", nargs="?", metavar="FILE", help="a design as JSON (default: the project's own)")
    volumes_option(parser)
    add("--select", metavar="RULES", help="these rules alone, with commas")
    add("--ignore", metavar="RULES", help="all rules but these")
    add(
        "--show",
        choices=(*SEVERITIES, ACCEPTED),
        default="warning",
        help="findings that are printed, from this severity on; all of them, and those that the"
        " design accepts (default: %(default)s)",
    )
    add(
        "--fail-on",
        choices=(*SEVERITIES, NEVER),
        default="warning",
        help="exit code 1 from this severity on (default: %(default)s)",
    )
    add("--verdicts", action="store_true", help="also what each pattern comes to")
    form = parser.add_mutually_exclusive_group().add_argument
    form("--statistics", action="store_true", help="how often each rule was found broken, alone")
    form("--json", action="store_true", help="everything, as data")
    form("--sarif", action="store_true", help="as SARIF 2.1.0, for hosts of code")
    add("--items", metavar="PATH", help="stored items instead: a file, or a folder of an export")
    add(
        "--table",
        metavar="[DECLARED=]NAME",
        help="with --items: the table that has them, of several; else the one to be scanned",
    )
    scan_options(parser)
    add("--watch", action="store_true", help="check again whenever a file changes, until Ctrl-C")
    add("--schema", action="store_true", help="print the JSON Schema of design files, and end")


def volumes_option(parser: ArgumentParser) -> None:
    """The option that `find_volumes` reads."""
    help_ = f"how much there is, over what the design says (default: {_VOLUMES} beside the design)"
    parser.add_argument("--volumes", metavar="FILE", help=help_)


def find_volumes(options: Namespace) -> Path | None:
    """The file of figures: the one that is named, or else the one beside the design, if any."""
    if options.volumes:
        return Path(options.volumes)
    project = Project.of(options)
    if options.file:
        path = Path(options.file).parent / _VOLUMES
    elif options.design in (None, project.settings.design):
        path = project.settings.root / _VOLUMES
    else:
        return None
    return path if path.is_file() else None


def check(options: Namespace) -> int:
    """Prints what is found; returns 1 if a finding is as grave as `--fail-on`."""
    if options.schema:
        print(json_text(json_schema()))
        return 0
    if options.watch:
        return _watch(options)
    if options.items or is_scan(options):
        return _check_items(options)
    if options.table:
        raise UsageError(
            "--table says of which table items are; name --items, or --endpoint or --region"
        )
    figures = find_volumes(options)
    design, notes = chosen_design(options, examples=figures is not None)
    if design.volumes and figures is None:
        design, notes = chosen_design(options, examples=True)
    volumes = read_volumes(figures, design) if figures else None
    with show_progress("checking the design"):
        found = check_design(design, volumes)
    report = _chosen(found, options)
    _print(report, notes, options)
    return int(any(each.rule.is_at_least(options.fail_on) for each in report.findings))


def _watch(options: Namespace) -> int:
    if options.json or options.sarif:
        raise UsageError("--watch prints for people; leave --json and --sarif out")
    words = [each for each in options.words if each != "--watch"]
    named = (options.file, find_volumes(options), options.items)
    files = [Path(each) for each in named if each]
    if options.file:
        return watch(words, None, files)
    project = Project.of(options)
    return watch(words, project.root, [*files, project.settings.root / "pyproject.toml"])


def _check_items(options: Namespace) -> int:
    if options.volumes:
        raise UsageError("--items looks at items, which have no volumes; leave --volumes out")
    if options.sarif or options.statistics:
        raise UsageError("--items has no --sarif and no --statistics; take --json")
    design, notes = chosen_design(options)
    print_notes(notes)
    return report_items(options, design)


def _print(report: Report, notes: Sequence[str], options: Namespace) -> None:
    if options.json:
        print(json_text({**report_json(report), "notes": notes}))
        return
    print_notes(notes)
    if options.sarif:
        print(json_text(sarif_log(report, RULES, __version__, options.file)))
    elif options.statistics:
        print(*_statistics(report), sep="\n")
    else:
        if options.verdicts:
            print(*_verdict_lines(report), sep="\n")
        root = Path.cwd() if options.file else Project.of(options).root
        print(*report_lines(report, options.show, painter(sys.stdout), root), sep="\n")


def chosen_design(
    options: Namespace, *, examples: bool = False
) -> tuple[ir.Design, tuple[str, ...]]:
    """The design of a file, or else the project's own, and what was left out of the file."""
    if options.file and options.design:
        raise UsageError("a file and --design are two designs; name one")
    if not options.file:
        return Project.of(options).design(examples=examples), ()
    imported = read_file(Path(options.file))
    return design_of(imported.data, options.file), imported.notes


def _chosen(report: Report, options: Namespace) -> Report:
    chosen = _slugs(options.select) if options.select else {each.slug for each in RULES}
    chosen -= _slugs(options.ignore) if options.ignore else set()
    findings = tuple(each for each in report.findings if each.rule.slug in chosen)
    accepted = tuple(each for each in report.accepted if each.finding.rule.slug in chosen)
    return Report(findings, report.verdicts, accepted)


def _slugs(text: str) -> set[str]:
    known = [each.slug for each in RULES]
    found = {each.strip() for each in text.split(",")}
    unknown = next((each for each in sorted(found) if each not in known), None)
    if unknown is not None:
        raise UsageError(f"there is no rule {unknown!r}{did_you_mean(unknown, known)}")
    return found


def _statistics(report: Report) -> Iterator[str]:
    counted = Counter(each.rule for each in report.findings)
    for rule, count in counted.most_common():
        yield f"{count:5}  {rule.severity:7}  {rule.slug}  {rule.title}"
    if not counted:
        yield "nothing found"


def _verdict_lines(report: Report) -> Iterator[str]:
    width = max(map(len, report.verdicts.values()), default=0)
    for name, verdict in report.verdicts.items():
        yield f"{verdict:{width}}  {name}"
    yield ""
