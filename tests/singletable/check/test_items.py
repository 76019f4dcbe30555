"""Items that do not keep to a design are found, each by its rule, and no others."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from singletable.check.items import RULES, SAMPLES, Looked, check_items
from singletable.design import compile_design, load_design
from singletable.design.interchange import design_of

Item = dict[str, Any]
Spoil = Callable[[Item], object]

DESIGN: dict[str, Any] = {
    "singletable": 1,
    "tables": [
        {
            "name": "shop",
            "partition": "PK",
            "sort": "SK",
            "type_attribute": "type",
            "ttl_attribute": "ends",
            "indexes": [{"name": "GSI1", "partition": "GSI1PK", "sort": "GSI1SK"}],
        }
    ],
    "entities": [
        {
            "name": "Order",
            "keys": {
                "PK": "CUSTOMER#{customer}",
                "SK": "ORDER#{order}",
                "GSI1PK": "ORDERED#{day}",
                "GSI1SK": "{order}",
            },
        },
        {"name": "Customer", "keys": {"PK": "CUSTOMER#{customer}", "SK": "CUSTOMER"}},
    ],
}
ORDER = {
    "PK": "CUSTOMER#7",
    "SK": "ORDER#o1",
    "GSI1PK": "ORDERED#2026-03-01",
    "GSI1SK": "o1",
    "type": "Order",
    "customer": "7",
    "order": "o1",
    "day": "2026-03-01",
}


def wire(content: Item) -> Item:
    return {name: {"S": text} if isinstance(text, str) else text for name, text in content.items()}


def looked(*items: Item, design: dict[str, Any] = DESIGN) -> Looked:
    return looked_at(items, design)


def looked_at(items: Iterable[Item], design: dict[str, Any] = DESIGN) -> Looked:
    compiled = design_of(design)
    return check_items(compiled, compiled.tables[0], map(wire, items))


SPOILT: dict[str, tuple[Spoil, str, str]] = {
    "another key": (lambda i: i.update(SK="O#o1"), "fits-no-entity", "Order"),
    "a key of a word only": (lambda i: i.update(PK="CUSTOMER#"), "fits-no-entity", "Order"),
    "an unknown type": (lambda i: i.update(type="Odrer"), "fits-no-entity", "Odrer"),
    "the type of another key": (lambda i: i.update(type="Customer"), "fits-no-entity", "Customer"),
    "another attribute": (lambda i: i.update(customer="8"), "key-contradicts-attribute", "Order"),
    "another order": (lambda i: i.update(order="o2"), "key-contradicts-attribute", "Order"),
    "a day that was changed": (
        lambda i: i.update(day="2026-03-02"),
        "key-contradicts-attribute",
        "Order",
    ),
    "a stale index key": (
        lambda i: i.update(GSI1SK="o2"),
        "key-contradicts-attribute",
        "Order.GSI1",
    ),
    "an index key without its sort key": (
        lambda i: i.pop("GSI1SK"),
        "index-key-half-present",
        "Order.GSI1",
    ),
    "an index key without its partition key": (
        lambda i: i.pop("GSI1PK"),
        "index-key-half-present",
        "Order.GSI1",
    ),
    "an index key of another form": (
        lambda i: i.update(GSI1PK="2026-03-01"),
        "index-key-of-another-form",
        "Order.GSI1",
    ),
    "an index key that is a number": (
        lambda i: i.update(GSI1SK={"N": "1"}),
        "index-key-of-another-form",
        "Order.GSI1",
    ),
    "no index key": (
        lambda i: (i.pop("GSI1PK"), i.pop("GSI1SK")),
        "index-key-missing",
        "Order.GSI1",
    ),
    "a key that is bytes": (lambda i: i.update(SK={"B": "bzE="}), "fits-no-entity", "Order"),
    "another number": (
        lambda i: i.update(SK="ORDER#7", GSI1SK="7", order={"N": "8"}),
        "key-contradicts-attribute",
        "Order",
    ),
    "a blank at the end of a key": (
        lambda i: i.update(SK="ORDER#o1 ", order="o1 ", GSI1SK="o1"),
        "odd-key-text",
        "shop.SK",
    ),
    "quotation marks around a key": (
        lambda i: i.update(SK='"ORDER#o1"'),
        "odd-key-text",
        "shop.SK",
    ),
    "a placeholder in a key": (
        lambda i: i.update(GSI1PK="ORDERED#{day}", day="{day}"),
        "odd-key-text",
        "shop.GSI1PK",
    ),
    "the name of an attribute in a key": (
        lambda i: i.update(GSI1PK="ORDERED#(hash(order) % 10)", day="(hash(order) % 10)"),
        "odd-key-text",
        "shop.GSI1PK",
    ),
    "an end in milliseconds": (
        lambda i: i.update(ends={"N": "1772366400000"}),
        "ttl-in-milliseconds",
        "Order",
    ),
    "an end that is no number": (
        lambda i: i.update(ends={"N": "abc"}),
        "stored-ttl-not-number",
        "Order",
    ),
    "an end as text": (lambda i: i.update(ends="1772366400"), "stored-ttl-not-number", "Order"),
}


@pytest.mark.parametrize("case", SPOILT)
def test_what_is_wrong_is_found(case: str) -> None:
    """Among a hundred that are right, and nothing else is."""
    spoil, rule, subject = SPOILT[case]
    spoilt = {**ORDER}
    spoil(spoilt)
    right = [{**ORDER, "SK": f"ORDER#{n}", "order": f"{n}", "GSI1SK": f"{n}"} for n in range(100)]
    found = looked(*right, spoilt).troubles
    assert rule in {slug for slug, _ in found}
    assert {subject for _, subject in found} <= {subject, "shop", "Order", "Order.GSI1"}
    assert found[rule, subject].count == 1
    [(key, _)] = found[rule, subject].samples
    assert key == {name: wire(spoilt)[name] for name in ("PK", "SK")}


OF_ALL_ITEMS = {"fits-several", "items-outside-index", "number-as-text", "dates-do-not-sort"}
"""Rules that have tests of their own."""


def test_each_rule_has_a_case() -> None:
    found = {rule for _, rule, _ in SPOILT.values()}
    assert found == {each.slug for each in RULES} - OF_ALL_ITEMS


def test_a_key_of_absent_fields_is_sparse() -> None:
    """Where the fields are known, the key is missing; where one is not, the item is left out."""
    order = {**DESIGN["entities"][0]}
    order["keys"] = {**order["keys"], "GSI1SK": "{shipped}"}
    keys = {"PK": "CUSTOMER#7", "SK": "ORDER#o1", "day": "2026-03-01"}
    found = looked(keys, {**keys, "shipped": "x"}, design={**DESIGN, "entities": [order]})
    assert {slug: each.count for (slug, _), each in found.troubles.items()} == {
        "items-outside-index": 1,
        "index-key-missing": 1,
    }


def test_numbers_and_dates_are_judged_by_all_their_values() -> None:
    """One value that is none, and nothing is said; fields of keys are identifiers."""
    day_first = {"GSI1SK": "7/1/2019", "order": "7/1/2019", "total": "5"}
    orders = [{**ORDER, **day_first, "SK": "ORDER#7/1/2019"}] * 2
    found = looked(*orders)
    assert {slug: each.samples[0][1] for (slug, _), each in found.troubles.items()} == {
        "dates-do-not-sort": "SK is ORDER#7/1/2019"
        if ("dates-do-not-sort", "shop.SK") in found.troubles
        else "GSI1SK is 7/1/2019",
        "number-as-text": "total",
    }
    assert looked(*orders, {**ORDER, "total": "five"}).troubles == {}


def test_letters_before_a_field_may_be_of_its_value() -> None:
    """The key text ORDER#7 is that of the order 7, and of ORDER#7; not that of ORDER#77."""
    assert looked({**ORDER, "order": "ORDER#o1"}).troubles == {}
    assert [*looked({**ORDER, "order": "ORDER#o11"}).troubles] == [
        ("key-contradicts-attribute", "Order")
    ]


def test_right_items_are_counted() -> None:
    customer = {"PK": "CUSTOMER#7", "SK": "CUSTOMER", "type": "Customer", "customer": "7"}
    found = looked(ORDER, {**ORDER, "ends": {"N": "1772366400"}}, {**customer})
    assert (found.items, found.entities, found.troubles) == (3, {"Order": 2, "Customer": 1}, {})


def test_what_may_be_several_is_said() -> None:
    """Where no type tells."""
    keys = {"PK": "C#{customer}", "SK": "{day}"}
    design = {
        **DESIGN,
        "tables": [{"name": "shop", "partition": "PK", "sort": "SK"}],
        "entities": [{"name": name, "keys": keys} for name in ("Visit", "Order")],
    }
    found = looked({"PK": "C#1", "SK": "2026"}, design=design)
    assert {key: each.count for key, each in found.troubles.items()} == {
        ("fits-several", "Visit, Order"): 1
    }


def test_few_samples_are_kept() -> None:
    found = looked(*({**ORDER, "customer": f"x{n}"} for n in range(50)))
    [trouble] = found.troubles.values()
    assert (trouble.count, len(trouble.samples)) == (50, SAMPLES)


@pytest.mark.parametrize("name", ["tests.singletable.library", "access_patterns"])
def test_items_that_the_engine_writes_are_right(name: str) -> None:
    """Of each entity, with unique items, as its examples are stored."""
    design = compile_design(load_design(name))
    [table] = design.tables
    items = [item for entity in design.entities for item in entity.items]
    found = check_items(design, table, items)
    assert found.troubles == {}
    assert set(found.entities) == {entity.name for entity in design.entities}


def stream(count: int, every: int) -> Iterator[Item]:
    """Items that are right; at regular distances one of a spoilt kind, each kind in turn."""
    cases = itertools.cycle(SPOILT)
    for number in range(count):
        order = f"o{number}"
        item = {**ORDER, "SK": f"ORDER#{order}", "order": order, "GSI1SK": order}
        if number % every == every - 1:
            item = {**ORDER}
            SPOILT[next(cases)][0](item)
        yield item


@pytest.mark.slow
def test_what_is_wrong_among_very_many_is_found() -> None:
    """Each kind as often as it was planted, and nothing else; nothing but samples is kept."""
    count, every = 100_000, 500
    found = looked_at(stream(count, every))
    planted = Counter(itertools.islice(itertools.cycle(SPOILT), count // every))
    expected = Counter[tuple[str, str]]()
    for case, number in planted.items():
        alone = {**ORDER}
        SPOILT[case][0](alone)
        for (slug, subject), trouble in looked(alone).troubles.items():
            if slug != "number-as-text":
                expected[slug, subject] += number * trouble.count
    assert found.items == count
    assert {key: each.count for key, each in found.troubles.items()} == expected
    assert {rule for _, rule, _ in SPOILT.values()} <= {slug for slug, _ in expected}
