"""The rules of `singletable check` → docs/checks.md. Knows rules, examples and Markdown only."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from singletable.check.checker import RULES
from singletable.check.examples import EXAMPLES
from singletable.check.findings import SEVERITIES, Rule
from singletable.design import ir
from singletable.emit.docs.markdown import block, bullets, fold, link, page, table

_MARKER = "<!-- Made by `singletable docs` from the rules; not to be edited. -->"
_KEYS = {"name", "partition", "sort", "indexes"}
_INTRO = (
    "`singletable check` proves a design sound, or shows the items that break it: the project's"
    " own, or one in a JSON file of the format that `singletable check --schema` prints. An"
    " **error** loses items or answers wrongly, a **warning** may, a **note** costs. A finding that"
    " is meant is [accepted](commands.md#check) in the declaration, with the reason."
)


def checks_page() -> str:
    """The document: a table of the rules, then each with both of its examples."""
    rows = ((link(each.slug), each.severity, each.title) for each in _ordered())
    rules = [part for rule in _ordered() for part in _rule(rule)]
    return page([_MARKER, "# Checks", _INTRO, table(["rule", "severity", "found"], rows), *rules])


def _ordered() -> list[Rule]:
    return sorted(RULES, key=lambda each: SEVERITIES.index(each.severity))


def _rule(rule: Rule) -> Iterator[str]:
    yield f"## {rule.slug}"
    yield f"{rule.title}."
    yield bullets([("Severity", rule.severity), ("Why", rule.why), ("What to do", rule.remedy)])
    examples = EXAMPLES.get(rule.slug)
    if examples is None:
        yield "Found in designs in Python alone."
        return
    breaks, keeps = examples.volumes or ({}, {})
    yield fold("A design that breaks it", _design_block(examples.breaks, breaks))
    yield fold("One that does not", _design_block(examples.keeps, keeps))


def _design_block(design: ir.JsonObject, volumes: Mapping[str, object]) -> str:
    """What the table says beside its keys PK and SK; entities, patterns and what is accepted, each
    in a line; volumes."""
    parts = [
        json.dumps(each, ensure_ascii=False)
        for kind in ("entities", "patterns", "accepted")
        for each in design.get(kind, ())
    ]
    parts += [json.dumps({"volumes": volumes})] if volumes else []
    table = design["tables"][0]
    more = {name: value for name, value in table.items() if name not in _KEYS}
    said = [*table["indexes"], *([more] if more else ())]
    return block("\n".join([*map(json.dumps, said), *parts]), "json")
