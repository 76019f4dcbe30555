"""What /docs says is complete: of summaries and parameters, of all but posts and previews."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.app.openapi import inlined, own_statuses

TAGS = {"auth", "categories", "users", "sessions", "media", "jobs", "audit"}
OF_POSTS = {"posts", "previews", "authors"}
SAYS_ITSELF = ("examples", "$ref", "default", "const", "enum", "items")


@pytest.fixture
def openapi(client: TestClient) -> dict[str, Any]:
    schema: dict[str, Any] = inlined(client.get("/openapi.json").json())
    return schema


def operations(openapi: dict[str, Any], tags: set[str] = TAGS) -> Iterator[dict[str, Any]]:
    for item in openapi["paths"].values():
        yield from (each for each in item.values() if tags & set(each["tags"]))


def test_every_operation_says_what_it_is(openapi: dict[str, Any]) -> None:
    """Its own summary, not made of a function's name; a description; a declared tag."""
    known = list(operations(openapi))
    assert len(known) >= 43
    assert len({each["summary"] for each in known}) == len(known)
    assert all(each["description"] for each in known)
    assert {tag["name"] for tag in openapi["tags"]} >= TAGS


def test_headers_that_are_sent_are_declared(openapi: dict[str, Any]) -> None:
    """What may be asked about by its tag has one, and so has what was changed; a new thing has an
    address. Who signs up is told nobody's."""
    for operation in operations(openapi):
        answers, names = operation["responses"], {e["name"] for e in operation["parameters"]}
        if "304" in answers or ("if-match" in names and "200" in answers):
            assert "ETag" in answers["200"]["headers"], operation["operationId"]
        if "201" in answers and operation["operationId"] != "signUp":
            assert "Location" in answers["201"]["headers"], operation["operationId"]


def test_every_parameter_has_an_example(openapi: dict[str, Any]) -> None:
    """But cursors, which are opaque."""
    for operation in operations(openapi):
        for parameter in operation.get("parameters", ()):
            schema = parameter["schema"]
            shown = any(word in schema for word in SAYS_ITSELF) or parameter["name"] == "cursor"
            assert shown or any("examples" in each for each in schema["anyOf"]), parameter


def test_if_match_is_required_where_its_absence_is_answered_428(openapi: dict[str, Any]) -> None:
    """A generated client has to send it there, and may elsewhere."""
    demanding = 0
    for operation in (each for item in openapi["paths"].values() for each in item.values()):
        for parameter in operation.get("parameters", ()):
            if parameter["name"] == "if-match":
                assert parameter["required"] is ("428" in own_statuses(operation))
                demanding += parameter["required"]
    assert demanding >= 5


def test_every_field_has_an_example(openapi: dict[str, Any]) -> None:
    """Those of bodies and those of answers, unless the model has one as a whole."""
    schemas = openapi["components"]["schemas"]
    known = operations(openapi, TAGS | OF_POSTS)
    names = {name for each in known for name in reached(schemas, each)}
    assert {"CategoryIn", "CategoryNode", "UserOut", "SessionIn", "PostOut"} <= names
    for name in (each for each in names if "examples" not in schemas[each]):
        for field, schema in schemas[name].get("properties", {}).items():
            parts = [schema, *schema.get("anyOf", ())]
            shown = any(word in part for part in parts for word in SAYS_ITSELF)
            assert shown or field in {"nextCursor", "error"} or schema["type"] == "null", field


def reached(schemas: dict[str, Any], operation: dict[str, Any]) -> set[str]:
    """The names of the models in a body and in the answers of success, and of those in them."""
    answers = {code: each for code, each in operation["responses"].items() if code < "400"}
    found, waiting = set[str](), refs([operation.get("requestBody"), answers])
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting |= refs(schemas[name])
    return found


def refs(part: Any) -> set[str]:
    match part:
        case {"$ref": str(target)}:
            return {target.rpartition("/")[2]}
        case dict():
            return {name for each in part.values() for name in refs(each)}
        case list():
            return {name for each in part for name in refs(each)}
        case _:
            return set()
