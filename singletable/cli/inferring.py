"""`singletable infer`: a design made of stored items."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from singletable.cli.interchange import print_notes
from singletable.cli.item_files import table_of_export
from singletable.cli.item_sources import Source, connect, named_table, scan_options
from singletable.cli.modules import (
    draft,
    module_options,
    module_path,
    print_summary,
    write_module,
)
from singletable.cli.progress import show_progress
from singletable.cli.table_scans import Item
from singletable.cli.usage import UsageError
from singletable.codec.wire import is_mapping
from singletable.design import ir
from singletable.design.infer import Inferred, infer_design
from singletable.design.infer_keys import text_of
from singletable.design.interchange import design_of
from singletable.design.key_names import guess_keys
from singletable.design.parsing import Unreadable, parse_json, read_text
from singletable.design.usual_patterns import usual_patterns
from singletable.emit.data_text import json_text
from singletable.errors.suggestions import did_you_mean
from singletable.errors.transport import TransportError
from singletable.transport import Transport

_MOST_ITEMS = 100_000
_SHOWN = 200


def infer_options(parser: ArgumentParser) -> None:
    """The options of the command."""
    inference_options(parser)
    module_options(parser)


def inference_options(parser: ArgumentParser) -> None:
    """The options that say where items are, and what keys their table has."""
    add = parser.add_argument
    add(
        "items",
        nargs="?",
        metavar="PATH",
        help="stored items: a file, or a folder of an export",
    )
    add("--table", metavar="NAME", help="instead: the table that is to be scanned")
    scan_options(parser)
    add("--description", metavar="FILE", help="what `aws dynamodb describe-table` prints")
    add("--partition", metavar="NAME", help="without it: the table's partition key")
    add("--sort", metavar="NAME", help="and its sort key")
    add(
        "--index",
        action="append",
        default=[],
        metavar="NAME:PARTITION[:SORT]",
        help="and an index; one for each",
    )
    add("--delimiter", default="#", help="between the words of keys (default: %(default)s)")
    add("--ttl", metavar="NAME", help="the attribute that says when an item expires")


def infer(options: Namespace) -> int:
    """Prints a design file, or writes it as a Python module; what is not certain is told on
    standard error."""
    if options.design:
        raise UsageError("infer makes a design; it takes no --design")
    path = module_path(options) if options.to else None
    sampled = sample(options)
    if isinstance(sampled, int):
        return sampled
    inferred, notes = sampled
    if path is None:
        print(json_text(inferred.design))
        print_notes(notes)
        return 0
    print_notes(notes)
    module, _ = draft(
        module_design(inferred),
        path,
        "The design of stored items, as it was inferred.",
        evidence=inferred.evidence,
        untagged=bool(inferred.untagged),
    )
    print_notes(module.notes)
    write_module(module, path)
    print_summary(module, path)
    return int(not module.entities)


def module_design(inferred: Inferred) -> ir.Design:
    """The design with a get and queries of each entity, as no item says patterns."""
    return design_of({**inferred.design, "patterns": usual_patterns(inferred.design)})


def sample(
    options: Namespace, *, keeps_checkpoint: bool = False
) -> tuple[Inferred, list[str]] | int:
    """The design of the first items, and notes; an exit code where they cannot be asked for."""
    if not options.delimiter:
        raise UsageError("--delimiter is a character or more")
    source, stated = sample_source(options), _stated(options)
    if not source.is_scan and not options.items:
        raise UsageError("name the items: a file or folder, or --table with --endpoint or --region")
    source.check_main_part(goes_on=keeps_checkpoint)
    found, is_all = list[Item](), [True]

    def take(items: list[Item]) -> bool:
        room = _MOST_ITEMS - len(found)
        found.extend(items[:room])
        is_all[0] = len(items) <= room
        return is_all[0]

    code = source.each(
        take,
        lambda: {"items": found},
        lambda data: found.extend(data["items"]),
        keeps_checkpoint=keeps_checkpoint,
    )
    if code:
        return code
    if not found:
        raise UsageError(f"{options.items or options.table} has no items")
    notes = list[str]()
    try:
        table = stated or _table(options, found, notes)
    except TransportError as fault:
        raise UsageError(f"{options.table} cannot be described: {fault}") from None
    table["delimiter"] = options.delimiter
    table |= {"ttl_attribute": options.ttl} if options.ttl else {}
    _check_names(table, found)
    with show_progress("looking for a design"):
        inferred = infer_design(table, found)
    notes += inferred.notes
    if not is_all[0]:
        notes.append(f"the first {_MOST_ITEMS:,} items were looked at; there are more")
    return inferred, notes


def sample_source(options: Namespace) -> Source:
    """The items of which a design is made."""
    return Source(options, "a sample", ".sample")


def _check_names(table: ir.JsonObject, items: Sequence[Mapping[str, object]]) -> None:
    """Refuses a key attribute of the table that no item has, or that has no text there."""
    for side in (table["partition"], table["sort"]):
        for each in [side] if isinstance(side, str) else side:
            name: str = each if isinstance(each, str) else each["name"]
            if not any(name in item for item in items):
                known = sorted({name for item in items[:100] for name in item})
                raise UsageError(f"no item has {name!r}{did_you_mean(name, known)}")
            _check_texts(name, items)


def _check_texts(name: str, items: Sequence[Mapping[str, object]]) -> None:
    """Refuses an item whose key attribute is no text and no number."""
    odd = next((item for item in items if text_of(item, name) is None), None)
    if odd is None:
        return
    value = odd.get(name)
    held = f"is {', '.join(value)}" if is_mapping(value) else "is not there"
    text = json.dumps(odd, ensure_ascii=False)
    shown = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    raise UsageError(f"a key attribute has to be S or N, and {name} {held} in the item {shown}")


def _stated(options: Namespace) -> ir.JsonObject | None:
    """The table as it is described, or its keys are said; None where they are not."""
    if options.description and options.partition:
        raise UsageError("say the table's keys once: --description FILE, or --partition and --sort")
    if options.description:
        return _described(Path(options.description))
    if not options.partition:
        return None
    return {
        "name": _exported_table(options) or "table",
        "partition": options.partition,
        "sort": [options.sort] if options.sort else [],
        "indexes": [_index(each) for each in options.index],
    }


def _exported_table(options: Namespace) -> str | None:
    return table_of_export(Path(options.items)) if options.items else None


def _table(options: Namespace, items: Sequence[Item], notes: list[str]) -> ir.JsonObject:
    """The table as it answers, or as the names of attributes tell it."""
    if not options.items:
        return _live(connect(options), named_table(options.table)[1])
    guessed = guess_keys(items)
    if guessed is None:
        counted = Counter(name for each in items for name in each)
        everywhere = [name for name in sorted(counted) if counted[name] == len(items)][:20]
        raise UsageError(
            "say the table's keys: --description FILE, or --partition and --sort"
            f" (all items have: {', '.join(everywhere)})"
        )
    shown = [guessed["partition"], *guessed["sort"]]
    shown += [f"{each['name']}: {each['partition']}" for each in guessed["indexes"]]
    notes.append(f"keys are told by their names alone: {', '.join(shown)}")
    return {"name": _exported_table(options) or "table", **guessed}


def _live(send: Transport, name: str) -> ir.JsonObject:
    """The table as it is there, with its TTL where the service says it."""
    table = _of_description(send("DescribeTable", {"TableName": name})["Table"])
    try:
        answer = send("DescribeTimeToLive", {"TableName": name})
    except TransportError as fault:
        print(f"note: its TTL is not known: {fault}", file=sys.stderr)
        return table
    ttl = answer["TimeToLiveDescription"].get("AttributeName")
    return table | ({"ttl_attribute": ttl} if ttl else {})


def _index(text: str) -> ir.JsonObject:
    name, *keys = text.split(":")
    if not name or len(keys) not in (1, 2) or not all(keys):
        raise UsageError(f"--index {text!r}: it is NAME:PARTITION, or NAME:PARTITION:SORT")
    return {"name": name, "partition": keys[0], "sort": keys[1:]}


def _described(path: Path) -> ir.JsonObject:
    """The table of a description, as a design file has it."""
    try:
        found = parse_json(read_text(path))
        return _of_description(found.get("Table", found))
    except Unreadable as error:
        raise UsageError(f"{path}: {error}") from None
    except KeyError as error:
        raise UsageError(
            f"{path} is no description of a table: there is no {error.args[0]!r}"
        ) from None
    except (TypeError, AttributeError):
        raise UsageError(f"{path} is no description of a table") from None


def _of_description(description: Mapping[str, object]) -> ir.JsonObject:
    found: ir.JsonObject = dict(description)
    kinds = {each["AttributeName"]: each["AttributeType"] for each in found["AttributeDefinitions"]}
    indexes = [
        {"name": each["IndexName"], "kind": kind, **_sides(each, kinds), **_projection(each)}
        for kind, label in (("global", "Global"), ("local", "Local"))
        for each in found.get(f"{label}SecondaryIndexes") or ()
    ]
    return {"name": found["TableName"], **_sides(found, kinds), "indexes": indexes}


def _sides(part: ir.JsonObject, kinds: dict[str, str]) -> ir.JsonObject:
    keys: ir.JsonObject = {"partition": [], "sort": []}
    for each in part["KeySchema"]:
        name = each["AttributeName"]
        side = "partition" if each["KeyType"] == "HASH" else "sort"
        keys[side].append({"name": name, "type": kinds[name]})
    return keys


def _projection(index: ir.JsonObject) -> ir.JsonObject:
    found = index.get("Projection", {})
    kind = found.get("ProjectionType", "ALL") if is_mapping(found) else "ALL"
    return {"projection": found.get("NonKeyAttributes", []) if kind == "INCLUDE" else kind}
