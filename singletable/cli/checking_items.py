"""`singletable check --items` and `--table`: stored items against a design."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass, field

from singletable.check.findings import SEVERITIES
from singletable.check.items import ItemChecker, Looked, Trouble
from singletable.cli.colours import Paint, painter
from singletable.cli.finding_text import severity_text
from singletable.cli.item_sources import Source, named_table
from singletable.cli.table_scans import Item
from singletable.cli.usage import UsageError
from singletable.design import ir
from singletable.emit.data_text import json_text
from singletable.emit.docs.markdown import count
from singletable.errors.suggestions import did_you_mean


def report_items(options: Namespace, design: ir.Design) -> int:
    """Prints what is wrong with the items; returns 1 if it is as grave as `--fail-on`, 3 where
    their table could not be asked."""
    source = Source(options, ir.to_json(design))
    declared = options.table
    if source.is_scan:
        declared, name = named_table(options.table)
        declared = declared or (name if len(design.tables) > 1 else None)
    table = _table(design, declared)
    look = ItemLook(ItemChecker(design, table))
    code = source.each(look.take, look.state, look.restore)
    if code:
        return code
    if not source.is_scan and not look.looked.items:
        raise UsageError(f"{options.items} has no items")
    look.checker.look_at_texts(look.looked)
    return _report(options, look.looked)


@dataclass
class ItemLook:
    """What a checker has looked at so far."""

    checker: ItemChecker
    looked: Looked = field(default_factory=Looked)

    def take(self, items: list[Item]) -> bool:
        """Looks at items; there is room for more."""
        for item in items:
            self.checker.look(item, self.looked)
        return True

    def state(self) -> ir.JsonObject:
        return self.looked.to_json()

    def restore(self, data: ir.JsonObject) -> None:
        self.looked = Looked.from_json(data)


def _report(options: Namespace, looked: Looked) -> int:
    if options.json:
        data = {"version": 1, "items": looked.items, "entities": looked.entities}
        print(json_text(data | {"findings": trouble_data(looked)}))
    else:
        print(*_lines(looked, painter(sys.stdout)), sep="\n")
    return int(any(each.rule.is_at_least(options.fail_on) for each in looked.troubles.values()))


def _table(design: ir.Design, name: str | None) -> ir.Table:
    names = [each.name for each in design.tables]
    if name is None and len(names) == 1:
        return design.tables[0]
    if name not in names:
        asked = "which of the tables has the items?" if name is None else f"no table {name!r}"
        raise UsageError(f"--table: {asked}{did_you_mean(name or '', names)}")
    return design.table(name)


def _in_order(looked: Looked) -> list[Trouble]:
    """The gravest first."""
    return sorted(looked.troubles.values(), key=lambda each: SEVERITIES.index(each.rule.severity))


def trouble_data(looked: Looked) -> list[ir.JsonObject]:
    """What is wrong with the items, as data."""
    return [
        {
            "rule": each.rule.slug,
            "severity": each.rule.severity,
            "subject": each.subject,
            "count": each.count,
            "why": each.rule.why,
            "remedy": each.rule.remedy,
            "samples": [{"key": key, "detail": detail} for key, detail in each.samples],
        }
        for each in _in_order(looked)
    ]


def trouble_lines(looked: Looked, paint: Paint) -> Iterator[str]:
    """What is wrong with the items, in words."""
    for each in _in_order(looked):
        rule = each.rule
        severity = severity_text(rule.severity, rule.slug, paint)
        yield f"{severity} {each.subject}: {count(each.count, 'item', 'items')}"
        yield f"  why: {rule.why}"
        yield f"  what to do: {rule.remedy}"
        for key, detail in each.samples:
            yield f"  see: {json.dumps(key, ensure_ascii=False)}: {detail}"
        yield ""


def _lines(looked: Looked, paint: Paint) -> Iterator[str]:
    yield from trouble_lines(looked, paint)
    for name, number in sorted(looked.entities.items()):
        yield f"{number:>9,}  {name}"
    wrong = sum(each.count for each in looked.troubles.values())
    yield (
        f"looked at {looked.items:,} items; {wrong:,} findings"
        if wrong
        else (f"looked at {looked.items:,} items; nothing found")
    )
