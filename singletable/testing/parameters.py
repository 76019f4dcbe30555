"""Reads a request's parameters; a parameter of a wrong shape is refused as botocore does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias, cast

from singletable.testing.errors import build_parameter_error, build_validation

Parameters: TypeAlias = Mapping[str, object]


def require_text(parameters: Parameters, name: str) -> str:
    text = optional_text(parameters, name)
    if text is None:
        raise _missing(name)
    return text


def optional_text(parameters: Parameters, name: str) -> str | None:
    found = parameters.get(name)
    if found is None or isinstance(found, str):
        return found
    raise _wrong(name, found, "str")


def optional_texts(parameters: Parameters, name: str) -> list[str]:
    found = parameters.get(name, ())
    if not isinstance(found, list | tuple):
        raise _wrong(name, found, "a list")
    return [str(text) for text in cast("Sequence[object]", found)]


def optional_flag(parameters: Parameters, name: str, *, default: bool = False) -> bool:
    found = parameters.get(name, default)
    if isinstance(found, bool):
        return found
    raise _wrong(name, found, "bool")


def optional_number(parameters: Parameters, name: str, *, least: int) -> int | None:
    found = parameters.get(name)
    if found is None:
        return None
    if not isinstance(found, int) or isinstance(found, bool):
        raise _wrong(name, found, "int")
    if found < least:
        raise build_parameter_error(
            f"Invalid value for parameter {name}, value: {found}, valid min value: {least}"
        )
    return found


def optional_choice(parameters: Parameters, name: str, *allowed: str) -> str:
    """One of the allowed texts; the first is the default."""
    found = optional_text(parameters, name)
    if found is not None and found not in allowed:
        member = name[0].lower() + name[1:]
        raise build_validation(
            f"1 validation error detected: Value '{found}' at '{member}' failed to satisfy "
            f"constraint: Member must satisfy enum value set: [{', '.join(allowed)}]"
        )
    return found or allowed[0]


def require_mapping(parameters: Parameters, name: str) -> Parameters:
    found = optional_mapping(parameters, name)
    if found is None:
        raise _missing(name)
    return found


def optional_mapping(parameters: Parameters, name: str) -> Parameters | None:
    found = parameters.get(name)
    if found is None or isinstance(found, Mapping):
        return cast("Parameters | None", found)
    raise _wrong(name, found, "a mapping")


def require_sequence(parameters: Parameters, name: str) -> Sequence[Parameters]:
    if name not in parameters:
        raise _missing(name)
    return as_sequence(name, parameters[name])


def optional_sequence(parameters: Parameters, name: str) -> Sequence[Parameters]:
    found = parameters.get(name)
    return () if found is None else as_sequence(name, found)


def as_sequence(name: str, found: object) -> Sequence[Parameters]:
    """A list of mappings."""
    if not isinstance(found, list | tuple):
        raise _wrong(name, found, "a list")
    elements = cast("Sequence[object]", found)
    for element in elements:
        if not isinstance(element, Mapping):
            raise _wrong(name, element, "a list of mappings")
    return cast("Sequence[Parameters]", elements)


def check_names(parameters: Parameters, known: frozenset[str]) -> None:
    """Refuses parameters that DynamoDB, or this stand-in for it, does not know."""
    for name in parameters.keys() - known:
        raise build_parameter_error(
            f"Unknown parameter in input: {name!r}, must be one of: {', '.join(sorted(known))}"
        )


def _missing(name: str) -> Exception:
    return build_parameter_error(f"Missing required parameter in input: {name!r}")


def _wrong(name: str, found: object, expected: str) -> Exception:
    return build_parameter_error(
        f"Invalid type for parameter {name}, value: {found!r}, type: {type(found)}, "
        f"valid types: {expected}"
    )
