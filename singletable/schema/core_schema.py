"""Reads what Pydantic compiled of a model: validators that look around, and what cannot be kept.

In the core schema all ways to declare a validator or a serializer look alike: decorators, marks in
`Annotated` at any depth, methods of a type. Knows no key and no attribute value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

from pydantic import BaseModel, EncodedBytes, EncodedStr, GetCoreSchemaHandler
from pydantic.errors import PydanticSchemaGenerationError
from pydantic_core import CoreSchema

from singletable.codec import compile_coder
from singletable.codec.compiler import ALLOWED
from singletable.codec.formatted import annotation_of
from singletable.codec.models import is_record
from singletable.codec.wire import is_class, is_mapping
from singletable.errors.declaration import UnsupportedAnnotation
from singletable.formats.stored_as import StoredAs

Node: TypeAlias = Mapping[str, Any]

_NO_SCHEMAS: Final = frozenset(
    {"cls", "computed_fields", "config", "default", "expected", "function", "metadata"}
)
_HOLDERS: Final = (dict, list, tuple)
_OBJECTS: Final = frozenset({"model", "dataclass", "named-tuple", "typed-dict", "call"})
_SERIALIZERS: Final = frozenset({"function-plain", "function-wrap"})


def build_core_schema(
    model: type[BaseModel], source: Any, handler: GetCoreSchemaHandler
) -> CoreSchema:
    """Builds the schema; `UnsupportedAnnotation` names the field of which Pydantic makes none."""
    try:
        return handler(source)
    except PydanticSchemaGenerationError as error:
        place = f"{model.__module__}.{model.__qualname__}"
        for name, info in model.model_fields.items():
            compile_coder(annotation_of(info), f"{place}.{name}")
        problem = error.message.partition(". ")[0]
        raise UnsupportedAnnotation(where=place, declared=problem, allowed=ALLOWED) from error


def looks_around(model: type[BaseModel]) -> bool:
    """Whether a validator may see more than its own field: one over the model, or given `info`.

    What Pydantic and key formats put in looks at its own value alone.
    """
    decorators = model.__pydantic_decorators__
    if decorators.model_validators or decorators.root_validators or decorators.validators:
        return True
    fields, outer = field_schemas(model)
    if not fields or outer.get("custom_init") or _has_own_post_init(model):
        return True
    definitions = definitions_of(model)
    return any(
        _is_given_info(node)
        for schema in fields.values()
        for node in _nodes(schema, definitions, enters=False)
    )


def is_transform(node: Node) -> bool:
    """Whether functions of the user's make what is stored of the values that are below."""
    function = node.get("function")
    called = function.get("function") if is_mapping(function) else None
    return isinstance(getattr(called, "__self__", None), StoredAs)


def _is_given_info(node: Node) -> bool:
    function = node.get("function")
    if not is_mapping(function) or function.get("type") != "with-info":
        return False
    return not is_library(function["function"])


def is_library(function: object) -> bool:
    """Whether a validator is one of Pydantic's, or of a format's, and looks at its value alone."""
    return _package(function) in ("pydantic", "singletable")


def _has_own_post_init(model: type[BaseModel]) -> bool:
    """Whether `model_post_init` is the user's; with private attributes Pydantic sets one."""
    name = getattr(model.model_post_init, "__name__", "")
    inherited = model.model_post_init is BaseModel.model_post_init
    return not inherited and name != "init_private_attributes"


def find_serializer(model: type[BaseModel]) -> bool:
    """Whether the model as a whole is serialized by a function of its own."""
    node = model.__pydantic_core_schema__
    return any(_is_own_serializer(each) for each in _outer_nodes(node, definitions_of(model)))


def find_not_kept(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """Fields whose values would not come back as they were constructed, and why."""
    fields, _ = field_schemas(model)
    definitions = definitions_of(model)
    for field, schema in fields.items():
        for node in _nodes(schema, definitions, enters=True):
            why = _problem(node)
            if why:
                yield field, why


def _problem(node: Node) -> str:
    function = node.get("function")
    called = function.get("function") if is_mapping(function) else None
    if isinstance(getattr(called, "__self__", None), (EncodedBytes, EncodedStr)):
        return "is decoded at each validation: declare bytes or str, and decode before"
    if getattr(called, "__qualname__", "").startswith("PathType."):
        return "asks the file system at each validation: declare Path"
    if _is_own_serializer(node):
        return (
            "has a serializer, which storage does not use: declare the type that is to be stored,"
            " and convert before"
        )
    return _problem_of_kind(node)


def _problem_of_kind(node: Node) -> str:
    kind = node.get("type")
    if kind == "json":
        return "is parsed at each validation: declare the type of what is parsed"
    if node.get("now_op") == "future":
        return "cannot be read once it has passed: declare date or datetime, and check before"
    if kind == "is-instance" and is_class(node["cls"]) and is_record(node["cls"]):
        return "takes instances alone, and what is stored are its fields: declare the class"
    config: Node = node.get("config") or {}
    strict = node.get("strict") or config.get("strict")
    if kind in ("model", "dataclass") and strict:
        return "is strict, and what is stored are its fields: make those strict alone"
    return ""


def _is_own_serializer(node: Node) -> bool:
    serialization: Node = node.get("serialization") or {}
    return serialization.get("type") in _SERIALIZERS and not _is_pydantics(
        serialization["function"]
    )


def _is_pydantics(function: object) -> bool:
    return _package(function) == "pydantic"


def _package(function: object) -> str:
    return (getattr(function, "__module__", None) or "").partition(".")[0]


def definitions_of(model: type[BaseModel]) -> Mapping[str, Node]:
    """The schemas that others refer to, by their references."""
    schema: Any = model.__pydantic_core_schema__
    listed = schema["definitions"] if schema["type"] == "definitions" else ()
    return {each["ref"]: each for each in listed}


def field_schemas(model: type[BaseModel]) -> tuple[Mapping[str, Node], Node]:
    """The schema of each field, and the node of the model; empty where Pydantic made neither."""
    outer: Node = {}
    for node in _outer_nodes(model.__pydantic_core_schema__, definitions_of(model)):
        if node["type"] == "model":
            outer = node
        if node["type"] == "model-fields":
            return {name: field["schema"] for name, field in node["fields"].items()}, outer
    return {}, outer


def _outer_nodes(node: object, definitions: Mapping[str, Node]) -> Iterator[Node]:
    """The nodes from the whole to its fields, through validators and serializers over it."""
    found: object = node
    while is_mapping(found):
        yield found
        reference = found.get("schema_ref")
        found = definitions.get(reference) if reference else found.get("schema")


def _nodes(start: object, definitions: Mapping[str, Node], *, enters: bool) -> Iterator[Node]:
    """All nodes below this one, itself the first; those inside of objects only if it `enters`."""
    waiting, seen = [start], set[str]()
    while waiting:
        node: Any = waiting.pop()
        if isinstance(node, (list, tuple)):
            waiting += node
        elif not is_mapping(node):
            continue
        elif not isinstance(node.get("type"), str):
            waiting += node.values()  # by name of field or by tag
        else:
            yield node
            if is_transform(node):
                continue
            reference: str = node.get("schema_ref") or ""
            if reference in definitions and reference not in seen:
                seen.add(reference)
                waiting.append(definitions[reference])
            if enters or node["type"] not in _OBJECTS:
                waiting += [
                    value
                    for key, value in node.items()
                    if type(value) in _HOLDERS and key not in _NO_SCHEMAS
                ]
