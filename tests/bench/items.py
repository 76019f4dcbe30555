"""The item of the bench, a post of 1,000 bytes: as values, as stored, and as a server answers.

Items in `TABLE` have moments that end in Z, those in `OFFSET_TABLE` in +0000, as PynamoDB has them.
"""

from __future__ import annotations

import json
from typing import Any

REGION = "us-east-1"
TABLE, OFFSET_TABLE = "bench", "bench-offset"
INDEX = "GSI1"
BLOG = "blog-7f3a"
MANY = 100
ACCESS_KEY, SECRET_KEY = "AKIDEXAMPLEBENCH0000", "secret/bench/secret/bench/secret/0000"
BODY = (
    "Single-table design keeps related items in one partition "
    "so that one query answers one screen. "
) * 4


def values(number: int, table: str = TABLE) -> dict[str, Any]:
    """The fields of a post; moments are texts."""
    zone = "Z" if table == TABLE else "+0000"
    return {
        "post_id": f"post-{number:06d}",
        "blog_id": BLOG,
        "author_id": f"author-{number % 17:04d}",
        "title": f"How to model access patterns, part {number}",
        "slug": f"how-to-model-access-patterns-part-{number}",
        "body": BODY,
        "tags": ["dynamodb", "python", "design"],
        "likes": 10 + number,
        "rating": 4.25,
        "published": True,
        "created_at": f"2026-01-02T03:04:05.678901{zone}",
        "updated_at": f"2026-02-03T04:05:06.789012{zone}",
    }


def keys(number: int) -> dict[str, str]:
    post = values(number)
    return {
        "PK": f"BLOG#{BLOG}",
        "SK": f"POST#{post['post_id']}",
        "GSI1PK": f"AUTHOR#{post['author_id']}",
        "GSI1SK": f"POST#{post['created_at']}",
    }


def stored(number: int, table: str = TABLE) -> dict[str, Any]:
    """As it is stored: keys, the name of the entity, and fields."""
    return {**keys(number), "__entity__": "post", **values(number, table)}


def wire(content: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """In DynamoDB's JSON."""
    return {name: _attribute(value) for name, value in content.items()}


def wire_key(number: int) -> dict[str, dict[str, Any]]:
    found = keys(number)
    return wire({"PK": found["PK"], "SK": found["SK"]})


def _attribute(value: Any) -> dict[str, Any]:
    match value:
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": value}
        case int() | float():
            return {"N": repr(value)}
        case _:
            return {"L": [_attribute(each) for each in value]}


def answers(table: str) -> dict[str, bytes]:
    """The body of the answer to each operation."""
    items = [wire(stored(number, table)) for number in range(MANY)]
    content: dict[str, Any] = {
        "GetItem": {"Item": wire(stored(1, table))},
        "PutItem": {},
        "TransactWriteItems": {},
        "Query": {"Count": MANY, "Items": items, "ScannedCount": MANY},
        "BatchGetItem": {"Responses": {table: items}, "UnprocessedKeys": {}},
        "DescribeTable": {"Table": _description(table)},
    }
    return {
        name: json.dumps(each, separators=(",", ":")).encode() for name, each in content.items()
    }


def _description(table: str) -> dict[str, Any]:
    """Which some clients want to see first."""

    def schema(partition: str, sort: str) -> list[dict[str, str]]:
        return [
            {"AttributeName": partition, "KeyType": "HASH"},
            {"AttributeName": sort, "KeyType": "RANGE"},
        ]

    names = ("PK", "SK", "GSI1PK", "GSI1SK")
    return {
        "TableName": table,
        "TableStatus": "ACTIVE",
        "AttributeDefinitions": [{"AttributeName": n, "AttributeType": "S"} for n in names],
        "KeySchema": schema("PK", "SK"),
        "GlobalSecondaryIndexes": [
            {
                "IndexName": INDEX,
                "IndexStatus": "ACTIVE",
                "KeySchema": schema("GSI1PK", "GSI1SK"),
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    }
