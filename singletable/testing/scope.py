"""A request's expressions with their placeholders; parsed once per text, checked per request."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from singletable.testing.condition_parser import ConditionParser
from singletable.testing.conditions import Condition
from singletable.testing.errors import TransportError, build_validation
from singletable.testing.parameters import Parameters, optional_mapping, optional_text
from singletable.testing.paths import Path, Projection
from singletable.testing.tokens import Parser
from singletable.testing.update_parser import ProjectionParser, UpdateParser
from singletable.testing.updates import Update
from singletable.testing.values import Value, decode

_PARSED = 4096
_NAMES, _VALUES = "ExpressionAttributeNames", "ExpressionAttributeValues"
_Aliases = tuple[tuple[str, str], ...]


class _Used(NamedTuple):
    names: frozenset[str]
    values: frozenset[str]
    attributes: frozenset[str]


@lru_cache(_PARSED)
def _parse_condition(label: str, text: str, names: _Aliases) -> tuple[Condition, _Used]:
    parser = ConditionParser(label, text, dict(names))
    return parser.condition(), _find_usage(parser)


@lru_cache(_PARSED)
def _parse_update(label: str, text: str, names: _Aliases) -> tuple[Update, _Used]:
    parser = UpdateParser(label, text, dict(names))
    return parser.update(), _find_usage(parser)


@lru_cache(_PARSED)
def _parse_projection(label: str, text: str, names: _Aliases) -> tuple[Projection, _Used]:
    parser = ProjectionParser(label, text, dict(names))
    paths: tuple[Path, ...] = parser.paths()
    return Projection(paths), _find_usage(parser)


def _find_usage(parser: Parser) -> _Used:
    return _Used(
        frozenset(parser.used_names),
        frozenset(parser.used_values),
        frozenset(parser.used_attributes),
    )


class Scope:
    """Parses the expressions of one request; `close` refuses placeholders that none has used.

    `attributes` are the top-level attributes that each expression names.
    """

    def __init__(self, parameters: Parameters) -> None:
        self._parameters = parameters
        self._names = _names(parameters)
        self.values = _values(parameters)
        self._used_names: set[str] = set()
        self._used_values: set[str] = set()
        self.attributes: dict[str, frozenset[str]] = {}

    def condition(self, label: str) -> Condition | None:
        text = optional_text(self._parameters, label)
        if text is None:
            return None
        condition, used = _parse_condition(label, text, self._names)
        self._note(label, used)
        condition.check(self.values, label)
        return condition

    def update(self, label: str) -> Update | None:
        text = optional_text(self._parameters, label)
        if text is None:
            return None
        update, used = _parse_update(label, text, self._names)
        self._note(label, used)
        update.check(self.values, label)
        return update

    def projection(self, label: str = "ProjectionExpression") -> Projection | None:
        text = optional_text(self._parameters, label)
        if text is None:
            return None
        projection, used = _parse_projection(label, text, self._names)
        self._note(label, used)
        return projection

    def close(self) -> None:
        for label, given, used in (
            (_NAMES, {alias for alias, _ in self._names}, self._used_names),
            (_VALUES, self.values.keys(), self._used_values),
        ):
            unused = given - used
            if unused and not self.attributes:
                raise build_validation(f"{label} can only be specified when using expressions")
            if unused:
                raise build_validation(
                    f"Value provided in {label} unused in expressions: "
                    f"keys: {{{', '.join(sorted(unused))}}}"
                )

    def _note(self, label: str, used: _Used) -> None:
        self.attributes[label] = used.attributes
        self._used_names |= used.names
        self._used_values |= used.values
        for placeholder in used.values - self.values.keys():
            raise build_validation(
                f"Invalid {label}: An expression attribute value used in expression is not "
                f"defined; attribute value: {placeholder}"
            )


def _names(parameters: Parameters) -> _Aliases:
    given = optional_mapping(parameters, _NAMES)
    if given is None:
        return ()
    _check_keys(_NAMES, given, "#")
    names = tuple([(alias, str(name)) for alias, name in given.items()])
    for alias, name in names:
        if not name:
            raise build_validation(
                f"{_NAMES} contains invalid value: Empty attribute name for key {alias}"
            )
    return names


def _values(parameters: Parameters) -> dict[str, Value]:
    given = optional_mapping(parameters, _VALUES)
    if given is None:
        return {}
    _check_keys(_VALUES, given, ":")
    try:
        return {placeholder: decode(value) for placeholder, value in given.items()}
    except TransportError as fault:
        raise TransportError(
            fault.code, f"{_VALUES} contains invalid value: {fault.message}"
        ) from None


def _check_keys(label: str, given: Mapping[str, object], sign: str) -> None:
    if not given:
        raise build_validation(f"{label} must not be empty")
    for key in given:
        if not key.startswith(sign) or len(key) == 1:
            raise build_validation(f'{label} contains invalid key: Syntax error; key: "{key}"')
