"""A report of `singletable check` as text: each finding with its source line, and a summary."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from singletable.check.findings import SEVERITIES, Finding, Report, Severity
from singletable.cli.colours import Colour, Paint
from singletable.design import ir

ACCEPTED = "accepted"
"""Below all severities: shows the findings, too, that the design accepts."""

_COLOURS: Mapping[Severity, Colour] = {"error": "red", "warning": "yellow", "note": "blue"}
_DECORATORS = 12
"""The lines after a decorator in which its function or class is looked for."""


def report_lines(report: Report, shown: str, paint: Paint, root: Path) -> Iterator[str]:
    """The findings from the severity `shown` on, and how many there are in all.

    `root` is the folder that places are relative to.
    """
    for finding in report.findings:
        if shown == ACCEPTED or finding.rule.is_at_least(shown):
            yield from _finding_lines(finding, paint, root)
            yield ""
    for each in report.accepted if shown == ACCEPTED else ():
        yield from _finding_lines(each.finding, paint, root)
        yield f"  {paint('accepted:', 'green')} {each.acceptance.because}"
        yield ""
    yield _summary(report, shown, paint)


def severity_text(severity: Severity, slug: str, paint: Paint) -> str:
    """`error[key-collision]`, in the colour of the severity."""
    return f"{paint(severity, _COLOURS[severity])}[{paint(slug, 'bold')}]"


def _finding_lines(finding: Finding, paint: Paint, root: Path) -> Iterator[str]:
    rule, place = finding.rule, finding.place
    at = f"{paint(f'{place.file}:{place.line}', 'bold')}: " if place else ""
    yield f"{at}{severity_text(rule.severity, rule.slug, paint)} {paint(rule.title, 'bold')}"
    if place is not None:
        yield from _excerpt(place, root, paint, _COLOURS[rule.severity])
    yield f"  found: {finding.subject}: {finding.declared}"
    yield f"  why: {rule.why}"
    yield f"  what to do: {rule.remedy}"
    for each in finding.witness.lines():
        yield f"  see: {each}"


def _excerpt(place: ir.Place, root: Path, paint: Paint, colour: Colour) -> Iterator[str]:
    """The line that declares it, underlined; nothing where the file is not there as it was."""
    try:
        lines = (root / place.file).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return
    number = _declaring_line(lines, place.line)
    if number is None:
        return
    text = lines[number - 1].rstrip()
    margin, indent = " " * len(str(number)), len(text) - len(text.lstrip())
    bar = paint("|", "blue")
    yield f"  {margin} {bar}"
    yield f"  {paint(str(number), 'blue')} {bar} {text}"
    yield f"  {margin} {bar} {' ' * indent}{paint('^' * (len(text) - indent), colour)}"


def _declaring_line(lines: list[str], number: int) -> int | None:
    """The line of the function or class whose first decorator stands in this one."""
    if not 0 < number <= len(lines):
        return None
    if lines[number - 1].lstrip().startswith("@"):
        for at in range(number, min(number + _DECORATORS, len(lines))):
            if lines[at].lstrip().startswith(("def ", "class ", "async def ")):
                return at + 1
    return number


def _summary(report: Report, shown: str, paint: Paint) -> str:
    counted = Counter(each.rule.severity for each in report.findings)
    parts = [
        paint(f"{counted[each]} {each}{'' if counted[each] == 1 else 's'}", _COLOURS[each])
        for each in SEVERITIES
        if counted[each]
    ]
    text = f"found {', '.join(parts)}" if parts else paint("nothing found", "green")
    if report.accepted:
        text += f"; {len(report.accepted)} accepted"
    return text + _hint(report, shown)


def _hint(report: Report, shown: str) -> str:
    """How to see what is not shown."""
    if shown == ACCEPTED:
        return ""
    hidden = sum(1 for each in report.findings if not each.rule.is_at_least(shown))
    if hidden:
        return f"; {hidden} not shown (--show note)"
    return f" (--show {ACCEPTED})" if report.accepted else ""
