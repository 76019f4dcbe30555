"""What the OpenAPI document says of answers, and how it writes what they share once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from functools import reduce
from http import HTTPStatus
from itertools import chain, count, groupby
from typing import Any, cast

from fastapi import FastAPI
from fastapi.encoders import jsonable_encoder
from fastapi.routing import APIRoute
from pydantic.alias_generators import to_camel

from app.api.kit.answers import MOMENT, Failure, failure
from app.api.kit.cookies import ACCESS, REFRESH, Cookies
from app.core import problems as registry
from app.core.problems import Problem, problem_types

ANYWHERE: tuple[type[Problem], ...] = (
    registry.Unprocessable,
    registry.TooManyRequests,
    registry.InternalError,
    registry.Busy,
    registry.Unavailable,
    registry.MalformedBody,
    registry.TooLarge,
    registry.UnsupportedMediaType,
    registry.CredentialsWrong,
    registry.SessionEnded,
    registry.MalformedKey,
    registry.InProgress,
    registry.KeyReused,
    registry.AnswerTooLarge,
    registry.MalformedHeader,
    registry.PreconditionFailed,
    registry.InvalidCursor,
    registry.Forbidden,
    registry.ForeignOrigin,
    registry.NotConfigured,
)
"""What any operation may answer that takes a body, a key, If-Match, a cursor or credentials, asks
the policy, reads or writes, and needs what a stage may lack: no route has to say so."""
_TRACE = "6f1c2a54"


def problems(*refusals: type[Problem]) -> dict[int | str, dict[str, Any]]:
    """For `responses=`: one entry per status, one example per code; why is in the catalogue."""
    ranked = sorted(set(refusals), key=lambda cls: (cls.status, cls.code))
    by_status = groupby(ranked, lambda cls: cls.status)
    return {status: together(*map(_failing, group)) for status, group in by_status}


Responses = Mapping[int | str, dict[str, Any]]


def together(*parts: Mapping[Any, Any]) -> dict[Any, Any]:
    """A status of several has the codes and headers of all."""
    return reduce(_merge, parts, {})


def _merge(one: Mapping[Any, Any], other: Mapping[Any, Any]) -> dict[Any, Any]:
    both = {
        name: _merge(one[name], other[name])
        for name in one.keys() & other.keys()
        if isinstance(one[name], dict)
    }
    return {**one, **other, **both}


def _failing(cls: type[Problem]) -> dict[str, Any]:
    """The answer that has this problem's example and headers."""
    return {**_answer_of({cls.code: {}}), **carrying(*cls(**cls.example).headers())}


def _answer_of(examples: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"examples": examples}}}


def empty(status: int, description: str, *headers: str) -> dict[int | str, dict[str, Any]]:
    """For `responses=`: an answer without a body."""
    return {status: {"description": description, **carrying(*headers)}}


def carrying(*headers: str) -> dict[str, Any]:
    """The part of a response's entry that names its headers."""
    return (
        {"headers": {name: {"schema": {"type": "string"}} for name in headers}} if headers else {}
    )


DEFAULT: dict[int | str, dict[str, Any]] = {"default": _answer_of({})}
"""Of every router: takes the place of the framework's own answers."""
COOKIES: dict[int | str, dict[str, Any]] = {200: carrying("Set-Cookie")}
CREATED: dict[int | str, dict[str, Any]] = {201: carrying("Location")}
UNCHANGED = empty(304, "It is in the state that If-None-Match names.", "ETag")
MOVED = empty(308, "Written otherwise now, or before: `Location` has the slug.", "Location")

REFRESHING = "refresh"
SCHEMES: Mapping[str, Mapping[str, str]] = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "An access token; on a local stage the development token.",
    },
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": Cookies().name(ACCESS),
        "description": "The cookie of a sign-in. Writes need `Origin` or `Sec-Fetch-Site` beside"
        " it.",
    },
    REFRESHING: {
        "type": "apiKey",
        "in": "cookie",
        "name": Cookies().name(REFRESH),
        "description": "Sent to `/v1/auth` alone.",
    },
}


class DocumentedApp(FastAPI):
    """Names operations by their functions, and writes what many answers share only once."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            document = super().openapi()
            for route in self.routes:
                if isinstance(route, APIRoute) and route.include_in_schema:
                    for method in route.methods or ():
                        operation = document["paths"][route.path_format][method.lower()]
                        operation["operationId"] = to_camel(route.name)
            document["components"]["securitySchemes"] = SCHEMES
            add_failure(document["components"]["schemas"])
            share_parts(document)
        return cast(dict[str, Any], self.openapi_schema)


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
    said = {"description": "What any may answer; a 401 takes dead cookies back."}
    common = together(*problems(*ANYWHERE).values(), said, carrying("Set-Cookie"))
    codes = _content(common)["examples"].keys()
    everywhere = _failure(document, "Any", common, codes)
    for item in document["paths"].values():
        for operation in item.values():
            operation["parameters"] = [
                _share(document, "parameters", _camel(each["name"]), each)
                for each in operation.get("parameters", ())
            ]
            answers = {
                status: _shared(document, answer, status < "400", codes)
                for status, answer in operation["responses"].items()
            }
            operation["responses"] = {
                **{status: answer for status, answer in answers.items() if answer},
                "default": everywhere,
            }
    types = {each.code: each for each in problem_types()}
    for code, example in document["components"]["examples"].items():
        shown = failure(types[code](**types[code].example), _TRACE)
        example["value"] = shown.model_dump(mode="json")
    for parameter in document["components"]["parameters"].values():
        _slim_parameter(parameter)
    for kind in ("schemas", "parameters"):
        document["components"][kind].update(_slim(document, {**document["components"][kind]}))
    _inherit(document["components"]["schemas"])
    _share_repeated(document)


def _inherit(schemas: dict[str, Any]) -> None:
    """An answer that has all fields of another one names that, and the fields beyond."""
    fields = {
        name: each["properties"]
        for name, each in schemas.items()
        if "properties" in each and "additionalProperties" not in each
    }
    for name, own in fields.items():
        bases = [
            base
            for base, shared in fields.items()
            if 3 < len(shared) < len(own) and shared.items() <= own.items()
        ]
        if bases:
            base = max(bases, key=lambda each: len(fields[each]))
            schema = schemas[name]
            beyond = {field: each for field, each in own.items() if field not in fields[base]}
            schema["allOf"] = [{"$ref": f"#/components/schemas/{base}"}]
            schema["properties"] = beyond
            schema["required"] = [each for each in schema["required"] if each in beyond]


def _slim_parameter(parameter: dict[str, Any]) -> None:
    """Its description is said once. It cannot be null: it is left out."""
    schema = parameter["schema"]
    schema.pop("description", None)
    if either := schema.pop("anyOf", None):
        parameter["schema"] = {**either[0], **schema}
    if parameter["in"] == "query" and not parameter["required"]:
        del parameter["required"]


def _share_repeated(document: dict[str, Any]) -> None:
    """Successes of several operations, and fields of several models that are long."""
    components = document["components"]
    answers = [each["responses"] for item in document["paths"].values() for each in item.values()]
    fields = [each["properties"] for each in components["schemas"].values() if "properties" in each]
    shared = dict[str, Any]()
    for kind, places in (("responses", answers), ("schemas", fields)):
        times = Counter(str(part) for place in places for part in place.values())
        for place in places:
            for name, part in place.items():
                text = str(part)
                if times[text] > 1 and "$ref" not in part and len(text) > _WORTH_A_NAME:
                    if text not in shared:
                        shared[text] = _share(document, kind, _name_of(name, part), part)
                    place[name] = shared[text]


def _name_of(name: str, part: dict[str, Any]) -> str:
    """That of the field; of an answer, that of what it has, or else of its status."""
    if not name.isdigit():
        return name[0].upper() + name[1:]
    if schema := _content(part).get("schema"):
        return cast(str, schema["$ref"]).rpartition("/")[2]
    return "".join(HTTPStatus(int(name)).phrase.split())


def _content(answer: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = answer.get("content", {}).get("application/json", {})
    return content


def _shared(
    document: dict[str, Any], answer: dict[str, Any], is_success: bool, common: Collection[str]
) -> dict[str, Any]:
    """Empty for a failure that any operation may answer."""
    if is_success:
        if answer["description"] == "Successful Response":
            answer["description"] = "Done."
        return answer
    examples = sorted(_content(answer)["examples"].keys() - common)
    if not examples:
        return {}
    answer["description"] = " · ".join(f"`{code}`" for code in examples)
    return _failure(document, "Or".join(map(_camel, examples)), answer, examples)


def _failure(
    document: dict[str, Any], name: str, answer: dict[str, Any], examples: Iterable[str]
) -> dict[str, Any]:
    """The reference to an answer that has one of these codes."""
    shared = {code: _share(document, "examples", code, {}) for code in examples}
    content = {"schema": {"$ref": "#/components/schemas/Failure"}, "examples": shared}
    answer["content"] = {"application/json": content}
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
    parts: dict[str, Any] = {
        name: part if name in _EXAMPLES else _slim(document, part)
        for name, part in schema.items()
        if name != "title" or not isinstance(part, str)
    }
    if parts.get("anyOf") == [{"$ref": "#/components/schemas/Moment"}, _NULL]:
        moment = {"anyOf": parts.pop("anyOf")}
        return {**_share(document, "schemas", "MomentOrNull", moment), **parts}
    either: list[dict[str, Any]] = parts.get("anyOf", [])
    if either[1:] == [_NULL] and isinstance(either[0].get("type"), str) and "enum" not in either[0]:
        del parts["anyOf"]
        parts = {**either[0], "type": [either[0]["type"], "null"], **parts}
    if "const" in parts:
        return {name: part for name, part in parts.items() if name not in ("default", "type")}
    if parts.get("format") == "date-time":
        parts.pop("examples", None)
        moment = {"type": parts.pop("type"), "format": parts.pop("format"), "examples": [MOMENT]}
        return {**_share(document, "schemas", "Moment", moment), **parts}
    if "pattern" not in parts:
        return parts
    kept = ("type", "pattern", *(_LENGTHS if len(parts["pattern"]) < _WORTH_A_NAME else ()))
    text = {name: parts.pop(name) for name in kept if name in parts}
    return {**_share(document, "schemas", "Text", text), **parts}


_NULL = {"type": "null"}
_LENGTHS = ("minLength", "maxLength")
_WORTH_A_NAME = 100
_EXAMPLES = ("example", "examples", "value", "default", "enum", "required")


def _share(document: dict[str, Any], kind: str, name: str, part: Any) -> dict[str, Any]:
    """The reference to it; parts of one name that differ have numbers."""
    parts: dict[str, Any] = document["components"].setdefault(kind, {})
    names = chain([name], (f"{name}{number}" for number in count(2)))
    free = next(each for each in names if parts.setdefault(each, part) == part)
    return {"$ref": f"#/components/{kind}/{free}"}


def _camel(name: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in name.split("-"))
