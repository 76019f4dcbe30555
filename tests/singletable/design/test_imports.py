"""Files of other tools are read as what they say, and what they do not say is noted."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from singletable.check.checker import check_design
from singletable.design.imports import FORMS, Imported, import_design
from singletable.design.interchange import design_of, read_file
from singletable.errors import InvalidDesignFile
from tests.designs.corpus import find_corpus
from tests.singletable.raises import raises

ROOT = Path(__file__).parents[3]
ELECTRODB: list[Any] = json.loads((ROOT / "tests/foreign/electrodb_keys.json").read_text())


def imported(data: Any) -> Imported:
    """The import of a file that is a design."""
    found = import_design(data)
    assert found is not None
    assert design_of(found.data).tables
    return found


def keys_of(found: Imported) -> dict[str, dict[str, str]]:
    return {each["name"]: each["keys"] for each in found.data["entities"]}


def key(partition: str, sort: str | None = None) -> dict[str, Any]:
    sides = {"PartitionKey": partition, "SortKey": sort}
    return {
        side: {"AttributeName": name, "AttributeType": "S"} for side, name in sides.items() if name
    }


def workbench(**table: Any) -> dict[str, Any]:
    more = {"TableName": "shop", "KeyAttributes": key("PK", "SK"), **table}
    return {"ModelName": "Shop", "ModelMetadata": {"Version": "3.0"}, "DataModel": [more]}


def facet(name: str, partition: str, sort: str) -> dict[str, Any]:
    alias = {"PartitionKeyAlias": partition, "SortKeyAlias": sort}
    return {"FacetName": name, "KeyAttributeAlias": alias, "NonKeyAttributes": ["total"]}


def test_a_workbench_model_has_tables_and_indexes() -> None:
    index = {
        "IndexName": "GSI1",
        "KeyAttributes": key("customer", "day"),
        "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["total"]},
    }
    found = imported(workbench(GlobalSecondaryIndexes=[index], TableData=[{"PK": {"S": "x"}}]))
    assert found.data["tables"][0]["items"] == [{"PK": {"S": "x"}}]
    assert found.form == "a NoSQL Workbench model"
    [table], [made] = found.data["tables"], found.data["tables"][0]["indexes"]
    assert (table["name"], table["sort"]) == ("shop", {"name": "SK", "type": "S"})
    assert (made["kind"], made["partition"]["name"], made["projection"]) == (
        "global",
        "customer",
        ["total"],
    )
    assert found.notes[0] == "not read: ModelMetadata"
    assert "shop has no facets, and so no entities" in found.notes


def test_an_alias_is_a_template_where_it_has_fields_in_braces() -> None:
    """Any other is a caption, and what the key is stays unsaid."""
    facets = [
        facet("Order", "CUSTOMER#{customer}", "ORDER#{order}"),
        facet("Line", "OrderID", "LINE#LineID"),
        facet("Half", "PK", "HALF#{half}"),
        facet("Plain", "PK", "SK"),
    ]
    attributes = [{"AttributeName": "total", "AttributeType": "N"}] * 2
    found = imported(workbench(TableFacets=facets, NonKeyAttributes=attributes))
    assert keys_of(found) == {
        "Order": {"PK": "CUSTOMER#{customer}", "SK": "ORDER#{order}"},
        "Line": {},
        "Half": {},
        "Plain": {},
    }
    assert found.data["entities"][0]["fields"] == {"total": {"type": "decimal", "optional": True}}
    assert (
        "Line: its key is not said, as an alias is a caption: OrderID, LINE#LineID" in found.notes
    )
    assert "shop: declared more than once: total" in found.notes


def test_what_stands_in_a_template_is_never_optional() -> None:
    """No item lacks its primary key; of other attributes a model does not say it."""
    made = facet("Order", "CUSTOMER#{customer}", "ORDER#{order}")
    made["NonKeyAttributes"] = ["customer", "order", "total"]
    attributes = [{"AttributeName": name} for name in made["NonKeyAttributes"]]
    found = imported(workbench(TableFacets=[made], NonKeyAttributes=attributes))
    assert found.data["entities"][0]["fields"] == {
        "customer": {"type": "str"},
        "order": {"type": "str"},
        "total": {"type": "str", "optional": True},
    }
    report = check_design(design_of(found.data))
    assert not any(each.rule.slug == "optional-in-key" for each in report.findings)


def test_items_of_facets_are_samples_of_the_table() -> None:
    """Each once; that no item begins as its facet's alias does is noted."""
    line = {"PK": {"S": "1"}, "SK": {"S": "LINE#1"}}
    facets = [
        facet("Line", "OrderID", "LNIE#LineID") | {"TableData": [line]},
        facet("Also", "OrderID", "LINE#LineID") | {"TableData": [line, {"PK": {"S": "2"}}]},
    ]
    found = imported(workbench(TableFacets=facets))
    assert found.data["tables"][0]["items"] == [line, {"PK": {"S": "2"}}]
    assert [each for each in found.notes if "no item" in each] == [
        "Line: its alias begins with LNIE#, and no item does"
    ]


def test_a_model_without_facets_has_the_models_of_its_schema() -> None:
    """The table's own indexes hold where the schema has others."""
    index = {"IndexName": "GSI1", "KeyAttributes": key("GSI1PK")}
    schema = {
        "indexes": {"primary": {"hash": "PK", "sort": "SK"}, "GSI1": {"hash": "SK"}},
        "models": {
            "~new~": {"PK": {"type": "String"}},
            "order": {
                "PK": {"type": "String", "value": "o#${order}"},
                "SK": {"type": "String", "value": "order"},
                "GSI1PK": {"type": "String", "value": "${day}"},
            },
        },
    }
    found = imported(workbench(GlobalSecondaryIndexes=[index], ModelSchema=schema))
    assert keys_of(found) == {"order": {"PK": "o#{order}", "SK": "order", "GSI1PK": "{day}"}}
    assert "GSI1: its key is SK in ModelSchema, and GSI1PK in the table, which holds" in found.notes
    assert "not entities: ~new~" in found.notes


ONETABLE: dict[str, Any] = {
    "version": "0.0.1",
    "params": {"typeField": "kind", "isoDates": True},
    "indexes": {
        "primary": {"hash": "pk", "sort": "sk"},
        "gs1": {"hash": "kind", "sort": "made", "project": "keys"},
        "ls1": {"sort": "count", "type": "local"},
    },
    "models": {
        "Order": {
            "pk": {"type": "string", "value": "customer#${customer}"},
            "sk": {"type": "string", "value": "order#${order:8:0}#{note}"},
            "order": {"type": "number"},
            "made": {"type": "date"},
            "count": {"type": "number"},
            "state": {"type": "string", "enum": ["open", "done"], "required": True},
            "expires": {"type": "date", "ttl": True},
        },
        "Raw": {"pk": {"type": "string"}, "sk": {"type": "string", "value": "raw"}},
        "Twice": {
            "pk": {"type": "string", "value": "${sk}#x"},
            "sk": {"type": "string", "value": "twice#${id}"},
        },
    },
}


def test_a_onetable_schema_is_read() -> None:
    found = imported(ONETABLE)
    [table] = found.data["tables"]
    assert (table["type_attribute"], table["ttl_attribute"]) == ("kind", "expires")
    assert [(each["kind"], each["projection"]) for each in table["indexes"]] == [
        ("global", "KEYS_ONLY"),
        ("local", "ALL"),
    ]
    assert table["indexes"][1]["sort"] == {"name": "count", "type": "N"}
    assert keys_of(found)["Order"] == {
        "pk": "customer#{customer}",
        "sk": "order#{order}#{{note}}",
        "kind": "Order",
        "made": "{made}",
        "count": "{count}",
    }
    fields = found.data["entities"][0]["fields"]
    assert fields["order"] == {"type": "decimal", "format": {"min_bytes": 8, "ordered": True}}
    assert fields["state"] == {"type": "str", "format": {"members": ["open", "done"]}}
    assert fields["made"] == {"type": "datetime", "optional": True}


def test_data_of_a_onetable_schema_are_samples() -> None:
    data = [{"pk": "a", "n": 1, "done": True, "list": [None], "map": {"x": 0.5}}]
    assert imported({**ONETABLE, "data": data}).data["tables"][0]["items"] == [
        {
            "pk": {"S": "a"},
            "n": {"N": "1"},
            "done": {"BOOL": True},
            "list": {"L": [{"NULL": True}]},
            "map": {"M": {"x": {"N": "0.5"}}},
        }
    ]


def test_what_a_onetable_schema_leaves_to_the_program_is_not_said() -> None:
    found = imported(ONETABLE)
    assert keys_of(found)["Raw"] == {}
    assert "keys without value templates, and so not said: Raw (pk)" in found.notes
    assert "Order.sk: {note} has no $, and is text as it stands" in found.notes
    assert keys_of(found)["Twice"]["pk"] == "twice#{id}#x"
    alone = {**ONETABLE, "models": {"Raw": ONETABLE["models"]["Raw"]}}
    assert keys_of(imported(alone))["Raw"]["pk"] == "{pk}"


def test_types_that_json_has_not_kept_are_noted() -> None:
    """`String` and `Number` are functions, which `JSON.stringify` leaves out."""
    user = {"pk": {"value": "user#${id}"}, "id": {"type": "string"}}
    found = imported({"indexes": {"primary": {"hash": "pk"}}, "models": {"User": user}})
    assert "taken for text, as they have no type: User.pk" in found.notes
    assert keys_of(found) == {"User": {"pk": "user#{id}"}}


def pattern(name: str, *parameters: str, **more: Any) -> dict[str, Any]:
    return {
        "pattern_id": 1,
        "name": name,
        "description": name,
        "operation": "Query",
        "parameters": [{"name": each, "type": "string"} for each in parameters],
        **more,
    }


def server(*patterns: dict[str, Any], **more: Any) -> dict[str, Any]:
    order = {
        "entity_type": "ORDER",
        "pk_template": "CUSTOMER#{customer}",
        "sk_template": "ORDER#{day}#{order}",
        "gsi_mappings": [{"name": "ByState", "pk_template": "{state}", "sk_template": ["{total}"]}],
        "fields": [
            {"name": "state", "type": "string", "required": True},
            {"name": "total", "type": "decimal", "required": False},
        ],
        "access_patterns": list(patterns),
    }
    table = {
        "table_config": {"table_name": "orders", "partition_key": "pk", "sort_key": "sk"},
        "gsi_list": [{"name": "ByState", "partition_key": "state", "sort_key": "total"}],
        "entities": {"Order": order},
    }
    return {"tables": [table], **more}


ASKED: dict[str, tuple[dict[str, Any], dict[str, Any], str]] = {
    "a whole key": (
        pattern("p", "customer", "day", "order", operation="GetItem"),
        {"pk": {"=": "CUSTOMER#{customer}"}, "sk": {"=": "ORDER#{day}#{order}"}},
        "served",
    ),
    "half a key": (
        pattern("p", "customer", operation="GetItem"),
        {"pk": {"=": "CUSTOMER#{customer}"}},
        "unserved",
    ),
    "a beginning": (
        pattern("p", "customer", "day"),
        {"pk": {"=": "CUSTOMER#{customer}"}, "sk": {"begins_with": "ORDER#{day}#"}},
        "served",
    ),
    "a range": (
        pattern("p", "customer", "low", "high", range_condition="between"),
        {"pk": {"=": "CUSTOMER#{customer}"}, "sk": {"between": ["ORDER#{low}", "ORDER#{high}"]}},
        "served",
    ),
    "a beginning of something": (
        pattern("p", "customer", "beginning", range_condition="begins_with"),
        {"pk": {"=": "CUSTOMER#{customer}"}, "sk": {"begins_with": "ORDER#"}},
        "served",
    ),
    "an index": (
        pattern("p", "state", "least", range_condition=">=", index_name="ByState"),
        {"state": {"=": "{state}"}, "total": {">=": "{least}"}},
        "served",
    ),
    "a filter": (
        pattern(
            "p",
            "customer",
            "state",
            filter_expression={
                "conditions": [
                    {"field": "state", "operator": "=", "param": "state"},
                    {"field": "total", "function": "attribute_exists"},
                ],
                "logical_operator": "OR",
            },
        ),
        {"pk": {"=": "CUSTOMER#{customer}"}, "sk": {"begins_with": "ORDER#"}},
        "served-filter",
    ),
    "a scan": (pattern("p", operation="Scan"), {}, "scan"),
    "a write": (pattern("p", operation="PutItem"), {}, "write"),
}


@pytest.mark.parametrize("case", ASKED)
def test_key_conditions_are_made_of_templates_and_parameters(case: str) -> None:
    asked, expected, verdict = ASKED[case]
    found = imported(server(asked))
    [made] = found.data["patterns"]
    assert made.get("key", {}) == expected
    assert made.get("filter", "state = :state OR attribute_exists(total)") == (
        "state = :state OR attribute_exists(total)"
    )
    assert check_design(design_of(found.data)).verdicts == {"p": verdict}


def test_a_range_that_is_taken_for_something_is_noted() -> None:
    asked, _, _ = ASKED["a range"]
    note = "p: low, high is taken to follow the text of ORDER#{day}#{order}"
    assert note in imported(server(asked)).notes


def test_a_key_attribute_that_is_one_number_is_a_number() -> None:
    [index] = imported(server()).data["tables"][0]["indexes"]
    assert index["sort"] == [{"name": "total", "type": "N"}]


@pytest.mark.parametrize(
    ("parameters", "verdict"),
    [(["customer", "day", "order"], "served"), (["customer"], "unserved")],
)
def test_a_transaction_gets_each_of_its_entities(parameters: list[str], verdict: str) -> None:
    across = {
        "name": "both",
        "operation": "TransactGet",
        "parameters": [{"name": each, "type": "string"} for each in parameters],
        "entities_involved": [{"table": "orders", "entity": "Order", "action": "Get"}] * 2,
    }
    found = imported(server(cross_table_access_patterns=[across]))
    assert check_design(design_of(found.data)).verdicts == {"both": verdict}


@pytest.mark.parametrize(
    "case", ELECTRODB, ids=[case["schema"]["model"]["entity"] for case in ELECTRODB]
)
def test_keys_of_electrodb_are_those_that_it_writes(case: dict[str, Any]) -> None:
    """Each template makes the text of the item, in the case that the key has."""
    [keys] = keys_of(imported(case["schema"])).values()
    for attribute, template in keys.items():
        written, texts = str(case["item"][attribute]), re.split(r"(?<!\{)\{(\w+)\}", template)
        values = {**case["item"], "w": "0012", "f": "true"}
        made = "".join(str(values[each]) if at % 2 else each for at, each in enumerate(texts))
        literal = made.replace("{{", "{").replace("}}", "}")
        assert literal.lower() == written.lower()
        for at, each in enumerate(texts):
            assert at % 2 or each.replace("{{", "{").replace("}}", "}") in written
    assert set(keys) >= {name for name in case["item"] if re.search("[ps]k$", name)}


def test_schemas_of_electrodb_share_their_table() -> None:
    schemas: list[Any] = [
        {**case["schema"], "table": "T"} for case in ELECTRODB if "pk" in case["item"]
    ]
    found = imported([each for each in schemas if each["model"]["entity"] != "Alone"])
    [table] = found.data["tables"]
    assert table["name"] == "T"
    assert [each["name"] for each in table["indexes"]] == ["g1", "g2", "g3"]
    assert any("differ in case" in note for note in found.notes)


BROKEN: dict[str, tuple[Any, str]] = {
    "nothing known": ({"Resources": {}}, "its keys are of none of: a design in the format"),
    "a list": ([], "its keys are of none of"),
    "a text": ("model", "its keys are of none of"),
    "a model without a key": (
        {"ModelName": "x", "DataModel": [{"TableName": "x"}]},
        "DataModel.0.KeyAttributes: Field required",
    ),
    "a table that two schemas see otherwise": (
        [
            ELECTRODB[0]["schema"],
            {**ELECTRODB[0]["schema"], "indexes": {"own": {"pk": {"field": "other"}}}},
        ],
        "Plain says another partition of table",
    ),
    "a template of itself": (
        {
            "indexes": {"primary": {"hash": "pk"}},
            "models": {"X": {"pk": {"type": "string", "value": "${pk}"}}},
        },
        "X.pk has itself in its value",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_file_of_no_tool_or_a_broken_one_is_refused(case: str, tmp_path: Path) -> None:
    data, expected = BROKEN[case]
    path = tmp_path / "model.json"
    path.write_text(json.dumps(data))
    with pytest.raises(InvalidDesignFile) as caught:
        read_file(path)
    assert caught.value.where == str(path)
    assert expected in caught.value.declared


def test_each_format_has_a_row_in_the_documents() -> None:
    page = (ROOT / "docs/importing.md").read_text().partition("\n## ")[0]
    assert page.count("\n| ") == len(FORMS) + 3


def test_published_files_are_read() -> None:
    """Each is a design, or refused as none; skipped where they are not at hand."""
    forms = Counter[str]()
    for file in sorted(find_corpus().glob("*/raw/*.json")):
        if file.stem.endswith("_usage_data"):
            with raises(InvalidDesignFile, where=str(file), declared="its keys are of none of"):
                read_file(file)
            continue
        found = read_file(file)
        design = design_of(found.data, str(file))
        assert design.tables
        assert len(design.entities) == len(found.data["entities"])
        forms[found.form] += 1
    assert forms == {
        "a NoSQL Workbench model": 20,
        "a OneTable schema": 1,
        "a schema.json of awslabs' dynamodb-mcp-server": 2,
    }
