"""Calls one access pattern with given arguments, and makes its requests. Sends nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import cast

from pydantic import TypeAdapter, ValidationError

from singletable.design import ir
from singletable.design.arguments import example_arguments
from singletable.design.compile import compile_parameter, patterns_of
from singletable.design.compile_operations import compile_operation, compile_requests, context_at
from singletable.inspect import is_write
from singletable.operations import Operation, Read
from singletable.operations.protocol import utc_now
from singletable.operations.reads.paged_read import paged_read_of
from singletable.operations.reads.search import is_search
from singletable.patterns import Pattern
from singletable.patterns.plan import tables_of
from singletable.repository import Repository
from singletable.table import TableDefinition


@dataclass(frozen=True)
class PatternCaller:
    """One pattern's function, with its parameters as data."""

    pattern: Pattern

    @cached_property
    def parameters(self) -> Mapping[str, ir.Parameter]:
        """The parameters by name, in their order."""
        return {each.name: compile_parameter(each) for each in self.pattern.parameters}

    def parse(self, name: str, text: str) -> object:
        """Parses an argument from text; `ValueError` with the reasons.

        Entities and containers are written as JSON, anything else as plain text.
        """
        annotation = next(each.annotation for each in self.pattern.parameters if each.name == name)
        adapter = TypeAdapter[object](annotation)
        try:
            if self.parameters[name].entity is not None:
                return adapter.validate_json(text)
            return _plain_or_json(adapter, text)
        except ValidationError as error:
            raise ValueError(_reasons(error)) from None

    def examples(self) -> Mapping[str, object]:
        """An example of every argument."""
        return example_arguments(self.pattern)

    def call(self, arguments: Mapping[str, object]) -> Call:
        """Calls the pattern; `RequestError` for what the engine refuses before sending."""
        operation = self.pattern.function(**arguments)
        operation.requests(context_at(utc_now()))
        return Call(operation)


@dataclass(frozen=True)
class Call:
    """The operation that a pattern answered to real arguments."""

    operation: Operation[object]

    @cached_property
    def plan(self) -> ir.Operation:
        """The operation as data, as `compile_design` shows operations of symbols."""
        return compile_operation(self.operation)

    def requests(
        self, names: Mapping[str, str], now: datetime | None = None
    ) -> tuple[ir.Request, ...]:
        """The first requests, to tables of these real names by their declared ones."""
        return compile_requests(self.operation, context_at(now or utc_now(), self.tables(names)))

    def send(self, repository: Repository) -> object:
        """Sends the operation and returns its result."""
        operation = self.operation
        if is_write(operation):
            return repository.write(operation)
        return repository.fetch(cast("Read[object]", operation))

    def tables(self, names: Mapping[str, str]) -> Mapping[TableDefinition, str]:
        """The tables of the operation, with their real names by their declared ones."""
        return {table: names[table.name] for table in tables_of(self.operation)}

    def limit(self, items: int, *, override: bool = True) -> Call | None:
        """The query or scan for a page of so many items; None for what is no read of several.

        Without `override`, a query that already names a number is left as it is.
        """
        if is_search(self.operation):
            return Call(self.operation.nearest(items)) if override else self
        query = paged_read_of(self.operation)
        if query is None or query is not self.operation:
            return None
        return Call(query.page(items)) if override or query.items_in_all is None else self


def find_pattern(tables: Sequence[TableDefinition], name: str) -> PatternCaller | None:
    """The pattern of this name among those of the tables."""
    pattern = patterns_of(tables).get(name)
    return None if pattern is None else PatternCaller(pattern)


def _plain_or_json(adapter: TypeAdapter[object], text: str) -> object:
    try:
        return adapter.validate_strings(text)
    except ValidationError:
        if text[:1] not in ("{", "["):
            raise
    return adapter.validate_json(text)


def _reasons(error: ValidationError) -> str:
    problems = error.errors(include_url=False, include_context=False)
    return "; ".join(
        ": ".join(filter(None, (".".join(map(str, problem["loc"])), problem["msg"])))
        for problem in problems
    )
