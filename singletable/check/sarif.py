"""A report of a check as SARIF 2.1.0, which hosts of code show beside the lines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from singletable.check.findings import Finding, Report, Rule
from singletable.design import ir
from singletable.emit.docs.addresses import DOCUMENTATION, rule_address

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_ROOT = "%SRCROOT%"


def sarif_log(
    report: Report, rules: Sequence[Rule], version: str, file: str | None = None
) -> ir.JsonObject:
    """The log of one run, as builtins that `json.dumps` takes.

    Accepted findings are suppressed results. `file` is the design file, where the design is in
    one: what is found in it has that place, and no line.
    """
    at = {each.slug: number for number, each in enumerate(rules)}
    meant = [(each.finding, each.acceptance) for each in report.accepted]
    results = [
        {**_result(finding, file), "ruleIndex": at[finding.rule.slug], "suppressions": suppressed}
        for finding, suppressed in (
            *((each, list[ir.JsonObject]()) for each in report.findings),
            *((each, [_suppression(acceptance)]) for each, acceptance in meant),
        )
    ]
    driver = {
        "name": "singletable",
        "version": version,
        "informationUri": f"{DOCUMENTATION}/checks.md",
        "rules": [_rule(each) for each in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": results,
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule) -> ir.JsonObject:
    return {
        "id": rule.slug,
        "shortDescription": {"text": f"{rule.title}."},
        "fullDescription": {"text": rule.why},
        "help": {"text": f"{rule.why} {rule.remedy}"},
        "helpUri": rule_address(rule.slug),
        "defaultConfiguration": {"level": rule.severity},
    }


def _result(finding: Finding, file: str | None) -> ir.JsonObject:
    rule = finding.rule
    lines = [f"{rule.title}: {finding.subject}: {finding.declared}", rule.why, rule.remedy]
    lines += [f"See: {each}" for each in finding.witness.lines()]
    location: ir.JsonObject = {"logicalLocations": [{"fullyQualifiedName": finding.subject}]}
    if finding.place is not None:
        location |= _physical(finding.place)
    elif file is not None:
        location["physicalLocation"] = {"artifactLocation": _artifact(file)}
    return {
        "ruleId": rule.slug,
        "level": rule.severity,
        "message": {"text": "\n".join(lines)},
        "locations": [location],
        "partialFingerprints": {"ruleAndSubject/v1": f"{rule.slug} {finding.subject}"},
    }


def _suppression(acceptance: ir.Acceptance) -> ir.JsonObject:
    where = {"location": _physical(acceptance.place)} if acceptance.place else {}
    return {"kind": "inSource", "justification": acceptance.because, **where}


def _physical(place: ir.Place) -> ir.JsonObject:
    region = {"startLine": place.line}
    return {"physicalLocation": {"artifactLocation": _artifact(place.file), "region": region}}


def _artifact(file: str) -> ir.JsonObject:
    """The file by its path from the project's folder, or by an absolute one."""
    path = Path(file)
    if path.is_absolute():
        return {"uri": path.as_uri()}
    return {"uri": quote(path.as_posix()), "uriBaseId": _ROOT}
