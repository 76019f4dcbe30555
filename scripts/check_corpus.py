#!/usr/bin/env python3
"""Checks published designs, and compares what is found with what is expected of them.

Each folder of the corpus has a design.json with the facts of a design. They become a design in the
interchange format; files of tools that the library reads are read as they are. The table goes to
stdout, or with --write between the markers of docs/corpus.md.

usage: scripts/check_corpus.py --corpus DIR [--write] [--verbose]
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from singletable.check.checker import RULES, check_design
from singletable.check.findings import Finding, Report
from singletable.check.items import ItemChecker
from singletable.design.imports import Imported, import_design
from singletable.design.infer import infer_design
from singletable.design.interchange import design_of, read_file

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/corpus.md"
BEGIN, END = "<!-- check_corpus: begin -->", "<!-- check_corpus: end -->"
CLEAN = ("01", "03")
"""Designs that are known to be sound: any finding at a warning or above is a false alarm."""

CATEGORIES: Mapping[str, str] = {
    "key-collision": "A",
    "forged-by-delimiter": "A",
    "key-lacks-identity": "A",
    "key-beyond-identity": "ABF",
    "ambiguous-template": "A",
    "matches-others": "A",
    "reads-others": "A",
    "returns-overwritten": "AB",
    "prefix-matches-neighbours": "AB",
    "no-operation": "B",
    "index-missing": "BE",
    "no-key-condition": "B",
    "refused-condition": "B",
    "not-in-index": "BE",
    "matches-nothing": "B",
    "order-not-kept": "B",
    "one-partition": "D",
    "hot-partition": "D",
    "hot-item": "D",
    "item-too-large": "L",
    "few-partitions": "D",
    "unread-index": "E",
    "unwritten-index": "E",
    "unread-key": "E",
    "half-key": "E",
    "scan": "G",
    "filtered": "G",
    "number-order": "H",
    "optional-in-key": "H",
    "prefix-within-field": "AB",
    "not-projected": "BC",
    "unread-copies": "C",
    "moves-in-index": "F",
    "changes-primary-key": "F",
    "constant-sort-key": "H",
    "two-types": "H",
    "text-as-number": "H",
    "key-of-another-type": "H",
    "refused-table": "E",
    "ttl-not-number": "H",
    "key-too-long": "H",
    "needs-placeholder": "I",
    "fits-no-entity": "J",
    "fits-several": "J",
    "key-contradicts-attribute": "J",
    "index-key-half-present": "EJ",
    "index-key-missing": "EJ",
    "items-outside-index": "E",
    "unbounded-collection": "DL",
    "monotonic-sort-key": "D",
    "key-length-unsaid": "H",
    "whole-copies": "C",
    "reads-others-by-delimiter": "A",
    "filter-no-expression": "B",
    "order-unsaid": "B",
    "index-key-of-another-form": "J",
    "odd-key-text": "J",
    "dates-do-not-sort": "H",
    "number-as-text": "H",
    "stored-ttl-not-number": "H",
    "ttl-in-milliseconds": "H",
    "unused-acceptance": "",
}
"""The categories of expected findings that a rule is about."""
ORDERS: Mapping[tuple[str, str], Sequence[str]] = {("03", "AP6"): ("Date",)}
"""Orders that a question claims in words, and its facts do not state."""
WRONG: Mapping[tuple[str, str], str] = {
    ("29", "1"): "GetItem without the sort key is refused by DynamoDB; the corpus expects that of "
    "10, too (getitem-without-sort-key)",
}
"""Expected verdicts that are wrong, and why."""
SILENCE: Mapping[tuple[str, str], str] = {
    ("01", "key-does-not-identify"): "keys of an index need not be unique, as it says itself",
    ("06", "prefix-overlap"): "no pattern asks for `F`, and `F#` is no beginning of `FEATURE#`",
    ("11", "order-prefix"): "AP3 asks for `G`; no pattern asks for `G1`",
    ("12", "collision-proof"): "`A` and `{fromDate}#…` have no text in common",
    ("32", "key-collision"): "items that share a key of an index do not replace each other",
}
"""Expectations that are met if no error of the category is about what they name."""
NOTES: Mapping[str, str] = {
    "in ModelSchema, and": "E",
    "declared more than once": "I",
    "has no $": "I",
    "its alias begins with": "I",
}
"""Notes of imports that tell what is wrong with a file, and their categories."""
_OPERATORS = {"eq": "=", "gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
_OPERATIONS = {"TransactWrite": "TransactWriteItems", "TransactGet": "TransactGetItems"}
_NO_OPERATION = "Export"
_TOOL_FILES = ("36", "42")
"""Designs whose patterns state parameters alone: the tool's own file is read."""
_COMPOSITE = re.compile(r"\[([^\]]*)\]")
_NEEDS_NO_KEY = ("Scan", "Export", "PutItem", "UpdateItem", "DeleteItem", "TransactWrite")

Json = Mapping[str, Any]


@dataclass
class Row:
    """What came of one design."""

    number: str
    title: str
    patterns: int
    expressible: int
    agreed: int
    disagreed: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    recalled: Counter[str] = field(default_factory=Counter[str])
    expected: Counter[str] = field(default_factory=Counter[str])
    missed: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    alarms: list[Finding] = field(default_factory=list[Finding])
    inferred: int = 0
    kinds: int = 0


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--corpus", type=Path, required=True, metavar="DIR")
    parser.add_argument("--write", action="store_true", help="into docs/corpus.md")
    parser.add_argument("--verbose", action="store_true", help="also what was not found")
    options = parser.parse_args(arguments)
    rows = measure(options.corpus)
    if not rows:
        print(f"{options.corpus} has no design.json", file=sys.stderr)
        return 2
    if options.write:
        text = PAGE.read_text("utf-8")
        PAGE.write_text(replaced(text, section(rows, f"{datetime.now(UTC):%Y-%m-%d}")), "utf-8")
    else:
        print(table(rows))
    if options.verbose:
        print(*_details(rows), sep="\n")
    return 0


def measure(corpus: Path) -> list[Row]:
    """A row for each design, in the order of their numbers."""
    return [_row(file.parent) for file in sorted(corpus.glob("*/design.json"))]


def replaced(page: str, text: str) -> str:
    """The page with another text between the markers."""
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n{text}\n{END}{rest.partition(END)[2]}"


def read_design(
    folder: Path, samples: Mapping[str, list[Json]] | None = None
) -> tuple[Json, dict[str, str]]:
    """The design of a folder in the interchange format, with these items by table, and the names
    of patterns by numbers."""
    facts: Json = json.loads((folder / "design.json").read_text("utf-8"))
    if facts["id"][:2] in _TOOL_FILES:
        return _tool_design(folder)
    return _design(facts, samples or {}), {}


def _row(folder: Path) -> Row:
    facts: Json = json.loads((folder / "design.json").read_text("utf-8"))
    number = facts["id"][:2]
    published = [*_published(folder)]
    data, names = read_design(folder, _samples(folder, facts, published))
    report = check_design(design_of(data, str(folder)))
    row = Row(number, facts["title"], len(facts["patterns"]), 0, 0)
    stated = {each["name"] for each in data["patterns"]}
    for pattern in facts["patterns"]:
        name = names.get(pattern["id"], pattern["id"])
        if name not in stated:
            continue
        row.expressible += 1
        verdict, expected = report.verdicts[name], pattern["status"]
        if expected in (verdict, "as-declared"):
            row.agreed += 1
        else:
            row.disagreed.append((pattern["id"], expected, verdict))
    back = {name: identifier for identifier, name in names.items()}
    notes = [note for each in published for note in each.notes]
    reports = [(report, data, back)]
    reports += [(check_design(design_of(each.data)), each.data, {}) for each in published]
    for expected in facts["expected_findings"]:
        category = expected["category"][0]
        row.expected[category] += 1
        is_told = any(_is_about(expected, each) for each in notes)
        if is_told or _is_recalled(expected, reports, number):
            row.recalled[category] += 1
        else:
            row.missed.append((category, expected["rule"], expected["where"]))
    row.alarms = [each for each in report.findings if each.rule.severity != "note"]
    for table in data["tables"]:
        inferred, kinds = _inferred(table, data)
        row.inferred += inferred
        row.kinds += kinds
    return row


def _inferred(table: Json, data: Json) -> tuple[int, int]:
    """Of how many entities the samples are one kind of items that `infer` tells, and how many
    entities have samples."""
    items = table.get("items", [])
    if not items:
        return 0, 0
    keys = {name: table[name] for name in ("name", "partition", "sort", "indexes")}
    found = _samples_by_entity(infer_design({**keys, "delimiter": "#"}, items).design, items)
    alone = {**data, "tables": [table], "patterns": []}
    alone["entities"] = [each for each in data["entities"] if each["table"] == table["name"]]
    published = _samples_by_entity(alone, items)
    return sum(each in found for each in published), len(published)


def _samples_by_entity(data: Json, items: Sequence[Json]) -> list[set[int]]:
    design = design_of(data)
    checker = ItemChecker(design, design.tables[0])
    found = defaultdict[str, set[int]](set)
    for at, item in enumerate(items):
        for name in checker.entities_of(item):
            found[name].add(at)
    return [*found.values()]


def _published(folder: Path) -> Iterator[Imported]:
    """What tools' own files say, if they are of formats that are read."""
    for file in sorted(folder.glob("raw/*.json")):
        imported = import_design(json.loads(file.read_text("utf-8")))
        if imported is not None:
            yield imported


def _samples(folder: Path, facts: Json, published: Sequence[Imported]) -> Mapping[str, list[Json]]:
    """The published items by table: of a file of their own, or of the last file of a tool that has
    as many as the facts say."""
    own = folder / "items.json"
    if own.exists():
        plain = json.loads(own.read_text("utf-8"))
        return {
            table: [{name: {"S": text} for name, text in item.items()} for item in items]
            for table, items in plain.items()
        }
    tables = [table for each in published for table in each.data["tables"]]
    counts = facts.get("sample_items") or {}
    several = len(counts) > 1
    found = dict[str, list[Json]]()
    for name, count in counts.items():
        for table in tables:
            if len(table.get("items", ())) == count and (not several or table["name"] == name):
                found[name] = table["items"]
    return found


# The facts as a design


def _tool_design(folder: Path) -> tuple[Json, dict[str, str]]:
    """The design that a tool's file says, and the names of its patterns by their numbers."""
    file = next(folder.glob("raw/*_schema.json"))
    raw = json.loads(file.read_text("utf-8"))
    entities = [each for table in raw["tables"] for each in table["entities"].values()]
    patterns = [each for entity in entities for each in entity["access_patterns"]]
    patterns += raw.get("cross_table_access_patterns", [])
    return read_file(file).data, {str(each["pattern_id"]): each["name"] for each in patterns}


def _design(facts: Json, samples: Mapping[str, list[Json]]) -> Json:
    tables = [
        _table(each, facts) | {"items": samples.get(each["name"], [])} for each in facts["tables"]
    ]
    keys = _electro_keys(facts) if _has_composites(facts) else {}
    entities = [
        _entity(
            each,
            tables[0]["name"],
            keys.get(each["name"], each["keys"]),
            samples.get(each.get("table") or tables[0]["name"], ()),
        )
        for each in facts["entities"]
    ]
    made = [_pattern(each, facts, tables, entities) for each in facts["patterns"]]
    patterns = [each for each in made if each is not None]
    return {"singletable": 1, "tables": tables, "entities": entities, "patterns": patterns}


def _table(table: Json, facts: Json) -> dict[str, Any]:
    """Key attributes that are not published are those of the table's entities, else PK."""
    own = [
        each["keys"]
        for each in facts["entities"]
        if each["keys"] and each.get("table", table["name"]) == table["name"]
    ]
    names = [name for name in (own[0] if own else ()) if name in ("PK", "SK")] or ["PK"]
    is_known = not _is_unknown(facts, table["name"])
    return {
        "name": table["name"],
        "partition": _side(table["pk"]) if is_known else names[0],
        "sort": _side(table["sk"]) if is_known else names[1:],
        "indexes": [
            {
                "name": each["name"],
                "kind": kind,
                "partition": _side(each["pk"]),
                "sort": _side(each["sk"]),
                "projection": _projection(each.get("projection") or {}),
            }
            for kind, several in (("global", table.get("gsis")), ("local", table.get("lsis")))
            for each in several or ()
        ],
        "type_attribute": facts.get("discriminator"),
    }


def _is_unknown(facts: Json, name: str) -> bool:
    """Whether the key attributes and the indexes of a table are not published."""
    return any(each["name"] == name and each["pk"]["attr"] == "?" for each in facts["tables"])


def _side(side: Any) -> list[dict[str, str]]:
    several = side if isinstance(side, list) else [side] if side else []
    return [
        {"name": each["attr"], "type": each["type"] if each["type"] in ("N", "B") else "S"}
        for each in several
    ]


def _projection(projection: Json) -> object:
    kind = projection.get("ProjectionType", "ALL")
    return projection.get("NonKeyAttributes", []) if kind == "INCLUDE" else kind


def _attribute_of(field: str, samples: Iterable[Json]) -> str:
    names = {name.lower(): name for item in samples for name in item}
    return names.get(field.lower(), field)


def _entity(
    entity: Json, table: str, keys: Mapping[str, str], samples: Sequence[Json]
) -> dict[str, Any]:
    """Names of fields that differ from those of published attributes in case alone are theirs; so
    are names of the identity that differ from those in the templates."""
    keys = {
        attribute: re.sub(r"\{(.+?)\}", lambda at: f"{{{_attribute_of(at[1], samples)}}}", text)
        for attribute, text in keys.items()
    }
    fields = {
        name.lower(): name for text in keys.values() for name in re.findall(r"\{(.+?)\}", text)
    }
    identity = entity["identity"] if isinstance(entity["identity"], list) else None
    return {
        "name": entity["name"],
        "table": entity.get("table") or table,
        "keys": dict(keys),
        "identity": identity and [fields.get(each.lower(), each) for each in identity],
    }


def _has_composites(facts: Json) -> bool:
    texts = [text for each in facts["entities"] for text in each["keys"].values()]
    return bool(texts) and all(map(_COMPOSITE.fullmatch, texts))


def _electro_keys(facts: Json) -> dict[str, dict[str, str]]:
    """The templates that ElectroDB makes of composites: `[a,b]`."""
    [table] = facts["tables"]
    indexes = [(None, table["pk"], table["sk"])]
    indexes += [(each["name"], each["pk"][0], each["sk"][0]) for each in table["gsis"]]
    schemas = []
    for entity in facts["entities"]:
        keys = entity["keys"]
        patterns = {
            str(name): {"index": name}
            | {
                side: {"field": attribute["attr"], "composite": _composite(keys[attribute["attr"]])}
                for side, attribute in (("pk", partition), ("sk", sort))
            }
            for name, partition, sort in indexes
            if partition["attr"] in keys
        }
        model = {"entity": entity["name"], "version": "1", "service": "service"}
        schemas.append({"model": model, "indexes": patterns})
    imported = import_design(schemas)
    entities = imported.data["entities"] if imported else ()
    return {each["name"]: each["keys"] for each in entities}


def _composite(text: str) -> list[str]:
    return [each for each in text.strip("[]").split(",") if each]


def _pattern(
    pattern: Json, facts: Json, tables: Sequence[Json], entities: Sequence[Json]
) -> dict[str, Any] | None:
    """None where the facts state no key condition, and no template says one."""
    table = next(each for each in tables if each["name"] == (pattern.get("table") or each["name"]))
    on = "primary" if pattern["on"] == "table" else pattern["on"]
    named = [each for each in table["indexes"] if each["name"].startswith(on)]
    index = next((each for each in named if each["name"] == on), named[0] if named else None)
    place = table if on == "primary" else index
    if place is None and _is_unknown(facts, table["name"]):
        return None
    returns = pattern["returns"] if isinstance(pattern["returns"], list) else []
    meant = [each for each in entities if each["name"] in returns]
    key = _published_condition(pattern, place) or _derived(pattern, place, meant)
    if not key and pattern["op"] not in _NEEDS_NO_KEY and place is not None:
        return None
    operation = _OPERATIONS.get(pattern["op"], pattern["op"])
    return {
        "name": pattern["id"],
        "question": pattern["text"],
        "operation": None if operation == _NO_OPERATION else operation,
        "table": table["name"],
        "index": on if index is None else index["name"],
        "key": key,
        "filter": pattern.get("filter"),
        "order_by": list(ORDERS.get((facts["id"][:2], pattern["id"]), ())),
        "descending": pattern.get("order") == "desc",
        "limit": pattern.get("limit"),
        "requests": pattern.get("fan_out") or 1,
        "returns": returns,
        "attributes": pattern.get("projects") or [],
    }


def _published_condition(pattern: Json, place: Any) -> dict[str, Any]:
    """The key condition that is published."""
    if place is None or not pattern.get("pk"):
        return {}
    key = {place["partition"][0]["name"]: pattern["pk"]}
    sort = pattern.get("sk")
    if sort and place["sort"]:
        operator = _OPERATORS.get(sort["op"], sort["op"])
        key[place["sort"][0]["name"]] = {operator: sort["value"]}
    return key


def _derived(pattern: Json, place: Any, meant: Sequence[Json]) -> dict[str, Any]:
    """Where no condition is published, that of the templates: all that is meant has one partition
    key; a get says the sort key, too, and a query of one entity what that begins with."""
    if place is None or not meant or pattern["op"] in _NEEDS_NO_KEY:
        return {}
    names = [each["name"] if isinstance(each, dict) else each for each in _attributes(place)]
    texts = {tuple(each["keys"].get(name) for name in names[:1]) for each in meant}
    if len(texts) != 1 or None in next(iter(texts)):
        return {}
    key: dict[str, Any] = {names[0]: meant[0]["keys"][names[0]]}
    sort = meant[0]["keys"].get(names[1]) if len(names) > 1 and len(meant) == 1 else None
    if sort and pattern["op"] == "GetItem":
        key[names[1]] = sort
    elif sort and sort.partition("{")[0]:
        key[names[1]] = {"begins_with": sort.partition("{")[0]}
    return key


def _attributes(place: Json) -> list[Any]:
    sides = (place["partition"], place["sort"])
    return [each for side in sides for each in ([side] if isinstance(side, str) else side)]


# What is expected, and what is found


def _is_about(expected: Json, note: str) -> bool:
    """Whether a note of an import is of the category, and has a word of what is expected."""
    kind = next((each for text, each in NOTES.items() if text in note), "")
    words = re.findall(r"\w{3,}", f"{expected['where']} {expected['evidence']}")
    return kind == expected["category"][0] and any(each in note for each in words)


def _is_recalled(
    expected: Json, reports: Sequence[tuple[Report, Json, Mapping[str, str]]], number: str
) -> bool:
    """Whether a finding of the category is about something that the expectation names."""
    category = expected["category"][0]
    is_silent = (number, expected["rule"]) in SILENCE
    for report, data, back in reports:
        found = [
            each
            for each in report.findings
            if category in CATEGORIES[each.rule.slug]
            and (each.rule.severity == "error" or not is_silent)
        ]
        where, evidence = expected["where"], expected["evidence"]
        named = _names_in(where, data, back) or _names_in(evidence, data, back)
        if any(
            not named or named & _about(each, data, back) or _is_shown(where, each)
            for each in found
        ):
            return not is_silent
    return is_silent


def _is_shown(where: str, finding: Finding) -> bool:
    """Whether a finding has the very words of an expectation."""
    return where in finding.declared or where in json.dumps(
        [item for _, item in finding.witness.items]
    )


def _names(data: Json, back: Mapping[str, str]) -> Iterator[str]:
    for table in data["tables"]:
        yield from (each["name"] for each in table.get("indexes", ()))
    for entity in data["entities"]:
        yield entity["name"]
        yield from entity["keys"]
        for text in entity["keys"].values():
            yield from re.findall(r"\{(.+?)\}", text)
    yield from {
        name for table in data["tables"] for item in table.get("items", ()) for name in item
    }
    yield from (back.get(each["name"], each["name"]) for each in data.get("patterns", ()))


def _names_in(text: str, data: Json, back: Mapping[str, str]) -> set[str]:
    """The entities, indexes, key attributes, fields and patterns that a text names; `2-8` is all
    the patterns between."""
    spans = ((int(a), int(b)) for a, b in re.findall(r"\b(\d{1,2})-(\d{1,2})\b", text))
    text += "".join(f" {each}" for low, high in spans for each in range(low, high + 1))
    return {
        name
        for name in _names(data, back)
        if re.search(rf"(?<![\w#]){re.escape(name)}(?!\w)", text, re.IGNORECASE)
    }


def _about(finding: Finding, data: Json, back: Mapping[str, str]) -> set[str]:
    """What a finding names in its subject and in what was declared; a pattern its index, too, and
    an index its attributes."""
    subject = back.get(finding.subject, finding.subject)
    words = {subject, *re.split(r"[.,] ?", subject)}
    asked = {each["index"] for each in data.get("patterns", ()) if each["name"] == finding.subject}
    words |= {each for each in asked if each != "primary"}
    for table in data["tables"]:
        for index in table.get("indexes", ()):
            if index["name"] in words:
                words |= {each["name"] for each in _attributes(index)}
    named = {name for name in _names(data, back) if name in words}
    return named | _names_in(finding.declared, data, back)


# The table


def section(rows: Sequence[Row], date: str) -> str:
    """What stands between the markers."""
    clean = [each for each in rows if each.number in CLEAN]
    alarms = sum(len(each.alarms) for each in clean)
    reasons = [
        f"- {number}, pattern {pattern}: {reason}." for (number, pattern), reason in WRONG.items()
    ]
    reasons += [f"- {number}, {rule}: {reason}." for (number, rule), reason in SILENCE.items()]
    told = "; ".join(f"{each.number}: {_told(each.alarms)}" for each in clean if each.alarms)
    return "\n".join(
        [
            f"Made by `scripts/check_corpus.py` on {date}, with {len(RULES)} rules.",
            "",
            table(rows),
            "",
            f"Findings at a warning or above on the sound designs {' and '.join(CLEAN)}: {alarms}"
            f"{', ' + told if told else ''}.",
            "",
            "Expectations that are wrong, or are met by silence, which counts as found:",
            "",
            *reasons,
        ]
    )


def _told(findings: Sequence[Finding]) -> str:
    return ", ".join(f"`{each.rule.slug}` of {each.subject}" for each in findings)


def table(rows: Sequence[Row]) -> str:
    letters = sorted({each for row in rows for each in row.expected})
    head = ["Design", "Stated", "Agree", *letters, "Warnings", "Kinds"]
    lines = [head, ["---"] * len(head), *(_line(each, letters) for each in rows)]
    total = Row("**All**", "", 0, 0, 0)
    for row in rows:
        total.patterns += row.patterns
        total.expressible += row.expressible
        total.agreed += row.agreed
        total.recalled += row.recalled
        total.expected += row.expected
        total.alarms += row.alarms
        total.inferred += row.inferred
        total.kinds += row.kinds
    lines.append(_line(total, letters))
    return "\n".join(f"| {' | '.join(each)} |" for each in lines)


def _line(row: Row, letters: Sequence[str]) -> list[str]:
    shares = [
        f"{row.recalled[each]}/{row.expected[each]}" if row.expected[each] else ""
        for each in letters
    ]
    stated = f"{row.expressible}/{row.patterns}"
    kinds = f"{row.inferred}/{row.kinds}" if row.kinds else ""
    return [
        row.number,
        stated,
        f"{row.agreed}/{row.expressible}",
        *shares,
        str(len(row.alarms)),
        kinds,
    ]


def _details(rows: Iterable[Row]) -> Iterator[str]:
    missed = defaultdict[str, list[str]](list)
    for row in rows:
        for pattern, expected, verdict in row.disagreed:
            yield f"{row.number} {pattern}: {verdict}, where {expected} is expected"
        for category, rule, where in row.missed:
            missed[category].append(f"{row.number} {rule}: {where}")
        for alarm in row.alarms:
            yield f"{row.number} {alarm.rule.slug} {alarm.subject}: {alarm.declared}"
    for category, lines in sorted(missed.items()):
        yield from (f"{category} not found: {line}" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
