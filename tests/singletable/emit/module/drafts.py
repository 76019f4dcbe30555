"""Drafts modules of designs in the interchange format, and compares what is found of both."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from singletable.check.checker import check_design
from singletable.design import ir
from singletable.design.interchange import design_of
from singletable.design.trial import Trial
from singletable.emit.module import Module, Refusal, draft_module

NAME = "drafted"
OF_FILES = frozenset(
    {
        "needs-placeholder",
        "prefix-within-field",
        "forged-by-delimiter",
        "reads-others-by-delimiter",
        "whole-copies",
        "order-unsaid",
    }
)
"""Rules about files alone: the engine escapes names, ends beginnings, and refuses delimiters in
values; a pattern in Python says what it asks for, and by what it is ordered."""

Found = Counter[tuple[str, str]]


@dataclass(frozen=True)
class Drafted:
    """A module, the design that it declares, and the one that it was made of."""

    module: Module
    declared: ir.Design
    design: ir.Design

    @property
    def text(self) -> str:
        return self.module.text


def draft(data: Mapping[str, Any], **options: Any) -> Drafted:
    """Drafts a module of a design file's JSON."""
    design = design_of(data)
    with Trial(NAME) as trial:

        def run(source: str) -> Refusal | None:
            refused = trial.run(source)
            return None if refused is None else Refusal(*refused)

        module = draft_module(design, run, name=NAME, summary="A design.", **options)
        return Drafted(module, trial.design(), design)


def restricted(drafted: Drafted, data: Mapping[str, Any]) -> dict[str, Any]:
    """The file without what the module says is not declared."""
    stray = {each.name: set(each.unindexed) for each in drafted.design.entities}
    entities = [
        each | {"keys": {k: v for k, v in each["keys"].items() if k not in stray[each["name"]]}}
        for each in data["entities"]
        if each["name"] in drafted.module.entities
    ]
    patterns = [each for each in data["patterns"] if each["name"] in drafted.module.patterns]
    figures = data.get("volumes", {})
    kept = drafted.module.patterns
    asked = {name: said for name, said in figures.get("patterns", {}).items() if name in kept}
    volumes = {**figures, "patterns": asked} if figures else {}
    return {**data, "entities": entities, "patterns": patterns, "volumes": volumes}


def verdicts(drafted: Drafted, data: Mapping[str, Any]) -> tuple[dict[str, str], dict[str, str]]:
    """Those of the file and those of the module, by the names in the file."""
    before = check_design(design_of(restricted(drafted, data))).verdicts
    after = check_design(drafted.declared).verdicts
    functions = drafted.module.patterns
    return dict(before), {name: after[f"{NAME}.{each}"] for name, each in functions.items()}


def findings(drafted: Drafted, data: Mapping[str, Any]) -> tuple[Found, Found]:
    """Rules and what they are about, by the names in the file; of keys their entities."""
    back = {f"{NAME}.{each}": name for name, each in drafted.module.patterns.items()}
    designs = design_of(restricted(drafted, data)), drafted.declared
    labels = [
        {
            key.label: f"{entity.name} on {key.index}"
            for entity in each.entities
            for key in entity.keys
        }
        for each in designs
    ]
    first, second = (
        Counter(
            (found.rule.slug, known.get(found.subject, back.get(found.subject, found.subject)))
            for found in check_design(each).findings
            if found.rule.slug not in OF_FILES
        )
        for each, known in zip(designs, labels, strict=True)
    )
    return first, second
