"""The intermediate representation: to JSON and back, and designs of several tables."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from pydantic import ValidationError

from singletable.design import compile_design
from singletable.design.ir import Design, Index, KeyAttribute, from_json, to_json
from singletable.emit.docs.page import access_patterns_page
from singletable.emit.golden import golden_files
from singletable.emit.iam.policy import statements
from singletable.emit.infra.create_table import create_table
from tests.singletable.library import library
from tests.singletable.library.callers import callers
from tests.singletable.two_tables import orders, users

DESIGN = compile_design([library], callers())
AGAIN = from_json(json.loads(json.dumps(to_json(DESIGN))))

BOTH = compile_design([users, orders])


@pytest.mark.parametrize("design", [DESIGN, BOTH])
def test_json_holds_all_of_a_design(design: Design) -> None:
    """What is read from it is equal to what was written."""
    assert from_json(json.loads(json.dumps(to_json(design)))) == design
    assert to_json(from_json(to_json(design))) == to_json(design)


def test_what_is_made_of_json_is_what_is_made_of_the_design() -> None:
    """Documents, golden requests, tables and policies read nothing else."""
    assert access_patterns_page(AGAIN) == access_patterns_page(DESIGN)
    assert golden_files(AGAIN) == golden_files(DESIGN)
    assert create_table(AGAIN.tables[0]) == create_table(DESIGN.tables[0])
    arns = {"library": "arn"}
    assert statements(arns, AGAIN.patterns) == statements(arns, DESIGN.patterns)


def test_json_of_another_shape_is_refused() -> None:
    """A kind of index that there is not, a part that is missing."""
    data = to_json(DESIGN)
    with pytest.raises(ValidationError, match=r"patterns\n +Field required"):
        from_json({name: part for name, part in data.items() if name != "patterns"})
    data["tables"][0]["indexes"][0]["kind"] = "vague"
    with pytest.raises(ValidationError, match="'primary', 'global', 'local' or 'vector'"):
        from_json(data)


def test_a_page_documents_every_table() -> None:
    """Each with its indexes; entities, items and patterns say where they are."""
    page = access_patterns_page(BOTH)
    assert "# The design of `users` and `orders`\n" in page
    assert "2 entities, 3 access patterns, 2 tables with 1 secondary index." in page
    tables = page.partition("\n## The tables\n")[2].partition("\n## Entities\n")[0]
    assert "### `users`" in tables
    assert "separated by `|`" in tables
    assert tables.count("```mermaid") == 2
    assert "It is kept in `orders`." in page
    assert "### Items in `by-day` of `orders`" in page
    assert "- **Table:** `users`" in page


def test_patterns_know_their_table_and_its_needs() -> None:
    """A policy of one table has nothing of the other's."""
    first, third, second = BOTH.patterns
    assert (first.operation.tables, second.operation.tables) == (("users",), ("orders",))
    assert third.operation.tables == ("users", "orders")
    put, query = statements({"orders": "arn:orders"}, BOTH.patterns)
    assert (query["Resource"], put["Resource"]) == (["arn:orders/index/by-day"], ["arn:orders"])
    assert put["Action"] == ["dynamodb:PutItem"]
    each_one = {"users": "arn:users", "orders": "arn:orders"}
    both = statements(each_one, (first, second), ["X"])
    assert [each["Resource"] for each in both] == [
        ["arn:users"],
        ["arn:orders/index/by-day"],
        ["arn:users", "arn:orders"],
    ]


def test_both_sides_of_an_index_may_have_several_attributes() -> None:
    """They are given to DynamoDB in their order."""
    index = Index("wide", "global", tuple(map(KeyAttribute, "ab")), (KeyAttribute("c", "N"),))
    table = replace(BOTH.tables[0], indexes=(*BOTH.tables[0].indexes, index))
    (made,) = create_table(table)["GlobalSecondaryIndexes"]
    assert [(part["AttributeName"], part["KeyType"]) for part in made["KeySchema"]] == [
        ("a", "HASH"),
        ("b", "HASH"),
        ("c", "RANGE"),
    ]
