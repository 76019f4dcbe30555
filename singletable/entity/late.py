"""What an entity means for the patterns declared before it. Knows queries; traces nothing."""

from __future__ import annotations

from typing import Any

from singletable.errors.declaration import ContradictoryPattern
from singletable.errors.request import InvalidOperation
from singletable.operations import Query
from singletable.operations.reads.isolation import check_unmixed
from singletable.schema import Schema


def check_patterns(schema: Schema[Any]) -> None:
    """`ContradictoryPattern`, and no such entity, if an earlier query can meet its items."""
    for pattern in schema.table.patterns.values():
        query = _query_of(pattern.operation)
        if query is None:
            continue
        try:
            check_unmixed(query.schema, query.key, query.equals)
        except InvalidOperation as error:
            del schema.table.entities[schema.name]
            raise ContradictoryPattern(
                where=pattern.where,
                declared=f"{error.where}: {error.declared}",
                allowed=error.allowed,
            ) from error


def _query_of(operation: Any) -> Query[Any] | None:
    query: Query[Any] | None = getattr(operation, "query", operation)
    return query if isinstance(query, Query) else None
