"""Faults that are planted into sound designs are found, each by a rule that is about it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from singletable.check.checker import check_design
from singletable.check.examples import EXAMPLES
from singletable.design import compile_design, load_design
from singletable.design.exporting import export_design
from singletable.design.interchange import design_of
from tests.designs.faults import PLANTS, Fault, plant_faults
from tests.designs.test_exports import DESIGNS

ROOT = Path(__file__).parents[2]
OF_A_KIND = 60
Found = set[tuple[str, str, str]]


def sound_designs() -> Iterator[tuple[str, dict[str, Any]]]:
    """Designs in files, of which nothing is found above notes."""
    for name in DESIGNS:
        data, _ = export_design(compile_design(load_design(name, ROOT), examples=False))
        # Figures and acceptances name what a fault takes away.
        kept = {kind: said for kind, said in data.items() if kind not in ("volumes", "accepted")}
        yield name, json.loads(json.dumps(kept))
    for slug, examples in EXAMPLES.items():
        data = json.loads(json.dumps(examples.keeps))
        yield f"the example of {slug}", completed(data)


def completed(data: dict[str, Any]) -> dict[str, Any]:
    """An example as an exported file has it: nothing is left out, and sides are lists."""
    for table in data["tables"]:
        for place in (table, *table["indexes"]):
            for side in ("partition", "sort"):
                said = place.get(side, [])
                each = [said] if isinstance(said, str | dict) else said
                place[side] = [
                    {"name": one, "type": "S"} if isinstance(one, str) else one for one in each
                ]
        table.setdefault("ttl_attribute", None)
        table.setdefault("type_attribute", None)
    for entity in data["entities"]:
        given = {"table": "shop", "identity": None, "fields": {}, "keys": {}}
        entity |= {name: entity.get(name, default) for name, default in given.items()}
    for pattern in data["patterns"]:
        given = {"table": "shop", "index": "primary", "returns": [], "filter": None}
        pattern |= {name: pattern.get(name, default) for name, default in given.items()}
        pattern["key"] = {
            name: {"=": said} if isinstance(said, str) else said
            for name, said in pattern.get("key", {}).items()
        }
    return data


def found_in(data: dict[str, Any]) -> Found:
    findings = check_design(design_of(data)).findings
    return {(each.rule.slug, each.subject, each.declared) for each in findings}


def planted() -> Iterator[tuple[str, Fault, Found]]:
    """Some faults of each kind, of all designs, with what is found of the sound one."""
    kinds = defaultdict[str, list[tuple[str, Fault, Found]]](list)
    for name, data in sound_designs():
        report = check_design(design_of(data))
        if all(each.rule.severity == "note" for each in report.findings):
            before = found_in(data)
            for fault in plant_faults(data):
                kinds[fault.kind].append((name, fault, before))
    assert set(kinds) == {each.__name__ for each in PLANTS}
    chosen = Random(0)  # noqa: S311 - the same faults in every run
    for faults in kinds.values():
        yield from chosen.sample(faults, min(OF_A_KIND, len(faults)))


@pytest.mark.slow
def test_planted_faults_are_found(record_property: Callable[[str, object], None]) -> None:
    """At least 98 of 100, of more than 500."""
    missed, count = list[str](), 0
    for name, fault, before in planted():
        count += 1
        new = {slug for slug, *_ in found_in(fault.data) - before}
        if fault.rules.isdisjoint(new):
            missed.append(f"{name}: {fault.kind} {fault.place}: {sorted(new)}")
    assert count >= 500
    assert len(missed) <= count * 0.02, missed
    record_property("planted faults", f"{count - len(missed)} of {count} found")
