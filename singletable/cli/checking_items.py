"""`singletable check --items`: stored items against a design."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path

from singletable.check.findings import SEVERITIES
from singletable.check.items import Looked, Trouble, check_items
from singletable.cli.colours import Paint, painter
from singletable.cli.finding_text import severity_text
from singletable.cli.item_files import read_items
from singletable.cli.progress import show_progress
from singletable.cli.usage import UsageError
from singletable.design import ir
from singletable.emit.data_text import json_text
from singletable.emit.docs.markdown import count
from singletable.errors.suggestions import did_you_mean


def report_items(options: Namespace, design: ir.Design) -> int:
    """Prints what is wrong with the items; returns 1 if it is as grave as `--fail-on`."""
    table = _table(design, options.table)
    with show_progress("items read:") as progress:
        looked = check_items(design, table, progress.counted(read_items(Path(options.items))))
    if not looked.items:
        raise UsageError(f"{options.items} has no items")
    troubles = sorted(
        looked.troubles.values(), key=lambda each: SEVERITIES.index(each.rule.severity)
    )
    if options.json:
        print(json_text(_data(looked, troubles)))
    else:
        print(*_lines(looked, troubles, painter(sys.stdout)), sep="\n")
    return int(any(each.rule.is_at_least(options.fail_on) for each in troubles))


def _table(design: ir.Design, name: str | None) -> ir.Table:
    names = [each.name for each in design.tables]
    if name is None and len(names) == 1:
        return design.tables[0]
    if name not in names:
        asked = "which of the tables has the items?" if name is None else f"no table {name!r}"
        raise UsageError(f"--table: {asked}{did_you_mean(name or '', names)}")
    return design.table(name)


def _data(looked: Looked, troubles: Sequence[Trouble]) -> ir.JsonObject:
    return {
        "version": 1,
        "items": looked.items,
        "entities": looked.entities,
        "findings": [
            {
                "rule": each.rule.slug,
                "severity": each.rule.severity,
                "subject": each.subject,
                "count": each.count,
                "why": each.rule.why,
                "remedy": each.rule.remedy,
                "samples": [{"key": key, "detail": detail} for key, detail in each.samples],
            }
            for each in troubles
        ],
    }


def _lines(looked: Looked, troubles: Sequence[Trouble], paint: Paint) -> Iterator[str]:
    for each in troubles:
        rule = each.rule
        severity = severity_text(rule.severity, rule.slug, paint)
        yield f"{severity} {each.subject}: {count(each.count, 'item', 'items')}"
        yield f"  why: {rule.why}"
        yield f"  what to do: {rule.remedy}"
        for key, detail in each.samples:
            yield f"  see: {json.dumps(key, ensure_ascii=False)}: {detail}"
        yield ""
    for name, number in sorted(looked.entities.items()):
        yield f"{number:>9,}  {name}"
    wrong = sum(each.count for each in troubles)
    yield (
        f"looked at {looked.items:,} items; {wrong:,} findings"
        if wrong
        else (f"looked at {looked.items:,} items; nothing found")
    )
