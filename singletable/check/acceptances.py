"""Findings that a design accepts: which they are, and which acceptances are of nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from singletable.check.findings import AcceptedFinding, Finding, Rule
from singletable.design import ir
from singletable.errors import InvalidAcceptance
from singletable.errors.suggestions import did_you_mean

UNUSED = Rule(
    "unused-acceptance",
    "warning",
    "The design accepts a finding that is found no more",
    "It would hide the finding without a word if it came back, for a reason that may no longer"
    " hold.",
    "Delete the acceptance.",
)
RULES = (UNUSED,)


def split_accepted(
    design: ir.Design, findings: Iterable[Finding], checked: Collection[str], known: Iterable[str]
) -> tuple[list[Finding], list[AcceptedFinding]]:
    """The findings that count, those of unused acceptances among them, and the accepted ones.

    `checked`: the slugs of the rules that were looked at; of others nobody knows what they would
    find. `known`: those that can be accepted; `InvalidAcceptance` for others, and for subjects
    that the design has not.
    """
    rules, subjects = list(known), _subjects(design)
    for each in design.accepted:
        _refuse_unknown(each, rules, subjects)
    meant = {(each.rule, _names(each.subject)): each for each in design.accepted}
    counted, accepted = list[Finding](), list[AcceptedFinding]()
    for finding in findings:
        acceptance = meant.get((finding.rule.slug, _names(finding.subject)))
        if acceptance is None:
            counted.append(finding)
        else:
            accepted.append(AcceptedFinding(finding, acceptance))
    used = {id(each.acceptance) for each in accepted}
    counted += [
        Finding(UNUSED, each.subject, f"{each.rule} is accepted, and not found", place=each.place)
        for each in design.accepted
        if id(each) not in used and each.rule in checked
    ]
    return counted, accepted


def _names(subject: str) -> frozenset[str]:
    """The names of a subject, which are several where entities share a key."""
    return frozenset(each.strip() for each in subject.split(","))


def _subjects(design: ir.Design) -> set[str]:
    """Whatever a finding can be about."""
    return {
        *(each.name for each in design.tables),
        *(each.name for each in design.entities),
        *(each.name for each in design.patterns),
        *(key.label for entity in design.entities for key in entity.keys),
        *(f"{table.name}.{index.name}" for table in design.tables for index in table.indexes),
    }


def _refuse_unknown(acceptance: ir.Acceptance, rules: list[str], subjects: set[str]) -> None:
    place = acceptance.place
    where = f"{place.file}:{place.line}" if place else f"accepted {acceptance.rule}"
    unknown = sorted(_names(acceptance.subject) - subjects)
    if acceptance.rule not in rules:
        declared = f"there is no rule {acceptance.rule!r}{did_you_mean(acceptance.rule, rules)}"
        allowed = "a rule of docs/checks.md"
    elif unknown:
        close = did_you_mean(unknown[0], sorted(subjects))
        declared = f"the design has no {unknown[0]!r}{close}"
        allowed = "the subject as `singletable check` prints it"
    else:
        return
    raise InvalidAcceptance(where=where, declared=declared, allowed=allowed)
