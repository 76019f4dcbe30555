"""Faults that are planted into sound designs: each changes a file in one place, and says by which
rules it has to be found."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """`rules`: one of them finds it."""

    kind: str
    place: str
    data: Json
    rules: frozenset[str]


Plant = Callable[[Json], Iterator[tuple[str, Json, set[str]]]]
_FIELD = re.compile(r"\{[^{}]+\}")
_GET, _QUERY = ("GetItem",), ("Query",)


def plant_faults(data: Json) -> Iterator[Fault]:
    """Every fault of every kind that there is a place for."""
    for plant in PLANTS:
        for place, changed, rules in plant(data):
            yield Fault(plant.__name__.strip("_"), place, changed, frozenset(rules))


def _changed(data: Json, kind: str, at: int, **values: Any) -> Json:
    """The design with other values in one table, entity or pattern."""
    made = copy.deepcopy(data)
    made[kind][at] |= values
    return made


def _entities(data: Json) -> Iterator[tuple[int, Json, Json]]:
    tables = {each["name"]: each for each in data["tables"]}
    for at, entity in enumerate(data["entities"]):
        yield at, entity, tables[entity["table"]]


def _reads(data: Json, operations: tuple[str, ...]) -> Iterator[tuple[int, Json, Json]]:
    tables = {each["name"]: each for each in data["tables"]}
    for at, pattern in enumerate(data["patterns"]):
        if pattern["operation"] in operations and pattern.get("key"):
            yield at, pattern, tables[pattern["table"]]


def _names(place: Json) -> list[str]:
    return [each["name"] for side in ("partition", "sort") for each in place[side]]


def _index(pattern: Json, table: Json) -> Json:
    found = (each for each in table["indexes"] if each["name"] == pattern["index"])
    return next(found, table)


def _meant(data: Json, pattern: Json) -> list[Json]:
    return [each for each in data["entities"] if each["name"] in pattern["returns"]]


def _is_open(entity: Json, placeholder: str) -> bool:
    """Whether a field has texts of several lengths."""
    known = entity["fields"].get(placeholder[1:-1], {}).get("format") or {}
    is_fixed = known.get("min_bytes") == known.get("max_bytes") is not None
    return not is_fixed and not known.get("members")


def drop_text_between_fields(data: Json) -> Iterator[tuple[str, Json, set[str]]]:
    for at, entity, _ in _entities(data):
        for name, text in entity["keys"].items():
            for found in re.finditer(r"(\{[^{}]+\})([^{}]+)(\{[^{}]+\})", text):
                first, between, second = found.groups()
                if first != second and _is_open(entity, first) and _is_open(entity, second):
                    joined = text.replace(first + between + second, first + second)
                    keys = entity["keys"] | {name: joined}
                    yield (
                        f"{entity['name']}.{name}",
                        _changed(data, "entities", at, keys=keys),
                        {"ambiguous-template"},
                    )


def give_two_entities_one_key(data: Json) -> Iterator[tuple[str, Json, set[str]]]:
    for at, entity, table in _entities(data):
        for other in data["entities"]:
            primary = _names(table)
            if other["table"] != entity["table"] or other is entity or not entity["keys"]:
                continue
            keys = entity["keys"] | {name: other["keys"][name] for name in primary}
            fields = entity["fields"] | other["fields"]
            made = _changed(data, "entities", at, keys=keys, fields=fields, identity=None)
            yield f"{entity['name']} as {other['name']}", made, {"key-collision"}


def leave_an_identifier_out_of_the_key(data: Json) -> Iterator[tuple[str, Json, set[str]]]:
    for at, entity, table in _entities(data):
        primary = _names(table)
        for name in entity["identity"] or ():
            if not any(f"{{{name}}}" in entity["keys"].get(each, "") for each in primary):
                continue
            keys = {
                attribute: text.replace(f"{{{name}}}", "x") if attribute in primary else text
                for attribute, text in entity["keys"].items()
            }
            yield (
                f"{entity['name']}.{name}",
                _changed(data, "entities", at, keys=keys),
                {"key-lacks-identity"},
            )


def make_a_key_field_optional(data: Json) -> Iterator[tuple[str, Json, set[str]]]:
    for at, entity, table in _entities(data):
        used = dict.fromkeys(
            found[1:-1]
            for name in _names(table)
            for found in _FIELD.findall(entity["keys"].get(name, ""))
        )
        for name in used:
            fields = entity["fields"] | {name: entity["fields"].get(name, {}) | {"optional": True}}
            yield (
                f"{entity['name']}.{name}",
                _changed(data, "entities", at, fields=fields),
                {"optional-in-key"},
            )


def make_a_key_field_long(data: Json) -> Iterator[tuple[str, Json, set[str]]]:
    for at, entity, table in _entities(data):
        primary = [each["name"] for each in table["sort"] if each["type"] == "S"]
        for name in {f for each in primary for f in _FIELD.findall(entity["keys"].get(each, ""))}:
            if entity["fields"].get(name[1:-1], {}).get("type", "str") != "str":
                continue
            known = {"format": {"max_bytes": 2000}}
            bounded = {
                each[1:-1]: entity["fields"].get(each[1:-1], {}) | {"format": {"max_bytes": 20}}
                for attribute in primary
                for each in _FIELD.findall(entity["keys"].get(attribute, ""))
            }
            fields = entity["fields"] | bounded | {name[1:-1]: known}
            yield (
                f"{entity['name']}{name}",
                _changed(data, "entities", at, fields=fields),
                {"key-too-long"},
            )


def leave_out_half_of_an_index_key(data: Json) -> Iterator[tuple[str, Json, set[str]]]:
    for at, entity, table in _entities(data):
        for index in table["indexes"]:
            names = _names(index)
            others = {
                n for each in (table, *table["indexes"]) if each is not index for n in _names(each)
            }
            own = [name for name in names if name in entity["keys"] and name not in others]
            if len(names) > 1 and len(own) == len(names):
                keys = {name: text for name, text in entity["keys"].items() if name != own[0]}
                yield (
                    f"{entity['name']}.{index['name']}",
                    _changed(data, "entities", at, keys=keys),
                    {"half-key"},
                )


def remove_an_index(data: Json) -> Iterator[tuple[str, Json, set[str]]]:
    for at, table in enumerate(data["tables"]):
        for index in table["indexes"]:
            asked = [
                each
                for each in data["patterns"]
                if (each["table"], each.get("index")) == (table["name"], index["name"])
            ]
            if asked:
                kept = [each for each in table["indexes"] if each is not index]
                yield index["name"], _changed(data, "tables", at, indexes=kept), {"index-missing"}


def add_an_index_for_nobody(data: Json) -> Iterator[tuple[str, Json, set[str]]]:
    for at, table in enumerate(data["tables"]):
        idle = {"name": "idle", "partition": "idle", "sort": [], "projection": "ALL"}
        indexes = [*table["indexes"], idle]
        yield (
            table["name"],
            _changed(data, "tables", at, indexes=indexes),
            {
                "unwritten-index",
                "unread-index",
            },
        )


def project_less_than_is_asked_for(data: Json) -> Iterator[tuple[str, Json, set[str]]]:
    for at, table in enumerate(data["tables"]):
        for number, index in enumerate(table["indexes"]):
            keys = {*_names(table), *_names(index), table["type_attribute"]}
            asked = {
                name
                for each in data["patterns"]
                if (each["table"], each.get("index")) == (table["name"], index["name"])
                for name in each.get("attributes", ())
            }
            if asked - keys:
                indexes = copy.deepcopy(table["indexes"])
                indexes[number]["projection"] = "KEYS_ONLY"
                yield (
                    index["name"],
                    _changed(data, "tables", at, indexes=indexes),
                    {"not-projected"},
                )


def declare_a_key_attribute_as_a_number(data: Json) -> Iterator[tuple[str, Json, set[str]]]:
    for at, table in enumerate(data["tables"]):
        for number, index in enumerate(table["indexes"]):
            for side in ("partition", "sort"):
                for place, attribute in enumerate(index[side]):
                    texts = [
                        each["keys"].get(attribute["name"], "")
                        for each in data["entities"]
                        if each["table"] == table["name"]
                    ]
                    if attribute["type"] != "S" or not any(
                        re.search(r"[A-Za-z]", _FIELD.sub("", text)) for text in texts
                    ):
                        continue
                    indexes = copy.deepcopy(table["indexes"])
                    indexes[number][side][place]["type"] = "N"
                    yield (
                        f"{index['name']}.{attribute['name']}",
                        _changed(data, "tables", at, indexes=indexes),
                        {"text-as-number", "two-types"},
                    )


def expire_by_text(data: Json) -> Iterator[tuple[str, Json, set[str]]]:
    for at, entity, table in _entities(data):
        name = table["ttl_attribute"] or "until"
        made = _changed(data, "entities", at, fields=entity["fields"] | {name: {"type": "str"}})
        for each in made["tables"]:
            each["ttl_attribute"] = each["ttl_attribute"] or "until"
        yield entity["name"], made, {"ttl-not-number"}


def say_no_partition_key(data: Json) -> Iterator[tuple[str, Json, set[str]]]:
    for at, pattern, table in _reads(data, _GET + _QUERY):
        partition = _index(pattern, table)["partition"][0]["name"]
        key = {name: each for name, each in pattern["key"].items() if name != partition}
        yield pattern["name"], _changed(data, "patterns", at, key=key), {"no-key-condition"}


def ask_for_a_part_of_the_partition_key(data: Json) -> Iterator[tuple[str, Json, set[str]]]:
    for at, pattern, table in _reads(data, _QUERY):
        partition = _index(pattern, table)["partition"][0]["name"]
        said = pattern["key"].get(partition, {}).get("=")
        if said:
            key = pattern["key"] | {partition: {"begins_with": said}}
            yield pattern["name"], _changed(data, "patterns", at, key=key), {"no-key-condition"}


def get_without_the_sort_key(data: Json) -> Iterator[tuple[str, Json, set[str]]]:
    for at, pattern, table in _reads(data, _GET):
        for each in table["sort"]:
            key = {name: text for name, text in pattern["key"].items() if name != each["name"]}
            yield pattern["name"], _changed(data, "patterns", at, key=key), {"no-key-condition"}


def ask_for_another_word(data: Json) -> Iterator[tuple[str, Json, set[str]]]:
    """A condition on a sort key that begins with a word which no key has."""
    for at, pattern, table in _reads(data, _QUERY):
        for attribute in _index(pattern, table)["sort"]:
            said = pattern["key"].get(attribute["name"], {}).get("begins_with", "")
            keys = [each["keys"].get(attribute["name"], "{x}") for each in _meant(data, pattern)]
            if said[:1].isalpha() and keys and not any(text.startswith("{") for text in keys):
                key = pattern["key"] | {attribute["name"]: {"begins_with": f"~{said}"}}
                yield pattern["name"], _changed(data, "patterns", at, key=key), {"matches-nothing"}


def end_within_a_field(data: Json) -> Iterator[tuple[str, Json, set[str]]]:
    """A beginning without the text that ends its last field."""
    for at, pattern, table in _reads(data, _QUERY):
        for attribute in _index(pattern, table)["sort"]:
            said = pattern["key"].get(attribute["name"], {}).get("begins_with", "")
            found = re.fullmatch(r"(.*(\{[^{}]+\}))[^{}]+", said)
            keys = [
                (each, each["keys"].get(attribute["name"], "")) for each in _meant(data, pattern)
            ]
            if found and any(
                text.startswith(said) and _is_open(entity, found[2]) for entity, text in keys
            ):
                key = pattern["key"] | {attribute["name"]: {"begins_with": found[1]}}
                yield (
                    pattern["name"],
                    _changed(data, "patterns", at, key=key),
                    {"prefix-matches-neighbours"},
                )


def promise_another_order(data: Json) -> Iterator[tuple[str, Json, set[str]]]:
    for at, pattern, table in _reads(data, _QUERY):
        names = [each["name"] for each in _index(pattern, table)["sort"]]
        known = {name for each in _meant(data, pattern) for name in each["keys"]}
        if pattern["returns"] and known.issuperset(names):
            made = _changed(data, "patterns", at, order_by=["nothing_of_the_key"])
            yield pattern["name"], made, {"order-not-kept"}


def ask_an_index_that_lacks_the_entity(data: Json) -> Iterator[tuple[str, Json, set[str]]]:
    for at, pattern, table in _reads(data, _QUERY):
        for index in table["indexes"]:
            partition = index["partition"][0]["name"]
            meant = _meant(data, pattern)
            if meant and not any(set(_names(index)) <= each["keys"].keys() for each in meant):
                key = {partition: {"=": "{anything}"}}
                made = _changed(data, "patterns", at, index=index["name"], key=key)
                yield f"{pattern['name']} on {index['name']}", made, {"not-in-index"}


def ask_for_all_kinds(data: Json) -> Iterator[tuple[str, Json, set[str]]]:
    """A query of one entity without the condition that tells it from its neighbours."""
    for at, pattern, table in _reads(data, _QUERY):
        index = _index(pattern, table)
        [partition, *_], meant = index["partition"], _meant(data, pattern)
        if len(meant) != 1 or pattern["filter"]:
            continue
        text = meant[0]["keys"].get(partition["name"])
        neighbours = [
            each
            for each in data["entities"]
            if each is not meant[0]
            and each["table"] == table["name"]
            and each["keys"].get(partition["name"]) == text
            and set(_names(index)) <= each["keys"].keys()
            and each["fields"] == {**each["fields"], **_formats(meant[0], text or "")}
        ]
        if neighbours and len(index["partition"]) == 1 and len(pattern["key"]) > 1:
            key = {partition["name"]: pattern["key"][partition["name"]]}
            yield pattern["name"], _changed(data, "patterns", at, key=key), {"matches-others"}


def _formats(entity: Json, text: str) -> Mapping[str, Any]:
    names = [each[1:-1] for each in _FIELD.findall(text)]
    return {name: entity["fields"][name] for name in names if name in entity["fields"]}


def filter_by_words(data: Json) -> Iterator[tuple[str, Json, set[str]]]:
    for at, pattern, _ in _reads(data, _QUERY):
        made = _changed(data, "patterns", at, filter="only those that changed")
        yield pattern["name"], made, {"filter-no-expression"}


PLANTS: tuple[Plant, ...] = (
    drop_text_between_fields,
    give_two_entities_one_key,
    leave_an_identifier_out_of_the_key,
    make_a_key_field_optional,
    make_a_key_field_long,
    leave_out_half_of_an_index_key,
    remove_an_index,
    add_an_index_for_nobody,
    project_less_than_is_asked_for,
    declare_a_key_attribute_as_a_number,
    expire_by_text,
    say_no_partition_key,
    ask_for_a_part_of_the_partition_key,
    get_without_the_sort_key,
    ask_for_another_word,
    end_within_a_field,
    promise_another_order,
    ask_an_index_that_lacks_the_entity,
    ask_for_all_kinds,
    filter_by_words,
)
