"""What checks prove of designs with closed sets of values is what all of their items show."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import combinations, product
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from singletable.check.checker import check_design
from singletable.check.identity import shared_key
from singletable.check.languages import argument_formats
from singletable.design import ir
from singletable.design.interchange import design_of

VALUES = ["a", "b", "ab", "1", "11", "a1"]
WORDS = ["", "A", "A#", "B#", "AB"]
BETWEEN = ["", "#", "|"]
FIELDS = ["x", "y"]
SEEDS = st.integers(0, 1_000_000)


def template(random: Random) -> str:
    names = random.choices(FIELDS, k=random.choice([0, 1, 1, 2]))
    ends = random.choices(BETWEEN, k=len(names))
    fields = (f"{{{name}}}{end}" for name, end in zip(names, ends, strict=True))
    return random.choice(WORDS) + "".join(fields) or "X"


def entities(random: Random, count: int) -> list[dict[str, Any]]:
    return [
        {
            "name": f"E{at}",
            "keys": {"PK": template(random), "SK": template(random)},
            "fields": {
                name: {"format": {"members": sorted(random.sample(VALUES, random.randint(1, 3)))}}
                for name in FIELDS
            },
        }
        for at in range(count)
    ]


def file(*entity: dict[str, Any], **parts: Any) -> dict[str, Any]:
    table = {"name": "t", "partition": "PK", "sort": "SK"}
    return {"singletable": 1, "tables": [table], "entities": list(entity), **parts}


def keys_of(entity: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The keys of all items that there can be."""
    sets = (entity["fields"][name]["format"]["members"] for name in FIELDS)
    for values in product(*sets):
        named = dict(zip(FIELDS, values, strict=True))
        yield entity["keys"]["PK"].format(**named), entity["keys"]["SK"].format(**named)


@given(SEEDS)
def test_keys_are_shared_where_two_items_share_one(seed: int) -> None:
    """And the witness is such a key."""
    made = entities(Random(seed), 3)  # noqa: S311
    design = design_of(file(*made))
    keys = {each["name"]: set(keys_of(each)) for each in made}
    for one, other in combinations(design.entities, 2):
        both = keys[one.name] & keys[other.name]
        items = shared_key(design.tables[0], one, other)
        assert (items is not None) == bool(both)
        for item in items or ():
            assert (item["PK"]["S"], item["SK"]["S"]) in both


def condition(random: Random, source: str) -> str:
    """The beginning of a template, which may name its argument otherwise."""
    pieces = re.findall(r"\{[^}]*\}|[^{}]+", source)
    begun = "".join(pieces[: random.randint(1, len(pieces))])
    return begun.replace("{x}", "{other}") if random.random() < 0.2 else begun


def expression(source: str, formats: Mapping[str, ir.Format]) -> str:
    """The texts of a condition, by what is known of its arguments."""
    text = ""
    for piece in re.findall(r"\{[^}]*\}|[^{}]+", source):
        known = formats.get(piece[1:-1]) if piece.startswith("{") else None
        values = "|".join(map(re.escape, known.members)) if known else "[^#]+"
        text += f"(?:{values})" if piece.startswith("{") else re.escape(piece)
    return text


@given(SEEDS)
def test_others_are_matched_where_one_of_their_items_is(seed: int) -> None:
    random = Random(seed)  # noqa: S311
    meant, other = entities(random, 2)
    operator = random.choice(["begins_with", "="])
    sort = condition(random, meant["keys"]["SK"])
    key = {"PK": meant["keys"]["PK"], "SK": {operator: sort}}
    pattern = {"name": "p", "operation": "Query", "key": key, "returns": ["E0"]}
    design = design_of(file(meant, other, patterns=[pattern]))
    found = {each.rule.slug for each in check_design(design).findings if each.subject == "p"}
    if found - {"matches-others"}:
        return  # the pattern is not served
    [read] = design.patterns[0].operation.reads
    formats = argument_formats(design.entities[0].keys, read.conditions)
    rest = ".*" if operator == "begins_with" else ""
    asked = [expression(meant["keys"]["PK"], formats), expression(sort, formats) + rest]
    is_matched = any(all(map(re.fullmatch, asked, texts)) for texts in keys_of(other))
    assert ("matches-others" in found) == is_matched
