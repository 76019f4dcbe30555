"""A design of a file as a Python module: it imports, says the same, and drops nothing silently."""

from __future__ import annotations

import importlib
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from singletable import Get, Put, Query
from singletable.inspect import Context
from tests.singletable.emit.module.drafts import draft, findings, verdicts

SHOP: dict[str, Any] = {
    "singletable": 1,
    "tables": [
        {
            "name": "shop",
            "partition": "PK",
            "sort": "SK",
            "indexes": [{"name": "GSI1", "partition": "GSI1PK", "sort": "GSI1SK"}],
            "ttl_attribute": "expires",
        }
    ],
    "entities": [
        {
            "name": "order-line",
            "identity": ["customerId", "order", "line"],
            "keys": {
                "PK": "CUSTOMER#{customerId}",
                "SK": "ORDER#{order}#{line}",
                "GSI1PK": "STATUS#{status}",
                "GSI1SK": "{day}",
            },
            "fields": {
                "line": {
                    "type": "int",
                    "format": {
                        "alphabet": "0123456789",
                        "min_bytes": 3,
                        "max_bytes": 3,
                        "ordered": True,
                    },
                },
                "status": {"format": {"members": ["open", "paid"]}},
                "day": {"format": {"pattern": "[0-9]{4}-[0-9]{2}-[0-9]{2}"}},
                "class": {"type": "decimal", "optional": True},
                "tags": {"type": "text_set"},
                "expires": {"type": "int", "optional": True},
                "note": {"type": "str", "optional": True, "stored": "n"},
            },
        },
        {
            "name": "Customer",
            "keys": {"PK": "CUSTOMER#{customerId}", "SK": "CUSTOMER"},
            "fields": {"customerId": {"in_key": True}},
        },
    ],
    "patterns": [
        {
            "name": "line",
            "operation": "GetItem",
            "key": {"PK": "CUSTOMER#{c}", "SK": "ORDER#{o}#{l}"},
            "returns": ["order-line"],
        },
        {
            "name": "lines of an order",
            "operation": "Query",
            "question": 'The lines of an order, "all".',
            "key": {"PK": "CUSTOMER#{c}", "SK": {"begins_with": "ORDER#{o}#"}},
            "returns": ["order-line"],
            "descending": True,
            "limit": 10,
        },
        {
            "name": "open",
            "operation": "Query",
            "index": "GSI1",
            "key": {"GSI1PK": "STATUS#open", "GSI1SK": {"between": ["{since}", "{until}"]}},
            "filter": "class >= :least AND (attribute_exists(note) OR contains(tags, 'new'))",
            "returns": ["order-line"],
        },
        {
            "name": "everything",
            "operation": "Query",
            "key": {"PK": "CUSTOMER#{c}"},
            "returns": ["order-line", "Customer"],
        },
        {"name": "put", "operation": "PutItem", "returns": ["Customer"]},
        {"name": "pay", "operation": "UpdateItem", "returns": ["order-line"], "changes": ["note"]},
        {
            "name": "both",
            "operation": "TransactGetItems",
            "returns": ["order-line", "Customer"],
            "gets": [
                {"entity": "order-line", "key": {"PK": "CUSTOMER#{c}", "SK": "ORDER#{o}#{l}"}},
                {"entity": "Customer", "key": {"PK": "CUSTOMER#{c}", "SK": "CUSTOMER"}},
            ],
        },
        {"name": "1", "operation": "Scan", "index": "GSI1", "returns": ["order-line"]},
        {
            "name": "some",
            "operation": "Query",
            "key": {"PK": "CUSTOMER#{c}", "SK": {"begins_with": "ORDER#"}},
            "attributes": ["day", "n"],
            "returns": ["order-line"],
        },
    ],
}


def one(entity: dict[str, Any], *patterns: dict[str, Any], **table: Any) -> dict[str, Any]:
    """A design with one entity."""
    return {
        "singletable": 1,
        "tables": [{"name": "shop", "partition": "PK", "sort": "SK", **table}],
        "entities": [{"name": "Thing", **entity}],
        "patterns": list(patterns),
    }


def test_all_of_it_is_declared_and_checks_the_same() -> None:
    drafted = draft(SHOP)
    assert drafted.module.left_out == {}
    assert set(drafted.module.patterns) == {each["name"] for each in SHOP["patterns"]}
    before, after = verdicts(drafted, SHOP)
    assert before == after
    found = findings(drafted, SHOP)
    assert found[0] == found[1]


def test_what_it_says_is_what_a_person_would_write() -> None:
    text = draft(SHOP).text
    for line in (
        'shop = Table("shop", type_attribute=None)',
        'gsi1 = shop.global_index("GSI1", partition_key="GSI1PK", sort_key="GSI1SK")',
        '    name="order-line",',
        '    identity=("customer_id", "order", "line"),',
        '    customer_id: str = Field(serialization_alias="customerId")',
        "    line: Annotated[int, integer(0, 999)]",
        '    status: Literal["open", "paid"]',
        '    day: Annotated[str, shaped("[0-9]{4}-[0-9]{2}-[0-9]{2}", example="1111-11-11")]',
        '    class_: Decimal | None = Field(default=None, serialization_alias="class")',
        "    tags: frozenset[str]",
        "    expires: Annotated[datetime, TTL] | None = None",
        '    note: str | None = Field(default=None, serialization_alias="n")',
        '    customer_id: Annotated[str, IN_KEY] = Field(serialization_alias="customerId")',
        '    key = shop.primary.key("CUSTOMER#{customer_id}", "ORDER#{order}#{line}")',
        '    by_status = gsi1.key("STATUS#{status}", "{day}")',
        'line = gets(OrderLine.key, "The pattern line.")',
        "def lines_of_an_order(customer_id: str, order: str) -> Query[OrderLine]:",
        '    """The lines of an order, \'all\'."""',
        'put = puts(Customer, "The pattern put.")',
        "def everything(customer_id: str) -> Query[OrderLine | Customer]:",
        "def pattern_1() -> Scan[OrderLine]:",
        "class SomeView(View[OrderLine]):",
    ):
        assert line in text.splitlines(), line
    assert 'query(status="open")' in text
    assert "    asked = asked.descending()\n    return asked.take(10)\n" in text
    assert 'attr("class_").at_least(least)' in text
    assert "expires" not in [
        each.split(":")[0].strip() for each in text.split("SomeView")[1].split("\n")
    ]


def test_its_patterns_are_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The module is code as any other: its functions answer operations."""
    (tmp_path / "drafted_shop.py").write_text(draft(SHOP).text)
    monkeypatch.syspath_prepend(str(tmp_path))
    shop: Any = importlib.import_module("drafted_shop")
    assert isinstance(shop.put(shop.Customer(customer_id="c1")), Put)
    assert isinstance(shop.line(customer_id="c1", order="o1", line=7), Get)
    asked = shop.open(since="2026-01-01", until="2026-02-01", least=Decimal(1))
    assert isinstance(asked, Query)
    assert shop.both(customer_id="c1", order="o1", line=7).requests(Context())


def test_a_formatter_leaves_it_as_it_is(tmp_path: Path) -> None:
    """Whether a line has 88 characters or 100."""
    path = tmp_path / "shop.py"
    path.write_text(draft(SHOP).text)
    for width in ("88", "100"):
        command = ["ruff", "format", "--isolated", "--check", "--line-length", width, str(path)]
        ran = subprocess.run(
            [sys.executable, "-m", *command], check=False, capture_output=True, text=True
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr


@pytest.mark.slow
def test_a_type_checker_accepts_it(tmp_path: Path) -> None:
    path = tmp_path / "shop.py"
    path.write_text(draft(SHOP).text)
    options = ["--strict", "--config-file", "", "--cache-dir", str(tmp_path / "cache")]
    ran = subprocess.run(
        [sys.executable, "-m", "mypy", *options, str(path)],
        check=False,
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 0, ran.stdout


def test_two_entities_of_one_key_are_not_both_declared() -> None:
    """The second one stands in the module as a comment, with the reason; so do its patterns."""
    data = one({"keys": {"PK": "A#{a}", "SK": "A"}})
    data["entities"].append({"name": "Twin", "keys": {"PK": "A#{b}", "SK": "A"}})
    key = {"PK": "A#{b}", "SK": "A"}
    data["patterns"] = [{"name": "twin", "operation": "GetItem", "key": key, "returns": ["Twin"]}]
    drafted = draft(data)
    assert drafted.module.entities == {"Thing": "Thing"}
    assert "can be the same key, e.g. 'A#A' / 'A'" in drafted.module.left_out["entity Twin"]
    assert drafted.module.left_out["pattern twin"] == "Twin is not declared"
    assert "# TODO: entity Twin is not declared: Twin.key: " in drafted.text
    assert "# class Twin(Entity, table=shop):" in drafted.text
    assert [each for each in drafted.module.notes if each.startswith("not declared: entity Twin")]


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ({"operation": None}, "it is no operation of DynamoDB"),
        ({"operation": "TransactWriteItems"}, "nothing says what is written"),
        ({"operation": "GetItem", "key": {"PK": "A#{a}"}}, "it does not say SK of the primary key"),
        (
            {"operation": "Query", "key": {"SK": "X"}},
            "it does not say PK, of the partition key, by =",
        ),
        ({"operation": "Query", "key": {"PK": "B#{a}"}}, "what it asks of PK is no A#{a}"),
        ({"operation": "Query", "index": "GSI9", "key": {}}, "Thing has no key on GSI9"),
        (
            {"operation": "Query", "key": {"PK": "A#{a}"}, "filter": "it is new"},
            "its filter 'it is new' is no expression",
        ),
        (
            {"operation": "Query", "key": {"PK": "A#{a}"}, "order_by": ["b"]},
            "primary does not keep the order by b",
        ),
        (
            {"operation": "Query", "key": {"PK": "A#{a}", "SK": {"between": ["C#", "D#"]}}},
            "its BETWEEN on SK is no range on a field",
        ),
        (
            {"operation": "Query", "key": {"PK": "A#{a}"}, "returns": []},
            "which entities it is about",
        ),
    ],
)
def test_what_cannot_be_asked_is_told(pattern: dict[str, Any], why: str) -> None:
    entity = {"keys": {"PK": "A#{a}", "SK": "S#{s}#{b}"}}
    drafted = draft(one(entity, {"name": "asked", "returns": ["Thing"], **pattern}))
    assert why in drafted.module.left_out["pattern asked"]
    assert "# TODO: pattern asked is not declared: " in drafted.text
    assert drafted.module.entities == {"Thing": "Thing"}


@pytest.mark.parametrize(
    ("table", "declared"),
    [
        ({"name": "my table"}, 'Table("my-table", type_attribute=None)'),
        ({"name": "T"}, 'Table("T-table", type_attribute=None)'),
        ({"delimiter": "::"}, 'Table("shop", delimiter=":", type_attribute=None)'),
        ({"delimiter": "x"}, 'Table("shop", type_attribute=None)'),
    ],
)
def test_tables_that_are_refused_are_declared_otherwise_aloud(
    table: dict[str, str], declared: str
) -> None:
    drafted = draft(one({"keys": {"PK": "A#{a}", "SK": "S"}}, **table))
    assert declared in drafted.text
    assert drafted.module.entities == {"Thing": "Thing"}
    [note] = drafted.module.notes
    assert ": declared as " in note


def test_indexes_that_are_refused_are_left_out_aloud() -> None:
    """With the keys on them; the items are read by their primary keys."""
    index = {"name": "G", "partition": "G1"}
    data = one({"keys": {"PK": "A#{a}", "SK": "S", "G1": "G#{a}"}}, indexes=[index])
    drafted = draft(data)
    assert "index G" in drafted.module.left_out
    assert "# TODO: index G is not declared: " in drafted.text
    assert drafted.module.entities == {"Thing": "Thing"}
    assert "entity Thing: declared without keys on G" in drafted.module.notes


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ({}, "nothing says its keys"),
        ({"PK": "A#{a}{b}", "SK": "S"}, "a"),
    ],
)
def test_entities_that_cannot_be_are_told(keys: dict[str, str], why: str) -> None:
    drafted = draft(one({"keys": keys}))
    assert why in drafted.module.left_out["entity Thing"]
    assert drafted.module.entities == {}


def test_attributes_of_no_index_are_told() -> None:
    drafted = draft(one({"keys": {"PK": "A#{a}", "SK": "S", "stray": "X#{a}"}}))
    assert drafted.module.notes == ["entity Thing: stray is of no index, and not declared"]


def test_formats_that_are_refused_are_left_out_aloud() -> None:
    """What is no regular expression in the strict sense is none that keys are compared by."""
    field = {"format": {"pattern": "x*"}}
    drafted = draft(one({"keys": {"PK": "A#{a}", "SK": "S"}, "fields": {"a": field}}))
    assert drafted.module.entities == {"Thing": "Thing"}
    [note] = drafted.module.notes
    assert note.startswith("entity Thing: declared without the formats of its fields: ")
    assert "# TODO: declared without the formats of its fields: " in drafted.text


def test_keys_of_indexes_that_are_refused_are_left_out_aloud() -> None:
    """The items are read by their primary keys."""
    index = {"name": "GSI1", "partition": "G1", "sort": "G2"}
    keys = {"PK": "A#{a}", "SK": "S", "G1": "G", "G2": "{x}#{a}"}
    fields = {"x": {"in_key": True, "format": {"pattern": "x*"}}, "tags": {"type": "text_set"}}
    fields["tags"]["optional"] = True
    data = one({"keys": keys, "fields": fields}, indexes=[index])
    data["entities"][0]["keys"]["G2"] = "{x}{a}"
    drafted = draft(data)
    [note] = drafted.module.notes
    assert note.startswith("entity Thing: declared without keys of indexes: ")
    [entity] = drafted.declared.entities
    assert [each.index for each in entity.keys] == ["primary"]
    assert "    tags: frozenset[str] = frozenset()" in drafted.text


def test_items_of_others_are_skipped_where_a_query_meets_them() -> None:
    """By a filter on the type, which the check then tells."""
    data = one({"keys": {"PK": "A#{a}", "SK": "{s}"}}, type_attribute="type")
    data["entities"].append({"name": "Other", "keys": {"PK": "A#{a}", "SK": "x#{y}"}})
    data["patterns"] = [
        {"name": "some", "operation": "Query", "key": {"PK": "A#{a}"}, "returns": ["Thing"]}
    ]
    drafted = draft(data)
    assert ".skipping(Other)" in drafted.text
    assert drafted.module.notes == ["pattern some: it meets Other, and leaves them out"]
    assert verdicts(drafted, data) == ({"some": "served"}, {"some": "served-filter"})


@pytest.mark.parametrize(
    ("stored", "name"),
    [
        ("class", "class_"),
        ("match", "match_"),
        ("Größe", "größe"),
        ("2nd", "field_2nd"),
        ("a b-c", "a_b_c"),
        ("model_dump", "field_model_dump"),
        ("str", "str_"),
        ("shop", "shop_2"),
        ("__x", "x"),
        ("#", "field"),
    ],
)
def test_names_that_python_has_not_are_others_and_stored_the_same(stored: str, name: str) -> None:
    fields = {stored: {"type": "str"}}
    drafted = draft(one({"keys": {"PK": "A#{a}", "SK": "S"}, "fields": fields}))
    [entity] = drafted.declared.entities
    assert {each.name: each.stored for each in entity.fields} == {"a": "a", name: stored}


def test_names_that_clash_are_told_apart() -> None:
    fields: dict[str, Any] = {"userId": {}, "user_id": {}, "UserID": {}}
    drafted = draft(one({"keys": {"PK": "A#{userId}", "SK": "{user_id}"}, "fields": fields}))
    [entity] = drafted.declared.entities
    assert {each.stored for each in entity.fields} == {"userId", "user_id", "UserID"}
    assert len({each.name for each in entity.fields}) == 3


def test_text_of_a_file_is_never_code() -> None:
    """Quotation marks, line ends and backslashes stay in what they stand in."""
    evil = 'x"""\nimport os\\'
    entity = {"keys": {"PK": "A\"'#{a}", "SK": "S\\n"}, "description": evil}
    pattern = {
        "name": 'p")\nimport os',
        "operation": "Query",
        "question": evil,
        "key": {"PK": "A\"'#{a}"},
        "returns": ["Thing"],
    }
    drafted = draft(one(entity, pattern, type_attribute='t"\n'))
    assert drafted.module.left_out == {}
    assert "import os" not in drafted.text.splitlines()
    [known] = drafted.declared.entities
    assert [each.source for each in known.primary.templates] == ["A\"'#{a}", "S\\n"]


def test_evidence_stands_above_what_it_is_about() -> None:
    evidence = {("Thing", ""): ("9 items",), ("Thing", "PK"): ("PK: in 9 of 9 items",)}
    lines = draft(one({"keys": {"PK": "A#{a}", "SK": "S"}}), evidence=evidence).text.splitlines()
    assert lines[lines.index("# 9 items") + 1] == "class Thing(Entity, table=shop):"
    at = lines.index("    # PK: in 9 of 9 items")
    assert lines[at + 1] == '    key = shop.primary.key("A#{a}", "S")'


def test_volumes_and_acceptances_are_those_of_the_file() -> None:
    """By the names that the module has for entities, keys, fields and patterns."""
    data = {
        **SHOP,
        "volumes": {
            "entities": {"order-line": {"items": 1_000, "size": 300}},
            "keys": {"order-line.GSI1": {"values": 2, "skew": 0.5}},
            "patterns": {"lines of an order": {"rate": 3, "returned": {"order-line": 4}}},
        },
        "accepted": [
            {"rule": "few-partitions", "subject": "order-line.GSI1", "because": "It is small."},
            {"rule": "unread-key", "subject": "order-line.GSI1", "because": "It comes."},
        ],
    }
    drafted = draft(data)
    [entity] = [each for each in drafted.declared.entities if each.name == "order-line"]
    [label] = [each.label for each in entity.keys if each.index == "GSI1"]
    assert drafted.declared.volumes == {
        "entities": {"order-line": {"items": 1_000, "size": 300}},
        "keys": {label: {"values": 2, "skew": 0.5}},
        "patterns": {"drafted.lines_of_an_order": {"rate": 3, "returned": {"order-line": 4}}},
    }
    accepted = [(each.rule, each.subject, each.because) for each in drafted.declared.accepted]
    assert accepted == [
        ("few-partitions", label, "It is small."),
        ("unread-key", label, "It comes."),
    ]
