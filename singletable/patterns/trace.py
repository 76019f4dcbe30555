"""`@access_pattern`: calls the function once with symbols, checks what it returns, registers it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn, ParamSpec, TypeVar, cast, get_args, get_origin

from pydantic import BaseModel

from singletable.annotations import admits_none
from singletable.errors.declaration import ContradictoryPattern, DeclarationError, InvalidPattern
from singletable.errors.request import InvalidOperation, RequestError
from singletable.operations import Context, Operation, Origin, Read, WriteOperation
from singletable.operations.protocol import evolve
from singletable.operations.reads.cursor import CursorSeal
from singletable.operations.reads.get import is_get
from singletable.operations.reads.query import query_of
from singletable.operations.writes.write import writes_of
from singletable.patterns.pattern import (
    AnyOperation,
    Parameter,
    Pattern,
    is_operation,
    register_pattern,
)
from singletable.patterns.plan import schemas_of, symbols_in, tables_of
from singletable.patterns.signature import Signature, pattern_name, read_signature
from singletable.tracing import Symbol, TracedValueUsed

P = ParamSpec("P")
R = TypeVar("R")

TRACED = Context(None, datetime(2026, 1, 1, tzinfo=UTC), CursorSeal(bytes(32)))


def access_pattern(function: Callable[P, R]) -> Callable[P, R]:
    """Declares an access pattern, named `module.function`.

    The function is called here, with symbols in place of its arguments. It must be pure,
    use every argument, have a docstring and annotations, and return one operation. A
    contradiction is a `DeclarationError`, raised while the module loads.
    """
    signature = read_signature(function)
    asked = cast(Callable[..., AnyOperation], function)
    pattern = trace(asked, signature)
    origin = Origin(pattern_name(function))

    @functools.wraps(function)
    def ask(*args: P.args, **kwargs: P.kwargs) -> R:
        operation: Any = function(*args, **kwargs)
        return cast(R, evolve(operation, origin=origin))

    asking = cast(Callable[..., AnyOperation], ask)
    register_pattern(evolve(pattern, function=asking), tables_of(pattern.operation))
    return ask


def trace(function: Callable[..., AnyOperation], signature: Signature) -> Pattern:
    """Calls the function with symbols; returns the pattern with its operation."""
    arguments = {each.name: stand_in(each) for each in signature.parameters}
    operation = _call(function, arguments, signature.where)
    _check_result(operation, signature)
    _check_usage(operation, signature)
    _check_absence(function, signature, arguments, operation)
    return Pattern(
        name=pattern_name(function),
        where=signature.where,
        function=function,
        parameters=signature.parameters,
        returns=signature.returns,
        operation=operation,
    )


def stand_in(parameter: Parameter) -> object:
    """Makes a symbol, or an entity whose fields are symbols."""
    model = parameter.entity
    if model is None:
        return Symbol(f"{{{parameter.name}}}", parameter.name, parameter.annotation)
    fields: dict[str, Any] = {
        field: Symbol(f"{{{parameter.name}.{field}}}", parameter.name, info.annotation)
        for field, info in model.model_fields.items()
    }
    return model.model_construct(**fields)


def _call(
    function: Callable[..., object], arguments: Mapping[str, object], where: str
) -> AnyOperation:
    try:
        operation = function(**arguments)
        if is_operation(operation) and schemas_of(operation):
            operation.requests(TRACED)
            return operation
    except TracedValueUsed as error:
        raise InvalidPattern(
            where=where,
            declared=str(error),
            allowed="passing arguments on; a pattern has one shape, whatever its arguments",
        ) from error
    except InvalidOperation as error:
        raise ContradictoryPattern(
            where=where, declared=f"{error.where}: {error.declared}", allowed=error.allowed
        ) from error
    except DeclarationError:
        raise
    except RequestError as error:
        raise ContradictoryPattern(
            where=where, declared=str(error), allowed=error.remedy.rstrip(".")
        ) from error
    except Exception as error:  # noqa: BLE001 - whatever a body raises is a declaration's fault
        _untraceable(error, where)
    raise InvalidPattern(where=where, declared=f"it returns {operation!r}", allowed="one operation")


def _untraceable(error: Exception, where: str) -> NoReturn:
    raise InvalidPattern(
        where=where,
        declared=f"{type(error).__name__} while it was traced: {error}",
        allowed="a pure function that passes its arguments on to one operation",
    ) from error


def _check_result(operation: AnyOperation, signature: Signature) -> None:
    expected = get_origin(signature.returns) or signature.returns
    kinds = set(type(operation).__mro__) - {Operation, Read, WriteOperation}
    if expected not in kinds:
        returned = type(operation).__name__
        raise InvalidPattern(
            where=signature.where,
            declared=f"its annotation says {_name(expected)}, it returns {returned}",
            allowed=f"-> {returned}[...]",
        )
    _check_entity(operation, signature)


def _name(annotation: object) -> str:
    return str(getattr(annotation, "__name__", annotation))


def _check_entity(operation: AnyOperation, signature: Signature) -> None:
    models = [
        argument
        for argument in get_args(signature.returns)
        if isinstance(argument, type) and issubclass(argument, BaseModel)
    ]
    answered = {schema.model for schema in schemas_of(operation)}
    if models and models[0] not in answered:
        names = ", ".join(sorted(model.__name__ for model in answered))
        raise InvalidPattern(
            where=signature.where,
            declared=f"its annotation says {models[0].__name__}, it answers {names}",
            allowed=f"the annotation {type(operation).__name__}[{names}]",
        )


def _check_usage(operation: AnyOperation, signature: Signature) -> None:
    used = {symbol.argument for symbol in symbols_in(operation)}
    unused = [each.name for each in signature.parameters if each.name not in used]
    if unused:
        raise InvalidPattern(
            where=signature.where,
            declared=f"the argument {', '.join(unused)} is not used",
            allowed="arguments that decide what is asked",
        )


def _check_absence(
    function: Callable[..., AnyOperation],
    signature: Signature,
    arguments: Mapping[str, object],
    operation: AnyOperation,
) -> None:
    """Refuses a pattern that asks in another place where an optional argument is None.

    A symbol cannot notice `is None`, so the function is called once more for each such argument.
    """
    for absent in signature.parameters:
        if not admits_none(absent.annotation):
            continue
        try:
            other: object = function(**{**arguments, absent.name: None})
        except Exception:  # noqa: BLE001, S112 - refused when it is asked, too
            continue
        if not is_operation(other) or _place(other) != _place(operation):
            raise InvalidPattern(
                where=signature.where,
                declared=f"it asks something else where {absent.name} is None",
                allowed="one shape, whatever the arguments: a pattern for each question",
            )


def _place(operation: AnyOperation) -> tuple[object, ...]:
    """What an operation does where: its kind and key, or its writes and their entities."""
    query = query_of(operation)
    key = query.key_query.key if query else operation.key if is_get(operation) else None
    return type(operation), key, *((type(each), each.schema) for each in writes_of(operation))
