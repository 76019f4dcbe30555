"""Calls a pattern once with symbols and holds what comes back against its signature."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NoReturn, get_args, get_origin

from pydantic import BaseModel

from singletable.errors.declaration import ContradictoryPattern, DeclarationError, InvalidPattern
from singletable.errors.request import InvalidOperation, RequestError
from singletable.operations import Context, Operation, Read, WriteOperation
from singletable.operations.reads.cursor import CursorSeal
from singletable.patterns.pattern import Parameter, Pattern
from singletable.patterns.plan import schemas_of, symbols_in
from singletable.patterns.signature import Signature, pattern_name, pattern_place
from singletable.tracing import Symbol, TracedValueUsed

TRACED = Context(None, datetime(2026, 1, 1, tzinfo=UTC), CursorSeal(bytes(32)))


def trace(function: Callable[..., Any], signature: Signature) -> Pattern:
    """The pattern, with the operation that it stands for."""
    arguments = {each.name: stand_in(each) for each in signature.parameters}
    where = pattern_place(function)
    operation = _call(function, arguments, where)
    _check_result(operation, signature, where)
    _check_usage(operation, signature, where)
    return Pattern(
        name=pattern_name(function),
        where=where,
        function=function,
        parameters=signature.parameters,
        returns=signature.returns,
        operation=operation,
    )


def stand_in(parameter: Parameter) -> Any:
    """A symbol, or an entity whose fields are symbols."""
    model = parameter.entity
    if model is None:
        return Symbol(f"{{{parameter.name}}}", parameter.name, parameter.annotation)
    fields: dict[str, Any] = {
        field: Symbol(f"{{{parameter.name}.{field}}}", parameter.name, info.annotation)
        for field, info in model.model_fields.items()
    }
    return model.model_construct(**fields)


def _call(function: Callable[..., Any], arguments: dict[str, Any], where: str) -> Any:
    try:
        operation = function(**arguments)
        if hasattr(operation, "requests"):
            operation.requests(TRACED)
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
    return operation


def _untraceable(error: Exception, where: str) -> NoReturn:
    raise InvalidPattern(
        where=where,
        declared=f"{type(error).__name__} while it was traced: {error}",
        allowed="a pure function that passes its arguments on to one operation",
    ) from error


def _check_result(operation: Any, signature: Signature, where: str) -> None:
    expected = get_origin(signature.returns) or signature.returns
    if not schemas_of(operation):
        raise InvalidPattern(
            where=where, declared=f"it returns {operation!r}", allowed="one operation"
        )
    kinds = set(type(operation).__mro__) - {Operation, Read, WriteOperation}
    if expected not in kinds:
        returned = type(operation).__name__
        raise InvalidPattern(
            where=where,
            declared=f"its annotation says {_name(expected)}, it returns {returned}",
            allowed=f"-> {returned}[...]",
        )
    _check_entity(operation, signature, where)


def _name(annotation: Any) -> str:
    return str(getattr(annotation, "__name__", annotation))


def _check_entity(operation: Any, signature: Signature, where: str) -> None:
    models = [
        argument
        for argument in get_args(signature.returns)
        if isinstance(argument, type) and issubclass(argument, BaseModel)
    ]
    answered = {schema.model for schema in schemas_of(operation)}
    if models and models[0] not in answered:
        names = ", ".join(sorted(model.__name__ for model in answered))
        raise InvalidPattern(
            where=where,
            declared=f"its annotation says {models[0].__name__}, it answers {names}",
            allowed=f"the annotation {type(operation).__name__}[{names}]",
        )


def _check_usage(operation: Any, signature: Signature, where: str) -> None:
    used = {symbol.argument for symbol in symbols_in(operation)}
    unused = [each.name for each in signature.parameters if each.name not in used]
    if unused:
        raise InvalidPattern(
            where=where,
            declared=f"the argument {', '.join(unused)} is not used",
            allowed="arguments that decide what is asked",
        )
