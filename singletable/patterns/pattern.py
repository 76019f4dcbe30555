"""A traced access pattern: what it asks, as data; and what is declared on a table."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeGuard

from pydantic import BaseModel

from singletable.annotations import admits_none, core_type, element_type
from singletable.errors.declaration import ContradictoryPattern, InvalidPattern
from singletable.errors.request import InvalidOperation
from singletable.operations import Operation
from singletable.operations.reads.query import query_of
from singletable.records import record
from singletable.schema.registry import registry_of
from singletable.schema.schema import AnySchema, schema_by_model
from singletable.table import TableDefinition

AnyOperation: TypeAlias = Operation[object]


def is_operation(value: object) -> TypeGuard[AnyOperation]:
    """Whether this is an operation; for type checkers, which lose generic arguments otherwise."""
    return isinstance(value, Operation)


@record
class Parameter:
    """An argument's name and declared type."""

    name: str
    annotation: Any

    @property
    def entity(self) -> type[BaseModel] | None:
        """The entity class, if a whole entity is passed."""
        return _model_of(self.annotation)

    @property
    def element(self) -> object | None:
        """The type of the elements, if a sequence is passed."""
        return element_type(self.annotation)

    @property
    def element_entity(self) -> type[BaseModel] | None:
        """The entity class, if a sequence of whole entities is passed."""
        return None if self.element is None else _model_of(self.element)


def _model_of(annotation: object) -> type[BaseModel] | None:
    kind = core_type(annotation)
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


@record
class Pattern:
    """A traced pattern; `operation` is the plan: the function's result for symbols."""

    name: str
    where: str
    function: Callable[..., AnyOperation]
    parameters: tuple[Parameter, ...]
    returns: object
    operation: AnyOperation

    @property
    def description(self) -> str:
        """The docstring."""
        return inspect.getdoc(self.function) or ""

    @property
    def question(self) -> str:
        """The docstring's first line."""
        return self.description.partition("\n")[0]

    @property
    def group(self) -> str:
        """The module's name: `posts` of `posts.by_id`."""
        return self.name.partition(".")[0]

    def check_entities(
        self, error: Exception, args: tuple[object, ...], kwargs: Mapping[str, object]
    ) -> None:
        """Raises a `RequestError` if the function stumbled over what is no such entity."""
        try:
            given = inspect.signature(self.function).bind(*args, **kwargs).arguments
        except TypeError:
            return
        for parameter in self.parameters:
            argument = given[parameter.name]
            if parameter.entity is None or (argument is None and admits_none(parameter.annotation)):
                continue
            if not isinstance(argument, parameter.entity):
                raise InvalidOperation(
                    where=self.where,
                    declared=f"{parameter.name} is a {type(argument).__name__}",
                    allowed=f"a {parameter.entity.__name__}",
                ) from error
            schema = schema_by_model(type(argument))
            if schema is not None:
                schema.values(argument)


@record
class Declarations:
    """The entities and access patterns of one table, by name, in the order of declaration."""

    table: TableDefinition
    entities: Mapping[str, AnySchema]
    patterns: Mapping[str, Pattern]


_PATTERNS: dict[TableDefinition, dict[str, Pattern]] = {}


def declarations_of(table: TableDefinition) -> Declarations:
    """What is declared on a table so far."""
    return Declarations(table, registry_of(table).entities, _PATTERNS.setdefault(table, {}))


def refuse_namesake(pattern: Pattern, known: Pattern) -> None:
    """Raises `InvalidPattern` where another pattern has the name already."""
    if pattern is not known:
        raise InvalidPattern(
            where=pattern.where,
            declared=(
                f"{pattern.name} of {pattern.function.__module__} is already at {known.where} of"
                f" {known.function.__module__}"
            ),
            allowed="one pattern of each name: `module.function`",
        )


def register_pattern(pattern: Pattern, tables: tuple[TableDefinition, ...]) -> None:
    """Adds a pattern to its tables; `InvalidPattern` if its name is taken on one of them."""
    for table in tables:
        known = declarations_of(table).patterns.get(pattern.name)
        if known is not None:
            refuse_namesake(pattern, known)
    query = query_of(pattern.operation)
    if query is not None:
        asked = query.key_query
        if asked.is_empty:
            raise ContradictoryPattern(
                where=pattern.where,
                declared=f"{asked.label}: a range that holds nothing",
                allowed="ends with something between them",
            )
        registry = registry_of(query.reader.table)
        shape = asked.shape(query.reader.skipped)
        registry.rely_on_isolation(asked.key, shape, pattern.where)
    for table in tables:
        _PATTERNS.setdefault(table, {})[pattern.name] = pattern
