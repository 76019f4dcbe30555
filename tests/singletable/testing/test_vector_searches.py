"""SearchVectors in memory: exact by each distance, with the service's checks; its requests are
those that botocore's own model knows."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.session import get_session
from botocore.validate import ParamValidator
from hypothesis import given
from hypothesis import strategies as st

from singletable import Repository, create_table
from singletable.design.compile import compile_design
from singletable.errors import AccessRefused, TableMissing, Throttled
from singletable.errors.transport import TransportError
from singletable.inspect import Context, Retry
from singletable.testing import memory_transport
from singletable.transport import boto3_transport
from tests.singletable import articles as asked
from tests.singletable.articles import articles
from tests.singletable.raises import raises
from tests.singletable.stub_server import answer, error, stub_server

KEYS = {
    "AttributeDefinitions": [{"AttributeName": "PK", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "PK", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
}


def index(distance: str = "COSINE", **changes: Any) -> dict[str, Any]:
    made = {
        "IndexName": "Near",
        "VectorAttribute": {"AttributeName": "v"},
        "Projection": {"ProjectionType": "ALL"},
        "Dimensions": 2,
        "DistanceFunction": distance,
    }
    return {**made, **changes}


PARTED = index(
    SearchSchema=[
        {"AttributeName": "tenant", "SearchSchemaElementType": "HASH"},
        {"AttributeName": "lang", "SearchSchemaElementType": "INLINE_FILTER"},
    ]
)


class Store:
    """A table with one vector index."""

    def __init__(self, made: Mapping[str, Any] = index()) -> None:
        self.send = memory_transport()
        names = [each["AttributeName"] for each in made.get("SearchSchema", ())]
        defined = [{"AttributeName": name, "AttributeType": "S"} for name in names]
        definitions = [*KEYS["AttributeDefinitions"], *defined]
        parameters = {**KEYS, "TableName": "tab", "VectorIndexes": [made]}
        self.send("CreateTable", parameters | {"AttributeDefinitions": definitions})

    def put(self, key: str, *vector: float, **attributes: Any) -> None:
        item: dict[str, Any] = {"PK": {"S": key}, **attributes}
        if vector:
            item["v"] = numbers(*vector, as_list=True)
        self.send("PutItem", {"TableName": "tab", "Item": item})

    def search(self, *vector: float, **parameters: Any) -> list[tuple[str, float]]:
        found = self.results(*vector, **parameters)
        return [(each["Item"]["PK"]["S"], each["Score"]) for each in found]

    def results(self, *vector: float, **parameters: Any) -> list[Any]:
        wanted = {"TableName": "tab", "IndexName": "Near", "SearchVector": numbers(*vector)}
        found: Any = self.send("SearchVectors", wanted | {"TopK": 100} | parameters)
        return list(found["SearchResults"])


def numbers(*vector: float, as_list: bool = False) -> Any:
    found = [{"N": repr(each)} for each in vector]
    return {"L": found} if as_list else found


def by(**values: str) -> dict[str, Any]:
    return {
        "SearchConditionExpression": " AND ".join(f"{name} = :{name}" for name in values),
        "ExpressionAttributeValues": {f":{name}": {"S": each} for name, each in values.items()},
    }


@pytest.mark.parametrize(
    ("distance", "expected"),
    [
        ("COSINE", [("a", 0), ("long", 0), ("b", 1), ("c", 2)]),
        ("EUCLIDEAN", [("a", 0), ("b", math.sqrt(2)), ("c", 2), ("long", 9)]),
        ("DOT_PRODUCT", [("long", 10), ("a", 1), ("b", 0), ("c", -1)]),
    ],
)
def test_scores_and_order_go_by_the_distance(
    distance: str, expected: list[tuple[str, float]]
) -> None:
    """The least is the nearest, but of the dot product the greatest."""
    store = Store(index(distance))
    store.put("b", 0, 1)
    store.put("c", -1, 0)
    store.put("a", 1, 0)
    store.put("long", 10, 0)
    store.put("none")
    assert store.search(1, 0) == expected
    assert store.search(1, 0, TopK=2) == expected[:2]


NUMBERS = st.floats(-100, 100, width=32).filter(lambda number: abs(number) > 1e-3)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=8), st.tuples(NUMBERS, NUMBERS))
def test_nothing_nearer_is_left_out(
    stored: list[tuple[float, float]], wanted: tuple[float, float]
) -> None:
    """The nearest of a number are the first of all."""
    store = Store(index("EUCLIDEAN"))
    for at, vector in enumerate(stored):
        store.put(str(at), *vector)
    every = store.search(*wanted)
    assert store.search(*wanted, TopK=3) == every[:3]
    assert [score for _, score in every] == sorted(math.dist(wanted, each) for each in stored)


def test_the_vector_is_answered_only_if_it_is_asked_for() -> None:
    """In 32 bits; and nothing is that the index does not hold."""
    store = Store(index(Projection={"ProjectionType": "INCLUDE", "NonKeyAttributes": ["title"]}))
    store.put("a", 0.1, 1, title={"S": "A"}, body={"S": "long"})
    (found,) = store.results(0.1, 1)
    assert found["Item"] == {"PK": {"S": "a"}, "title": {"S": "A"}}
    (found,) = store.results(0.1, 1, ProjectionExpression="v, title, nothing, body")
    assert found["Item"] == {"title": {"S": "A"}, "v": {"L": [{"N": "0.100000001"}, {"N": "1"}]}}


def test_partitions_and_filters() -> None:
    """What lacks the partition key is not in the index; what lacks a filter is."""
    store = Store(PARTED)
    store.put("a", 1, 0, tenant={"S": "x"}, lang={"S": "en"})
    store.put("b", 1, 0, tenant={"S": "x"})
    store.put("c", 1, 0, tenant={"S": "y"}, lang={"S": "en"})
    store.put("d", 1, 0, lang={"S": "en"})
    assert {key for key, _ in store.search(1, 0, **by(tenant="x"))} == {"a", "b"}
    assert store.search(1, 0, **by(tenant="x", lang="en")) == [("a", 0)]


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no partition": ({}, "must be provided when SearchSchema has a HASH key"),
    "another attribute": (by(lang="en"), "no value of tenant, the HASH key"),
    "no filter": (by(tenant="x", title="A"), "title is not in the SearchSchema"),
    "a comparison": (
        by(tenant="x", lang="en")
        | {"SearchConditionExpression": "tenant = :tenant AND lang > :lang"},
        "Invalid comparator used in SearchConditionExpression",
    ),
    "or": (
        by(tenant="x", lang="en")
        | {"SearchConditionExpression": "tenant = :tenant OR lang = :lang"},
        "Invalid operator OR",
    ),
    "too many": (by(tenant="x") | {"TopK": 101}, "TopK value '101' is out of valid range"),
    "none": (by(tenant="x") | {"TopK": 0}, "valid min value: 1"),
    "dimensions": (
        by(tenant="x") | {"SearchVector": numbers(1, 0, 0)},
        "dimension 3 does not match vector index dimension 2",
    ),
    "texts": (by(tenant="x") | {"SearchVector": [{"S": "1"}, {"S": "0"}]}, "a list of numbers"),
    "no vector": (by(tenant="x") | {"SearchVector": {"L": []}}, "valid types: a list"),
    "an index": (by(tenant="x") | {"IndexName": "Far"}, "does not have the specified index: Far"),
    "unused": (
        by(tenant="x") | {"ExpressionAttributeNames": {"#a": "a"}},
        "unused in expressions",
    ),
}


@pytest.mark.parametrize(("parameters", "message"), REFUSED.values(), ids=REFUSED)
def test_searches_are_refused_as_the_service_does(parameters: dict[str, Any], message: str) -> None:
    """Each with a message."""
    with raises(TransportError, message=message):
        Store(PARTED).search(1, 0, **parameters)


def test_writes_and_other_reads_are_refused_as_the_service_does() -> None:
    """A vector of other dimensions or elements, a partition key that is empty or no text."""
    store = Store(PARTED)
    for vector in ({"L": [{"N": "1"}]}, {"NS": ["1", "2"]}, {"L": [{"S": "1"}, {"S": "2"}]}):
        with raises(TransportError, message="for parameter v"):
            store.put("a", v=vector)
    for tenant in ({"S": ""}, {"N": "1"}):
        with raises(TransportError, message="Index Key tenant"):
            store.put("a", 1, 0, tenant=tenant)
    with raises(TransportError, message="32-bit"):
        store.put("a", 1e39, 0, tenant={"S": "x"})
    asking = {"TableName": "tab", "IndexName": "Near"}
    with raises(TransportError, message="Scan operation not supported on this index type"):
        store.send("Scan", asking)
    with raises(TransportError, message="Query operation not supported on this index type"):
        store.send("Query", asking | {"KeyConditionExpression": "PK = :a"})


CREATED: dict[str, tuple[dict[str, Any], str]] = {
    "provisioned": (
        {"BillingMode": "PROVISIONED", "VectorIndexes": [index()]},
        "only supported with BillingMode PAY_PER_REQUEST",
    ),
    "undefined": ({"VectorIndexes": [PARTED]}, "not defined in attribute definitions"),
    "six": (
        {"VectorIndexes": [index(IndexName=f"I{at}x") for at in range(6)]},
        "per-table limit of 5",
    ),
    "twice": ({"VectorIndexes": [index(), index()]}, "Duplicate index name: Near"),
    "unlike": (
        {"VectorIndexes": [index(), index(IndexName="Other", Dimensions=3)]},
        "different Dimensions",
    ),
    "dimensions": ({"VectorIndexes": [index(Dimensions=4097)]}, "Dimensions 4097"),
    "distance": ({"VectorIndexes": [index("NEAR")]}, "DistanceFunction NEAR"),
}


@pytest.mark.parametrize(("changes", "message"), CREATED.values(), ids=CREATED)
def test_tables_are_refused_as_the_service_does(changes: dict[str, Any], message: str) -> None:
    """Each with a message."""
    with raises(TransportError, message=message):
        memory_transport()("CreateTable", {**KEYS, "TableName": "tab", **changes})


MODEL = get_session().get_service_model("dynamodb")


def problems(operation: str, parameters: Mapping[str, Any]) -> str:
    """What botocore would say of the parameters before it sends them."""
    shape = MODEL.operation_model(operation).input_shape
    return str(ParamValidator().validate(parameters, shape).generate_report())


def test_botocore_knows_the_requests_and_their_answers() -> None:
    """Of every pattern, and of the table; the answers have the members of its model."""
    design = compile_design([articles])
    requests = [r for each in design.patterns if each.example for r in each.example.requests]
    assert {request.operation for request in requests} == {"PutItem", "SearchVectors"}
    for request in requests:
        assert problems(request.operation, request.parameters) == ""
    created = create_table(articles)
    assert problems("CreateTable", created) == ""
    send = memory_transport()
    described: Any = send("CreateTable", created)
    (request,) = asked.similar("acme", (1, 0, 0)).requests(Context())
    answered = send("SearchVectors", {**request.parameters, "ReturnConsumedCapacity": "TOTAL"})
    known = MODEL.operation_model("SearchVectors").output_shape.members
    assert answered.keys() <= known.keys()
    assert answered["ConsumedCapacity"].keys() <= known["ConsumedCapacity"].members.keys()
    shapes = MODEL.shape_for("VectorIndexDescription").members
    for each in described["TableDescription"]["VectorIndexes"]:
        assert each.keys() <= shapes.keys()


def test_botocore_sends_a_search_and_reads_its_answer() -> None:
    """Over HTTP, to an endpoint that is given; errors are those of any read."""
    item = {
        "PK": {"S": "ARTICLE#one"},
        "SK": {"S": "ARTICLE"},
        "NearbyPK": {"S": "TENANT#acme"},
        "entity": {"S": "Article"},
        "article_id": {"S": "one"},
        "tenant_id": {"S": "acme"},
        "title": {"S": "One"},
        "status": {"S": "published"},
        "embedding": {"L": [{"N": "1"}, {"N": "0"}, {"N": "0.10000000149011612"}]},
    }
    with stub_server() as stub:
        client = boto3.client(
            "dynamodb",
            region_name="eu-west-1",
            endpoint_url=stub.endpoint,
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
            config=Config(retries={"total_max_attempts": 1}),
        )
        repository = Repository(boto3_transport(client), articles, retry=Retry(attempts=1))
        stub.will(answer({"SearchResults": [{"Item": item, "Score": 0.25}]}))
        matches = repository.fetch(asked.similar("acme", (1, 0, 0)))
        assert matches.scores == (0.25,)
        assert matches.items[0].embedding == (1.0, 0.0, 0.1)
        (sent,) = stub.asked
        assert sent["SearchVector"] == numbers(1.0, 0.0, 0.0)
        assert json.dumps(sent["TopK"]) == "10"
        for code, kind in (
            ("ResourceNotFoundException", TableMissing),
            ("ThrottlingException", Throttled),
            ("RequestLimitExceeded", Throttled),
            ("AccessDeniedException", AccessRefused),
        ):
            stub.will(error(code))
            with pytest.raises(kind):
                repository.fetch(asked.similar("acme", (1, 0, 0)))
