"""What differs between two designs, each kind by its rule, and nothing else."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import pytest

from scripts import check_corpus
from singletable import TTL, UPDATED, Entity, Table, attr, include, shards, unique
from singletable.design import compile_design, ir
from singletable.design.interchange import design_of, read_file
from singletable.evolve.difference import KINDS, RULES, compare_designs
from singletable.formats import integer, text
from tests.designs.corpus import find_corpus

Json = dict[str, Any]
Change = Callable[[Json], object]
BASE: Json = {
    "singletable": 1,
    "tables": [
        {
            "name": "shop",
            "partition": "PK",
            "sort": "SK",
            "type_attribute": "type",
            "ttl_attribute": "until",
            "indexes": [
                {"name": "GSI1", "partition": "GSI1PK", "sort": "GSI1SK"},
                {"name": "LSI1", "kind": "local", "partition": "PK", "sort": "day"},
            ],
        }
    ],
    "entities": [
        {
            "name": "Order",
            "table": "shop",
            "keys": {
                "PK": "CUSTOMER#{customer}",
                "SK": "ORDER#{order}",
                "GSI1PK": "DAY#{day}",
                "GSI1SK": "{order}",
            },
            "fields": {
                "order": {"format": {"alphabet": "0123456789", "max_bytes": 8}},
                "status": {"format": {"members": ["open", "done"]}},
                "note": {"optional": True},
                "day": {},
            },
        },
        {
            "name": "Customer",
            "table": "shop",
            "keys": {"PK": "CUSTOMER#{customer}", "SK": "CUSTOMER"},
        },
    ],
    "patterns": [
        {
            "name": "orders",
            "table": "shop",
            "operation": "Query",
            "key": {"PK": "CUSTOMER#{customer}", "SK": {"begins_with": "ORDER#"}},
            "returns": ["Order"],
        }
    ],
}


def table(data: Json) -> Json:
    return data["tables"][0]


def order(data: Json) -> Json:
    return data["entities"][0]


def keys(**texts: str) -> Change:
    return lambda data: order(data)["keys"].update(texts)


def field(name: str, said: Json) -> Change:
    return lambda data: order(data)["fields"].update({name: said})


def without(*place: str | int) -> Change:
    def change(data: Any) -> None:
        for each in place[:-1]:
            data = data[each]
        del data[place[-1]]

    return change


CASES: dict[str, tuple[Change, set[str]]] = {
    "nothing": (lambda _: None, set()),
    "an entity is described": (lambda d: order(d).update(description="An order."), set()),
    "a table": (
        lambda d: d["tables"].append({"name": "other", "partition": "PK"}),
        {"table-added"},
    ),
    "the sort key of the table": (
        lambda d: table(d).update(sort={"name": "SK", "type": "N"}),
        {"primary-key-changed", "pattern-changed"},
    ),
    "a local index is gone": (
        without("tables", 0, "indexes", 1),
        {"local-index-changed", "index-key-removed"},
    ),
    "an index": (
        lambda d: table(d)["indexes"].append({"name": "GSI2", "partition": "GSI2PK"}),
        {"index-added"},
    ),
    "an index is gone": (
        without("tables", 0, "indexes", 0),
        {"index-removed", "index-key-removed"},
    ),
    "a projection": (
        lambda d: table(d)["indexes"][0].update(projection="KEYS_ONLY"),
        {"index-replaced"},
    ),
    "the type": (lambda d: table(d).update(type_attribute="kind"), {"type-attribute-changed"}),
    "the expiry": (
        lambda d: table(d).update(ttl_attribute=None),
        {"expiry-attribute-changed"},
    ),
    "the delimiter": (lambda d: table(d).update(delimiter="|"), {"delimiter-changed"}),
    "an entity is gone": (without("entities", 1), {"entity-removed"}),
    "an entity": (
        lambda d: d["entities"].append(
            {"name": "Visit", "table": "shop", "keys": {"PK": "V#{v}", "SK": "V"}}
        ),
        {"entity-added"},
    ),
    "an optional field": (field("place", {"optional": True}), {"field-added"}),
    "a required field": (field("place", {}), {"field-required"}),
    "a field that has to be there now": (field("note", {}), {"field-required"}),
    "a field that may be absent now": (
        field("status", {"optional": True, "format": {"members": ["open", "done"]}}),
        {"field-optional"},
    ),
    "a field is gone": (without("entities", 0, "fields", "note"), {"field-removed"}),
    "another type": (field("note", {"type": "int", "optional": True}), {"field-type-changed"}),
    "the primary key": (keys(SK="O#{order}"), {"primary-key-template-changed"}),
    "a key on an index": (keys(GSI1PK="D#{day}"), {"index-key-template-changed"}),
    "a new key on an index": (
        lambda d: d["entities"][1]["keys"].update(GSI1PK="CUSTOMERS", GSI1SK="{customer}"),
        {"index-key-added"},
    ),
    "a longer text": (
        field("order", {"format": {"alphabet": "0123456789", "max_bytes": 9}}),
        {"format-widened"},
    ),
    "a shorter text": (
        field("order", {"format": {"alphabet": "0123456789", "max_bytes": 7}}),
        {"format-changed"},
    ),
    "the membership of an index": (
        field("day", {"optional": True}),
        {"field-optional", "membership-changed"},
    ),
    "a pattern": (
        lambda d: d["patterns"].append({"name": "every", "table": "shop", "operation": "Scan"}),
        {"pattern-added"},
    ),
    "a pattern is gone": (without("patterns", 0), {"pattern-removed"}),
    "a condition": (
        lambda d: d["patterns"][0]["key"].update(SK={"begins_with": "ORDER"}),
        {"pattern-changed"},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_change_is_told_by_its_rule(case: str) -> None:
    change, expected = CASES[case]
    new = copy.deepcopy(BASE)
    change(new)
    found = compare_designs(design_of(BASE), design_of(new))
    assert {each.rule.slug for each in found} == expected


def test_a_field_that_key_text_had_is_stored_now() -> None:
    """Stored items lack the attribute; the other way round their key has all that is read."""
    alone = copy.deepcopy(BASE)
    field("order", {**order(BASE)["fields"]["order"], "in_key": True})(alone)
    stored, in_key = design_of(BASE), design_of(alone)
    for old, new, slug, kind, said in (
        (in_key, stored, "field-stored", "rewriting", "key text alone → stored"),
        (stored, in_key, "field-in-key", "free", "stored → key text alone"),
    ):
        [found] = compare_designs(old, new)
        assert (found.rule.slug, found.rule.kind) == (slug, kind)
        assert (found.subject, found.said) == ("Order.order", said)


@pytest.mark.parametrize(
    ("old", "new", "rule", "said"),
    [
        (
            {"pattern": "[0-9]{2}"},
            {"pattern": "[0-9]{2,3}"},
            "format-widened",
            "pattern [0-9]{2} → [0-9]{2,3}",
        ),
        (
            {"pattern": "[0-9]{2,3}"},
            {"pattern": "[0-9]{2}"},
            "format-changed",
            "pattern [0-9]{2,3} → [0-9]{2}",
        ),
        ({"pattern": "[0-9]{2}"}, {"pattern": "[0-9][0-9]"}, None, ""),
        ({"pattern": "[0-9]{2}"}, None, "format-widened", "pattern [0-9]{2} → any"),
        ({"pattern": ".+"}, None, "format-changed", "pattern .+ → any"),
        (None, {"pattern": "[0-9]{2}"}, "format-changed", "pattern any → [0-9]{2}"),
        ({"members": ["a", "b"]}, {"members": ["b", "a"]}, None, ""),
        (
            {"members": ["a", "b"]},
            {"members": ["c", "b", "a"]},
            "format-widened",
            "members a, b → c, b, a",
        ),
        ({"members": ["a", "b"]}, {"members": ["a"]}, "format-changed", "members a, b → a"),
        (
            {"members": ["12", "34"]},
            {"pattern": "[0-9]+"},
            "format-widened",
            "pattern any → [0-9]+; members 12, 34 → any",
        ),
        (
            {"alphabet": "01", "min_bytes": 3, "max_bytes": 3},
            {"alphabet": "012", "min_bytes": 3, "max_bytes": 4},
            "format-widened",
            "characters 01 → 012; bytes 3 to 3 → 3 to 4",
        ),
    ],
)
def test_formats_are_compared_by_the_texts_that_they_allow(
    old: Json | None, new: Json | None, rule: str | None, said: str
) -> None:
    designs = list[ir.Design]()
    for each in (old, new):
        data = copy.deepcopy(BASE)
        field("order", {"format": each} if each else {})(data)
        designs.append(design_of(data))
    found = {(each.rule.slug, each.said) for each in compare_designs(*designs)}
    assert found == ({(rule, said)} if rule else set())


def test_a_number_of_one_width_is_written_otherwise_in_a_wider_format() -> None:
    designs = list[ir.Design]()
    for width in (3, 4):
        data = copy.deepcopy(BASE)
        digits = {"alphabet": "0123456789", "min_bytes": 3, "max_bytes": width}
        field("order", {"type": "int", "format": digits})(data)
        designs.append(design_of(data))
    assert {each.rule.slug for each in compare_designs(*designs)} == {"format-changed"}


def before(shop: Table) -> None:
    index = shop.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")

    class Order(Entity, table=shop):
        """An order."""

        order: Annotated[str, text(max_bytes=20)]
        customer: Annotated[str, text(max_bytes=20)]
        count: Annotated[int, integer(0, 99)] = 1
        changed: Annotated[datetime | None, UPDATED] = None
        ends: datetime | None = None

        key = shop.primary.key("ORDER#{order}", "ORDER")
        by_customer = index.key("BY#{customer}#{shard}", "{order}", shards=shards(2))
        named = unique("customer")


def after(shop: Table) -> None:
    index = shop.global_index(
        "GSI1", partition_key="GSI1PK", sort_key="GSI1SK", projection=include("customer")
    )

    class Order(Entity, table=shop):
        """An order."""

        order: Annotated[str, text(max_bytes=20)]
        customer: Annotated[str, text(max_bytes=20)]
        count: Annotated[int, integer(0, 99)] = 2
        changed: datetime | None = None
        ends: Annotated[datetime | None, TTL] = None

        key = shop.primary.key("ORDER#{order}", "ORDER")
        by_customer = index.key(
            "BY#{customer}#{shard}", "{order}", shards=shards(3), when=attr("count").at_least(1)
        )
        numbered = unique("count")


def compiled(declare: Callable[[Table], None]) -> ir.Design:
    shop = Table("shop")
    declare(shop)
    return compile_design([shop], examples=False)


def test_what_only_python_says_is_compared() -> None:
    found = compare_designs(compiled(before), compiled(after))
    assert [(each.rule.slug, each.subject) for each in found] == [
        ("expiry-attribute-changed", "shop"),
        ("role-changed", "Order.changed"),
        ("field-type-changed", "Order.ends"),
        ("role-changed", "Order.ends"),
        ("shards-changed", "Order.by_customer"),
        ("membership-changed", "Order.by_customer"),
        ("unique-added", "Order.count"),
        ("unique-removed", "Order.customer"),
        ("index-replaced", "shop.GSI1"),
        ("default-changed", "Order.count"),
    ]


def test_the_gravest_come_first() -> None:
    new = copy.deepcopy(BASE)
    for change, _ in CASES.values():
        try:
            change(new)
        except (KeyError, IndexError):
            continue
    found = compare_designs(design_of(BASE), design_of(new))
    order = [KINDS.index(each.rule.kind) for each in found]
    assert order == sorted(order, reverse=True)
    assert {*order} == {*range(len(KINDS))}


def test_every_rule_has_a_case() -> None:
    told = {slug for _, slugs in CASES.values() for slug in slugs}
    told |= {each.rule.slug for each in compare_designs(compiled(before), compiled(after))}
    elsewhere = {
        "table-removed",
        "field-stored",
        "field-in-key",
        "deployment-changed",
        "stored-name-changed",
        "unique-key-changed",
    }
    assert {each.slug for each in RULES} == told | elsewhere


def test_published_versions_of_a_design() -> None:
    """01 and 02: two keys on one index are other ones, and two patterns get a filter."""
    corpus = find_corpus()

    def read(number: str) -> ir.Design:
        [folder] = corpus.glob(f"{number}-*")
        return design_of(check_corpus.read_design(folder)[0])

    found = compare_designs(read("01"), read("02"))
    assert [(each.rule.slug, each.subject) for each in found] == [
        ("index-key-template-changed", "orderItem.GSI2"),
        ("index-key-template-changed", "invoice.GSI2"),
        ("pattern-added", "AP17"),
        ("pattern-changed", "AP15"),
        ("pattern-changed", "AP16"),
    ]


def test_published_steps_of_a_design() -> None:
    """Of the seven steps of 03 the third has another primary key, two have an index more."""
    [folder] = find_corpus().glob("03-*")
    steps = [
        design_of(read_file(Path(folder, "raw", f"DeviceStateLog_{number}.json")).data)
        for number in range(1, 8)
    ]
    found = [[each.rule.slug for each in compare_designs(old, new)] for old, new in pairwise(steps)]
    assert found == [[], ["primary-key-changed"], [], ["index-added"], [], ["index-added"]]
