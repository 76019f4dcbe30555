"""Renders changes of parts as clauses of an update expression."""

from __future__ import annotations

from singletable.codec import AttributeValue
from singletable.codec.wire import is_mapping
from singletable.expressions import Binder
from singletable.expressions.scope import Place
from singletable.operations.writes.bounds import NULL
from singletable.operations.writes.parts import Part, default_of


def render_part(part: Part, binder: Binder) -> tuple[str, str]:
    """The clause of the update expression, and what stands in it."""
    path, name = part.place.path(binder), part.place.name
    if part.removes:
        return "REMOVE", path
    if part.source is not None:
        return "SET", f"{path} = {_source_text(part.source, binder)}"
    wire = part.wire or NULL
    clause = {"remove": "DELETE", "add": "SET" if "N" in part.kind.tags else "ADD"}
    if clause.get(part.verb, "SET") != "SET":
        return clause[part.verb], f"{path} {binder.value(wire, name)}"
    if part.verb == "set":
        return "SET", f"{path} = {binder.value(wire, name)}"
    return "SET", f"{path} = {_computed_text(part, path, wire, binder)}"


def _computed_text(part: Part, path: str, wire: AttributeValue, binder: Binder) -> str:
    name = part.place.name
    first = start_of(part.place, {"N": "0"} if part.verb == "add" else {"L": []})
    start = f"if_not_exists({path}, {binder.value(first, name)})"
    value = binder.value(wire, name)
    if part.verb == "add":
        return f"{start} + {value}"
    both = (start, value) if part.verb == "append" else (value, start)
    return f"list_append({', '.join(both)})"


def start_of(place: Place, nothing: AttributeValue) -> AttributeValue:
    """The default that absence is read as; nothing where that is of another type."""
    found = place.if_absent[-1]
    return found if is_mapping(found) and found.keys() == nothing.keys() else nothing


def _source_text(source: Place, binder: Binder) -> str:
    path, default = source.path(binder), default_of(source)
    if default is None:
        return path
    return f"if_not_exists({path}, {binder.value(default, source.name)})"
