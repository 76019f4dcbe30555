"""`singletable adopt`: declarations that read the items of a table, and what is wrong with it."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from dataclasses import dataclass

from singletable.check.checker import check_design
from singletable.check.findings import Report, report_json
from singletable.check.items import ItemChecker, Looked
from singletable.cli.checking_items import ItemLook, trouble_data, trouble_lines
from singletable.cli.colours import painter
from singletable.cli.inferring import (
    inference_options,
    module_design,
    sample,
    sample_source,
)
from singletable.cli.interchange import print_notes
from singletable.cli.item_sources import Source
from singletable.cli.modules import draft_on, module_path, print_summary, write_module
from singletable.cli.table_scans import Item
from singletable.cli.usage import UsageError
from singletable.design import ir
from singletable.design.infer import Inferred
from singletable.design.reading import EntityReading, ItemReader, Reading, Unread
from singletable.design.trial import Trial
from singletable.emit.data_text import json_text
from singletable.emit.docs.markdown import count
from singletable.emit.module import Module


def adopt_options(parser: ArgumentParser) -> None:
    """The options of the command."""
    inference_options(parser)
    add = parser.add_argument
    add("--to", metavar="MODULE.py", required=True, help="the module to be written")
    add("--force", action="store_true", help="over a file that is there")
    add("--json", action="store_true", help="the report as data")


@dataclass(frozen=True)
class Adopted:
    """What came of a table: its module, what of its items is read, and what is wrong with it."""

    module: Module
    design: ir.Design
    reading: Reading
    looked: Looked
    report: Report
    inferred: Inferred


def adopt(options: Namespace) -> int:
    """Writes a module and prints the report; returns 1 if some items cannot be read, or an error
    was found."""
    if options.design:
        raise UsageError("adopt makes a design; it takes no --design")
    path = module_path(options)
    sampled = sample(options, keeps_checkpoint=True)
    if isinstance(sampled, int):
        return sampled
    inferred, notes = sampled
    print_notes(notes)
    with Trial(path.stem) as trial:
        module, design = draft_on(
            trial,
            module_design(inferred),
            "The design of stored items, as it was inferred.",
            evidence=inferred.evidence,
            untagged=bool(inferred.untagged),
        )
        print_notes(module.notes)
        if not trial.tables:
            raise UsageError(f"the table cannot be declared: {'; '.join(module.left_out.values())}")
        found = _look(options, inferred, trial, design)
    if isinstance(found, int):
        return found
    write_module(module, path)
    print_summary(module, path)
    sample_source(options).remove_checkpoint()
    reading, looked = found
    adopted = Adopted(module, design, reading, looked, check_design(design), inferred)
    if options.json:
        print(json_text(_data(adopted)))
    else:
        print(*_lines(adopted), sep="\n")
    return int(not _is_whole(adopted))


def _is_whole(adopted: Adopted) -> bool:
    """Whether every item is read by all its keys, and nothing that was found is an error."""
    reading = adopted.reading
    rules = [each.rule for each in adopted.report.findings]
    rules += [each.rule for each in adopted.looked.troubles.values()]
    unread = any(each.unread for each in reading.entities.values())
    return not (unread or reading.of_none or any(each.is_at_least("error") for each in rules))


def _look(
    options: Namespace, inferred: Inferred, trial: Trial, design: ir.Design
) -> tuple[Reading, Looked] | int:
    """Reads each item by the module, and holds it against the module's design."""
    [table] = trial.tables
    reader, look = ItemReader(table), ItemLook(ItemChecker(design, design.tables[0]))

    def take(items: list[Item]) -> bool:
        for item in items:
            reader.read(item)
        return look.take(items)

    def state() -> ir.JsonObject:
        return {"reading": reader.reading.to_json(), "looked": look.state()}

    def restore(data: ir.JsonObject) -> None:
        reader.reading = Reading.from_json(data["reading"])
        look.restore(data["looked"])

    code = Source(options, inferred.design).each(take, state, restore)
    look.checker.look_at_texts(look.looked)
    return code or (reader.reading, look.looked)


def _lines(adopted: Adopted) -> Iterator[str]:
    reading = adopted.reading
    yield f"{count(reading.items, 'item', 'items')}, of which these are read at once:"
    for name, each in reading.entities.items():
        yield f"{each.read:>9,} of {each.items:,}  {name}"
    if reading.of_none:
        shown = ", ".join(json.dumps(each, ensure_ascii=False) for each in reading.samples)
        yield f"{reading.of_none:>9,} fit no entity, such as {shown}"
    yield ""
    yield from _needs(adopted)
    yield from trouble_lines(adopted.looked, painter(sys.stdout))
    for finding in adopted.report.findings:
        if finding.rule.is_at_least("warning"):
            rule = finding.rule
            yield f"{rule.severity}[{rule.slug}] {finding.subject}: {finding.declared}"
            yield f"  what to do: {rule.remedy}"


def _needs(adopted: Adopted) -> Iterator[str]:
    """What the module declares because items are as they are, and what is left to be done."""
    if adopted.inferred.untagged:
        kind = adopted.design.tables[0].type_attribute
        known = f"{adopted.reading.untagged:,} items have no {kind}, and are known by their key"
        yield f'untagged="by key": {known}'
    for name, fields in _in_key(adopted.design).items():
        yield f"IN_KEY: {name} has {', '.join(fields)} in key text alone"
    for name, each in adopted.reading.entities.items():
        for unread in each.unread.values():
            where = "" if unread.index == ir.PRIMARY else f" by {unread.index}"
            yield f"upgrade: {count(unread.count, 'item', 'items')} of {name} not read{where}"
            yield f"  {unread.why}"
            yield f"  see: {json.dumps(unread.sample, ensure_ascii=False)}"


def _in_key(design: ir.Design) -> dict[str, list[str]]:
    found = {
        entity.name: [each.name for each in entity.fields if "in_key" in each.roles]
        for entity in design.entities
    }
    return {name: fields for name, fields in found.items() if fields}


def _data(adopted: Adopted) -> ir.JsonObject:
    reading = adopted.reading
    return {
        "version": 1,
        "items": reading.items,
        "of_none": reading.of_none,
        "untagged": reading.untagged if adopted.inferred.untagged else 0,
        "in_key": _in_key(adopted.design),
        "entities": {name: _reading_data(each) for name, each in reading.entities.items()},
        "not_declared": adopted.module.left_out,
        "item_findings": trouble_data(adopted.looked),
        "findings": report_json(adopted.report)["findings"],
    }


def _reading_data(each: EntityReading) -> ir.JsonObject:
    return {"items": each.items, "read": each.read, "unread": [*map(_unread, each.unread.values())]}


def _unread(each: Unread) -> ir.JsonObject:
    return dict(vars(each))
