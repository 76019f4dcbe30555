"""The generated parts of docs/spec.md: operations, schemas and codes, from OpenAPI and errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from app.api.kit.middleware import SENT, SHOWN
from app.core.problems import problem_types
from scripts.docs.matrix_tables import Document, operations
from scripts.docs.spec_schemas import NULL, optional, schemas, type_text


def spec_tables(openapi: Document) -> dict[str, str]:
    """Markdown by the name of its place in the page."""
    return {
        "cors": _cors(),
        "operations": "".join(_operations(openapi)),
        "schemas": "".join(schemas(openapi)),
        "codes": "".join(_codes()),
    }


def _cors() -> str:
    return (
        f"Their requests may carry {_listed(SENT)} besides what any page may send; "
        f"of the answers they may read {_listed(SHOWN)}."
    )


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


IMPLIED: Mapping[str, frozenset[str]] = {
    "credentials": frozenset({"credentials-missing", "forbidden"}),
    "cursor": frozenset({"invalid-cursor"}),
    "if-match": frozenset({"malformed-header", "precondition-failed", "precondition-required"}),
}
"""The page says once which failures come with these, so an operation does not list them."""

SAID_ONCE = frozenset({"Idempotency-Key", "if-none-match", "limit", "cursor"})
"""Parameters of every POST, of whatever may answer 304, and of lists."""


def _operations(openapi: Document) -> Iterator[str]:
    for tag, group in groupby(operations(openapi), lambda each: each[1]["tags"][0]):
        yield f"### {tag.capitalize()}\n\n"
        for name, operation in group:
            yield f"#### `{name}`\n\n{_flat(operation['description'])}\n\n"
            yield from (f"- {line}\n" for line in _facts(openapi, operation))
            yield "\n"


def _facts(openapi: Document, operation: Document) -> Iterator[str]:
    parameters = [_resolve(openapi, each) for each in operation.get("parameters", ())]
    needed = _is_needed(operation.get("security", ()))
    if security := operation.get("security"):
        yield f"Credentials: {'welcome' if {} in security else 'needed'}"
    yield from _parameters(parameters)
    if body := operation.get("requestBody"):
        yield f"Body: {_content(openapi, body)}{'' if body.get('required') else ', optional'}"
    answers = {
        status: _resolve(openapi, answer)
        for status, answer in sorted(operation["responses"].items())
    }
    yield f"Answer: {'; '.join(_successes(openapi, answers))}"
    names = {each["name"] for each in parameters} | ({"credentials"} if needed else set())
    if failures := ", ".join(_failures(answers, names)):
        yield f"Failures: {failures}"


def _is_needed(security: Sequence[Mapping[str, Any]]) -> bool:
    """An empty requirement among others means that credentials are welcome, not needed."""
    return bool(security) and {} not in security


def _parameters(parameters: Sequence[Document]) -> Iterator[str]:
    names = {each["name"] for each in parameters}
    for each in parameters:
        if each["in"] in ("query", "header") and each["name"] not in SAID_ONCE:
            yield f"{each['in'].capitalize()}: {_parameter(each)}"
    if "cursor" in names:
        yield "Query: `limit` and `cursor`, see [Pages](#pages)"


def _parameter(parameter: Document) -> str:
    if parameter["name"] == "if-match":
        need = "required" if parameter["required"] else "optional"
        return f"`If-Match`, {need}, see [Versions](#versions)"
    schema = parameter["schema"]
    sent = {**schema, "anyOf": [each for each in schema.get("anyOf", ()) if each != NULL]}
    kind = sent if sent["anyOf"] else schema
    shown = type_text(kind) if parameter.get("required") else optional(kind)
    told = _flat(parameter.get("description", ""))
    return f"`{parameter['name']}` {shown}" + (f". {told}" if told else "")


def _successes(openapi: Document, answers: Mapping[str, Document]) -> Iterator[str]:
    for status, answer in answers.items():
        if status < "400":
            headers = [f"`{name}`" for name in _SHOWN if name in answer.get("headers", {})]
            told = f" with {' and '.join(headers)}" if headers and status != "304" else ""
            content = f" {_content(openapi, answer)}" if "content" in answer else ""
            yield f"{status}{content}{told}"


_SHOWN = ("ETag", "Location", "Cache-Control")


def _content(openapi: Document, message: Document) -> str:
    """The type of a body; of an answer, what its envelope has in `data`."""
    schema = message["content"]["application/json"]["schema"]
    named = _resolve(openapi, schema)
    if "data" in named.get("properties", {}):
        schema = named["properties"]["data"]
    inner = _resolve(openapi, schema).get("properties", {})
    if {"items", "nextCursor"} <= set(inner):
        return f"page of {type_text(inner['items']['items'])}"
    return type_text(schema)


def _failures(answers: Mapping[str, Document], parameters: set[str]) -> Iterator[str]:
    implied = {code for name in IMPLIED.keys() & parameters for code in IMPLIED[name]}
    for status, answer in answers.items():
        if "400" <= status < "600":
            codes = [code for code in _examples(answer) if code not in implied]
            yield from (f"{status} `{code}`" for code in codes)


def _examples(answer: Document) -> Sequence[str]:
    return list(answer["content"]["application/json"].get("examples", {}))


def _resolve(openapi: Document, node: Document) -> Document:
    """What a reference leads to; everything else as it is."""
    found: Document = node
    if "$ref" in node:
        _, part, name = node["$ref"].rsplit("/", 2)
        found = openapi["components"][part][name]
    return found


def _flat(text: str) -> str:
    """A text as one line."""
    return " ".join(text.split())


def _codes() -> Iterator[str]:
    yield "| Status | Code | When | What to do |\n| --- | --- | --- | --- |\n"
    for each in problem_types():
        yield f"| {each.status} | `{each.code}` | {each.why} | {each.remedy} |\n"
