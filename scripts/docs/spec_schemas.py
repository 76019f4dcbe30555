"""The schemas of docs/spec.md, and types in words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scripts.docs.matrix_tables import Document


def inlined(openapi: Document, node: Any) -> Any:
    """The node with all that references lead to, but for schemas that have a heading here."""
    if isinstance(node, list):
        return [inlined(openapi, each) for each in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        _, kind, name = node["$ref"].rsplit("/", 2)
        target = openapi["components"][kind][name]
        if kind == "schemas" and _is_headed(name, target):
            return node
        node = {**target, **{key: part for key, part in node.items() if key != "$ref"}}
    return {key: inlined(openapi, part) for key, part in node.items()}


def _is_headed(name: str, schema: Document) -> bool:
    """Envelopes and pages are explained once; texts of one form are shown where they are used."""
    return bool({"properties", "enum"} & schema.keys()) and not name.startswith(
        ("Envelope", "PageOut")
    )


def schemas(openapi: Document) -> Iterator[str]:
    """A heading for each schema with fields or with a list of values, by name."""
    for name, schema in sorted(openapi["components"]["schemas"].items()):
        if _is_headed(name, schema):
            yield _heading(name, schema)
            yield from _fields(inlined(openapi, schema))
            yield "\n"


def _heading(name: str, schema: Document) -> str:
    return f"### {name}\n\n{schema.get('description', '')}\n\n".replace("\n\n\n\n", "\n\n")


def _fields(schema: Document) -> Iterator[str]:
    if "properties" not in schema:
        yield f"{type_text(schema)}{_default(schema)}\n"
        return
    yield from (f"All fields of {type_text(base)}, and:\n\n" for base in schema.get("allOf", ()))
    yield "| Field | Type | |\n| --- | --- | --- |\n"
    required = schema.get("required", ())
    for name, field in schema["properties"].items():
        is_sent = name in required or "const" in field
        kind = type_text(field) if is_sent else optional(field)
        yield f"| `{name}` | {kind} | {field.get('description', '')} |\n"


def optional(schema: Document) -> str:
    """The type of what may be left out, with what counts then."""
    return f"{type_text(schema)}, optional{_default(schema)}"


def _default(schema: Document) -> str:
    default = schema.get("default")
    is_said = default is None or default is False or default == ""
    return "" if is_said else f", `{default}` unless given"


def type_text(schema: Document) -> str:
    """A schema in words, such as "string, 1–64 characters"."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if isinstance(schema.get("type"), list):
        first, *others = schema["type"]
        return " or ".join([type_text({**schema, "type": first}), *others])
    if "anyOf" in schema:
        return " or ".join(type_text(each) for each in schema["anyOf"])
    if schema.get("type") == "array":
        most = f" (≤ {schema['maxItems']})" if "maxItems" in schema else ""
        items = schema.get("items") or schema.get("prefixItems", [{}])[0]
        return f"list{most} of {type_text(items)}"
    if "enum" in schema or "const" in schema:
        return " ".join(f"`{value}`" for value in schema.get("enum") or [schema["const"]])
    return _plain(schema)


def _plain(schema: Document) -> str:
    kind = schema.get("format") or schema.get("type", "any")
    length = _range(schema.get("minLength"), schema.get("maxLength"))
    bounds = _range(schema.get("minimum"), schema.get("maximum"))
    return ", ".join(filter(None, [kind, length and f"{length} characters", bounds]))


def _range(least: float | None, most: float | None) -> str:
    """OpenAPI has bounds of integers as 9999.0."""
    low, high = (f"{each:.15g}" if each is not None else "" for each in (least, most))
    if low and high:
        return f"{low}\N{EN DASH}{high}"
    return f"≥ {low}" if low else f"≤ {high}" if high else ""
