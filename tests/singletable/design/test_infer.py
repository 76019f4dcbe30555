"""A design is made of items, and they are of it."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from singletable.check.items import check_items
from singletable.design import compile_design, load_design
from singletable.design.infer import Inferred, infer_design
from singletable.design.interchange import design_of

Item = dict[str, Any]
TABLE: dict[str, Any] = {
    "name": "shop",
    "partition": "PK",
    "sort": "SK",
    "indexes": [{"name": "GSI1", "partition": "GSI1PK", "sort": "GSI1SK"}],
}


def wire(**texts: str) -> Item:
    return {name: {"S": text} for name, text in texts.items()}


def inferred(*items: Item, **table: Any) -> Inferred:
    return infer_design({**TABLE, **table}, items)


def keys_of(found: Inferred) -> dict[str, dict[str, str]]:
    return {each["name"]: each["keys"] for each in found.design["entities"]}


def orders(count: int = 30) -> list[Item]:
    return [
        wire(
            PK=f"CUSTOMER#c{n % 7}",
            SK=f"ORDER#{n:05}",
            GSI1PK="ORDERS",
            GSI1SK=f"2026-03-{n % 28 + 1:02}#{n:05}",
            customer=f"c{n % 7}",
            order=f"{n:05}",
            day=f"2026-03-{n % 28 + 1:02}",
        )
        for n in range(count)
    ]


def customers(count: int = 30) -> list[Item]:
    return [wire(PK=f"CUSTOMER#c{n}", SK="CUSTOMER", customer=f"c{n}") for n in range(count)]


def test_kinds_are_told_by_the_shapes_of_keys() -> None:
    found = inferred(*orders(), *customers())
    assert keys_of(found) == {
        "CustomerOrder": {
            "PK": "CUSTOMER#{customer}",
            "SK": "ORDER#{order}",
            "GSI1PK": "ORDERS",
            "GSI1SK": "{day}#{order}",
        },
        "Customer": {"PK": "CUSTOMER#{customer}", "SK": "CUSTOMER"},
    }
    assert found.notes == ()


def test_keys_may_begin_and_end_with_the_delimiter() -> None:
    """What is empty before it is no field."""
    found = inferred(*(wire(PK=f"VIN#v{n}", SK="#META#", vin=f"v{n}") for n in range(30)))
    assert keys_of(found) == {"VinMeta": {"PK": "VIN#{vin}", "SK": "#META#"}}


def test_capitalised_words_that_keys_begin_with_tell_kinds() -> None:
    """Of many, they are values, as names of people are."""
    users = [wire(PK=f"User#{n}x", SK="Profile") for n in range(30)]
    found = inferred(*users, *(wire(PK=f"User#{n}x", SK=f"Order#{n}y") for n in range(30)))
    assert keys_of(found) == {
        "User": {"PK": "User#{pk_2}", "SK": "Profile"},
        "UserOrder": {"PK": "User#{pk_2}", "SK": "Order#{sk_2}"},
    }
    names = ["".join(each) for each in product("ABCD", ("ann", "ill", "oe", "im"))]
    found = inferred(*(wire(PK=f"USER#{n}x", SK=f"{each}#{n}y") for n, each in enumerate(names)))
    assert keys_of(found) == {"User": {"PK": "USER#{pk_2}", "SK": "{sk_1}#{sk_2}"}}


def test_entities_are_told_as_electrodb_writes_them() -> None:
    items = [
        wire(PK=f"$shop#id_{n}x", SK=f"${kind}_1#id_{n}y")
        for kind in ("order", "user")
        for n in range(9)
    ]
    assert keys_of(inferred(*items)) == {
        "ShopOrder": {"PK": "$shop#{pk_2}", "SK": "$order_1#{sk_2}"},
        "ShopUser": {"PK": "$shop#{pk_2}", "SK": "$user_1#{sk_2}"},
    }


def test_kinds_are_told_by_a_type() -> None:
    """It is found, and names them."""
    items = [each | wire(kind="Order") for each in orders()]
    items += [each | wire(kind="Customer") for each in customers()]
    found = inferred(*items)
    assert found.design["tables"][0]["type_attribute"] == "kind"
    assert set(keys_of(found)) == {"Order", "Customer"}


def test_a_type_is_found_by_the_delimiter_of_the_table() -> None:
    items = [wire(PK=f"C|{n:03}", SK=f"O|{n:03}", kind="Order") for n in range(30)]
    items += [wire(PK=f"C|{n:03}", SK=f"I|{n:03}", kind="Invoice") for n in range(30)]
    found = inferred(*items, delimiter="|")
    assert found.design["tables"][0]["type_attribute"] == "kind"


def test_the_keys_of_indexes_tell_no_kinds_in_a_table_without_a_sort_key() -> None:
    users = [wire(PK=f"USER#{n:03}") for n in range(30)]
    items = [each | wire(GSI1PK=f"CITY#{n}") for n, each in enumerate(users[:15])] + users[15:]
    found = inferred(*items, sort=[])
    assert keys_of(found) == {"User": {"PK": "USER#{pk_2}", "GSI1PK": "CITY#{gsi1pk_2}"}}


def test_fields_that_no_attribute_has_are_named_after_their_place() -> None:
    items = [wire(PK=f"U{n}", SK=f"G{n % 9}|x{n}") for n in range(40)]
    found = inferred(*items, delimiter="|")
    assert list(keys_of(found).values()) == [{"PK": "U{pk_1}", "SK": "G{sk_1}|x{sk_2}"}]


def test_words_that_attributes_have_are_values() -> None:
    """Not a kind for each state."""
    states = ["open", "sent", "paid"]
    items = [
        wire(PK=f"ORDER#{n}", SK=f"STATE#{states[n % 3]}", state=states[n % 3], order=str(n))
        for n in range(30)
    ]
    assert list(keys_of(inferred(*items)).values()) == [
        {"PK": "ORDER#{order}", "SK": "STATE#{state}"}
    ]


def test_braces_in_keys_are_text() -> None:
    items = [wire(PK="{A}", SK=f"x#{n}", n=str(n)) for n in range(30)]
    assert list(keys_of(inferred(*items)).values()) == [{"PK": "{{A}}", "SK": "x#{n}"}]


def test_what_is_uncertain_is_told() -> None:
    some = [{k: v for k, v in each.items() if not k.startswith("GSI1")} for each in orders(5)]
    found = inferred(*orders(), *some, *customers(3))
    assert "CustomerOrder: GSI1PK is there in 30 of 35 items" in found.notes
    assert "Customer: 3 items alone" in found.notes


@pytest.mark.parametrize("name", ["tests.singletable.library", "access_patterns"])
def test_items_are_of_the_design_that_is_made_of_them(name: str) -> None:
    """Whatever they are called there."""
    design = compile_design(load_design(name))
    [table] = design.tables
    items = [item for entity in design.entities for item in entity.items]
    described = {
        "name": table.name,
        "partition": [each.name for each in table.primary.partition],
        "sort": [each.name for each in table.primary.sort],
    }
    made = design_of(infer_design(described, items).design)
    found = check_items(made, made.tables[0], items)
    assert sum(found.entities.values()) == len(items)
    assert not {slug for slug, _ in found.troubles} - {"fits-several"}


def fields_of(found: Inferred, name: str) -> dict[str, Any]:
    [entity] = [each for each in found.design["entities"] if each["name"] == name]
    fields: dict[str, Any] = entity["fields"]
    return fields


def test_attributes_are_fields_of_the_types_that_they_are_stored_as() -> None:
    more: Item = {
        "n": {"N": "1.5"},
        "b": {"BOOL": True},
        "by": {"B": "AA=="},
        "l": {"L": []},
        "m": {"M": {}},
        "ss": {"SS": ["a"]},
        "ns": {"NS": ["1"]},
    }
    items = [each | more for each in customers()]
    items[0] = items[0] | {"null": {"NULL": True}, "odd": {"S": "x"}}
    items[1] = items[1] | {"null": {"S": "x"}, "odd": {"N": "1"}}
    found = inferred(*items)
    fields = fields_of(found, "Customer")
    assert {name: each["type"] for name, each in fields.items()} == {
        "customer": "str",
        "n": "decimal",
        "b": "bool",
        "by": "bytes",
        "l": "list",
        "m": "map",
        "ss": "text_set",
        "ns": "number_set",
        "null": "str",
        "odd": "any",
    }
    assert {name for name, each in fields.items() if each.get("optional")} == {"null", "odd"}
    assert "Customer: odd is of several types: S in 1, N in 1" in found.notes


def test_numbers_in_key_text_are_whole() -> None:
    """Those of other forms are no fields that the text is made of."""
    items = [wire(PK=f"A#{n}x", SK=f"B#{n}") | {"n": {"N": str(n)}} for n in range(30)]
    found = inferred(*items)
    assert keys_of(found) == {"AB": {"PK": "A#{pk_2}", "SK": "B#{n}"}}
    assert fields_of(found, "AB")["n"] == {"type": "int"}
    items = [wire(PK=f"A#{n}x", SK=f"B#{n}.5") | {"n": {"N": f"{n}.5"}} for n in range(30)]
    assert keys_of(inferred(*items)) == {"AB": {"PK": "A#{pk_2}", "SK": "B#{sk_2}"}}


def test_a_key_attribute_without_a_word_is_a_field_itself() -> None:
    texts = [(f"{n}-x", "A#b#c" if n % 2 else "A") for n in range(30)]
    items = [wire(PK=pk, SK=sk, kind="Thing") for pk, sk in texts]
    found = inferred(*items, type_attribute="kind")
    assert keys_of(found) == {"Thing": {"PK": "{PK}", "SK": "{SK}"}}
    fields = fields_of(found, "Thing")
    assert fields["PK"] == {"type": "str"}
    assert fields["SK"] == {"type": "str", "format": {"pattern": ".+"}}


def test_what_key_text_alone_has_is_said() -> None:
    """Of an index that some items are not in, the field may be absent."""
    items = [wire(PK=f"A#{n}x", SK="A", GSI1PK=f"G#{n}x", GSI1SK="G") for n in range(30)]
    for item in items[:5]:
        del item["GSI1PK"], item["GSI1SK"]
    fields = fields_of(inferred(*items), "A")
    assert fields["pk_2"] == {"type": "str", "in_key": True}
    assert fields["gsi1pk_2"] == {"type": "str", "optional": True}


def test_few_items_may_contradict_their_keys() -> None:
    """One of fifty: it is told, and the template is that of the others."""
    items = orders(100)
    items[7]["day"] = {"S": "1999-01-01"}
    found = inferred(*items, *customers())
    assert keys_of(found)["CustomerOrder"]["GSI1SK"] == "{day}#{order}"
    note = "CustomerOrder: GSI1SK and day say different things in 1 of 100 items"
    assert note in found.notes
    for item in items[:9]:
        item["day"] = {"S": "1999-01-01"}
    assert (
        keys_of(inferred(*items, *customers()))["CustomerOrder"]["GSI1SK"] == "{gsi1sk_1}#{order}"
    )


def test_a_type_that_some_items_lack_is_one() -> None:
    items = [each | wire(kind="Order") for each in orders()]
    items += [each | wire(kind="Customer") for each in customers()]
    for item in items[::4]:
        del item["kind"]
    found = inferred(*items)
    assert found.design["tables"][0]["type_attribute"] == "kind"
    assert found.untagged == 15
    assert set(keys_of(found)) == {"Order", "Customer"}
    assert "15 of 60 items have no kind: known by key" in found.notes


def test_what_speaks_for_a_template_is_told() -> None:
    evidence = inferred(*orders(), *customers()).evidence
    assert evidence["Customer", ""] == ("30 items",)
    assert evidence["Customer", "PK"] == (
        "PK: in 30 of 30 items, 30 different, such as CUSTOMER#c0",
    )


def test_keys_that_are_numbers_are_told_by_items() -> None:
    items = [wire(PK=f"A#{n}x") | {"SK": {"N": str(n)}} for n in range(30)]
    table = inferred(*items).design["tables"][0]
    assert table["sort"] == [{"name": "SK", "type": "N"}]
