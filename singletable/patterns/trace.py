"""`@access_pattern`: calls the function once with symbols, checks what it returns, registers it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cached_property
from types import NoneType, UnionType
from typing import Any, Final, NoReturn, ParamSpec, TypeVar, Union, cast, get_args, get_origin

from singletable.annotations import show_type
from singletable.codec.names import unwrap
from singletable.errors.base import abridge
from singletable.errors.declaration import ContradictoryPattern, DeclarationError, InvalidPattern
from singletable.errors.request import (
    InvalidOperation,
    RequestError,
    TransactionRefused,
    UnplannedOperation,
)
from singletable.operations import (
    Batch,
    Check,
    Clear,
    Context,
    Count,
    Delete,
    Operation,
    Origin,
    PagedRead,
    Read,
    WriteOperation,
)
from singletable.operations.protocol import evolve
from singletable.operations.reads.batch_get import is_batch_get
from singletable.operations.reads.cursor import CursorSeal
from singletable.operations.reads.get import is_get
from singletable.operations.reads.paged_read import paged_read_of
from singletable.operations.reads.search import is_search
from singletable.operations.reads.snapshot import is_snapshot
from singletable.operations.writes.old_item import is_old_item
from singletable.operations.writes.write import is_transaction
from singletable.patterns.operation_shapes import shape_of_operation
from singletable.patterns.pattern import (
    AnyOperation,
    Pattern,
    is_operation,
    register_pattern,
)
from singletable.patterns.plan import Contents, contents_of
from singletable.patterns.shape import Shape
from singletable.patterns.signature import Signature, pattern_name, read_signature
from singletable.patterns.stand_ins import stand_in, without_values
from singletable.tracing import TracedValueUsed, not_known, watch_uses

P = ParamSpec("P")
R = TypeVar("R")

TRACED = Context(None, datetime(2026, 1, 1, tzinfo=UTC), CursorSeal(bytes(32)))


def access_pattern(function: Callable[P, R]) -> Callable[P, R]:
    """Declares an access pattern, named `module.function`.

    The function is called here, with symbols in place of its arguments. It must be pure,
    use every argument, have a docstring and annotations, and return one operation. A
    contradiction is a `DeclarationError`, raised while the module loads. What it returns later
    must differ from this plan in the values of arguments alone: `UnplannedOperation` otherwise.
    """
    signature = read_signature(function)
    asked = cast(Callable[..., AnyOperation], function)
    pattern, contents = trace(asked, signature)
    plan = Plan(pattern.operation)
    origin = Origin(pattern_name(function))

    @functools.wraps(function)
    def ask(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            operation: Any = function(*args, **kwargs)
        except (RequestError, TracedValueUsed):
            raise
        except Exception as error:
            pattern.check_entities(error, args, kwargs)
            raise
        if not plan.shape.fits(operation):
            raise departure(pattern, plan.shape, operation)
        return cast(R, evolve(operation, origin=origin))

    asking = cast(Callable[..., AnyOperation], ask)
    register_pattern(evolve(pattern, function=asking), contents.tables)
    return ask


class Plan:
    """The shape of a pattern's operation, made when the first operation is held to it.

    Most patterns are not asked by the process that imports them.
    """

    def __init__(self, operation: AnyOperation) -> None:
        self._operation = operation

    @cached_property
    def shape(self) -> Shape:
        return shape_of_operation(self._operation)


def departure(pattern: Pattern, plan: Shape, operation: object) -> UnplannedOperation:
    """The error for an operation that is not the one that was planned."""
    kind = type(pattern.operation).__name__
    found = plan.find_difference(operation, kind)
    return UnplannedOperation(
        where=pattern.where,
        declared=f"{found.part} is {found.asked}",
        allowed=f"{found.planned}, as planned when it was declared",
    )


def trace(function: Callable[..., AnyOperation], signature: Signature) -> tuple[Pattern, Contents]:
    """Calls the function with symbols; returns the pattern, and what its operation is about."""
    arguments = {each.name: stand_in(each) for each in signature.parameters}
    operation, contents = _call(function, arguments, signature.where)
    _check_result(operation, contents, signature)
    _check_usage(operation, contents, signature)
    _check_absence(function, signature, arguments, Plan(operation))
    pattern = Pattern(
        name=pattern_name(function),
        where=signature.where,
        function=function,
        parameters=signature.parameters,
        returns=signature.returns,
        operation=operation,
    )
    return pattern, contents


def _call(
    function: Callable[..., object], arguments: Mapping[str, object], where: str
) -> tuple[AnyOperation, Contents]:
    try:
        with watch_uses() as refused:
            operation = function(**arguments)
        if refused:
            raise _looking_at(not_known(refused[0]), where)
        if is_operation(operation) and (contents := contents_of(operation)).schemas:
            operation.requests(TRACED)
            return operation, contents
    except TracedValueUsed as error:
        raise _looking_at(str(error), where) from error
    except DeclarationError:
        raise
    except RequestError as error:
        raise _contradiction(error, where) from error
    except Exception as error:  # noqa: BLE001 - whatever a body raises is a declaration's fault
        _untraceable(error, where)
    raise InvalidPattern(
        where=where, declared=f"it returns {abridge(operation)}", allowed="one operation"
    )


def _contradiction(error: RequestError, where: str) -> ContradictoryPattern:
    declared, allowed = str(error), error.remedy.rstrip(".")
    if isinstance(error, InvalidOperation):
        declared, allowed = f"{error.where}: {error.declared}", error.allowed
    elif isinstance(error, TransactionRefused):
        declared, allowed = error.problem, error.allowed
    return ContradictoryPattern(where=where, declared=declared, allowed=allowed)


def _looking_at(declared: str, where: str) -> InvalidPattern:
    return InvalidPattern(
        where=where,
        declared=declared,
        allowed="passing arguments on; a pattern has one shape, whatever its arguments",
    )


def _untraceable(error: Exception, where: str) -> NoReturn:
    raise InvalidPattern(
        where=where,
        declared=f"{type(error).__name__} while it was traced: {error}",
        allowed="a pure function that passes its arguments on to one operation",
    ) from error


def _check_result(operation: AnyOperation, contents: Contents, signature: Signature) -> None:
    annotation = unwrap(signature.returns)
    expected = get_origin(annotation) or annotation
    kinds = set(type(operation).__mro__) - {Operation, PagedRead, Read, WriteOperation}
    if expected not in kinds:
        returned = type(operation).__name__
        raise InvalidPattern(
            where=signature.where,
            declared=f"its annotation says {_name(expected)}, it returns {returned}",
            allowed=f"-> {returned}" + ("" if isinstance(operation, _WITHOUT_RESULT) else "[...]"),
        )
    said = [frozenset(_members_of(each)) for each in _answers_of(annotation)]
    answered = list(_answered(operation, contents, is_said=bool(said)))
    if said != answered:
        names = ", ".join(map(_show_members, answered))
        raise InvalidPattern(
            where=signature.where,
            declared=f"its annotation says {', '.join(map(_show_members, said)) or 'no entity'},"
            f" it answers {names or 'nothing'}",
            allowed=f"the annotation {_name(expected)}{_in_brackets(operation, names)}",
        )


_WITHOUT_RESULT: Final = (Batch, Clear, Delete, Check, Count)


def _answers_of(annotation: object) -> tuple[object, ...]:
    """The types in an annotation's brackets; those of a tuple one by one."""
    arguments = get_args(annotation)
    is_tuple = len(arguments) == 1 and get_origin(unwrap(arguments[0])) is tuple
    return get_args(unwrap(arguments[0])) if is_tuple else arguments


def _in_brackets(operation: object, names: str) -> str:
    if not names:
        return ""
    return f"[tuple[{names}]]" if is_snapshot(operation) else f"[{names}]"


def _answered(
    operation: object, contents: Contents, *, is_said: bool
) -> Iterator[frozenset[object]]:
    """The entities of each answer that an operation has: several of a snapshot.

    A deletion answers nothing, and its annotation may say of what it is.
    """
    if is_snapshot(operation):
        yield from (frozenset({*get.reader.models, NoneType}) for get in operation.gets)
    elif not isinstance(operation, _WITHOUT_RESULT):
        yield _answered_by(operation, contents)
    elif isinstance(operation, Delete) and is_said:
        yield frozenset({operation.schema.model})


def _answered_by(operation: object, contents: Contents) -> frozenset[object]:
    """The entities, or the view, that an operation answers; of a transaction its result's."""
    if is_transaction(operation):
        result = operation.result_of
        return _answered_by(result, contents_of(result))
    if operation is None or isinstance(operation, _WITHOUT_RESULT):
        return frozenset({NoneType})
    asked = paged_read_of(operation)
    if asked is not None:
        return frozenset(asked.reader.models)
    if is_get(operation) or is_batch_get(operation) or is_search(operation):
        return frozenset(operation.reader.models)
    absent = (NoneType,) if is_old_item(operation) and operation.may_be_new else ()
    return frozenset((*(schema.model for schema in contents.schemas), *absent))


def _members_of(annotation: object) -> Iterator[object]:
    """The members of a union, aliases unwrapped; None as its class."""
    bare = unwrap(annotation)
    if get_origin(bare) in (Union, UnionType):
        for member in get_args(bare):
            yield from _members_of(member)
    else:
        yield NoneType if bare is None else bare


def _show_members(members: frozenset[object]) -> str:
    return " | ".join(sorted(map(show_type, members)))


def _name(annotation: object) -> str:
    return str(getattr(annotation, "__name__", annotation))


def _check_usage(operation: AnyOperation, contents: Contents, signature: Signature) -> None:
    used = {symbol.argument for symbol in contents.symbols}
    elements = {each.argument for each in contents.symbols if each.is_element}
    if elements and not isinstance(operation, Batch):
        raise InvalidPattern(
            where=signature.where,
            declared=f"it goes through {', '.join(sorted(elements))}, of any number",
            allowed="batch(*map(put, entities)); get_each(field=values) takes a sequence whole",
        )
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
    plan: Plan,
) -> None:
    """Refuses a pattern that asks something else where an argument, or a field of one, is None.

    A symbol cannot notice `is None`, so the function is called once more for each such argument.
    """
    for parameter in signature.parameters:
        for lacking in without_values(parameter, arguments[parameter.name]):
            try:
                other: object = function(**{**arguments, parameter.name: lacking})
            except Exception:  # noqa: BLE001, S112 - refused when it is asked, too
                continue
            if not plan.shape.fits(other):
                found = plan.shape.find_difference(other, type(other).__name__)
                what = "a field of " if lacking is not None else ""
                raise InvalidPattern(
                    where=signature.where,
                    declared=f"it asks something else where {what}{parameter.name} is None:"
                    f" {found.part} is {found.asked}, not {found.planned}",
                    allowed="one shape, whatever the arguments: a pattern for each question",
                )
