"""`singletable infer`: a design made of stored items."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

from singletable.cli.item_files import read_items
from singletable.cli.progress import show_progress
from singletable.cli.usage import UsageError
from singletable.codec.wire import is_mapping
from singletable.design import ir
from singletable.design.infer import infer_design
from singletable.design.parsing import Unreadable, parse_json, read_text
from singletable.emit.data_text import json_text
from singletable.errors.suggestions import did_you_mean

_MOST_ITEMS = 100_000


def infer_options(parser: ArgumentParser) -> None:
    """The options of the command."""
    add = parser.add_argument
    add("items", metavar="PATH", help="stored items: a file, or a folder of an export")
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


def infer(options: Namespace) -> int:
    """Prints a design file; what is not certain is told on standard error."""
    if options.design:
        raise UsageError("infer makes a design; it takes no --design")
    if not options.delimiter:
        raise UsageError("--delimiter is a character or more")
    table = {**_table(options), "delimiter": options.delimiter}
    items = read_items(Path(options.items))
    with show_progress("items read:") as progress:
        found = list(islice(progress.counted(items), _MOST_ITEMS))
    if not found:
        raise UsageError(f"{options.items} has no items")
    _check_names(table, found)
    with show_progress("looking for a design"):
        inferred = infer_design(table, found)
    print(json_text(inferred.design))
    notes = list(inferred.notes)
    if next(items, None) is not None:
        notes.append(f"the first {_MOST_ITEMS:,} items were looked at; there are more")
    for note in notes:
        print(f"note: {note}", file=sys.stderr)
    return 0


def _check_names(table: ir.JsonObject, items: Sequence[Mapping[str, object]]) -> None:
    """Refuses a key attribute of the table that no item has."""
    for side in (table["partition"], table["sort"]):
        for each in [side] if isinstance(side, str) else side:
            name: str = each if isinstance(each, str) else each["name"]
            if not any(name in item for item in items):
                known = sorted({name for item in items[:100] for name in item})
                raise UsageError(f"no item has {name!r}{did_you_mean(name, known)}")


def _table(options: Namespace) -> ir.JsonObject:
    if bool(options.description) == bool(options.partition):
        raise UsageError("say the table's keys: --description FILE, or --partition and --sort")
    if options.description:
        return _described(Path(options.description))
    return {
        "name": "table",
        "partition": options.partition,
        "sort": [options.sort] if options.sort else [],
        "indexes": [_index(each) for each in options.index],
    }


def _index(text: str) -> ir.JsonObject:
    name, *keys = text.split(":")
    if not name or len(keys) not in (1, 2) or not all(keys):
        raise UsageError(f"--index {text!r}: it is NAME:PARTITION, or NAME:PARTITION:SORT")
    return {"name": name, "partition": keys[0], "sort": keys[1:]}


def _described(path: Path) -> ir.JsonObject:
    """The table of a description, as a design file has it."""
    try:
        found = parse_json(read_text(path))
        description = found.get("Table", found)
        kinds = {
            each["AttributeName"]: each["AttributeType"]
            for each in description["AttributeDefinitions"]
        }
        indexes = [
            {"name": each["IndexName"], "kind": kind, **_sides(each, kinds), **_projection(each)}
            for kind, label in (("global", "Global"), ("local", "Local"))
            for each in description.get(f"{label}SecondaryIndexes", ())
        ]
        name = description["TableName"]
        return {"name": name, **_sides(description, kinds), "indexes": indexes}
    except Unreadable as error:
        raise UsageError(f"{path}: {error}") from None
    except KeyError as error:
        raise UsageError(
            f"{path} is no description of a table: there is no {error.args[0]!r}"
        ) from None
    except (TypeError, AttributeError):
        raise UsageError(f"{path} is no description of a table") from None


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
