"""`singletable check`: what is wrong with a design, the project's own or one in a file."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from singletable.check.checker import RULES, check_design
from singletable.check.findings import NEVER, SEVERITIES, Finding, Report, report_json
from singletable.check.volumes import read_volumes
from singletable.cli.checking_items import report_items
from singletable.cli.interchange import print_notes
from singletable.cli.item_sources import is_scan, scan_options
from singletable.cli.project import Project
from singletable.cli.usage import UsageError
from singletable.design import ir
from singletable.design.file_format import json_schema
from singletable.design.interchange import design_of, read_file
from singletable.emit.data_text import json_text
from singletable.errors.suggestions import did_you_mean


def check_options(parser: ArgumentParser) -> None:
    """The options of the command."""
    add = parser.add_argument
    add("file", nargs="?", metavar="FILE", help="a design as JSON (default: the project's own)")
    add("--volumes", metavar="FILE", help="how much there is: also finds what is too hot")
    add("--select", metavar="RULES", help="these rules alone, with commas")
    add("--ignore", metavar="RULES", help="all rules but these")
    add(
        "--show",
        choices=SEVERITIES,
        default="warning",
        help="findings that are printed, from this severity on (default: %(default)s)",
    )
    add(
        "--fail-on",
        choices=(*SEVERITIES, NEVER),
        default="warning",
        help="exit code 1 from this severity on (default: %(default)s)",
    )
    add("--verdicts", action="store_true", help="also what each pattern comes to")
    add("--statistics", action="store_true", help="how often each rule was found broken, alone")
    add("--json", action="store_true", help="everything, as data")
    add("--items", metavar="PATH", help="stored items instead: a file, or a folder of an export")
    add(
        "--table",
        metavar="[DECLARED=]NAME",
        help="with --items: the table that has them, of several; else the one to be scanned",
    )
    scan_options(parser)
    add("--schema", action="store_true", help="print the JSON Schema of design files, and end")


def check(options: Namespace) -> int:
    """Prints what is found; returns 1 if a finding is as grave as `--fail-on`."""
    has_items = options.items or is_scan(options)
    if has_items and options.volumes:
        raise UsageError("--items looks at items, which have no volumes; leave --volumes out")
    if options.schema:
        print(json_text(json_schema()))
        return 0
    design, notes = chosen_design(options, examples=bool(options.volumes))
    if has_items:
        print_notes(notes)
        return report_items(options, design)
    volumes = read_volumes(Path(options.volumes), design) if options.volumes else None
    report = _chosen(check_design(design, volumes), options)
    if options.json:
        print(json_text({**report_json(report), "notes": notes}))
    elif options.statistics:
        print(*_statistics(report), sep="\n")
    else:
        print_notes(notes)
        print(*_lines(report, options), sep="\n")
    return int(any(each.rule.is_at_least(options.fail_on) for each in report.findings))


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
    return Report(findings, report.verdicts)


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


def _lines(report: Report, options: Namespace) -> Iterator[str]:
    if options.verdicts:
        width = max(map(len, report.verdicts.values()), default=0)
        for name, verdict in report.verdicts.items():
            yield f"{verdict:{width}}  {name}"
        yield ""
    for finding in report.findings:
        if finding.rule.is_at_least(options.show):
            yield from _finding_lines(finding)
    yield _summary(report, options.show)


def _finding_lines(finding: Finding) -> Iterator[str]:
    rule, place = finding.rule, finding.place
    at = f"{place.file}:{place.line}: " if place else ""
    yield f"{at}{rule.severity}[{rule.slug}] {finding.subject}: {finding.declared}"
    yield f"  why: {rule.why}"
    yield f"  what to do: {rule.remedy}"
    for entity, item in finding.witness.items:
        yield f"  see: {entity} {json.dumps(item, ensure_ascii=False)}"
    yield ""


def _summary(report: Report, shown: str) -> str:
    counted = Counter(each.rule.severity for each in report.findings)
    parts = [
        f"{counted[severity]} {severity}{'' if counted[severity] == 1 else 's'}"
        for severity in SEVERITIES
        if counted[severity]
    ]
    if not parts:
        return "nothing found"
    hidden = sum(1 for each in report.findings if not each.rule.is_at_least(shown))
    more = f"; {hidden} not shown (--show note)" if hidden else ""
    return f"found {', '.join(parts)}{more}"
