"""Access patterns of one line: `user = gets(User.key, "One user.")`."""

from __future__ import annotations

import inspect
import keyword
import re
from collections.abc import Callable, Iterable, Mapping
from types import FunctionType
from typing import Any, TypeVar, cast, overload

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from typing_extensions import ParamSpec

from singletable.annotations import admits_none, core_type
from singletable.entity import Key, create, delete, put
from singletable.entity.entity import Entity, schema_of
from singletable.errors.base import abridge
from singletable.errors.declaration import InvalidPattern
from singletable.operations import Create, Delete, Get, Operation, Put, Query
from singletable.patterns.assigned import Assignment, find_assignment
from singletable.patterns.trace import access_pattern
from singletable.table import SHARD

E = TypeVar("E", bound=Entity)
B = TypeVar("B", bound=BaseModel)
F = ParamSpec("F")

Ask = Callable[..., Operation[Any]]

_WORDS = r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])"


def creates(model: type[E], question: str) -> Callable[[E], Create[E]]:
    """Declares the pattern that creates an entity: `sign_up = creates(User, "A new account.")`."""
    return _of_entity("creates", model, question, create, Create)


def puts(model: type[E], question: str) -> Callable[[E], Put[E]]:
    """Declares the pattern that puts an entity: `save = puts(Draft, "A draft, also anew.")`."""
    return _of_entity("puts", model, question, put, Put)


def gets(key: Key[B, F], question: str) -> Callable[F, Get[B]]:
    """Declares the pattern that reads an item: `user = gets(User.key, "One user.")`.

    Its arguments are the fields of the primary key: `user(user_id=...)`.
    """
    known = _key("gets", key)
    return _of_key("gets", known, question, known.get, Get, known.compiled.fields)


def queries(key: Key[B, F], question: str) -> Callable[F, Query[B]]:
    """Declares the pattern that queries a partition: `loans = queries(Loan.key, "His loans.")`.

    Its arguments are the fields of the partition key: `loans(member_id=...)`.
    """
    known = _key("queries", key)
    parts = known.compiled.partition
    fields = [name for part in parts for name in part.fields if name != SHARD]
    return _of_key("queries", known, question, known.query, Query, fields)


@overload
def deletes(what: type[E], question: str) -> Callable[[E], Delete[E]]: ...
@overload
def deletes(what: Key[B, F], question: str) -> Callable[F, Delete[B]]: ...
def deletes(what: Any, question: str) -> Callable[..., Delete[Any]]:
    """Declares the pattern that deletes an entity as it was read, or the item of a primary key.

    `leave = deletes(User, "An account and its name.")`, `forget = deletes(Draft.key, "A draft.")`
    """
    if isinstance(what, type):
        return _of_entity("deletes", what, question, delete, Delete)
    known = _key("deletes", what)
    return _of_key("deletes", known, question, known.delete, Delete, known.compiled.fields)


def _key(verb: str, key: object) -> Key[Any, ...]:
    if isinstance(key, Key):
        return cast("Key[Any, ...]", key)
    raise _misused(verb, key, "User.key")


def _of_entity(
    verb: str, model: type[Any], question: str, write: Ask, operation: object
) -> Callable[..., Any]:
    """A pattern of one argument, which is called like the class: `blog_post: BlogPost`."""
    if not (isinstance(cast(object, model), type) and issubclass(model, Entity)):
        raise _misused(verb, model, "User")
    schema_of(model)
    name = re.sub(_WORDS, "_", model.__name__).lower()
    argument = f"{name}_" if keyword.iskeyword(name) else name

    def ask(**given: object) -> Operation[Any]:
        return write(given[argument])

    return _declare(verb, question, ask, {argument: model}, _type_of(operation, model))


def _of_key(
    verb: str,
    key: Key[Any, ...],
    question: str,
    ask: Ask,
    operation: object,
    fields: Iterable[str],
) -> Callable[..., Any]:
    """A pattern of fields of a key, with their types."""
    model = key.schema.model
    arguments = {name: _argument_type(model.model_fields[name]) for name in fields}
    return _declare(verb, question, ask, arguments, _type_of(operation, model))


def _type_of(operation: Any, model: type[BaseModel]) -> object:
    """The type of an operation, such as `Get[User]`; of a deletion there is one."""
    return operation if operation is Delete else operation[model]


def _argument_type(info: FieldInfo) -> object:
    """The type of a field, which is never None in a key."""
    return core_type(info.annotation) if admits_none(info.annotation) else info.annotation


def _declare(
    verb: str, question: object, ask: Ask, arguments: Mapping[str, object], returns: object
) -> Callable[..., Any]:
    """Declares the function that a hand-written pattern would be."""
    if not isinstance(question, str):
        raise _misused(verb, question, "...")
    function = _build(find_assignment(verb), ask, arguments, returns)
    function.__doc__ = question
    return access_pattern(function)


def _build(
    place: Assignment, ask: Ask, arguments: Mapping[str, object], returns: object
) -> FunctionType:
    """A function of this name and place, which takes these arguments by place or by name."""
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    signature = inspect.Signature(
        [inspect.Parameter(name, kind, annotation=each) for name, each in arguments.items()],
        return_annotation=returns,
    )
    names = arguments.keys()

    def asked(*args: object, **given: object) -> Operation[Any]:
        if args or given.keys() != names:
            given = signature.bind(*args, **given).arguments
        return ask(**given)

    function = cast(FunctionType, asked)
    function.__name__ = function.__qualname__ = place.name
    function.__module__ = place.module
    function.__annotations__ = {**arguments, "return": returns}
    vars(function)["__signature__"] = signature
    function.__code__ = function.__code__.replace(
        co_name=place.name, co_filename=place.file, co_firstlineno=place.line
    )
    return function


def _misused(verb: str, given: object, allowed: str) -> InvalidPattern:
    return InvalidPattern(
        where=find_assignment(verb).where,
        declared=f"{verb} of {abridge(given)}",
        allowed=f'{verb}({allowed}, "the question")',
    )
