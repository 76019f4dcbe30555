"""Checks a design: every rule, over the intermediate representation alone."""

from __future__ import annotations

from singletable.check import (
    acceptances,
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

_RULES: tuple[Rule, ...] = (
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
RULES = (*_RULES, *acceptances.RULES)


def check_design(design: ir.Design, volumes: Volumes | None = None) -> Report:
    """Everything that is found, the gravest first, and the verdict on each pattern.

    What is too hot is found by the `volumes`, if not by those that the declarations say.
    `InvalidAcceptance` where the design accepts what cannot be found.
    """
    volumes = volumes or declared_volumes(design)
    has_volumes = bool(volumes.patterns or volumes.entities)
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
        *(heat.heat_findings(design, volumes) if has_volumes else ()),
    ]
    unasked = (*(() if has_volumes else heat.RULES), *(() if design.samples else items.RULES))
    checked = {each.slug for each in _RULES if each not in unasked}
    counted, accepted = acceptances.split_accepted(
        design, findings, checked, [each.slug for each in _RULES]
    )
    counted.sort(key=lambda each: SEVERITIES.index(each.rule.severity))
    return Report(tuple(counted), judged, tuple(accepted))
