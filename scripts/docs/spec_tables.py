"""The generated parts of docs/spec.md: operations, schemas and codes, from OpenAPI and errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.core.problems import problem_types
from scripts.docs.matrix_tables import Document, operations


def spec_tables(openapi: Document) -> dict[str, str]:
    """Markdown by the name of its place in the page."""
    return {
        "operations": "".join(_operations(openapi)),
        "schemas": "".join(_schemas(openapi)),
        "codes": "".join(_codes()),
    }


def _operations(openapi: Document) -> Iterator[str]:
    yield "| Operation | Does | Caller | Success | Failures |\n| --- | --- | --- | --- | --- |\n"
    for name, operation in operations(openapi):
        yield _operation(name, operation)


def _operation(name: str, operation: Document) -> str:
    statuses = sorted(set(operation["responses"]) - {"default"})
    good = ", ".join(status for status in statuses if status < "400")
    bad = ", ".join(status for status in statuses if status >= "400")
    caller = _caller(operation.get("security", ()))
    does = (operation.get("description") or operation["summary"]).partition("\n")[0]
    return f"| `{name}` | {does} | {caller} | {good} | {bad} |\n"


def _caller(security: Sequence[Mapping[str, Any]]) -> str:
    """An empty requirement among others means that credentials are welcome, not needed."""
    if not security:
        return ""
    return "welcome" if {} in security else "needed"


def _schemas(openapi: Document) -> Iterator[str]:
    schemas: Document = openapi["components"]["schemas"]
    values = {name: each for name, each in schemas.items() if not _HEADED & each.keys()}
    for name, schema in sorted(_inlined(schemas, values).items()):
        if "properties" in schema and not name.startswith(("Envelope", "PageOut")):
            yield _heading(name, schema)
            if "allOf" in schema:
                yield f"All fields of {_type(schema['allOf'][0])}, and:\n\n"
            yield "| Field | Type | Required |\n| --- | --- | --- |\n"
            required = schema.get("required", ())
            for field, kind in schema["properties"].items():
                needed = "yes" if field in required else ""
                yield f"| `{field}` | {_type(kind)} | {needed} |\n"
            yield "\n"
        elif "enum" in schema:
            yield f"{_heading(name, schema)}{_type(schema)}\n\n"


_HEADED = {"properties", "enum"}


def _inlined(part: Any, values: Document) -> Any:
    """With texts and moments in their places: they are not worth a heading."""
    match part:
        case {"$ref": str(reference), **more} if _name(reference) in values:
            return _inlined({**values[_name(reference)], **more}, values)
        case dict():
            return {name: _inlined(each, values) for name, each in part.items()}
        case list():
            return [_inlined(each, values) for each in part]
        case _:
            return part


def _heading(name: str, schema: Document) -> str:
    return f"### {name}\n\n{schema.get('description', '')}\n\n".replace("\n\n\n\n", "\n\n")


def _type(schema: Document) -> str:
    if isinstance(kinds := schema.get("type"), list):
        return " or ".join(_type({**schema, "type": kind}) for kind in kinds)
    if "$ref" in schema:
        return f"[{_name(schema['$ref'])}](#{_name(schema['$ref']).lower()})"
    if "anyOf" in schema:
        return " or ".join(_type(each) for each in schema["anyOf"])
    if schema.get("type") == "array":
        most = f" (≤ {schema['maxItems']})" if "maxItems" in schema else ""
        return f"list{most} of {_type(schema.get('items') or schema.get('prefixItems', [{}])[0])}"
    if "enum" in schema or "const" in schema:
        values = schema.get("enum") or [schema["const"]]
        return " ".join(f"`{value}`" for value in values)
    return _plain(schema)


def _plain(schema: Document) -> str:
    if schema.get("type") == "null":
        return "null"
    kind = schema.get("format") or schema.get("type", "any")
    limits = {
        "minLength": "≥ {} characters",
        "maxLength": "≤ {} characters",
        "minimum": "≥ {}",
        "maximum": "≤ {}",
    }
    shown = [text.format(_number(schema[key])) for key, text in limits.items() if key in schema]
    return ", ".join([str(kind), *shown])


def _number(limit: float) -> float:
    """OpenAPI has bounds of integers as 9999.0."""
    return int(limit) if limit == int(limit) else limit


def _name(reference: str) -> str:
    return reference.rpartition("/")[2]


def _codes() -> Iterator[str]:
    yield "| Status | Code | When | What to do |\n| --- | --- | --- | --- |\n"
    for each in problem_types():
        yield f"| {each.status} | `{each.code}` | {each.why} | {each.remedy} |\n"
