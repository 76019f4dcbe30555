"""Attempts made of the kind of resource, its entity's examples, and those of the document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import AwareDatetime
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo
from ulid import ULID

from scripts.docs.matrix import Cell
from scripts.docs.matrix_tables import Guarded
from singletable import TTL, Entity, put
from tests.app.api.matrix.attempt import Attempt, token_of
from tests.app.api.matrix.harness import MatrixHarness
from tests.app.policies import openapi_document
from tests.app.services.idempotency.keyed import content_of

Values = Mapping[str, Any]
MENDING = (
    "give it `Field(examples=[...])` where app/api/v1 or model/ declares it,"
    " or write the attempt by hand in tests/app/api/matrix"
)


def derived(asked: Guarded, harness: MatrixHarness, cell: Cell) -> Attempt:
    """A request about an item as the cell has it; fails with the name of what has no example."""
    method, _, path = asked.operation.partition(" ")
    operation: Values = openapi_document()["paths"][path][method.lower()]
    owner = to_camel(asked.kind.owner or "")
    known: Values = {owner: harness.owner(cell), **_stored(asked, harness, cell)}
    given = {"path": dict[str, Any](), "query": {}, "header": {}, "cookie": {}}
    for each in map(_resolved, operation.get("parameters", ())):
        if each.get("required") or each["name"] == owner:
            value = known.get(to_camel(each["name"])) or example_of(asked, each["name"], each)
            given[each["in"]][each["name"]] = str(value)
    return Attempt(
        path.format(**given["path"]),
        json=_body(asked, operation),
        params=given["query"],
        headers=given["header"],
        token=token_of(harness, cell),
        seen=lambda: content_of(harness.base.store),
    )


def _stored(asked: Guarded, harness: MatrixHarness, cell: Cell) -> dict[str, Any]:
    """The fields of a new item of the kind, by their names on the wire; none where no path leads
    to one."""
    kind = asked.kind
    if kind.model is None or not issubclass(kind.model, Entity) or "{" not in asked.operation:
        return {}
    fields = kind.model.model_fields
    values = {name: _value(asked, name, field) for name, field in fields.items()}
    for name in fields.keys() & set(re.findall(r"{(\w+)}", asked.operation)):
        values[name] = _another(harness, values[name])
    if kind.status:
        values[kind.status] = cell.status
    if kind.owner:
        values[kind.owner] = harness.owner(cell)
    item = kind.model.model_validate(values)
    harness.base.repository.write(put(item))
    return {to_camel(name): value for name, value in item.model_dump(mode="json").items()}


def _value(asked: Guarded, name: str, field: FieldInfo) -> Any:
    if TTL in field.metadata:
        return (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)
    if not field.is_required():
        return field.get_default(call_default_factory=True)
    if field.annotation in (datetime, AwareDatetime):
        return datetime.now(UTC)
    return example_of(asked, name, {"examples": field.examples or ()})


def _another(harness: MatrixHarness, identity: object) -> str:
    is_ulid = isinstance(identity, str) and len(identity) == 26 and identity.isupper()
    return str(ULID()) if is_ulid else harness.name()


def _body(asked: Guarded, operation: Values) -> Any:
    """What has to be sent, of the examples of its fields."""
    if "requestBody" not in operation:
        return None
    body = _resolved(operation["requestBody"])
    schema = _resolved(body["content"]["application/json"]["schema"])
    fields: Values = schema["properties"]
    return {
        name: example_of(asked, name, _resolved(fields[name]))
        for name in schema.get("required", ())
    }


def _resolved(shown: Values) -> Values:
    """What is shown here or, by reference, among the components."""
    if "$ref" not in shown:
        return shown
    found: Values = openapi_document()
    for step in shown["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found


def example_of(asked: Guarded, name: str, shown: Values) -> Any:
    for found in (*shown.get("examples", ()), *shown.get("schema", {}).get("examples", ())):
        return found
    pytest.fail(f"no attempt at {asked.operation}: `{name}` has no example; {MENDING}")
