"""What a check finds: a rule that is broken, where, and what shows it. Knows no rule."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal, get_args

from singletable.design import ir

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""The gravest first. An error loses data or answers wrongly; a warning may; a note costs."""

NEVER = "never"
"""Graver than any severity, for those who ask from which on."""

Verdict = Literal["served", "served-filter", "scan", "unserved", "contradictory", "write"]


@dataclass(frozen=True)
class Rule:
    """`why` it matters and `remedy` are sentences for every finding of the rule."""

    slug: str
    severity: Severity
    title: str
    why: str
    remedy: str

    def is_at_least(self, severity: str) -> bool:
        """Whether it is as grave as this; no rule is as grave as `NEVER`."""
        order = (NEVER, *SEVERITIES)
        return order.index(self.severity) <= order.index(severity)


Shows = Literal["refused", "finds", "misses", "lacks"]
"""What comes of a request: DynamoDB refuses it, it finds the items in their order, or none of them,
or it answers without an attribute that is meant."""

_OUTCOMES: Mapping[Shows, str] = {
    "refused": "DynamoDB refuses it",
    "finds": "it finds these items, in this order",
    "misses": "it finds none of these items",
    "lacks": "its answer lacks an attribute that is asked for",
}


@dataclass(frozen=True)
class Witness:
    """What anyone can try on the table to see it: items in DynamoDB's JSON that are put first, each
    behind the name of its entity, and a request of which it says what it `shows`."""

    items: tuple[tuple[str, ir.JsonObject], ...] = ()
    request: ir.Request | None = None
    shows: Shows | None = None

    def lines(self) -> Iterator[str]:
        """What to try, as texts: items to be put, then a request and what comes of it."""
        for entity, item in self.items:
            yield f"{entity} {json.dumps(item, ensure_ascii=False)}"
        if self.request is not None and self.shows is not None:
            parameters = json.dumps(self.request.parameters, ensure_ascii=False)
            yield f"{self.request.operation} {parameters}: {_OUTCOMES[self.shows]}"


@dataclass(frozen=True)
class Finding:
    """`subject` is the entity, index or pattern; `declared` what is said of it, and found wrong."""

    rule: Rule
    subject: str
    declared: str
    witness: Witness = Witness()
    place: ir.Place | None = None


@dataclass(frozen=True)
class AcceptedFinding:
    """A finding that the design says is meant: it does not count."""

    finding: Finding
    acceptance: ir.Acceptance


@dataclass(frozen=True)
class Report:
    """All findings that count, the gravest first, what each pattern comes to by its name, and the
    findings that are accepted."""

    findings: tuple[Finding, ...]
    verdicts: Mapping[str, Verdict] = field(default_factory=dict[str, Verdict])
    accepted: tuple[AcceptedFinding, ...] = ()


def report_json(report: Report) -> ir.JsonObject:
    """The report as builtins that `json.dumps` takes."""
    return {
        "version": 1,
        "findings": [_finding_json(each) for each in report.findings],
        "accepted": [
            {**_finding_json(each.finding), "because": each.acceptance.because}
            for each in report.accepted
        ],
        "verdicts": dict(report.verdicts),
    }


def _finding_json(finding: Finding) -> ir.JsonObject:
    rule = finding.rule
    return {
        "rule": rule.slug,
        "severity": rule.severity,
        "subject": finding.subject,
        "declared": finding.declared,
        "why": rule.why,
        "remedy": rule.remedy,
        "place": None if finding.place is None else asdict(finding.place),
        "witness": [{"entity": entity, "item": item} for entity, item in finding.witness.items],
        "request": None
        if finding.witness.request is None
        else {**asdict(finding.witness.request), "shows": finding.witness.shows},
    }
