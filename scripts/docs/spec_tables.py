"""The generated parts of docs/spec.md: operations, schemas and codes, from OpenAPI and errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from app.api.kit.middleware import SENT, SHOWN
from app.api.kit.openapi import REFRESHING
from app.core.details import CODES
from app.core.problems import problem_types
from scripts.docs.matrix_tables import Document, operations
from scripts.docs.spec_schemas import inlined, optional, schemas, type_text


def spec_tables(openapi: Document) -> dict[str, str]:
    """Markdown by the name of its place in the page."""
    return {
        "cors": _cors(),
        "operations": "".join(_operations(openapi)),
        "schemas": "".join(schemas(openapi)),
        "codes": "".join(_codes()),
        "details": "".join(_details()),
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
    by_tag: dict[str, list[tuple[str, Document]]] = {}
    for name, operation in operations(openapi):
        by_tag.setdefault(operation["tags"][0], []).append((name, inlined(openapi, operation)))
    for tag, group in by_tag.items():
        yield f"### {tag.capitalize()}\n\n"
        for name, operation in group:
            lines = "".join(f"- {line}\n" for line in _facts(operation))
            yield f"#### `{name}`\n\n{_flat(operation['description'])}\n\n{lines}\n"


def _facts(operation: Document) -> Iterator[str]:
    parameters = operation.get("parameters", ())
    if security := operation.get("security"):
        yield f"Credentials: {_credentials(security)}"
    yield from _parameters(parameters)
    if body := operation.get("requestBody"):
        yield f"Body: {_content(body)}{'' if body.get('required') else ', optional'}"
    answers = dict(sorted(operation["responses"].items()))
    yield f"Answer: {'; '.join(_successes(answers))}"
    given = {each["name"] for each in parameters} | _needed(security)
    if failures := ", ".join(_failures(answers, given)):
        yield f"Failures: {failures}"


def _credentials(security: Sequence[Document]) -> str:
    if security == [{}, {REFRESHING: []}]:
        return "the refresh cookie, or a token in the body"
    return "welcome" if {} in security else "needed"


def _needed(security: Sequence[Document] | None) -> set[str]:
    """An empty requirement among others means that credentials are welcome."""
    return {"credentials"} if security and {} not in security else set()


def _parameters(parameters: Sequence[Document]) -> Iterator[str]:
    names = {each["name"] for each in parameters}
    for each in parameters:
        if each["in"] in ("query", "header") and each["name"] not in SAID_ONCE:
            yield f"{each['in'].capitalize()}: {_parameter(each)}"
    if "cursor" in names:
        yield "Query: `limit` and `cursor`, see [Pages](#pages)"


def _parameter(parameter: Document) -> str:
    is_required = parameter.get("required", False)
    if parameter["name"] == "if-match":
        return f"`If-Match`, {'required' if is_required else 'optional'}, see [Versions](#versions)"
    schema = parameter["schema"]
    shown = type_text(schema) if is_required else optional(schema)
    told = _flat(parameter.get("description", ""))
    return f"`{parameter['name']}` {shown}" + (f". {told}" if told else "")


def _successes(answers: Mapping[str, Document]) -> Iterator[str]:
    for status, answer in answers.items():
        if status < "400":
            headers = [f"`{name}`" for name in _SHOWN if name in answer.get("headers", {})]
            told = f" with {' and '.join(headers)}" if headers and status != "304" else ""
            content = f" {_content(answer)}" if "content" in answer else ""
            yield f"{status}{content}{told}"


_SHOWN = ("ETag", "Location", "Cache-Control")


def _content(message: Document) -> str:
    """The type of a body; of an answer, what its envelope has in `data`."""
    schema = message["content"]["application/json"]["schema"]
    schema = schema.get("properties", {}).get("data", schema)
    fields = schema.get("properties", {})
    if {"items", "nextCursor"} <= fields.keys():
        return f"page of {type_text(fields['items']['items'])}"
    return type_text(schema)


def _failures(answers: Mapping[str, Document], given: set[str]) -> Iterator[str]:
    implied = {code for name in IMPLIED.keys() & given for code in IMPLIED[name]}
    for status, answer in answers.items():
        if "400" <= status < "600":
            codes = answer["content"]["application/json"]["examples"]
            yield from (f"{status} `{code}`" for code in codes if code not in implied)


def _flat(text: str) -> str:
    """A text as one line."""
    return " ".join(text.split())


def _codes() -> Iterator[str]:
    yield "| Status | Code | When | What to do |\n| --- | --- | --- | --- |\n"
    for each in problem_types():
        yield f"| {each.status} | `{each.code}` | {each.why} | {each.remedy} |\n"


def _details() -> Iterator[str]:
    yield "| Code | Meaning |\n| --- | --- |\n"
    for code, meaning in sorted(CODES.items()):
        named = meaning.replace("{", "`").replace("}", "`")
        yield f"| `{code}` | {named} |\n"
