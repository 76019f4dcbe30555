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
from singletable.check.volumes import Volumes
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

    What is too hot is found where there are `volumes`.
    """
    judged, found = verdicts.judge(design)
    findings = [
        *identity.identity_findings(design),
        *found,
        *indexes.index_findings(design, volumes or Volumes()),
        *projections.projection_findings(design),
        *changes.change_findings(design),
        *attributes.attribute_findings(design),
        *filters.filter_findings(design),
        *items.sample_findings(design),
        *(() if volumes is None else heat.heat_findings(design, volumes)),
    ]
    findings.sort(key=lambda each: SEVERITIES.index(each.rule.severity))
    return Report(tuple(findings), judged)
