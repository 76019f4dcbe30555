"""What the OpenAPI document says of answers, and how it writes what they share once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, count, groupby
from typing import Any, TypeVar, cast

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.encoders import jsonable_encoder
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from app.api.kit.answers import Failed, Failure
from app.core.problems import (
    AnswerTooLarge,
    Busy,
    CredentialsWrong,
    ForeignOrigin,
    InProgress,
    InternalError,
    KeyReused,
    MalformedBody,
    MalformedKey,
    Problem,
    SessionEnded,
    TooLarge,
    TooManyRequests,
    Unavailable,
    Unprocessable,
    UnsupportedMediaType,
)

Shown = TypeVar("Shown", bound=BaseModel)
BETWEEN = " · "
OF_REQUESTS = (Unprocessable, TooManyRequests, InternalError, Busy, Unavailable)
OF_BODIES = (MalformedBody, TooLarge, UnsupportedMediaType)
OF_CREDENTIALS = (CredentialsWrong, SessionEnded)
OF_KEYS = (MalformedKey, InProgress, KeyReused, AnswerTooLarge)
ANYWHERE: tuple[type[Problem], ...] = (
    *OF_REQUESTS,
    *OF_BODIES,
    *OF_CREDENTIALS,
    *OF_KEYS,
    ForeignOrigin,
)
"""What any operation may answer that takes a body, a key, or credentials, and reads or writes."""
_TRACE = "6f1c2a54"


def problems(*refusals: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """For `responses=`: one entry per status, one example per code."""
    ranked = sorted(set(refusals), key=lambda cls: (cls.status, cls.code))
    return {
        status: _entry(list(group)) for status, group in groupby(ranked, lambda cls: cls.status)
    }


Responses = Mapping[int | str, dict[str, Any]]


def together(router: Responses, route: Responses) -> dict[int | str, dict[str, Any]]:
    """The router's answers and the route's: a status of both has the codes of both."""
    both = {
        status: _both(router[status], entry) for status, entry in route.items() if status in router
    }
    return {**router, **route, **both}


def _both(router: dict[str, Any], route: dict[str, Any]) -> dict[str, Any]:
    codes = {
        code: example
        for entry in (router, route)
        for code, example in entry["content"]["application/json"]["examples"].items()
    }
    words = dict.fromkeys(
        word for entry in (router, route) for word in entry["description"].split(BETWEEN)
    )
    content = {"application/json": {"examples": codes}}
    headers = {**router.get("headers", {}), **route.get("headers", {})}
    shown = {"headers": headers} if headers else {}
    return {**route, "description": BETWEEN.join(words), "content": content, **shown}


def shown(data: BaseModel, *headers: str, status: int = 200) -> dict[int | str, dict[str, Any]]:
    """For `responses=`: what success looks like, with headers that it carries."""
    example = {"success": True, "data": data.model_dump(mode="json"), "error": None}
    return {status: {"content": {"application/json": {"example": example}}, **carrying(*headers)}}


MOMENT = "2026-03-14T09:26:53Z"
_SAYS_ITSELF = ("examples", "$ref", "default", "const", "enum", "items")
_BY_TYPE = {"boolean": False, "integer": 1}


def like(*entities: type[BaseModel], **own: Any) -> ConfigDict:
    """For `model_config`: OpenAPI shows fields by the examples of the entities' fields of the same
    name. `own`: examples of other fields."""
    fields = {name: each for of in entities[::-1] for name, each in of.model_fields.items()}
    known = {name: each.examples[0] for name, each in fields.items() if each.examples}
    examples = {to_camel(name): value for name, value in {**known, **own}.items()}

    def complete(schema: dict[str, Any]) -> None:
        for name, shown in schema.get("properties", {}).items():
            parts = [shown, *shown.get("anyOf", ())]
            if name in examples:
                shown["examples"] = [examples[name]]
            elif any(each.get("format") == "date-time" for each in parts):
                shown["examples"] = [MOMENT]
            elif shown.get("type") in _BY_TYPE and not set(_SAYS_ITSELF) & set(shown):
                shown["examples"] = [_BY_TYPE[shown["type"]]]

    return ConfigDict(json_schema_extra=complete)


def example_of(out: type[Shown], entity: type[BaseModel], **own: Any) -> Shown:
    """What a model shows of the examples and defaults of an entity."""
    values: dict[str, Any] = {
        name: MOMENT if field.is_required() else field.default
        for name, field in out.model_fields.items()
    } | own
    for name, field in entity.model_fields.items():
        if name in own:
            continue
        if field.examples:
            values[name] = field.examples[0]
        elif not field.is_required():
            values[name] = field.get_default(call_default_factory=True)
    return out.model_validate({name: values[name] for name in out.model_fields})


def empty(status: int, description: str, *headers: str) -> dict[int | str, dict[str, Any]]:
    """For `responses=`: an answer without a body."""
    return {status: {"description": description, **carrying(*headers)}}


def carrying(*headers: str) -> dict[str, Any]:
    """The part of a response's entry that names its headers."""
    return (
        {"headers": {name: {"schema": {"type": "string"}} for name in headers}} if headers else {}
    )


UNCHANGED = empty(304, "It is in the state that If-None-Match names.", "ETag")


def _entry(refusals: list[type[Problem]]) -> dict[str, Any]:
    return {
        "description": BETWEEN.join(f"`{cls.code}`: {cls.why}" for cls in refusals),
        "content": {"application/json": {"examples": {c.code: _example(c) for c in refusals}}},
    }


def _example(cls: type[Problem]) -> dict[str, Any]:
    failed = Failed(code=cls.code, message=cls.message, details=(), trace_id=_TRACE)
    value = Failure(error=failed).model_dump(mode="json")
    return {"summary": cls.why, "value": value}


class DocumentedApp(FastAPI):
    """Names operations by their functions, and writes what many answers share only once."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            document = super().openapi()
            for route in self.routes:
                if isinstance(route, APIRoute) and route.include_in_schema:
                    for method in route.methods or ():
                        operation = document["paths"][route.path_format][method.lower()]
                        operation["operationId"] = operation_id(route.name)
            add_failure(document["components"]["schemas"])
            share_parts(document)
        return cast(dict[str, Any], self.openapi_schema)


def operation_id(function: str) -> str:
    """`update_post` is `updatePost`."""
    first, *rest = function.split("_")
    return first + "".join(word.capitalize() for word in rest)


def add_failure(schemas: dict[str, Any]) -> None:
    """No route names it as a model: it would be built anew for each status of each route."""
    place = "#/components/schemas/{model}"
    document = Failure.model_json_schema(ref_template=place, mode="serialization")
    failure: dict[str, Any] = jsonable_encoder(document, exclude_none=True)
    schemas.update(failure.pop("$defs"), Failure=failure)


def share_parts(document: dict[str, Any]) -> None:
    """Moves failures, their examples, and parameters to `components`, in place.

    Failures that any operation may answer are one answer, `default`.
    """
    common = problems(*ANYWHERE).values()
    examples = {c: e for answer in common for c, e in _content(answer)["examples"].items()}
    everywhere = _failure(document, "Any", examples)
    for item in document["paths"].values():
        for operation in item.values():
            operation["parameters"] = [
                _share(document, "parameters", _camel(each["name"]), each)
                for each in operation.get("parameters", ())
            ]
            answers = {
                status: _shared(document, answer, status < "400", set(examples))
                for status, answer in operation["responses"].items()
            }
            operation["responses"] = {
                **{status: answer for status, answer in answers.items() if answer},
                "default": everywhere,
            }
    for kind in ("schemas", "parameters"):
        document["components"][kind].update(_slim(document, {**document["components"][kind]}))


def _content(answer: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = answer.get("content", {}).get("application/json", {})
    return content


def _shared(
    document: dict[str, Any], answer: dict[str, Any], is_success: bool, common: set[str]
) -> dict[str, Any]:
    """Empty for a failure that any operation may answer."""
    content = _content(answer)
    if is_success:
        if answer["description"] == "Successful Response":
            answer["description"] = "Done."
        if "example" in content:
            name = content["schema"]["$ref"].rpartition("/")[2]
            example = {"value": content.pop("example")}
            content["examples"] = {"success": _share(document, "examples", name, example)}
        return answer
    examples = {c: e for c, e in sorted(content["examples"].items()) if c not in common}
    if not examples:
        return {}
    headers = answer.get("headers")
    name = "Or".join(_camel(code) for code in sorted(examples))
    return _failure(document, name, examples, **({"headers": headers} if headers else {}))


def _failure(
    document: dict[str, Any], name: str, examples: dict[str, Any], **more: Any
) -> dict[str, Any]:
    """The reference to an answer that has one of these codes."""
    shared = {code: _share(document, "examples", code, each) for code, each in examples.items()}
    content = {"schema": {"$ref": "#/components/schemas/Failure"}, "examples": shared}
    answer = {
        "description": BETWEEN.join(f"`{code}`" for code in examples),
        "content": {"application/json": content},
        **more,
    }
    return _share(document, "responses", name, answer)


def _slim(document: dict[str, Any], schema: Any) -> Any:
    """Without the titles that pydantic makes of names, each long pattern once.

    Examples stay as they are.
    """
    match schema:
        case list():
            return [_slim(document, part) for part in cast(list[object], schema)]
        case dict():
            return _slim_object(document, cast(dict[str, Any], schema))
        case _:
            return schema


def _slim_object(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    parts = {
        name: part if name in _EXAMPLES else _slim(document, part)
        for name, part in schema.items()
        if name != "title" or not isinstance(part, str)
    }
    if len(str(parts.get("pattern", ""))) < _LONG:
        return parts
    text = {"type": parts.pop("type"), "pattern": parts.pop("pattern")}
    return {**_share(document, "schemas", "Text", text), **parts}


_LONG = 100
_EXAMPLES = ("example", "examples", "value", "default", "enum", "required")


def _share(document: dict[str, Any], kind: str, name: str, part: Any) -> dict[str, Any]:
    """The reference to it; parts of one name that differ have numbers."""
    parts: dict[str, Any] = document["components"].setdefault(kind, {})
    names = chain([name], (f"{name}{number}" for number in count(2)))
    free = next(each for each in names if parts.setdefault(each, part) == part)
    return {"$ref": f"#/components/{kind}/{free}"}


def _camel(name: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in name.split("-"))


def calls_of(dependant: Dependant) -> Iterator[object]:
    """The endpoint, and its dependencies down to the last."""
    yield dependant.call
    for inner in dependant.dependencies:
        yield from calls_of(inner)
