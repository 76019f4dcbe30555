"""Vector indexes as tables, documents, policies and checks have them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from singletable import Deployment, Table, create_table
from singletable.check.drift import Live, drift_of
from singletable.check.iam import is_request_allowed
from singletable.cli.main import main
from singletable.design.compile import compile_design
from singletable.design.compile_entities import compile_table
from singletable.emit.docs.page import access_patterns_page
from singletable.emit.iam.policy import statements
from singletable.emit.infra.cloudformation import cloudformation_table
from singletable.emit.infra.create_table import TableOptions, declared_options
from singletable.inspect import Context
from singletable.testing import memory_transport
from tests.singletable import articles as asked
from tests.singletable.articles import articles

ARN = "arn:aws:dynamodb:eu-west-1:123456789012:table/articles"


def test_create_table_has_the_index_and_the_types_of_its_search_schema() -> None:
    """The type attribute is a filter, so that an index which has one entity may get another."""
    created = create_table(articles)
    near, by_length = created["VectorIndexes"]
    assert near == {
        "IndexName": "Nearby",
        "VectorAttribute": {"AttributeName": "embedding"},
        "SearchSchema": [
            {"AttributeName": "NearbyPK", "SearchSchemaElementType": "HASH"},
            {"AttributeName": "status", "SearchSchemaElementType": "INLINE_FILTER"},
            {"AttributeName": "lang", "SearchSchemaElementType": "INLINE_FILTER"},
            {"AttributeName": "entity", "SearchSchemaElementType": "INLINE_FILTER"},
        ],
        "Projection": {"ProjectionType": "ALL"},
        "Dimensions": 3,
        "DistanceFunction": "COSINE",
    }
    assert by_length["Projection"] == {
        "ProjectionType": "INCLUDE",
        "NonKeyAttributes": ["title"],
    }
    names = [each["AttributeName"] for each in created["AttributeDefinitions"]]
    assert names == ["NearbyPK", "PK", "SK", "entity", "lang", "status"]


@pytest.mark.slow
@pytest.mark.parametrize("replicas", [(), ("eu-central-1",)])
def test_cloudformation_knows_the_properties(replicas: tuple[str, ...]) -> None:
    """By its own schema; of a global table, too.

    E3039 counts the attributes of key schemas alone: the service wants those of search schemas.
    """
    from cfnlint.api import lint

    table = Table("articles", deployment=Deployment(replicas=replicas))
    table.vector_index("Near", "v", dimensions=1536, partition_key="tenant")
    declared = compile_table(table)
    text = cloudformation_table(declared, declared_options(declared, TableOptions()))
    body = "".join(f"  {line}\n" for line in text.splitlines())
    found = lint(f"Resources:\n{body}", regions=["eu-west-1"])
    assert [
        str(each) for each in found if each.rule.id.startswith("E") and each.rule.id != "E3039"
    ] == []
    assert "DistanceFunction: COSINE" in text


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--format", "terraform"], "aws_dynamodb_table has no vector indexes"),
        (["--units", "5,5"], "need a table on demand"),
    ],
)
def test_what_has_no_vector_indexes_is_refused(
    words: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A table without them would not be the one that is declared."""
    assert main(["table", "--design", "tests.singletable.articles", *words]) != 0
    assert why in capsys.readouterr().err


def described() -> dict[str, Any]:
    answered: Any = memory_transport()("CreateTable", create_table(articles))
    description: dict[str, Any] = answered["TableDescription"]
    return description


def drift(live: dict[str, Any]) -> tuple[str, ...]:
    compared = drift_of(
        compile_table(articles), Live(live, None, None), TableOptions(), frozenset()
    )
    return compared.differences


Change = Callable[[dict[str, Any]], object]
CHANGES: dict[str, tuple[Change, str]] = {
    "missing": (lambda live: live["VectorIndexes"].pop(0), "the vector index Nearby is missing"),
    "undeclared": (
        lambda live: live["VectorIndexes"].append({**live["VectorIndexes"][0], "IndexName": "Far"}),
        "the vector index Far is not declared",
    ),
    "dimensions": (
        lambda live: live["VectorIndexes"][0].update(Dimensions=4),
        "Nearby has embedding of 4 dimensions by COSINE, declared is embedding of 3 dimensions",
    ),
    "schema": (
        lambda live: live["VectorIndexes"][0].pop("SearchSchema"),
        "Nearby is searched by the vector alone, declared is NearbyPK (HASH), entity (INLINE",
    ),
    "projection": (
        lambda live: live["VectorIndexes"][1].update(Projection={"ProjectionType": "ALL"}),
        "ByLength projects ALL, declared is INCLUDE (title)",
    ),
}


@pytest.mark.parametrize(("change", "difference"), CHANGES.values(), ids=CHANGES)
def test_drift_compares_the_vector_indexes(change: Change, difference: str) -> None:
    """As DescribeTable shows them."""
    live = described()
    assert drift(live) == ()
    change(live)
    (found,) = drift(live)
    assert difference in found


def test_a_policy_allows_the_search_of_the_index_without_leading_keys() -> None:
    """The service knows none for it: a statement with such a condition would deny it."""
    made = statements({"articles": ARN}, compile_design([articles]).patterns)
    (search,) = [each for each in made if "dynamodb:SearchVectors" in each["Action"]]
    assert search["Action"] == ["dynamodb:SearchVectors"]
    assert search["Resource"] == [f"{ARN}/index/ByLength", f"{ARN}/index/Nearby"]
    assert "Condition" not in search
    (request,) = asked.similar("acme", (1, 0, 0)).requests(Context())
    table = compile_table(articles)
    assert is_request_allowed(made, request.operation, request.parameters, table, ARN)
    others = [each for each in made if each is not search]
    assert not is_request_allowed(others, request.operation, request.parameters, table, ARN)


def test_documents_say_what_is_compared_and_paid_for() -> None:
    """With the request, of a long vector the first numbers."""
    page = access_patterns_page(compile_design([articles]))
    assert "vector: `embedding`, 3 dimensions, euclidean" in page
    assert "- **Order:** nearest first, by cosine" in page
    assert "pays for the bytes of the vectors that are compared" in page
    assert "- **Returns:** `Matches[Title]`" in page
    assert "`NearbyPK = TENANT#{tenant_id}` and `entity = Article`" in page
