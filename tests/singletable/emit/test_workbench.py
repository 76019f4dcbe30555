"""Designs as models of NoSQL Workbench, there and back."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from singletable.check.items import check_items
from singletable.design import compile_design, ir, load_design
from singletable.design.exporting import export_design
from singletable.design.imports import import_design
from singletable.design.interchange import design_of
from singletable.emit.example_items import example_items
from singletable.emit.workbench import workbench_model
from tests.designs.corpus import find_corpus
from tests.designs.test_exports import DESIGNS, ROOT

SHOP: dict[str, Any] = {
    "singletable": 1,
    "tables": [
        {
            "name": "shop",
            "partition": "PK",
            "sort": {"name": "SK", "type": "N"},
            "indexes": [
                {"name": "GSI1", "partition": "GSI1PK", "sort": "GSI1SK", "projection": ["total"]},
                {"name": "LSI1", "kind": "local", "partition": "PK", "sort": "day"},
                {"name": "Two", "partition": ["a", "b"], "projection": "KEYS_ONLY"},
            ],
            "type_attribute": "kind",
        }
    ],
    "entities": [
        {
            "name": "Order",
            "identity": ["customer", "number"],
            "keys": {
                "PK": "CUSTOMER#{customer}",
                "SK": "{number}",
                "GSI1PK": "STATUS#{status}",
                "GSI1SK": "{day}",
            },
            "fields": {
                "number": {"type": "int"},
                "status": {"format": {"members": ["open", "paid"]}},
                "day": {"format": {"pattern": "[0-9]{4}-[0-9]{2}"}},
                "total": {"type": "decimal"},
                "tags": {"type": "text_set"},
            },
        },
        {"name": "Config", "keys": {"PK": "CONFIG", "SK": "{version}"}},
    ],
    "patterns": [{"name": "all", "operation": "Scan", "returns": ["Order"]}],
}


def model_of(data: dict[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    return workbench_model(design_of(data), data, "shop")


def imported(model: dict[str, Any]) -> dict[str, Any]:
    found = import_design(json.loads(json.dumps(model)))
    assert found is not None
    return found.data


def models() -> list[dict[str, Any]]:
    """All published models of Workbench."""
    files = sorted(find_corpus().glob("*/raw/*.json"))
    found = [json.loads(each.read_text("utf-8")) for each in files]
    return [each for each in found if "DataModel" in each]


def test_a_model_has_what_workbench_shows() -> None:
    model, _ = model_of(SHOP)
    assert model["ModelMetadata"]["Version"] == "3.0"
    [table] = model["DataModel"]
    assert table["KeyAttributes"] == {
        "PartitionKey": {"AttributeName": "PK", "AttributeType": "S"},
        "SortKey": {"AttributeName": "SK", "AttributeType": "N"},
    }
    order, config = table["TableFacets"]
    assert order["KeyAttributeAlias"] == {
        "PartitionKeyAlias": "CUSTOMER#{customer}",
        "SortKeyAlias": "{number}",
    }
    assert config["FacetName"] == "Config"
    assert [each["IndexName"] for each in table["GlobalSecondaryIndexes"]] == ["GSI1"]
    assert [each["IndexName"] for each in table["LocalSecondaryIndexes"]] == ["LSI1"]
    types = {each["AttributeName"]: each["AttributeType"] for each in table["NonKeyAttributes"]}
    assert types["total"] == "N"
    assert types["tags"] == "SS"
    assert types["kind"] == "S"
    assert set(order["NonKeyAttributes"]) <= types.keys()


def test_what_a_model_cannot_hold_is_told() -> None:
    _, notes = model_of(SHOP)
    assert set(notes) == {
        "shop.Two has several attributes on a side: left out",
        "not in the model: patterns (all)",
        "not in the model: identities (Order)",
        "not in the model: templates of index keys (Order.GSI1, Order.LSI1)",
        "not in the model: formats of fields (Order.number, Order.status, Order.day)",
        "not in the model: type attributes (shop)",
        "not in the model: which fields are required (Order, Config)",
    }


def test_its_example_items_are_of_the_design() -> None:
    """Two of each entity, that differ, and fit every template and format."""
    model, _ = model_of(SHOP)
    design = design_of(SHOP)
    [table] = model["DataModel"]
    items = [item for facet in table["TableFacets"] for item in facet["TableData"]]
    looked = check_items(design, design.tables[0], items)
    assert looked.entities == {"Order": 2, "Config": 2}
    assert looked.troubles == {}
    assert len({json.dumps(each) for each in items}) == 4


def test_a_design_comes_back_but_for_what_was_told() -> None:
    """Tables, indexes of one attribute a side, entities with their primary keys, and fields."""
    again = imported(model_of(SHOP)[0])
    [before], [after] = SHOP["tables"], again["tables"]
    assert [each["name"] for each in after["indexes"]] == ["GSI1", "LSI1"]
    assert after["indexes"][0]["projection"] == before["indexes"][0]["projection"]
    keys = {each["name"]: each["keys"] for each in again["entities"]}
    assert keys == {
        "Order": {"PK": "CUSTOMER#{customer}", "SK": "{number}"},
        "Config": {"PK": "CONFIG", "SK": "{version}"},
    }
    fields = again["entities"][0]["fields"]
    assert fields["total"]["type"] == "decimal"


@pytest.mark.parametrize("name", DESIGNS)
def test_designs_of_this_tree_come_back_but_for_what_was_told(name: str) -> None:
    design = compile_design(load_design(name, ROOT), examples=False)
    data, _ = export_design(design)
    model, notes = workbench_model(design, data, "model")
    again = design_of(imported(model))
    captions = {each.partition(":")[0] for each in notes if "is a caption in the model" in each}
    found = {each.name: each for each in again.entities}
    assert found.keys() == {each.name for each in design.entities}
    for entity in design.entities:
        if entity.name in captions:
            assert found[entity.name].keys == ()
            continue
        sources = [shape(each) for each in entity.primary.templates]
        assert [shape(each) for each in found[entity.name].primary.templates] == sources
    for before, after in zip(design.tables, again.tables, strict=True):
        told = {each.split()[0].partition(".")[2] for each in notes if each.endswith("left out")}
        kept = [each for each in before.indexes if each.name not in told]
        assert {(i.name, i.kind, i.attributes, i.projection) for i in kept} == {
            (i.name, i.kind, i.attributes, i.projection) for i in after.indexes
        }


def shape(template: ir.Template) -> tuple[str, ...]:
    """A template by its texts and fields."""
    parts = (text for each in template.parts for text in (each.field, each.after))
    return (template.attribute, template.literal, *parts)


def test_published_models_come_back_as_they_were() -> None:
    """To the last key that this package does not know, sample items included."""
    known = models()
    assert len(known) > 15
    for model in known:
        before = copy.deepcopy(model)
        data = imported(model)
        again, notes = workbench_model(design_of(data), data, "anything")
        assert again == before
        assert notes == ()


def test_a_model_that_was_changed_keeps_what_was_not() -> None:
    """A new index is added; unknown keys, sample items and captions stay as they were."""
    for model in models():
        data = imported(model)
        data["tables"][0].setdefault("indexes", []).append({"name": "New", "partition": "q"})
        again, _ = workbench_model(design_of(data), data, "anything")
        first, before = again["DataModel"][0], model["DataModel"][0]
        added = first["GlobalSecondaryIndexes"].pop()
        assert added["IndexName"] == "New"
        assert first["GlobalSecondaryIndexes"] == before.get("GlobalSecondaryIndexes", [])
        rest = {name: value for name, value in first.items() if name != "GlobalSecondaryIndexes"}
        assert rest == {k: v for k, v in before.items() if k != "GlobalSecondaryIndexes"}
        assert again["ModelMetadata"] == model["ModelMetadata"]
        assert again["DataModel"][1:] == model["DataModel"][1:]


def test_models_have_the_keys_that_published_ones_have() -> None:
    """Of format 3.0: nothing that Workbench writes is missing, nothing is added."""
    known = [each for each in models() if each["ModelMetadata"]["Version"] == "3.0"]
    tables = [table for each in known for table in each["DataModel"]]
    facets = [facet for each in tables for facet in each.get("TableFacets", ())]
    model, _ = model_of(SHOP)
    [table] = model["DataModel"]
    assert all(each.keys() == model.keys() for each in known)
    assert all(each["ModelMetadata"].keys() == model["ModelMetadata"].keys() for each in known)
    optional = {"TableFacets", "TableData", "GlobalSecondaryIndexes", "ProvisionedCapacitySettings"}
    for each in tables:
        assert each.keys() - optional == table.keys() - optional - {"LocalSecondaryIndexes"}
    assert all(each.keys() == table["TableFacets"][0].keys() for each in facets)


def test_a_provisioned_table_has_its_units() -> None:
    design = design_of(SHOP)
    deployment = ir.Deployment(None, True, True, "STANDARD", None, (), (7, 8), None, None)
    [table] = design.tables
    tables = (ir.Table(table.name, table.indexes, deployment=deployment),)
    made, _ = workbench_model(ir.Design(tables, design.entities, design.groups, ()), SHOP, "shop")
    [table_made] = made["DataModel"]
    assert table_made["BillingMode"] == "PROVISIONED"
    assert table_made["ProvisionedCapacitySettings"]["ProvisionedThroughput"] == {
        "ReadCapacityUnits": 7,
        "WriteCapacityUnits": 8,
    }


def test_examples_that_are_declared_are_the_items() -> None:
    design = compile_design(load_design("tests.singletable.library", ROOT), examples=True)
    for entity in design.entities:
        items = example_items(design.table(entity.table), entity)
        assert items
        assert all(each in entity.items for each in items)


def test_an_exported_model_is_a_file(tmp_path: Path) -> None:
    """Its text is JSON that the importer takes for a model of Workbench."""
    path = tmp_path / "model.json"
    path.write_text(json.dumps(model_of(SHOP)[0]))
    found = import_design(json.loads(path.read_text()))
    assert found is not None
    assert found.form == "a NoSQL Workbench model"
