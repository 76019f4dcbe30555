"""Checks a design: every rule, over the intermediate representation alone."""

from __future__ import annotations

from singletable.check import (
    attributes,
    changes,
    filters,
    heat,
    identity,
    indexes,
    items,
    projections,
    verdicts,
)
from singletable.check.findings import SEVERITIES, Report, Rule
from singletable.check.volumes import Volumes, declared_volumes
from singletable.design import ir

RULES: tuple[Rule, ...] = (
    *identity.RULES,
    *verdicts.RULES,
    *indexes.RULES,
    *projections.RULES,
    *changes.RULES,
    *attributes.RULES,
    *heat.RULES,
    *filters.RULES,
    *items.RULES,
)


def check_design(design: ir.Design, volumes: Volumes | None = None) -> Report:
    """Everything that is found, the gravest first, and the verdict on each pattern.

    What is too hot is found by the `volumes`, if not by those that the declarations say.
    """
    volumes = volumes or declared_volumes(design)
    judged, found = verdicts.judge(design)
    findings = [
        *identity.identity_findings(design),
        *found,
        *indexes.index_findings(design, volumes),
        *projections.projection_findings(design),
        *changes.change_findings(design),
        *attributes.attribute_findings(design),
        *filters.filter_findings(design),
        *items.sample_findings(design),
        *(heat.heat_findings(design, volumes) if volumes.patterns or volumes.entities else ()),
    ]
    findings.sort(key=lambda each: SEVERITIES.index(each.rule.severity))
    return Report(tuple(findings), judged)
